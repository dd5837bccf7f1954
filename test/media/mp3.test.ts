import fc from "fast-check";
import t from "tap";
import { melodyOf } from "../../src/media/melody.js";
import { mp3Of } from "../../src/media/mp3.js";
import { monoOf, type Pcm } from "../../src/media/pcm.js";
import { allBytesOf, channelCounts, rangeIn, ranges, sha256, sidOf, sids } from "../support/byte-source.js";

const FRAME_SIZE = 288;

/** Decodes the frame headers: ISO/IEC 11172-3, 2.4.1.3, with MPEG-2.5's version bits. */
function headersOf(mp3: Buffer): string[] {
  const headers: string[] = [];
  for (let offset = 0; offset < mp3.length; offset += FRAME_SIZE) {
    const bits = mp3.readUInt32BE(offset);
    const fields = [
      bits >>> 21 === 0x7ff ? "sync" : "no sync",
      ((bits >>> 19) & 3) === 0 ? "MPEG-2.5" : "another version",
      ((bits >>> 17) & 3) === 1 ? "Layer III" : "another layer",
      ((bits >>> 12) & 15) === 4 ? "32 kbit/s" : "another bit rate",
      ((bits >>> 10) & 3) === 2 ? "8 kHz" : "another sampling rate",
      ((bits >>> 9) & 1) === 0 ? "unpadded" : "padded",
      ((bits >>> 6) & 3) === 3 ? "mono" : "stereo",
    ];
    headers.push(fields.join(", "));
  }
  return headers;
}

const HEADER = "sync, MPEG-2.5, Layer III, 32 kbit/s, 8 kHz, unpadded";

for (const [channels, name] of [
  [1, "mono"],
  [2, "stereo"],
] as const) {
  t.test(`${name}: equal frames of 8 kHz and 32 kbit/s`, async (t) => {
    const sound = mp3Of(melodyOf(sidOf(1), channels, 10));
    const mp3 = await allBytesOf(sound);
    t.equal(sound.contentType, "audio/mpeg");
    t.equal(mp3.length, sound.length);
    t.same([...new Set(headersOf(mp3))], [`${HEADER}, ${name}`]);
    const seconds = (mp3.length / FRAME_SIZE) * (576 / 8000);
    t.ok(seconds >= 10 && seconds < 10 + 3 * 0.072, `${seconds} seconds`);
  });

  t.test(`${name}, 0 to 18 seconds: length equals the number of bytes`, async (t) => {
    for (let duration = 0; duration <= 18; duration++) {
      const sound = mp3Of(melodyOf(sidOf(duration), channels, duration));
      const mp3 = await allBytesOf(sound);
      if (mp3.length !== sound.length) t.fail(`${duration} seconds: ${mp3.length} bytes instead of ${sound.length}`);
    }
  });
}

t.test("random numbers of frames: length equals the number of bytes", async () => {
  const frames = fc.oneof(
    fc.nat(40_000),
    fc.nat(60).chain((count) => fc.constantFrom(-1, 0, 1).map((more) => Math.max(0, count * 576 + more))),
  );
  await fc.assert(
    fc.asyncProperty(sids, channelCounts, frames, async (sid, channels, count) => {
      const sound = mp3Of({ ...melodyOf(sid, channels, 10), frames: count });
      const mp3 = await allBytesOf(sound);
      return mp3.length === sound.length && headersOf(mp3).every((header) => header.startsWith(HEADER));
    }),
    { numRuns: 60 },
  );
});

t.test("0 seconds: two silent frames", async (t) => {
  t.equal((await allBytesOf(mp3Of(melodyOf(sidOf(1), 1, 0)))).length, 2 * FRAME_SIZE);
});

t.test("four hours: length computed without encoding", async (t) => {
  t.equal(mp3Of(melodyOf(sidOf(1), 2, 14_400)).length, (200_000 + 2) * FRAME_SIZE);
});

t.test("same input: same bytes on every run and machine", async (t) => {
  t.equal(
    sha256(await allBytesOf(mp3Of(melodyOf(sidOf(1), 1, 2)))),
    "9857d291a3b7d7261e45935902fd1d5d889c453b65c96b480d520a343d9f3788",
  );
  t.equal(
    sha256(await allBytesOf(mp3Of(melodyOf(sidOf(1), 2, 2)))),
    "526794c2fee48fe478d300d291b8ef68d6df0f60f692a82a8b85be0b94299161",
  );
});

t.test("other SID, channels or mix: other bytes", async (t) => {
  const sounds = [melodyOf(sidOf(1), 1, 2), melodyOf(sidOf(2), 1, 2), melodyOf(sidOf(1), 2, 2)];
  const files = await Promise.all([...sounds, monoOf(melodyOf(sidOf(1), 2, 2))].map((pcm) => allBytesOf(mp3Of(pcm))));
  t.equal(new Set(files.map(sha256)).size, 4);
});

t.test("range: same bytes as in the whole", async () => {
  const sound = mp3Of(melodyOf(sidOf(1), 2, 12));
  const whole = await allBytesOf(sound);
  await fc.assert(
    fc.asyncProperty(ranges, async (fractions) => {
      const [start, end] = rangeIn(sound.length, fractions);
      return (await allBytesOf(sound, start, end)).equals(whole.subarray(start, end));
    }),
    { numRuns: 20 },
  );
});

t.test("eight concurrent readers: each gets all bytes", async (t) => {
  const sound = mp3Of(melodyOf(sidOf(1), 1, 12));
  const expected = sha256(await allBytesOf(sound));
  const files = await Promise.all(Array.from({ length: 8 }, () => allBytesOf(sound)));
  t.same([...new Set(files.map(sha256))], [expected]);
});

t.test("reader that stops early, or whose source fails: the next reader gets all bytes", async (t) => {
  const sound = mp3Of(melodyOf(sidOf(1), 1, 12));
  const whole = await allBytesOf(sound);
  for await (const chunk of sound.read(0, sound.length)) {
    t.ok(chunk.equals(whole.subarray(0, chunk.length)));
    break;
  }
  const failing: Pcm = {
    ...melodyOf(sidOf(2), 1, 12),
    *read() {
      yield Buffer.alloc(10_000, 77);
      throw new Error("the file is gone");
    },
  };
  await t.rejects(allBytesOf(mp3Of(failing)), { message: "the file is gone" });
  t.ok((await allBytesOf(sound)).equals(whole));
});

t.test("empty range: no bytes", async (t) => {
  const sound = mp3Of(melodyOf(sidOf(1), 1, 1));
  t.equal((await allBytesOf(sound, 100, 100)).length, 0);
});
