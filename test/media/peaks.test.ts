import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { CHUNK_SIZE } from "../../src/media/byte-source.js";
import { fileSource } from "../../src/media/file.js";
import { melodyOf } from "../../src/media/melody.js";
import { monoOf, type Pcm } from "../../src/media/pcm.js";
import { peaksOf } from "../../src/media/peaks.js";
import { pcmOfWav, wavOf } from "../../src/media/wav.js";
import { bytesOf, channelCounts, sidOf } from "../support/byte-source.js";

const HOUR = 3600;

/** Returns sound of these samples. */
function pcmOf(samples: Int16Array, channels: 1 | 2): Pcm {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const size = 2 * channels;
  return {
    channels,
    frames: Math.floor(samples.length / channels),
    *read(from, to) {
      for (let start = from * size; start < to * size; start += CHUNK_SIZE) {
        yield bytes.subarray(start, Math.min(start + CHUNK_SIZE, to * size));
      }
    },
  };
}

/** Returns the peaks from all samples, one by one. */
function slowPeaksOf(pcm: Pcm, width: number): number[][] {
  const bytes = Buffer.concat([...pcm.read(0, pcm.frames)]);
  const { channels, frames } = pcm;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: width }, (_, part) => {
      const from = Math.floor((part * frames) / width);
      const to = Math.min(frames, Math.max(from + 1, Math.floor(((part + 1) * frames) / width)));
      let peak = 0;
      for (let frame = from; frame < to; frame++) {
        peak = Math.max(peak, Math.abs(bytes.readInt16LE(2 * (frame * channels + channel))) / 32_768);
      }
      return peak;
    }),
  );
}

/** Fails unless the peaks have these channels and this width, and differ from the expected ones by at most a tolerance. */
function compare(found: readonly number[][], expected: readonly number[][], tolerance: number): void {
  if (found.length !== expected.length) throw new Error(`${found.length} channels`);
  for (const [channel, list] of expected.entries()) {
    const peaks = found[channel] as number[];
    if (peaks.length !== list.length) throw new Error(`${peaks.length} peaks`);
    for (const [part, peak] of list.entries()) {
      const one = peaks[part] as number;
      if (!(one >= 0 && one <= 1)) throw new Error(`peak ${part} is ${one}`);
      if (Math.abs(one - peak) > tolerance) throw new Error(`peak ${part} is ${one}, not ${peak}`);
    }
  }
}

// Four decimals.
const ROUNDING = 0.000_051;
const widths = fc.integer({ min: 1, max: 400 });

t.test("random samples: as the brute-force reference, within 0..1, as many as the width", async () => {
  const samples = fc.int16Array({ minLength: 0, maxLength: 3000 });
  await fc.assert(
    fc.asyncProperty(samples, channelCounts, widths, async (given, channels, width) => {
      const pcm = pcmOf(given, channels);
      compare(await peaksOf(pcm, width), slowPeaksOf(pcm, width), ROUNDING);
    }),
  );
});

t.test("melodies, also mixed to one channel: as the brute-force reference", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(100).map(sidOf),
      channelCounts,
      fc.nat(30),
      widths,
      async (sid, channels, seconds, width) => {
        const pcm = melodyOf(sid, channels, seconds);
        compare(await peaksOf(pcm, width), slowPeaksOf(pcm, width), ROUNDING);
        compare(await peaksOf(monoOf(pcm), width), slowPeaksOf(monoOf(pcm), width), ROUNDING);
      },
    ),
    { numRuns: 30 },
  );
});

t.test("windows instead of all frames: never above the reference; of a steady tone, the same", async () => {
  const frames = 200_000;
  const tone = pcmOf(
    Int16Array.from({ length: frames }, (_, frame) => Math.round(20_000 * Math.sin(frame / 3))),
    1,
  );
  const noise = pcmOf(
    Int16Array.from({ length: frames }, (_, frame) => ((frame * 7919) % 65_536) - 32_768),
    2,
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 150_000 }), async (width, most) => {
      compare(await peaksOf(tone, width, most), slowPeaksOf(tone, width), 0.001);
      const [found, exact] = [await peaksOf(noise, width, most), slowPeaksOf(noise, width)];
      compare(found, exact, 0.05);
      for (const [channel, peaks] of found.entries()) {
        for (const [part, peak] of peaks.entries()) {
          if (peak > (exact[channel]?.[part] as number) + ROUNDING) throw new Error(`peak ${part} is ${peak}`);
        }
      }
    }),
    { numRuns: 40 },
  );
});

t.test("silence, full scale, one sample, none", async (t) => {
  t.same(await peaksOf(pcmOf(new Int16Array(50), 2), 3), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
  t.same(await peaksOf(pcmOf(Int16Array.of(-32_768, 0, 32_767, 5), 1), 2), [[1, 1]]);
  t.same(await peaksOf(pcmOf(Int16Array.of(-16_384), 1), 4), [[0.5, 0.5, 0.5, 0.5]]);
  t.same(await peaksOf(pcmOf(new Int16Array(0), 1), 2), [[0, 0]]);
});

t.test("two channels of different loudness: each its own peaks", async (t) => {
  const samples = Int16Array.from({ length: 4000 }, (_, index) => (index % 2 === 0 ? 3277 : -16_384));
  t.same(await peaksOf(pcmOf(samples, 2), 2), [
    [0.1, 0.1],
    [0.5, 0.5],
  ]);
});

t.test("melody of an hour: all frames are read; of a day, those of an hour", async (t) => {
  for (const [seconds, most] of [
    [HOUR, HOUR * 8000],
    [24 * HOUR, 30_000_000],
  ] as const) {
    let frames = 0;
    const melody = melodyOf(sidOf(1), 1, seconds);
    const counted: Pcm = {
      ...melody,
      read(from, to) {
        frames += to - from;
        return melody.read(from, to);
      },
    };
    const [peaks] = await peaksOf(counted, 1000);
    t.ok(frames <= most && frames > 0.9 * most, `${frames} frames`);
    t.ok(peaks?.every((peak) => peak > 0.2 && peak < 0.32));
  }
});

t.test("other work runs between the parts of a long sound", async (t) => {
  let turns = 0;
  const count = () => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await peaksOf(melodyOf(sidOf(1), 2, HOUR), 1000);
  clearImmediate(timer);
  t.ok(turns > 20, `${turns} turns`);
});

t.test("WAV file on disk: as in memory", async (t) => {
  const melody = melodyOf(sidOf(2), 2, 60);
  const folder = t.testdir({});
  writeFileSync(join(folder, "a.wav"), bytesOf(wavOf(melody)));
  const file = pcmOfWav(fileSource(join(folder, "a.wav"), "audio/x-wav")) as Pcm;
  for (const most of [30_000_000, 100_000]) t.same(await peaksOf(file, 100, most), await peaksOf(melody, 100, most));
});
