import fc from "fast-check";
import t from "tap";
import type { SyncByteSource } from "../../src/media/byte-source.js";
import { fileSource } from "../../src/media/file.js";
import { melodyOf } from "../../src/media/melody.js";
import type { Pcm } from "../../src/media/pcm.js";
import { pcmOfWav, wavOf } from "../../src/media/wav.js";
import { bytesOf, channelCounts, rangeAgrees, ranges, sha256, sidOf, sids } from "../support/byte-source.js";

const HOUR = 3600;

function soundOf(bytes: Buffer): SyncByteSource {
  // Odd chunk sizes: a byte source may split a sample.
  return {
    contentType: "audio/x-wav",
    length: bytes.length,
    *read(start, end) {
      for (let at = start; at < end; at += 777) yield bytes.subarray(at, Math.min(at + 777, end));
    },
  };
}

/** A RIFF chunk: four letters, size, content, and a byte of padding after an odd size. */
function chunk(name: string, content: Buffer, size = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function format(fields: { tag?: number; channels?: number; rate?: number; bits?: number } = {}): Buffer {
  const { tag = 1, channels = 1, rate = 8000, bits = 16 } = fields;
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(channels, 2);
  bytes.writeUInt32LE(rate, 4);
  bytes.writeUInt32LE((rate * channels * bits) / 8, 8);
  bytes.writeUInt16LE((channels * bits) / 8, 12);
  bytes.writeUInt16LE(bits, 14);
  return bytes;
}

const riff = (...chunks: Buffer[]) => {
  const body = Buffer.concat([Buffer.from("WAVE"), ...chunks]);
  return chunk("RIFF", body);
};

const allOf = (pcm: Pcm | undefined) => (pcm === undefined ? undefined : Buffer.concat([...pcm.read(0, pcm.frames)]));

t.test("header: 8 kHz, 16-bit PCM, size", async (t) => {
  for (const channels of [1, 2] as const) {
    const wav = wavOf(melodyOf(sidOf(1), channels, 3));
    const header = bytesOf(wav, 0, 44);
    const size = 3 * 8000 * 2 * channels;
    t.equal(wav.contentType, "audio/x-wav");
    t.equal(header.toString("latin1", 0, 4), "RIFF");
    t.equal(header.readUInt32LE(4), size + 36);
    t.equal(header.toString("latin1", 8, 16), "WAVEfmt ");
    t.equal(header.readUInt32LE(16), 16);
    t.ok(header.subarray(20, 36).equals(format({ channels })));
    t.equal(header.toString("latin1", 36, 40), "data");
    t.equal(header.readUInt32LE(40), size);
  }
});

t.test("length: 44 bytes plus the samples, equal to the number of bytes", async () => {
  fc.assert(
    fc.property(sids, channelCounts, fc.nat(20), (sid, channels, duration) => {
      const wav = wavOf(melodyOf(sid, channels, duration));
      return wav.length === 44 + duration * 16_000 * channels && bytesOf(wav).length === wav.length;
    }),
    { numRuns: 30 },
  );
});

t.test("0 seconds: header only", async (t) => {
  const wav = wavOf(melodyOf(sidOf(1), 2, 0));
  t.equal(wav.length, 44);
  t.equal(bytesOf(wav).readUInt32LE(40), 0);
});

t.test("same SID: same bytes on every run and machine", async (t) => {
  t.equal(
    sha256(bytesOf(wavOf(melodyOf(sidOf(1), 1, 1)))),
    "f1a3995b3b9902549269ce20057c53f0ae62318995e3b7d10997cc56874bdf6a",
  );
});

t.test("range: same bytes as in the whole", async (t) => {
  t.test("random ranges", async () => {
    fc.assert(
      fc.property(channelCounts, ranges, (channels, range) =>
        rangeAgrees(wavOf(melodyOf(sidOf(1), channels, 5)), range),
      ),
    );
  });
  t.test("ranges in and near the header", async (t) => {
    const wav = wavOf(melodyOf(sidOf(1), 2, 1));
    const whole = bytesOf(wav);
    for (let start = 0; start <= 50; start++) {
      for (let end = start; end <= 50; end++) {
        const chunks = [...wav.read(start, end)];
        const right =
          chunks.every(({ length }) => length > 0) && Buffer.concat(chunks).equals(whole.subarray(start, end));
        if (!right) t.fail(`${start} to ${end}`);
      }
    }
  });
});

t.test("four hours, two channels: any chunk is read directly, memory does not grow", async (t) => {
  const wav = wavOf(melodyOf(sidOf(1), 2, 4 * HOUR));
  t.equal(wav.length, 44 + 4 * HOUR * 32_000);
  const before = process.memoryUsage().arrayBuffers;
  for (const start of [0, wav.length / 2, wav.length - 65_536]) {
    const [first] = wav.read(start, wav.length);
    t.ok(first !== undefined && first.length > 0);
    t.equal(bytesOf(wav, start, start + 65_536).length, 65_536);
  }
  let length = 0;
  for (const chunk of wav.read(0, 50_000_000)) length += chunk.length;
  t.equal(length, 50_000_000);
  t.ok(process.memoryUsage().arrayBuffers - before < 4_000_000);
});

t.test("over 4 GiB: maximum size in the header", async (t) => {
  const wav = wavOf(melodyOf(sidOf(1), 2, 999_999_999));
  const header = bytesOf(wav, 0, 44);
  t.equal(wav.length, 31_999_999_968_044);
  t.same([header.readUInt32LE(4), header.readUInt32LE(40)], [0xffff_ffff, 0xffff_ffff]);
});

t.test("pcmOfWav", async (t) => {
  const samples = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 251));

  t.test("WAV of this module: the original samples", async () => {
    fc.assert(
      fc.property(channelCounts, fc.nat(15), (channels, duration) => {
        const pcm = melodyOf(sidOf(1), channels, duration);
        const read = pcmOfWav(soundOf(bytesOf(wavOf(pcm))));
        return read?.channels === channels && read.frames === pcm.frames && allOf(read)?.equals(allOf(pcm) as Buffer);
      }),
      { numRuns: 20 },
    );
  });

  t.test("range of a file on disk: its frames", async (t) => {
    const folder = t.testdir({ "sound.wav": bytesOf(wavOf(melodyOf(sidOf(1), 2, 10))) });
    const pcm = pcmOfWav(fileSource(`${folder}/sound.wav`, "audio/x-wav"));
    const chunks = [...(pcm?.read(100, 60_000) ?? [])];
    t.ok(chunks.every(({ length }) => length % 4 === 0 && length <= 65_536));
    t.ok(Buffer.concat(chunks).equals(Buffer.concat([...melodyOf(sidOf(1), 2, 10).read(100, 60_000)])));
  });

  for (const [name, bytes, frames] of [
    ["mono", riff(chunk("fmt ", format()), chunk("data", samples)), 1000],
    ["stereo", riff(chunk("fmt ", format({ channels: 2 })), chunk("data", samples)), 500],
    [
      "other chunks of odd size in between",
      riff(
        chunk("LIST", samples.subarray(0, 5)),
        chunk("fmt ", format()),
        chunk("fact", samples.subarray(0, 3)),
        chunk("data", samples),
      ),
      1000,
    ],
    ["data chunk before the format chunk", riff(chunk("data", samples), chunk("fmt ", format())), 1000],
    [
      "longer format chunk",
      riff(chunk("fmt ", Buffer.concat([format(), Buffer.alloc(2)])), chunk("data", samples)),
      1000,
    ],
    [
      "half a frame at the end: omitted",
      riff(chunk("fmt ", format({ channels: 2 })), chunk("data", samples.subarray(0, 1999))),
      499,
    ],
    [
      "data size beyond the end, as of streaming writers: the existing frames",
      riff(chunk("fmt ", format()), chunk("data", samples, 0xffff_ffff)),
      1000,
    ],
  ] as const) {
    t.test(name, async (t) => {
      const pcm = pcmOfWav(soundOf(bytes));
      t.equal(pcm?.frames, frames);
      t.ok(allOf(pcm)?.equals(samples.subarray(0, frames * 2 * (pcm?.channels ?? 0))));
    });
  }

  for (const [name, bytes] of [
    ["44.1 kHz", riff(chunk("fmt ", format({ rate: 44_100 })), chunk("data", samples))],
    ["8 bits", riff(chunk("fmt ", format({ bits: 8 })), chunk("data", samples))],
    ["µ-law", riff(chunk("fmt ", format({ tag: 7 })), chunk("data", samples))],
    ["three channels", riff(chunk("fmt ", format({ channels: 3 })), chunk("data", samples))],
    ["no channel", riff(chunk("fmt ", format({ channels: 0 })), chunk("data", samples))],
    ["format chunk too short", riff(chunk("fmt ", format().subarray(0, 14)), chunk("data", samples))],
    ["no format", riff(chunk("data", samples))],
    ["no data", riff(chunk("fmt ", format()))],
    [
      "RIFF file of another type",
      chunk("RIFF", Buffer.concat([Buffer.from("AVI "), chunk("fmt ", format()), chunk("data", samples)])),
    ],
    ["not a RIFF file", samples],
    ["empty file", Buffer.alloc(0)],
  ] as const) {
    t.test(`${name}: undefined`, async (t) => t.equal(pcmOfWav(soundOf(bytes)), undefined));
  }

  t.test("random bytes: samples or undefined", async () => {
    const start = riff(chunk("fmt ", format())).subarray(0, 36);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (array, wav) => {
        const pcm = pcmOfWav(soundOf(Buffer.concat([wav ? start : Buffer.alloc(0), array])));
        return pcm === undefined || allOf(pcm)?.length === pcm.frames * 2;
      }),
    );
  });
});
