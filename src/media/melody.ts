import { createHash } from "node:crypto";
import { CHUNK_SIZE } from "./byte-source.js";
import { type Pcm, SAMPLE_RATE } from "./pcm.js";

const NOTES = 32;
const NOTE_FRAMES = SAMPLE_RATE / 4;
const ATTACK_FRAMES = SAMPLE_RATE / 100;

/** Three octaves of the pentatonic scale on G, in Hz: any two of its notes are consonant. */
const SCALE = [
  196.0, 220.0, 246.94, 293.66, 329.63, 392.0, 440.0, 493.88, 587.33, 659.26, 783.99, 880.0, 987.77, 1174.66, 1318.51,
  1567.98,
];

/** The right channel plays a fifth higher, so that a listener can distinguish the channels. */
const TRANSPOSITIONS = [1, 1.5];

/**
 * One period of a sine. Engines may differ in the last bits of Math.sin; none of these values is near enough to a half
 * to round differently.
 */
const SINE = Int16Array.from({ length: 1024 }, (_, index) => Math.round(10_000 * Math.sin((index * Math.PI) / 512)));

/**
 * Returns the audio of a recording without a file: 32 notes of a quarter of a second, repeated. The notes derive from the
 * SHA-256 of the SID, so similar SIDs differ from the first note, and the bytes are the same on every machine.
 *
 * @param duration - in whole seconds.
 */
export function melodyOf(sid: string, channels: 1 | 2, duration: number): Pcm {
  let period: Buffer | undefined;
  const frameSize = 2 * channels;
  return {
    channels,
    frames: duration * SAMPLE_RATE,
    *read(from, to) {
      period ??= render(sid, channels);
      const end = to * frameSize;
      for (let position = from * frameSize; position < end; ) {
        const offset = position % period.length;
        const chunk = period.subarray(offset, offset + Math.min(CHUNK_SIZE, end - position));
        yield chunk;
        position += chunk.length;
      }
    },
  };
}

function render(sid: string, channels: 1 | 2): Buffer {
  const samples = Buffer.allocUnsafe(NOTES * NOTE_FRAMES * 2 * channels);
  for (const [note, byte] of createHash("sha256").update(sid).digest().entries()) {
    const hertz = SCALE[byte % SCALE.length] as number;
    for (const [channel, transposition] of TRANSPOSITIONS.slice(0, channels).entries()) {
      renderNote(samples, (note * NOTE_FRAMES * channels + channel) * 2, 2 * channels, hertz * transposition);
    }
  }
  return samples;
}

/** A note rises within 10 ms and fades to silence, so that there is no click between notes. */
function renderNote(samples: Buffer, offset: number, step: number, hertz: number): void {
  const advance = Math.round((hertz * 2 ** 32) / SAMPLE_RATE);
  let phase = 0;
  for (let frame = 0; frame < NOTE_FRAMES; frame++) {
    const rise = Math.min(frame, ATTACK_FRAMES) * (NOTE_FRAMES / ATTACK_FRAMES);
    const volume = Math.min(rise, NOTE_FRAMES - 1 - frame);
    const sine = SINE[phase >>> 22] as number;
    samples.writeInt16LE(Math.trunc((sine * volume) / NOTE_FRAMES), offset + frame * step);
    phase = (phase + advance) >>> 0;
  }
}
