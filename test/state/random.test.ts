import fc from "fast-check";
import t from "tap";
import { createRandom, createRandomSequences } from "../../src/state/random.js";

t.test("equal seeds: equal numbers; other seeds: other numbers", async (t) => {
  t.equal(createRandom(7).hex(32), createRandom(7).hex(32));
  t.not(createRandom(7).hex(32), createRandom(8).hex(32));
});

t.test("hex: lower-case digits of the requested length", async () => {
  const random = createRandom(1);
  fc.assert(fc.property(fc.integer({ min: 0, max: 12 }), (n) => /^[0-9a-f]*$/.test(random.hex(n * 8))));
  t.equal(random.hex(96).length, 96);
});

t.test("fractions: from 0 to below 1", async (t) => {
  const random = createRandom(2);
  const fractions = Array.from({ length: 1000 }, () => random.fraction());
  t.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  const mean = fractions.reduce((sum, fraction) => sum + fraction) / 1000;
  t.ok(mean > 0.4 && mean < 0.6);
});

t.test("each account: its own random sequence, the same for the same seed", async (t) => {
  const [one, other] = ["a", "b"].map((digit) => `AC${digit.repeat(32)}`) as [string, string];
  const random = createRandomSequences(1);
  const draw = () => [random.of(one).hex(8), random.of(other).hex(8), random.of().hex(8)];
  const first = draw();
  t.equal(new Set(first).size, 3);
  const second = draw();
  t.equal(new Set([...first, ...second]).size, 6);
  random.reset(one);
  t.same(draw().slice(0, 1), first.slice(0, 1));
  random.reset();
  t.same(draw(), first);
  t.same(
    [createRandomSequences(1).of(one).hex(8), createRandomSequences(2).of(one).hex(8)].map((hex) => hex === first[0]),
    [true, false],
  );
});
