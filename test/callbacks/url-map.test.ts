import fc from "fast-check";
import t from "tap";
import { createUrlMap, parseMapping, type UrlMapping } from "../../src/callbacks/url-map.js";
import { ACCOUNT, SUBACCOUNT } from "../support/emulator.js";

const mapping = (text: string): UrlMapping => {
  const parsed = parseMapping(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const mapOf = (...texts: string[]) => {
  const { map } = createUrlMap(texts.map(mapping));
  return (url: string) => map(ACCOUNT, url);
};

t.test("text that is not two absolute URLs: undefined", async (t) => {
  const invalid = ["", "https://a", "https://a=", "=http://b", "https://a=b", "a=http://b", "https://a=ftp://b"];
  const strange = [
    "http://=http://b",
    "http:///a=http://b",
    "http://a=http:///b",
    "http://a=http://b:99999",
    "http://a b=http://c",
  ];
  for (const text of [...invalid, ...strange]) t.equal(parseMapping(text), undefined, text);
});

t.test("mapping: without slash at the end; scheme and host in lower case, no credentials", async (t) => {
  t.same(mapping("https://a.example.com/=http://localhost:3000/"), {
    from: "https://a.example.com",
    to: "http://localhost:3000",
  });
  t.same(mapping("HTTPS://u:p@A.example.com/Path=http://b"), { from: "https://a.example.com/Path", to: "http://b" });
  t.same(mapping("https://a=http://b/?x=1"), { from: "https://a", to: "http://b/?x=1" });
});

t.test("URL below a mapping: its rest is kept", async (t) => {
  const map = mapOf("https://app.example.com=http://localhost:3000");
  t.equal(map("https://app.example.com"), "http://localhost:3000");
  t.equal(map("https://app.example.com/a?b=c#ct=100"), "http://localhost:3000/a?b=c#ct=100");
  t.equal(map("https://app.example.com?b=c"), "http://localhost:3000?b=c");
  t.equal(map("https://app.example.com#ct=100"), "http://localhost:3000#ct=100");
  t.equal(mapOf("https://a/v1=http://b/v2/x")("https://a/v1/y"), "http://b/v2/x/y");
});

t.test("boundary: only whole hosts, ports and segments match", async (t) => {
  const map = mapOf("https://app.example.com/a=http://b");
  for (const url of [
    "https://app.example.com/",
    "https://app.example.com/ab",
    "https://app.example.com.evil/a",
    "https://app.example.com:8443/a",
    "http://app.example.com/a",
    "https://x.app.example.com/a",
  ]) {
    t.equal(map(url), url);
  }
  t.equal(mapOf("https://a=http://b")("https://a.com/"), "https://a.com/");
});

t.test("case: ignored in scheme and host, not in the path", async (t) => {
  const map = mapOf("https://App.example.com/Path=http://b");
  t.equal(map("HTTPS://aPP.EXAMPLE.com/Path/X"), "http://b/X");
  t.equal(map("https://app.example.com/path/X"), "https://app.example.com/path/X");
});

t.test("several matches: the longest counts, in any order", async (t) => {
  const texts = ["https://a=http://one", "https://a/x=http://two", "https://a/x/y=http://three"];
  for (const order of [texts, texts.toReversed()]) {
    const map = mapOf(...order);
    t.equal(map("https://a/z"), "http://one/z");
    t.equal(map("https://a/x/z"), "http://two/z");
    t.equal(map("https://a/x/y/z"), "http://three/z");
  }
});

t.test("credentials of the URL: no part of the comparison, nor of the mapped URL", async (t) => {
  const map = mapOf("https://a=http://b");
  for (const user of ["user", "user:secret", "u:p@q"]) {
    t.equal(map(`https://${user}@a/x`), "http://b/x");
    t.equal(map(`https://${user}@c/x`), `https://${user}@c/x`);
  }
});

t.test("own mappings of an account: before equal common ones, for no other account, until a reset", async (t) => {
  const urls = createUrlMap([mapping("https://a=http://common")]);
  const own = [mapping("https://a=http://own")];
  t.same(urls.of(ACCOUNT), []);
  urls.set(ACCOUNT, own);
  urls.set(SUBACCOUNT, own);
  t.same(urls.of(ACCOUNT), own);
  t.equal(urls.map(ACCOUNT, "https://a/x"), "http://own/x");
  urls.reset(ACCOUNT);
  t.equal(urls.map(ACCOUNT, "https://a/x"), "http://common/x");
  t.equal(urls.map(SUBACCOUNT, "https://a/x"), "http://own/x");
  urls.reset();
  t.equal(urls.map(SUBACCOUNT, "https://a/x"), "http://common/x");
});

t.test("any URL and any mapping: a URL comes out, without an error", async (t) => {
  const origin = fc.constantFrom("http://a", "http://a/b", "https://u:p@a:1/", "http://[::1]/#x", "http://a?q");
  fc.assert(
    fc.property(origin, origin, fc.string({ unit: "binary" }), (from, to, rest) =>
      URL.canParse(mapOf(`${from}=${to}`)(`${from}/${rest}`)),
    ),
  );
  t.pass("no counterexample");
});
