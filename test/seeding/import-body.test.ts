import { Readable } from "node:stream";
import t from "tap";
import { type Batch, readBody, slicesOf } from "../../src/seeding/import-body.js";

t.test("large body with leading white space: read in batches", async (t) => {
  const chunks = [" ".repeat(50), '{"recordings":[{"sid":"RE1"}]}'].map((text) => Buffer.from(text));
  const read = await readBody(Readable.from(chunks), { whole: 10, size: 1000 });
  const batches: Batch[] = [];
  for await (const batch of (read as { batches: AsyncIterable<Batch> }).batches) batches.push(batch);
  t.match(batches[0], { list: "recordings", content: { recordings: [{ sid: "RE1" }] }, offset: 0 });
});

t.test("single resource with a key named like a list: one batch", async (t) => {
  const content = { sid: "RE1", recordings: [1, 2] };
  t.same([...slicesOf(content)], [{ list: undefined, content, offset: 0 }]);
});
