import { type ByteSource, rangeOf } from "./byte-source.js";
import { borrowEncoder, returnEncoder } from "./mp3-encoder.js";
import { type Pcm, SAMPLE_RATE } from "./pcm.js";

const FORMAT = { sampleRate: SAMPLE_RATE, outputSampleRate: SAMPLE_RATE, bitrate: 32 } as const;
/** Samples per channel in an MPEG-2.5 Layer III frame; its bytes at 32 kbit/s and 8 kHz need no padding. */
const FRAME_SAMPLES = 576;
const FRAME_SIZE = ((FRAME_SAMPLES / 8) * FORMAT.bitrate * 1000) / SAMPLE_RATE;
/** LAME's delay (576 samples) and the minimum padding at the end (another 576) add two frames. */
const EXTRA_FRAMES = 2;

/**
 * Encodes an MP3 file as Twilio serves it: MPEG-2.5 Layer III of 8 kHz, a constant 32 kbit/s for mono and stereo, no tags.
 * Empty audio becomes two silent frames.
 *
 * A frame depends on the frames before it, so a range costs as much as everything up to its end.
 */
export function mp3Of(pcm: Pcm): ByteSource {
  return {
    contentType: "audio/mpeg",
    length: (Math.ceil(pcm.frames / FRAME_SAMPLES) + EXTRA_FRAMES) * FRAME_SIZE,
    async *read(start, end) {
      if (start === end) return;
      const part = rangeOf(start, end);
      const encoder = await borrowEncoder();
      try {
        encoder.configure({ channels: pcm.channels, ...FORMAT });
        let made = 0;
        for (const samples of pcm.read(0, pcm.frames)) {
          // The encoder overwrites its result at the next call.
          const encoded = Buffer.from(encoder.encode(planesOf(samples, pcm.channels)));
          yield part(encoded);
          made += encoded.length;
          if (made >= end) return;
        }
        yield part(Buffer.from(encoder.finalize()));
      } finally {
        returnEncoder(encoder);
      }
    },
  };
}

/** Returns the samples of each channel, from -1 to 1. */
function planesOf(chunk: Buffer, channels: number): Float32Array[] {
  const planes = Array.from({ length: channels }, () => new Float32Array(chunk.length / 2 / channels));
  for (const [channel, plane] of planes.entries()) {
    for (let frame = 0; frame < plane.length; frame++) {
      plane[frame] = chunk.readInt16LE((frame * channels + channel) * 2) / 32_768;
    }
  }
  return planes;
}
