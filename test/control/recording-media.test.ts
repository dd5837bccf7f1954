import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { ControlError } from "../../src/control/control-error.js";
import { ACCOUNT, configWith, EXAMPLE, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";

const PLAIN = numbered("05");
const DUAL = numbered("10");
const ENCRYPTED = numbered("09");
const EXTERNAL = numbered("11");
const UNKNOWN = numbered("99");
const HOUR = 3600;

/** Starts an emulator with functions for media. */
async function withMedia(t: Test, overrides: Partial<Config> = {}) {
  const running = await emulator(t, overrides);
  const { app, control, send } = running;
  const ask = (sid: string, query = "", headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
    app.inject({ method, url: `/_emulator/recordings/${sid}/media${query}`, headers });
  /** Returns the media as Twilio's API returns it. */
  const twilioMedia = async (sid: string, extension = ".wav", query = "") =>
    (await send(pathOf(sid).replace(".json", extension) + query)).rawPayload;
  const errorOf = async (status: number, path: string) => {
    const answer = await app.inject(`/_emulator/recordings/${path}`);
    if (answer.statusCode !== status) throw new Error(`${path}: ${answer.statusCode} ${answer.body.slice(0, 200)}`);
    return answer.json().error as string;
  };
  return { ...running, ask, twilioMedia, errorOf, recordings: control.for().recordings };
}

/** Returns a fixtures folder with the default fixtures and these media files. */
function folderWith(t: Test, files: Record<string, Buffer | string>): string {
  const fixtures = t.testdir({});
  cpSync(configWith({}).fixtures, fixtures, { recursive: true });
  mkdirSync(join(fixtures, "media"), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(fixtures, "media", name), content);
  return fixtures;
}

t.test("media", async (t) => {
  t.test("WAV and MP3, one channel or two: 200, as from Twilio's API", async (t) => {
    const { ask, twilioMedia } = await withMedia(t);
    for (const [sid, query, extension, requested] of [
      [PLAIN, "", ".wav", ""],
      [PLAIN, "?format=wav&channels=1", ".wav", ""],
      [PLAIN, "?format=mp3", ".mp3", ""],
      [DUAL, "", ".wav", ""],
      [DUAL, "?channels=1", ".wav", "?RequestedChannels=1"],
      [DUAL, "?channels=2&format=mp3", ".mp3", ""],
    ] as const) {
      const answer = await ask(sid, query);
      t.equal(answer.statusCode, 200);
      t.equal(answer.headers["content-type"], extension === ".wav" ? "audio/x-wav" : "audio/mpeg");
      t.equal(answer.headers["content-length"], String(answer.rawPayload.length));
      t.ok(answer.rawPayload.equals(await twilioMedia(sid, extension, requested)), query);
    }
  });
  t.test("conference: one channel, or two if asked for", async (t) => {
    const { ask, recordings } = await withMedia(t);
    const { sid } = await recordings.create({ source: "Conference", duration: "3" });
    t.equal((await ask(sid)).rawPayload.length, 44 + 3 * 16_000);
    t.equal((await ask(sid, "?channels=2")).rawPayload.length, 44 + 3 * 32_000);
  });
  t.test("encrypted: 200, decrypted, also as MP3", async (t) => {
    const { ask, steer, twilioMedia } = await withMedia(t);
    for (const sid of [ENCRYPTED, EXAMPLE]) {
      const [wav, mp3, cipher] = [await ask(sid), await ask(sid, "?format=mp3"), await twilioMedia(sid)];
      t.equal(wav.rawPayload.toString("latin1", 0, 4), "RIFF");
      t.not(cipher.toString("latin1", 0, 4), "RIFF");
      t.equal(wav.rawPayload.length, cipher.length - 16);
      t.equal(mp3.statusCode, 200);
      await steer("PATCH", `/recordings/${sid}`, { encryption_details: null });
      t.ok(wav.rawPayload.equals(await twilioMedia(sid)), "that of the same recording without encryption");
    }
  });
  t.test("soft-deleted, also after the retention: 200, as before; hard-deleted: 404", async (t) => {
    const { ask, recordings, errorOf } = await withMedia(t);
    const before = (await ask(PLAIN)).rawPayload;
    await recordings.softDelete(PLAIN);
    t.ok((await ask(PLAIN)).rawPayload.equals(before));
    await recordings.softDelete(PLAIN, "-P100D");
    t.ok((await ask(PLAIN)).rawPayload.equals(before));
    await recordings.hardDelete(PLAIN);
    t.equal(await errorOf(404, `${PLAIN}/media`), `account ${ACCOUNT} has no recording "${PLAIN}"`);
  });
  t.test("files of the fixtures: those", async (t) => {
    const plain = await withMedia(t);
    const dual = await plain.twilioMedia(DUAL);
    const fixtures = folderWith(t, { [`${PLAIN}.mp3`]: "my own MP3", [`${ENCRYPTED}.wav`]: dual });
    const { ask } = await withMedia(t, { fixtures });
    t.equal((await ask(PLAIN, "?format=mp3")).body, "my own MP3");
    t.ok((await ask(ENCRYPTED)).rawPayload.equals(dual));
    t.equal((await ask(ENCRYPTED, "?channels=1")).rawPayload.length, 44 + (dual.length - 44) / 2);
  });
  t.test("file of another format: 200 unchanged, as MP3 409", async (t) => {
    const { ask, errorOf } = await withMedia(t, { fixtures: folderWith(t, { [`${PLAIN}.wav`]: "no WAV at all" }) });
    t.equal((await ask(PLAIN)).body, "no WAV at all");
    const message = `the WAV file of recording ${PLAIN} cannot be read; expected: 8 kHz, 16 bit`;
    t.equal(await errorOf(409, `${PLAIN}/media?format=mp3`), message);
    t.equal(await errorOf(409, `${PLAIN}/peaks`), message);
  });
  t.test("HEAD: 200, headers of GET, no body", async (t) => {
    const { ask } = await withMedia(t);
    for (const query of ["", "?format=mp3"]) {
      const [get, head] = [await ask(PLAIN, query), await ask(PLAIN, query, { range: "bytes=0-9" }, "HEAD")];
      t.same([head.statusCode, head.body], [200, ""]);
      for (const name of ["content-type", "content-length", "accept-ranges"])
        t.equal(head.headers[name], get.headers[name]);
      t.equal(get.headers["accept-ranges"], "bytes");
    }
  });
  t.test("Range: 206 with these bytes; beyond the end: 416", async (t) => {
    const { ask } = await withMedia(t);
    const whole = (await ask(ENCRYPTED)).rawPayload;
    const answer = await ask(ENCRYPTED, "", { range: "bytes=40-69999" });
    t.equal(answer.statusCode, 206);
    t.equal(answer.headers["content-range"], `bytes 40-69999/${whole.length}`);
    t.ok(answer.rawPayload.equals(whole.subarray(40, 70_000)));
    const beyond = await ask(ENCRYPTED, "", { range: `bytes=${whole.length}-` });
    t.equal(beyond.statusCode, 416);
    t.equal(beyond.headers["content-range"], `bytes */${whole.length}`);
    t.same(beyond.json(), { error: `the range begins beyond the end: the media has ${whole.length} bytes` });
  });
  t.test("random ranges: the bytes of the whole", async () => {
    const { ask } = await withMedia(t);
    const whole = (await ask(PLAIN)).rawPayload;
    const position = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(position, position, async (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const { statusCode, rawPayload } = await ask(PLAIN, "", { range: `bytes=${from}-${to}` });
        return statusCode === 206 && rawPayload.equals(whole.subarray(from, to + 1));
      }),
      { numRuns: 30 },
    );
  });
  t.test("range of a recording of a day: only that is made", async (t) => {
    const { ask, recordings } = await withMedia(t);
    const { sid } = await recordings.create({ duration: String(24 * HOUR) });
    const answer = await ask(sid, "", { range: "bytes=1000000000-1000000009" });
    t.equal(answer.headers["content-range"], `bytes 1000000000-1000000009/${44 + 24 * HOUR * 16_000}`);
    t.equal(answer.rawPayload.length, 10);
  });
  t.test("control token: 401 without it; foreign page: 403", async (t) => {
    const { ask } = await withMedia(t, { controlToken: "open sesame" });
    t.equal((await ask(PLAIN)).statusCode, 401);
    t.equal((await ask(PLAIN, "", { authorization: "Bearer open sesame" })).statusCode, 200);
    const page = { authorization: "Bearer open sesame", origin: "https://evil.example" };
    t.equal((await ask(PLAIN, "", page)).statusCode, 403);
  });
});

t.test("peaks", async (t) => {
  t.test("default: 1000 for each channel, from 0 to 1, and the seconds", async (t) => {
    const { steer, recordings } = await withMedia(t);
    for (const [sid, channels, seconds] of [
      [PLAIN, 1, 75],
      [DUAL, 2, 20],
      [ENCRYPTED, 1, 5],
    ] as const) {
      const { status, body } = await steer("GET", `/recordings/${sid}/peaks`);
      t.equal(status, 200);
      t.equal(body.seconds, seconds);
      t.equal(body.channels.length, channels);
      for (const list of body.channels) {
        t.equal(list.length, 1000);
        t.ok(list.every((peak: number) => peak >= 0 && peak <= 1));
        t.ok(Math.max(...list) > 0.2);
      }
      t.same(await recordings.peaks(sid), body);
    }
  });
  t.test("of any width and channels: those of the media", async () => {
    const { recordings, ask } = await withMedia(t);
    const wav = { 1: (await ask(DUAL, "?channels=1")).rawPayload, 2: (await ask(DUAL)).rawPayload };
    const channelCount = fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: 4000 }), channelCount, async (width, channels) => {
        const found = await recordings.peaks(DUAL, { width, channels });
        const samples = wav[channels].subarray(44);
        const frames = samples.length / 2 / channels;
        if (found.channels.length !== channels || found.seconds !== frames / 8000) return false;
        return found.channels.every((list, channel) => {
          if (list.length !== width) return false;
          return list.every((peak, part) => {
            let most = 0;
            const end = Math.floor(((part + 1) * frames) / width);
            for (let frame = Math.floor((part * frames) / width); frame < end; frame++) {
              most = Math.max(most, Math.abs(samples.readInt16LE(2 * (frame * channels + channel))));
            }
            return Math.abs(peak - most / 32_768) < 0.0001;
          });
        });
      }),
      { numRuns: 20 },
    );
  });
  t.test("soft-deleted; recording without a duration: as many, of silence", async (t) => {
    const { recordings, state } = await withMedia(t);
    const before = await recordings.peaks(PLAIN);
    await recordings.softDelete(PLAIN);
    t.same(await recordings.peaks(PLAIN), before);
    state.database.prepare("UPDATE recordings SET duration = NULL WHERE sid = ?").run(PLAIN);
    t.same(await recordings.peaks(PLAIN, { width: 100 }), { channels: [new Array(100).fill(0)], seconds: 0 });
  });
  t.test("WAV file: its own", async (t) => {
    const loud = Buffer.alloc(8000 * 2 * 2);
    for (let offset = 0; offset < loud.length; offset += 2)
      loud.writeInt16LE(offset < 16_000 ? 16_384 : -32_768, offset);
    const { twilioMedia } = await withMedia(t);
    const header = (await twilioMedia(PLAIN)).subarray(0, 44);
    header.writeUInt32LE(loud.length, 40);
    const { recordings } = await withMedia(t, {
      fixtures: folderWith(t, { [`${PLAIN}.wav`]: Buffer.concat([header, loud]) }),
    });
    const { channels, seconds } = await recordings.peaks(PLAIN, { width: 100 });
    t.equal(seconds, 2);
    t.same(channels, [Array.from({ length: 100 }, (_, part) => (part < 50 ? 0.5 : 1))]);
  });
  t.test("an hour, and a day: 200, other requests are answered meanwhile", async (t) => {
    const { recordings, steer } = await withMedia(t);
    for (const hours of [1, 24]) {
      const { sid } = await recordings.create({ duration: String(hours * HOUR), channels: 2, source: "DialVerb" });
      let isOver = false;
      const peaks = recordings.peaks(sid, { width: 4000 }).finally(() => {
        isOver = true;
      });
      t.equal((await steer("GET", "/clock")).status, 200);
      t.notOk(isOver, "the clock answered before");
      t.match(await peaks, { seconds: hours * HOUR });
    }
  });
});

t.test("no media: 409; invalid input: 400; unknown recording or account: 404", async (t) => {
  const { errorOf, recordings } = await withMedia(t);
  for (const kind of ["media", "peaks"]) {
    for (const [status, path, message] of [
      [
        409,
        `${numbered("01")}/${kind}`,
        /^recording RE0+1 is in-progress; expected: one that is completed or deleted$/,
      ],
      [409, `${numbered("02")}/${kind}`, /is paused; expected/],
      [409, `${numbered("03")}/${kind}`, /is stopped; expected/],
      [409, `${numbered("04")}/${kind}`, /is processing; expected/],
      [409, `${numbered("06")}/${kind}`, /is absent; expected/],
      [409, `${EXTERNAL}/${kind}`, /^the media of recording RE0+11 is in external storage: https?:/],
      [400, `${PLAIN}/${kind}?channels=2`, `channels is 2; expected: 1, because recording ${PLAIN} has one channel`],
      [400, `${PLAIN}/${kind}?channels=3`, /^channels is 3; expected: One of 1, 2\. Omitted: the recording's channels/],
      [400, `${PLAIN}/${kind}?channels=both`, /^channels is "both"; expected/],
      [400, `${PLAIN}/${kind}?nope=1`, /^the parameter nope is unknown; expected one of account, /],
      [404, `${UNKNOWN}/${kind}`, `account ${ACCOUNT} has no recording "${UNKNOWN}"`],
      [404, `nope/${kind}`, `account ${ACCOUNT} has no recording "nope"`],
      [404, `${PLAIN}/${kind}?account=${SUBACCOUNT}`, `account ${SUBACCOUNT} has no recording "${PLAIN}"`],
      [404, `${PLAIN}/${kind}?account=AC${"9".repeat(32)}`, /^there is no account AC9+$/],
      [400, `${PLAIN}/${kind}?account=AC1`, /^account is "AC1"; expected/],
    ] as const) {
      t.match(await errorOf(status, path), message, path);
    }
  }
  for (const [query, message] of [
    ["format=ogg", 'format is "ogg"; expected: One of wav, mp3. Omitted: wav.'],
    ["format=", /^format is ""; expected/],
    ["width=100", /^the parameter width is unknown; expected one of account, format, channels$/],
  ] as const) {
    t.match(await errorOf(400, `${PLAIN}/media?${query}`), message);
  }
  for (const [query, message] of [
    ["width=99", "width is 99; expected: A whole number from 100 to 4000: the peaks of a channel. Omitted: 1000."],
    ["width=4001", /^width is 4001; expected/],
    ["width=-1", /^width is -1; expected/],
    ["width=100.5", /^width is .*100\.5"?; expected/],
    ["width=wide", /^width is "wide"; expected/],
    ["width=", /^width is .*; expected/],
    ["format=wav", /^the parameter format is unknown; expected one of account, width, channels$/],
  ] as const) {
    t.match(await errorOf(400, `${PLAIN}/peaks?${query}`), message, query);
  }
  await t.rejects(recordings.peaks(PLAIN, { width: 1 }), ControlError);
  await t.rejects(recordings.peaks(UNKNOWN), ControlError);
});

t.test("OpenAPI document: media with its types and statuses, peaks with their schema", async (t) => {
  const { steer } = await withMedia(t);
  const { paths } = (await steer("GET", "/openapi.json")).body;
  const { responses } = paths["/_emulator/recordings/{Sid}/media"].get;
  t.same(Object.keys(responses), ["200", "206", "400", "401", "403", "404", "409", "416"]);
  t.same(Object.keys(responses[206].content), ["audio/x-wav", "audio/mpeg"]);
  const peaks = paths["/_emulator/recordings/{Sid}/peaks"].get.responses[200].content["application/json"].schema;
  t.same(Object.keys((await steer("GET", `/recordings/${PLAIN}/peaks`)).body), Object.keys(peaks.properties));
});
