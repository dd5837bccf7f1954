import fc from "fast-check";
import t from "tap";
import { originIn, pathOf, routableUrl } from "../../src/twilio-api/request/urls.js";

t.test("routableUrl", async (t) => {
  for (const [name, url, expected] of [
    ["plain path: unchanged", "/a/b.json?c=d", "/a/b.json?c=d"],
    ["valid percent-encoding: unchanged", "/a%20b", "/a%20b"],
    ["absolute form: without scheme and authority", "http://user:secret@host:80/a?b=/c", "/a?b=/c"],
    ["absolute form without a path: the root", "http://host", "/"],
    ["asterisk form: a path", "*", "/*"],
    ["invalid percent-encoding: every percent sign is encoded", "/%zz%20", "/%25zz%2520"],
    ["query: unchanged", "/%zz?%zz", "/%25zz?%zz"],
  ] as const) {
    t.test(name, async (t) => t.equal(routableUrl(url), expected));
  }
});

t.test("originIn", async (t) => {
  for (const [url, expected] of [
    ["http://api.twilio.com/a", "http://api.twilio.com"],
    ["HTTPS://user:secret@host:80?a@b", "https://host:80"],
    ["http://[::1]:2010", "http://[::1]:2010"],
    ["/a?b=http://c", undefined],
    ["*", undefined],
    ["ftp://host/", undefined],
    ["http:///a", undefined],
  ] as const) {
    t.equal(originIn(url), expected, url);
  }
});

t.test("pathOf: the decoded path without the query", async (t) => {
  t.equal(pathOf("/a%20b.json?c#d"), "/a b.json");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof pathOf(routableUrl(text)) === "string"));
});
