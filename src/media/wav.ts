import { CHUNK_SIZE, rangeOf, type SyncByteSource } from "./byte-source.js";
import { type Pcm, SAMPLE_RATE } from "./pcm.js";

export const WAV_CONTENT_TYPE = "audio/x-wav";

const HEADER_SIZE = 44;
const LINEAR_PCM = 1;
const MAX_UINT32 = 0xffff_ffff;

/** Encodes a WAV file: the canonical header of 44 bytes, then the samples. */
export function wavOf(pcm: Pcm): SyncByteSource {
  const frameSize = 2 * pcm.channels;
  const size = pcm.frames * frameSize;
  return {
    contentType: WAV_CONTENT_TYPE,
    length: HEADER_SIZE + size,
    *read(start, end) {
      if (start === end) return;
      if (start < HEADER_SIZE) yield header(pcm.channels, size).subarray(start, end);
      const [first, last] = [Math.max(0, start - HEADER_SIZE), Math.max(0, end - HEADER_SIZE)];
      const from = Math.floor(first / frameSize);
      const part = rangeOf(first - from * frameSize, last - from * frameSize);
      for (const chunk of pcm.read(from, Math.ceil(last / frameSize))) yield part(chunk);
    },
  };
}

/**
 * Returns the samples of a WAV file in the format of Twilio's recordings: 8 kHz, 16-bit linear PCM, mono or stereo.
 *
 * @returns undefined for a file of another format. The emulator does not transcode, so it serves such a file unchanged.
 */
export function pcmOfWav(wav: SyncByteSource): Pcm | undefined {
  const channels = channelsOf(findChunk(wav, "fmt "));
  const data = findChunk(wav, "data");
  if (channels === undefined || data === undefined) return undefined;
  const frameSize = 2 * channels;
  return {
    channels,
    frames: Math.floor((data.end - data.start) / frameSize),
    *read(from, to) {
      const end = data.start + to * frameSize;
      for (let start = data.start + from * frameSize; start < end; start += CHUNK_SIZE) {
        // The file's own chunks may split frames.
        yield bytesOf(wav, start, Math.min(start + CHUNK_SIZE, end));
      }
    },
  };

  function channelsOf(chunk: Chunk | undefined): 1 | 2 | undefined {
    if (chunk === undefined || chunk.end - chunk.start < 16) return undefined;
    const format = bytesOf(wav, chunk.start, chunk.start + 16);
    const [tag, channels] = [format.readUInt16LE(0), format.readUInt16LE(2)];
    const [rate, bits] = [format.readUInt32LE(4), format.readUInt16LE(14)];
    const known = tag === LINEAR_PCM && rate === SAMPLE_RATE && bits === 16;
    return known && (channels === 1 || channels === 2) ? channels : undefined;
  }
}

function header(channels: number, size: number): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.write("RIFF", 0, "latin1");
  // The fields have 32 bits: 4 GiB are 37 hours of two channels.
  bytes.writeUInt32LE(Math.min(size + HEADER_SIZE - 8, MAX_UINT32), 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(LINEAR_PCM, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(SAMPLE_RATE, 24);
  bytes.writeUInt32LE(SAMPLE_RATE * 2 * channels, 28);
  bytes.writeUInt16LE(2 * channels, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(Math.min(size, MAX_UINT32), 40);
  return bytes;
}

interface Chunk {
  start: number;
  /** Exclusive, and never beyond the end of the file. */
  end: number;
}

/** Finds the content of the first RIFF chunk with this name. */
function findChunk(wav: SyncByteSource, name: string): Chunk | undefined {
  const form = bytesOf(wav, 0, Math.min(12, wav.length)).toString("latin1");
  if (!/^RIFF.{4}WAVE$/s.test(form)) return undefined;
  for (let position = form.length; position + 8 <= wav.length; ) {
    const head = bytesOf(wav, position, position + 8);
    const [start, size] = [position + 8, head.readUInt32LE(4)];
    if (head.toString("latin1", 0, 4) === name) return { start, end: Math.min(start + size, wav.length) };
    // Chunks begin at even positions.
    position = start + size + (size % 2);
  }
  return undefined;
}

function bytesOf(source: SyncByteSource, start: number, end: number): Buffer {
  return Buffer.concat([...source.read(start, end)]);
}
