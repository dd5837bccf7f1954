import fc from "fast-check";
import t from "tap";
import { createRandom } from "../../src/state/random.js";

t.test("equal seeds give equal numbers, others do not", async (t) => {
  t.equal(createRandom(7).hex(32), createRandom(7).hex(32));
  t.not(createRandom(7).hex(32), createRandom(8).hex(32));
});

t.test("hex: as many lower-case digits as asked for", async () => {
  const random = createRandom(1);
  fc.assert(fc.property(fc.integer({ min: 0, max: 12 }), (n) => /^[0-9a-f]*$/.test(random.hex(n * 8))));
  t.equal(random.hex(96).length, 96);
});
