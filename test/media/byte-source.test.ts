import fc from "fast-check";
import t from "tap";
import { rangeOf } from "../../src/media/byte-source.js";
import { rangeIn, ranges } from "../support/byte-source.js";

t.test("range of chunks: same bytes as in the whole", async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), ranges, (arrays, fractions) => {
      const chunks = arrays.map((array) => Buffer.from(array));
      const whole = Buffer.concat(chunks);
      const [start, end] = rangeIn(whole.length, fractions);
      return Buffer.concat(chunks.map(rangeOf(start, end))).equals(whole.subarray(start, end));
    }),
  );
});
