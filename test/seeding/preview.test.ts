import t from "tap";
import { preview } from "../../src/seeding/preview.js";

t.test("bigint: its digits as text", async (t) => t.equal(preview({ n: 5n }), '{"n":"5"}'));
t.test("long text: 80 characters of its JSON", async (t) => t.equal(preview("x".repeat(99)), `"${"x".repeat(79)}…`));
