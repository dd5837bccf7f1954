/** Frames per second, the only rate of Twilio's recordings. */
export const SAMPLE_RATE = 8000;

/** Linear PCM of 8 kHz: 16-bit signed little-endian samples, interleaved. */
export interface Pcm {
  channels: 1 | 2;
  /** A frame is one sample of each channel. */
  frames: number;
  /** Reads the frames from `from` to `to`, exclusive, in chunks of whole frames. Do not modify the chunks. */
  read(from: number, to: number): Iterable<Buffer>;
}

/** Mixes two channels into one. It averages them, because a sum could clip. */
export function monoOf(pcm: Pcm): Pcm {
  if (pcm.channels === 1) return pcm;
  return {
    channels: 1,
    frames: pcm.frames,
    *read(from, to) {
      for (const chunk of pcm.read(from, to)) yield mixed(chunk);
    },
  };
}

function mixed(stereo: Buffer): Buffer {
  const mono = Buffer.allocUnsafe(stereo.length / 2);
  for (let offset = 0; offset < mono.length; offset += 2) {
    const sum = stereo.readInt16LE(2 * offset) + stereo.readInt16LE(2 * offset + 2);
    mono.writeInt16LE(sum >> 1, offset);
  }
  return mono;
}
