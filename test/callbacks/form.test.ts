import fc from "fast-check";
import t from "tap";
import { encodeForm } from "../../src/callbacks/form.js";

t.test("a space is %20, and only unreserved characters of RFC 3986 stay", async (t) => {
  t.equal(encodeForm([]), "");
  t.equal(encodeForm([["a b", "c+d e"]]), "a%20b=c%2Bd%20e");
  t.equal(
    encodeForm([
      ["k", "AZaz09-._~"],
      ["l", "!'()*"],
      ["m", "&=%\r\n"],
    ]),
    "k=AZaz09-._~&l=%21%27%28%29%2A&m=%26%3D%25%0D%0A",
  );
  t.equal(encodeForm([["é", "😀"]]), "%C3%A9=%F0%9F%98%80");
});

t.test("lone surrogate: the replacement character", async (t) => {
  t.equal(encodeForm([["a", "\ud800x"]]), "a=%EF%BF%BDx");
});

t.test("any parameters: a parser of forms returns them", async (t) => {
  const text = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
      const form = encodeForm(pairs);
      if (!/^[\w.~%&=-]*$/.test(form)) throw new Error(form);
      // URLSearchParams drops a pair without name and value.
      const given = pairs.map(([name, value]) => [`n${name}`, value] as [string, string]);
      t.same([...new URLSearchParams(encodeForm(given))], given);
    }),
  );
});
