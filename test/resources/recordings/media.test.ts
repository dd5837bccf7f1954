import { execFileSync } from "node:child_process";
import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import t from "tap";
import {
  ACCOUNT,
  basic,
  configWith,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
  TOKEN,
} from "../../support/emulator.js";

const mediaPath = (sid: string, extension = "", account = ACCOUNT) =>
  `/2010-04-01/Accounts/${account}/Recordings/${sid}${extension}`;
const PLAIN = numbered("05");
const DUAL = numbered("10");
const ENCRYPTED = numbered("09");

t.test("WAV, with and without the extension: 200, 8 kHz, 16 bit, length of the duration", async (t) => {
  const { send } = await emulator(t);
  for (const extension of ["", ".wav"]) {
    const answer = await send(mediaPath(PLAIN, extension));
    t.equal(answer.statusCode, 200);
    t.equal(answer.headers["content-type"], "audio/x-wav");
    t.equal(answer.headers["accept-ranges"], "bytes");
    t.equal(answer.headers["content-length"], String(44 + 75 * 16_000));
    const wav = answer.rawPayload;
    t.equal(wav.length, 44 + 75 * 16_000);
    t.equal(wav.toString("latin1", 0, 4), "RIFF");
    t.equal(wav.readUInt16LE(22), 1, "channels");
    t.equal(wav.readUInt32LE(24), 8000, "samples a second");
    t.equal(wav.readUInt32LE(28), 16_000, "bytes a second: 128 kbit/s");
  }
});

t.test("WAV of a dual-channel recording: 200, two channels, 256 kbit/s", async (t) => {
  const { send } = await emulator(t);
  const { rawPayload: wav } = await send(mediaPath(DUAL));
  t.equal(wav.readUInt16LE(22), 2);
  t.equal(wav.readUInt32LE(28), 32_000);
  t.equal(wav.length, 44 + 20 * 32_000);
});

t.test("MP3: 200, audio/mpeg, 32 kbit/s, Content-Length", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(mediaPath(PLAIN, ".mp3"));
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-type"], "audio/mpeg");
  t.equal(answer.headers["content-length"], String(answer.rawPayload.length));
  t.ok(Math.abs(answer.rawPayload.length - 75 * 4000) < 1000);
});

t.test("same SID in two emulators: same audio; another SID: other audio", async (t) => {
  const [first, second] = [await emulator(t), await emulator(t)];
  const sound = await first.send(mediaPath(PLAIN));
  t.ok(sound.rawPayload.equals((await second.send(mediaPath(PLAIN))).rawPayload));
  const other = (await first.send(mediaPath(numbered("12")))).rawPayload;
  t.notOk(sound.rawPayload.subarray(44, 20_000).equals(other.subarray(44, 20_000)));
});

t.test("HEAD: 200, headers of GET, no body", async (t) => {
  const { send } = await emulator(t);
  for (const extension of ["", ".wav", ".mp3"]) {
    const get = await send(mediaPath(PLAIN, extension));
    const head = await send(mediaPath(PLAIN, extension), { method: "HEAD" });
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    for (const name of ["content-type", "content-length", "accept-ranges"]) {
      t.equal(head.headers[name], get.headers[name], `${name} of ${extension}`);
    }
  }
});

t.test("RequestedChannels", async (t) => {
  const { send } = await emulator(t);
  const fetch = (sid: string, channels: string, extension = "") =>
    send(`${mediaPath(sid, extension)}?RequestedChannels=${channels}`);
  t.test("1, dual-channel recording: 200, both channels mixed", async (t) => {
    const wav = (await fetch(DUAL, "1")).rawPayload;
    t.equal(wav.readUInt16LE(22), 1);
    t.equal(wav.length, 44 + 20 * 16_000);
    t.equal((await fetch(DUAL, "1", ".mp3")).statusCode, 200);
  });
  t.test("2, dual-channel recording: 200", async (t) => {
    t.equal((await fetch(DUAL, "2")).rawPayload.readUInt16LE(22), 2);
  });
  t.test("1, mono recording: 200", async (t) => {
    t.equal((await fetch(PLAIN, "1")).rawPayload.readUInt16LE(22), 1);
  });
  for (const source of ["DialVerb", "OutboundAPI", "StartCallRecordingAPI", "Trunking", "Conference"]) {
    t.test(`2, ${source} recording with channels 1: 200, two channels`, async (t) => {
      const { send, steer } = await emulator(t);
      const { body } = await steer("POST", "/recordings", { source, duration: "3" });
      t.equal(body.channels, 1);
      const ask = async (query: string) => (await send(mediaPath(body.sid) + query)).rawPayload;
      const [unasked, one, two] = [await ask(""), await ask("?RequestedChannels=1"), await ask("?RequestedChannels=2")];
      t.equal(unasked.readUInt16LE(22), 1);
      t.ok(unasked.equals(one));
      t.equal(two.readUInt16LE(22), 2);
      t.equal(two.length, 44 + 3 * 32_000);
      t.equal((await send(`${mediaPath(body.sid, ".mp3")}?RequestedChannels=2`)).statusCode, 200);
    });
  }
  for (const [title, recording] of [
    ["RecordVerb recording with channels 2", { source: "RecordVerb", channels: 2 }],
    ["StartConferenceRecordingAPI recording with channels 1", { source: "StartConferenceRecordingAPI" }],
    ["single track of a call", { source: "StartCallRecordingAPI", track: "outbound", channels: 2 }],
  ] as const) {
    t.test(`2, ${title}: 400, 16113`, async (t) => {
      const { send, steer } = await emulator(t);
      const { body } = await steer("POST", "/recordings", { duration: "3", ...recording });
      const answer = await send(`${mediaPath(body.sid)}?RequestedChannels=2`);
      t.equal(answer.statusCode, 400);
      t.equal(answer.headers["x-twilio-error-code"], "16113");
      t.equal((await send(mediaPath(body.sid))).rawPayload.readUInt16LE(22), 1);
    });
  }
  t.test("2, single track: 400 after a change of duration, 200 after a change to both tracks", async (t) => {
    const { send, steer } = await emulator(t);
    const { body } = await steer("POST", "/recordings", { source: "DialVerb", track: "inbound", duration: "3" });
    for (const [changes, status] of [
      [{ duration: "4" }, 400],
      [{ track: "both" }, 200],
    ] as const) {
      t.equal((await steer("PATCH", `/recordings/${body.sid}`, changes)).status, 200);
      t.equal((await send(`${mediaPath(body.sid)}?RequestedChannels=2`)).statusCode, status);
    }
  });
  t.test("2, recording with channels 2 and an undocumented source: 200", async (t) => {
    const { send, steer } = await emulator(t);
    const { body } = await steer("POST", "/recordings", { source: "StartCallRecordingTwiML", channels: 2 });
    t.equal((await send(`${mediaPath(body.sid)}?RequestedChannels=2`)).rawPayload.readUInt16LE(22), 2);
  });
  t.test("omitted, conference recording with channels 2: 200, one channel", async (t) => {
    const { send, steer } = await emulator(t);
    for (const source of ["Conference", "StartConferenceRecordingAPI"]) {
      const { body } = await steer("POST", "/recordings", { source, channels: 2, duration: "3" });
      t.equal((await send(mediaPath(body.sid))).rawPayload.readUInt16LE(22), 1);
      t.equal((await send(`${mediaPath(body.sid)}?RequestedChannels=2`)).rawPayload.readUInt16LE(22), 2);
      t.equal((await send(mediaPath(body.sid, ".mp3"))).statusCode, 200);
    }
  });
  t.test("encrypted recording: 200, ciphertext with the requested channels", async (t) => {
    t.equal((await fetch(ENCRYPTED, "1")).rawPayload.length, 44 + 5 * 16_000 + 16);
    t.equal((await fetch(ENCRYPTED, "2")).rawPayload.length, 44 + 5 * 32_000 + 16);
    t.equal((await fetch(ENCRYPTED, "2", ".mp3")).headers["x-twilio-error-code"], "16109");
  });
  t.test("2, mono recording: 400, 16113", async (t) => {
    for (const extension of ["", ".mp3"]) {
      const answer = await fetch(PLAIN, "2", extension);
      t.equal(answer.statusCode, 400);
      t.equal(answer.headers["x-twilio-error-code"], "16113");
      t.match(answer.body, "<RestException><Code>16113</Code>");
    }
  });
  t.test("other values: 400, 20001", async (t) => {
    t.match((await fetch(PLAIN, "3")).body, "<Code>20001</Code><Message>Invalid value &apos;3&apos; for parameter");
  });
});

t.test("ranges", async (t) => {
  const { send } = await emulator(t);
  const whole = (await send(mediaPath(PLAIN))).rawPayload;
  const ask = (range: string, extension = "", method: "GET" | "HEAD" = "GET") =>
    send(mediaPath(PLAIN, extension), { method, headers: { range } });
  const size = whole.length;
  for (const [range, start, end] of [
    ["bytes=0-99", 0, 100],
    ["bytes=100-", 100, size],
    ["bytes=-100", size - 100, size],
    ["bytes=70000-200000", 70_000, 200_001],
    [`bytes=10-${size + 5}`, 10, size],
  ] as const) {
    t.test(`${range}: 206, Content-Range`, async (t) => {
      const answer = await ask(range);
      t.equal(answer.statusCode, 206);
      t.equal(answer.headers["content-range"], `bytes ${start}-${end - 1}/${size}`);
      t.equal(answer.headers["content-length"], String(end - start));
      t.ok(answer.rawPayload.equals(whole.subarray(start, end)));
    });
  }
  t.test("range beyond the end: 416, Content-Range", async (t) => {
    const answer = await ask(`bytes=${size}-`);
    t.equal(answer.statusCode, 416);
    t.equal(answer.headers["content-range"], `bytes */${size}`);
    t.match(answer.body, "<RestException><Code>20416</Code>");
  });
  for (const range of ["bytes=0-1,5-6", "bytes=999999999-,0-1", "bytes=5-2", "bytes=-", "lines=1-2", "nonsense"]) {
    t.test(`${range}: 200, whole body`, async (t) => {
      const answer = await ask(range);
      t.equal(answer.statusCode, 200);
      t.equal(answer.rawPayload.length, size);
    });
  }
  t.test("range of an MP3: 206", async (t) => {
    const mp3 = (await send(mediaPath(PLAIN, ".mp3"))).rawPayload;
    const answer = await ask("bytes=5000-5999", ".mp3");
    t.equal(answer.statusCode, 206);
    t.ok(answer.rawPayload.equals(mp3.subarray(5000, 6000)));
  });
  t.test("range unit in another case: 206", async (t) => t.equal((await ask("Bytes=0-3")).statusCode, 206));
  t.test("HEAD with Range: 200, headers of the whole body", async (t) => {
    const answer = await ask("bytes=0-99", "", "HEAD");
    t.equal(answer.statusCode, 200);
    t.equal(answer.headers["content-length"], String(size));
  });
  t.test("If-Range with an unknown ETag: 200, whole body", async (t) => {
    const answer = await send(mediaPath(PLAIN), { headers: { range: "bytes=0-99", "if-range": '"old"' } });
    t.equal(answer.statusCode, 200);
  });
  t.test("random Range headers: 200, 206 or 416", async (t) => {
    const number = fc.oneof(fc.nat(2 * size), fc.constant(""));
    const header = fc.oneof(
      fc.string(),
      fc.tuple(number, number).map(([from, to]) => `bytes=${from}-${to}`),
    );
    await fc.assert(
      fc.asyncProperty(header, async (range) => {
        const answer = await send(mediaPath(EXAMPLE), { headers: { range } });
        return [200, 206, 416].includes(answer.statusCode);
      }),
    );
    t.pass("no other status");
  });
});

t.test("no media: 404, 20404 in XML", async (t) => {
  const { send } = await emulator(t);
  for (const [name, sid] of [
    ["in-progress", numbered("01")],
    ["paused", numbered("02")],
    ["stopped", numbered("03")],
    ["processing", numbered("04")],
    ["absent", numbered("06")],
    ["deleted", numbered("07")],
    ["held in external storage", numbered("11")],
    ["unknown", numbered("99")],
    ["malformed", "RE1"],
  ] as const) {
    for (const extension of ["", ".wav", ".mp3"]) {
      t.test(`${name}${extension}`, async (t) => {
        const answer = await send(mediaPath(sid, extension));
        t.equal(answer.statusCode, 404);
        t.equal(answer.headers["content-type"], "application/xml");
        const message = `The requested resource ${mediaPath(sid, extension)} was not found`;
        t.match(answer.body, `<RestException><Code>20404</Code><Message>${message}</Message>`);
      });
    }
  }
  t.test("soft-deleted with IncludeSoftDeleted", async (t) => {
    t.equal((await send(`${mediaPath(numbered("07"))}?IncludeSoftDeleted=true`)).statusCode, 404);
  });
  t.test("after DELETE", async (t) => {
    t.equal((await send(mediaPath(DUAL))).statusCode, 200);
    await send(pathOf(DUAL), { method: "DELETE" });
    t.equal((await send(mediaPath(DUAL))).statusCode, 404);
  });
  t.test("unknown extension", async (t) => t.equal((await send(mediaPath(PLAIN, ".ogg"))).statusCode, 404));
  t.test("other method: 405", async (t) => {
    t.equal((await send(mediaPath(PLAIN, ".wav"), { method: "POST" })).statusCode, 405);
  });
});

t.test("credentials", async (t) => {
  t.test("no credentials: 401, also for HEAD and for unknown recordings", async (t) => {
    const { app } = await emulator(t);
    t.equal((await app.inject(mediaPath(PLAIN))).statusCode, 401);
    t.equal((await app.inject(mediaPath(numbered("99")))).statusCode, 401);
    t.equal((await app.inject({ method: "HEAD", url: mediaPath(PLAIN) })).statusCode, 401);
  });
  t.test("credentials of another account: 401", async (t) => {
    const { send } = await emulator(t);
    const authorization = basic(SUBACCOUNT, SUBACCOUNT_TOKEN);
    t.equal((await send(mediaPath(PLAIN), { headers: { authorization } })).statusCode, 401);
  });
  t.test("publicMedia without credentials: media 200, recording 401", async (t) => {
    const { app } = await emulator(t, { publicMedia: true });
    for (const extension of ["", ".wav", ".mp3"]) {
      t.equal((await app.inject(mediaPath(PLAIN, extension))).statusCode, 200);
    }
    t.equal((await app.inject(mediaPath(numbered("13"), "", SUBACCOUNT))).statusCode, 200);
    t.equal((await app.inject(mediaPath(PLAIN, "", `AC${"9".repeat(32)}`))).statusCode, 404);
    t.equal((await app.inject(pathOf(PLAIN))).statusCode, 401);
  });
});

t.test("encrypted", async (t) => {
  const { send } = await emulator(t);
  const details = async (sid: string) => (await send(pathOf(sid))).json().encryption_details;
  const plainSize = 44 + 5 * 16_000;
  const keyFile = fileURLToPath(new URL(`../../../fixtures/keys/CR${"0".repeat(30)}01.private.pem`, import.meta.url));

  t.test("decrypted with node:crypto and the private key: valid tag, a WAV", async (t) => {
    const { encryption_cek, encryption_iv, encryption_public_key_sid } = await details(ENCRYPTED);
    t.equal(encryption_public_key_sid, `CR${"0".repeat(30)}01`);
    const answer = await send(mediaPath(ENCRYPTED));
    t.equal(answer.headers["content-type"], "audio/x-wav");
    const bytes = answer.rawPayload;
    t.equal(bytes.length, plainSize + 16);
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const key = privateDecrypt(
      { key: createPrivateKey(readFileSync(keyFile)), ...padding },
      Buffer.from(encryption_cek, "base64"),
    );
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(encryption_iv, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    const wav = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    t.equal(wav.toString("latin1", 0, 4), "RIFF");
    t.equal(wav.readUInt32LE(40), 5 * 16_000);
  });

  t.test("decrypted with the openssl command: a WAV", async (t) => {
    const { encryption_cek, encryption_iv } = await details(ENCRYPTED);
    const folder = t.testdir({});
    writeFileSync(join(folder, "cek"), Buffer.from(encryption_cek, "base64"));
    const { rawPayload } = await send(mediaPath(ENCRYPTED));
    writeFileSync(join(folder, "media"), rawPayload.subarray(0, -16));
    const oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"].flatMap((option) => [
      "-pkeyopt",
      option,
    ]);
    const key = execFileSync("openssl", [
      "pkeyutl",
      "-decrypt",
      "-inkey",
      keyFile,
      ...oaep,
      "-in",
      join(folder, "cek"),
    ]);
    // The openssl command does not support GCM. Without its tag, GCM is CTR with a counter that starts at 2.
    const counter = `${Buffer.from(encryption_iv, "base64").toString("hex")}00000002`;
    const wav = execFileSync("openssl", [
      "enc",
      "-d",
      "-aes-256-ctr",
      "-K",
      key.toString("hex"),
      "-iv",
      counter,
      "-in",
      join(folder, "media"),
    ]);
    t.equal(wav.toString("latin1", 0, 4), "RIFF");
    t.equal(wav.length, plainSize);
  });

  t.test("range: 206, range of the ciphertext", async (t) => {
    const whole = (await send(mediaPath(ENCRYPTED))).rawPayload;
    const answer = await send(mediaPath(ENCRYPTED), { headers: { range: "bytes=-100" } });
    t.equal(answer.statusCode, 206);
    t.ok(answer.rawPayload.equals(whole.subarray(-100)));
  });

  t.test("MP3: 400, 16109", async (t) => {
    const answer = await send(mediaPath(ENCRYPTED, ".mp3"));
    t.equal(answer.statusCode, 400);
    t.match(answer.body, "<RestException><Code>16109</Code>");
  });

  t.test("documented example, with an unknown private key: 200, ciphertext", async (t) => {
    const answer = await send(mediaPath(EXAMPLE));
    t.equal(answer.statusCode, 200);
    t.equal(answer.rawPayload.length, 44 + 4 * 16_000 + 16);
    t.not(answer.rawPayload.toString("latin1", 0, 4), "RIFF");
  });

  t.test("public key from the fixtures: decrypts with its private key", async (t) => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
    const sid = `CR${"7".repeat(32)}`;
    const recording = { sid: PLAIN, account_sid: ACCOUNT, encryption_details: { encryption_public_key_sid: sid } };
    const account = { sid: ACCOUNT, auth_token: "0123456789abcdef0123456789abcdef" };
    const fixtures = t.testdir({
      "a.json": JSON.stringify({ accounts: [account], recordings: [recording] }),
      keys: { [`${sid}.public.pem`]: publicKey.export({ type: "spki", format: "pem" }).toString() },
    });
    const { send } = await emulator(t, { fixtures });
    const { encryption_cek, encryption_iv } = (await send(pathOf(PLAIN))).json().encryption_details;
    const key = privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
      Buffer.from(encryption_cek, "base64"),
    );
    const bytes = (await send(mediaPath(PLAIN))).rawPayload;
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(encryption_iv, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    t.equal(
      Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("latin1", 0, 4),
      "RIFF",
    );
  });
});

t.test("file of a SID in fixtures/media: served instead of the melody", async (t) => {
  const plain = await emulator(t);
  const dualWav = (await plain.send(mediaPath(DUAL))).rawPayload;
  const monoWav = (await plain.send(`${mediaPath(DUAL)}?RequestedChannels=1`)).rawPayload;
  const dualMp3 = (await plain.send(mediaPath(DUAL, ".mp3"))).rawPayload;
  const monoMp3 = (await plain.send(`${mediaPath(DUAL, ".mp3")}?RequestedChannels=1`)).rawPayload;
  const fixtures = t.testdir({
    media: {
      [`RE${"A".repeat(32)}.wav`]: "no WAV at all",
      [`${PLAIN}.mp3`]: "my own MP3",
    },
  });
  cpSync(configWith({}).fixtures, fixtures, { recursive: true });
  for (const sid of [numbered("12"), ENCRYPTED]) writeFileSync(join(fixtures, "media", `${sid}.wav`), dualWav);
  writeFileSync(join(fixtures, "media", `${DUAL}.wav`), monoWav);
  symlinkSync(join(fixtures, "media", `${DUAL}.wav`), join(fixtures, "media", `${numbered("02")}.wav`));
  const { send, state } = await emulator(t, { fixtures });
  // Made after the start, which refuses files that are not regular.
  mkdirSync(join(fixtures, "media", `${numbered("13")}.wav`));
  execFileSync("mkfifo", [join(fixtures, "media", `${numbered("03")}.wav`)]);
  const bytes = async (sid: string, extension = "", query = "") =>
    (await send(mediaPath(sid, extension) + query)).rawPayload;

  t.test("link to a file: the file; FIFO: melody, without blocking", async (t) => {
    for (const sid of [numbered("02"), numbered("03")]) {
      const row = state.database
        .prepare("UPDATE recordings SET status = 'completed', duration = 1 WHERE sid = ?")
        .run(sid);
      t.equal(row.changes, 1);
    }
    t.ok((await bytes(numbered("02"))).equals(monoWav));
    t.equal((await bytes(numbered("03"))).length, 44 + 16_000);
  });
  t.test("WAV as WAV: unchanged, whole and in ranges", async (t) => {
    t.ok((await bytes(numbered("12"))).equals(dualWav));
    const part = await send(mediaPath(numbered("12")), { headers: { range: "bytes=100-199" } });
    t.ok(part.rawPayload.equals(dualWav.subarray(100, 200)));
  });
  t.test("WAV as MP3: encoded", async (t) => t.ok((await bytes(numbered("12"), ".mp3")).equals(dualMp3)));
  t.test("dual-channel WAV as MP3 with RequestedChannels=1: mixed and encoded", async (t) => {
    t.ok((await bytes(numbered("12"), ".mp3", "?RequestedChannels=1")).equals(monoMp3));
  });
  t.test("dual-channel WAV with RequestedChannels=1: mixed", async (t) => {
    t.ok((await bytes(numbered("12"), "", "?RequestedChannels=1")).equals(monoWav));
  });
  t.test("mono WAV with RequestedChannels=1: unchanged", async (t) => {
    t.ok((await bytes(DUAL, "", "?RequestedChannels=1")).equals(monoWav));
  });
  t.test("MP3 as MP3: unchanged", async (t) => t.equal((await bytes(PLAIN, ".mp3")).toString(), "my own MP3"));
  t.test("WAV of an encrypted recording: encrypted", async (t) => {
    const ciphertext = await bytes(ENCRYPTED);
    t.equal(ciphertext.length, dualWav.length + 16);
    t.notOk(ciphertext.subarray(0, -16).equals(dualWav));
  });
  t.test("file of another format: unchanged; as MP3: 501, X-Emulator-Fault", async (t) => {
    state.database.prepare("UPDATE recordings SET encryption_iv = NULL WHERE sid = ?").run(EXAMPLE);
    t.equal((await bytes(EXAMPLE)).toString(), "no WAV at all");
    const mp3 = await send(mediaPath(EXAMPLE, ".mp3"));
    t.equal(mp3.statusCode, 501);
    t.equal(mp3.headers["x-emulator-fault"], "not-implemented");
  });
});

t.test("recording of four hours: ranges are read directly", async (t) => {
  const { send, state } = await emulator(t);
  state.database.prepare("UPDATE recordings SET duration = 14400 WHERE sid = ?").run(DUAL);
  const size = 44 + 14_400 * 32_000;
  const head = await send(mediaPath(DUAL), { method: "HEAD" });
  t.equal(head.headers["content-length"], String(size));
  const last = await send(mediaPath(DUAL), { headers: { range: "bytes=-64000" } });
  t.equal(last.rawPayload.length, 64_000);
});

/** Sends a request and resolves when the first bytes of the response arrive. */
async function startDownload(app: FastifyInstance, path: string, header = ""): Promise<Socket> {
  if (!app.server.listening) await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${header}Authorization: ${basic(ACCOUNT, TOKEN)}\r\n\r\n`);
  await once(socket, "readable");
  return socket;
}

t.test("client that stops reading, then disconnects: few chunks are read ahead", async (t) => {
  const { app, state } = await emulator(t);
  state.database.prepare("UPDATE recordings SET duration = 14400 WHERE sid = ?").run(DUAL);
  let chunks = 0;
  const ended = new Promise<void>((resolve) => {
    app.server.once("request", (_request, response) => {
      const { write } = response;
      response.write = (...args: unknown[]) => {
        chunks++;
        return Reflect.apply(write, response, args);
      };
      response.once("close", resolve);
    });
  });
  const socket = await startDownload(app, mediaPath(DUAL));
  // The operating system buffers far less than the 7,000 chunks of the whole body.
  for (let before = -1; before !== chunks; ) {
    before = chunks;
    for (let turn = 0; turn < 100; turn++) await setImmediate();
  }
  t.ok(chunks < 500, `${chunks} chunks`);
  socket.destroy();
  await ended;
  t.pass("response closed");
});

t.test("client disconnects during an MP3 range: encoding ends, other requests are served meanwhile", async (t) => {
  const { app, state } = await emulator(t);
  state.database.prepare("UPDATE recordings SET duration = 14400 WHERE sid = ?").run(DUAL);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const seen = once(app.server, "request");
  const gone = new AbortController();
  const headers = { authorization: basic(ACCOUNT, TOKEN), range: "bytes=-16" };
  const download = fetch(url + mediaPath(DUAL, ".mp3"), { headers, signal: gone.signal });
  await seen;
  t.equal((await fetch(`${url}/_emulator/health`)).status, 200, "other requests are served meanwhile");
  gone.abort();
  await t.rejects(download, { name: "AbortError" });
  // close() waits for pending responses; encoding four hours would take most of a minute.
  await app.close();
  t.pass("closed");
});

t.test("file that shrinks while it is read: connection closed", async (t) => {
  const fixtures = t.testdir({ media: { [`${DUAL}.wav`]: "a".repeat(30_000_000) } });
  cpSync(configWith({}).fixtures, fixtures, { recursive: true });
  const { app } = await emulator(t, { fixtures });
  const socket = await startDownload(app, mediaPath(DUAL));
  truncateSync(join(fixtures, "media", `${DUAL}.wav`), 10);
  await once(socket.resume(), "close");
  t.pass("closed");
});

t.test("recording without a duration: 200, WAV without samples", async (t) => {
  const { send, state } = await emulator(t);
  state.database.prepare("UPDATE recordings SET duration = NULL WHERE sid = ?").run(PLAIN);
  t.equal((await send(mediaPath(PLAIN))).rawPayload.length, 44);
});
