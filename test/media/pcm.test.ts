import t from "tap";
import { melodyOf } from "../../src/media/melody.js";
import { monoOf, type Pcm } from "../../src/media/pcm.js";
import { sidOf } from "../support/byte-source.js";

/** Two-channel source of these samples, one frame per chunk. */
function stereoOf(frames: readonly (readonly [number, number])[]): Pcm {
  return {
    channels: 2,
    frames: frames.length,
    *read(from, to) {
      for (const frame of frames.slice(from, to)) yield Buffer.from(Int16Array.from(frame).buffer);
    },
  };
}

t.test("two channels mixed: average of each frame", async (t) => {
  const mono = monoOf(
    stereoOf([
      [0, 0],
      [1000, 500],
      [32_767, 32_767],
      [-32_768, -32_768],
      [32_767, -32_768],
      [-3, 0],
    ]),
  );
  t.same([mono.channels, mono.frames], [1, 6]);
  t.same(
    [...mono.read(0, 6)].map((chunk) => chunk.readInt16LE(0)),
    [0, 750, 32_767, -32_768, -1, -2],
  );
  t.same(
    [...mono.read(1, 3)].map((chunk) => chunk.readInt16LE(0)),
    [750, 32_767],
  );
});

t.test("one channel mixed: unchanged", async (t) => {
  const mono = melodyOf(sidOf(1), 1, 1);
  t.equal(monoOf(mono), mono);
});
