import fc from "fast-check";
import t from "tap";
import { melodyOf } from "../../src/media/melody.js";
import { channelCounts, sha256, sidOf, sids } from "../support/byte-source.js";

const HOUR = 3600;
const NOTE_FRAMES = 2000;

function samplesOf(sid: string, channels: 1 | 2, duration: number): Buffer {
  const pcm = melodyOf(sid, channels, duration);
  return Buffer.concat([...pcm.read(0, pcm.frames)]);
}

/** Returns the samples of one channel of two. */
function channelOf(stereo: Buffer, index: 0 | 1): Int16Array {
  return Int16Array.from({ length: stereo.length / 4 }, (_, frame) => stereo.readInt16LE(4 * frame + 2 * index));
}

t.test("melody: 8000 frames per second", async () => {
  fc.assert(
    fc.property(sids, channelCounts, fc.nat(20), (sid, channels, duration) => {
      return samplesOf(sid, channels, duration).length === duration * 8000 * 2 * channels;
    }),
    { numRuns: 30 },
  );
});

t.test("melody of 0 seconds: empty", async (t) => {
  t.same([...melodyOf(sidOf(1), 1, 0).read(0, 0)], []);
});

t.test("same SID: same bytes on every run and machine", async (t) => {
  t.equal(sha256(samplesOf(sidOf(1), 1, 8)), "5854f3f4d604394cdf4c7a7c8831260e524be3ae9d5fdd7ee509df5f525c6f95");
  t.equal(sha256(samplesOf(sidOf(1), 2, 8)), "f5d25f67e81ac4c5e45a890efcd5d8c130dfffe5cd38b033fe346dc7052ce0b3");
});

t.test("another SID: another melody from the first second", async (t) => {
  const melodies = Array.from({ length: 100 }, (_, number) => sha256(samplesOf(sidOf(number), 1, 1)));
  t.equal(new Set(melodies).size, 100);
});

t.test("two channels differ; the left one is the melody of one channel", async (t) => {
  const stereo = samplesOf(sidOf(1), 2, 2);
  const left = Buffer.from(channelOf(stereo, 0).buffer);
  t.ok(left.equals(samplesOf(sidOf(1), 1, 2)));
  t.notOk(left.equals(Buffer.from(channelOf(stereo, 1).buffer)));
});

t.test("notes: silent at both ends, loud in between", async (t) => {
  const stereo = samplesOf(sidOf(1), 2, 8);
  for (const samples of [channelOf(stereo, 0), channelOf(stereo, 1)]) {
    for (let start = 0; start < samples.length; start += NOTE_FRAMES) {
      const note = samples.slice(start, start + NOTE_FRAMES);
      t.ok(Math.abs(note[0] ?? 1) + Math.abs(note.at(-1) ?? 1) === 0, `note at frame ${start}`);
      t.ok(Math.max(...note) > 8000 && Math.max(...note) < 10_000, `volume ${Math.max(...note)}`);
    }
  }
});

t.test("range: same bytes as in the whole", async () => {
  const seconds = 30;
  const whole = samplesOf(sidOf(2), 2, seconds);
  const pcm = melodyOf(sidOf(2), 2, seconds);
  const frame = fc.nat(pcm.frames);
  fc.assert(
    fc.property(frame, frame, (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const chunks = [...pcm.read(from, to)];
      const aligned = chunks.every(({ length }) => length % 4 === 0 && length <= 65_536);
      return aligned && Buffer.concat(chunks).equals(whole.subarray(from * 4, to * 4));
    }),
  );
});

t.test("melody of four hours: repeats after eight seconds, ranges are read directly", async (t) => {
  const pcm = melodyOf(sidOf(3), 2, 4 * HOUR);
  t.equal(pcm.frames, 115_200_000);
  const part = (from: number) => Buffer.concat([...pcm.read(from, from + 1000)]);
  t.ok(part(3 * HOUR * 8000 + 500).equals(part(500)));
  t.ok(part(pcm.frames - 1000).equals(part(63_000)));
});
