import fc from "fast-check";
import t from "tap";
import { originIn, pathOf, routableUrl } from "../../src/twilio-api/request/urls.js";

t.test("routableUrl", async (t) => {
  for (const [name, url, expected] of [
    ["a plain path stays", "/a/b.json?c=d", "/a/b.json?c=d"],
    ["valid encodings stay", "/a%20b", "/a%20b"],
    ["the absolute form loses scheme and authority", "http://user:secret@host:80/a?b=/c", "/a?b=/c"],
    ["an absolute form without a path becomes the root", "http://host", "/"],
    ["the asterisk form becomes a path", "*", "/*"],
    ["a percent sign that encodes nothing stands for itself, and so do its neighbours", "/%zz%20", "/%25zz%2520"],
    ["the query is left alone", "/%zz?%zz", "/%25zz?%zz"],
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

t.test("pathOf: of a routable URL, the path without its query, decoded", async (t) => {
  t.equal(pathOf("/a%20b.json?c#d"), "/a b.json");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof pathOf(routableUrl(text)) === "string"));
});
