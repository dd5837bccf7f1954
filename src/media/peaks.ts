import { setImmediate } from "node:timers/promises";
import type { Pcm } from "./pcm.js";

/** Frames that are read at most: a little more than an hour, which takes 150 ms. Longer sound is read in windows. */
const MOST_FRAMES = 30_000_000;
/** Frames of a window: an eighth of a second. */
const WINDOW_FRAMES = 1024;
/** Frames between two turns of the event loop: a few milliseconds. */
const TURN_FRAMES = 2 ** 19;
const FULL_SCALE = 32_768;

/**
 * Returns the peaks of each channel for a waveform: `width` numbers from 0 to 1, each the largest sample of its part of the
 * sound. Of more than an hour it reads windows, evenly spread over each part, so that the cost has a limit; a peak between two
 * windows is missed.
 *
 * @param most - frames to read at most.
 */
export async function peaksOf(pcm: Pcm, width: number, most = MOST_FRAMES): Promise<number[][]> {
  const { channels, frames } = pcm;
  const peaks = Array.from({ length: channels }, () => new Array<number>(width).fill(0));
  const framesOfPart = Math.max(WINDOW_FRAMES, Math.floor(most / width));
  let turn = 0;
  for (let part = 0; part < width; part++) {
    const from = Math.floor((part * frames) / width);
    // Of a sound with fewer frames than parts, several parts have the same frame.
    const to = Math.min(frames, Math.max(from + 1, Math.floor(((part + 1) * frames) / width)));
    for (const [start, end] of windowsOf(from, to, framesOfPart)) {
      for (const chunk of pcm.read(start, end)) {
        for (const [channel, list] of peaks.entries()) {
          list[part] = Math.max(list[part] as number, peakOf(chunk, channel, channels));
        }
      }
      turn += end - start;
    }
    if (turn >= TURN_FRAMES) {
      turn = 0;
      await setImmediate();
    }
  }
  return peaks;
}

/** Yields the whole, or windows with about so many frames. */
function* windowsOf(from: number, to: number, frames: number): Iterable<[start: number, end: number]> {
  const length = to - from;
  if (length <= frames) return yield [from, to];
  const windows = Math.floor(frames / WINDOW_FRAMES);
  for (let index = 0; index < windows; index++) {
    const start = from + Math.floor((index * (length - WINDOW_FRAMES)) / Math.max(1, windows - 1));
    yield [start, start + WINDOW_FRAMES];
  }
}

/** Returns the largest amount of a channel's samples, with four decimals. */
function peakOf(chunk: Buffer, channel: number, channels: number): number {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const step = 2 * channels;
  // Two comparisons that the processor predicts are faster than the amount of each sample.
  let [least, largest] = [0, 0];
  for (let offset = 2 * channel; offset < chunk.length; offset += step) {
    const sample = view.getInt16(offset, true);
    if (sample > largest) largest = sample;
    else if (sample < least) least = sample;
  }
  return Math.round((Math.max(largest, -least) / FULL_SCALE) * 10_000) / 10_000;
}
