import fc from "fast-check";
import t from "tap";
import { parseCallbackUrl, withQuery } from "../../src/callbacks/callback-url.js";

const DEFAULTS = {
  connectTimeout: 5000,
  readTimeout: 15_000,
  totalTimeout: 15_000,
  retries: 1,
  policies: ["ct"],
};

t.test("user, port and fragment: requested and signed URL", async (t) => {
  const cases: [given: string, signed: string, requested: string][] = [
    ["http://h/p?q=1", "http://h/p?q=1", "http://h/p?q=1"],
    ["http://h:8080/p", "http://h:8080/p", "http://h:8080/p"],
    ["http://h:80/p", "http://h:80/p", "http://h:80/p"],
    ["https://h:8443/p", "https://h/p", "https://h:8443/p"],
    ["https://h:443/p", "https://h/p", "https://h:443/p"],
    ["https://h:/p", "https://h/p", "https://h:/p"],
    ["https://[::1]:8443/p", "https://[::1]/p", "https://[::1]:8443/p"],
    ["https://[::1]/p", "https://[::1]/p", "https://[::1]/p"],
    ["http://user:secret@h:1/p#ct=100", "http://h:1/p", "http://h:1/p"],
    ["https://user@h:1/p?x=a@b#rc=0", "https://h/p?x=a@b", "https://h:1/p?x=a@b"],
    ["http://h", "http://h/", "http://h/"],
    ["http://h?x=1", "http://h/?x=1", "http://h/?x=1"],
    ["http://h#x", "http://h/", "http://h/"],
    ["HTTPS://Example.COM:1/Path", "https://example.com/Path", "https://example.com:1/Path"],
    ["http://h/a b/ł😀?\t", "http://h/a%20b/%C5%82%F0%9F%98%80?%09", "http://h/a%20b/%C5%82%F0%9F%98%80?%09"],
    ["http://h/\ud800", "http://h/%EF%BF%BD", "http://h/%EF%BF%BD"],
    ["http://127.0.0.1\\@h/", "http://127.0.0.1/\\@h/", "http://127.0.0.1/\\@h/"],
    ["http://h/%7e/../a'b|c", "http://h/%7e/../a'b|c", "http://h/%7e/../a'b|c"],
  ];
  for (const [given, signed, requested] of cases) t.match(parseCallbackUrl(given), { signed, requested }, given);
});

t.test("credentials: decoded, undefined without a user", async (t) => {
  const cases: [given: string, credentials: object | undefined][] = [
    ["http://h/", undefined],
    ["http://h/a@b", undefined],
    ["http://user:secret@h/", { user: "user", password: "secret" }],
    ["http://user@h/", { user: "user", password: "" }],
    ["http://u%40x:p%3Aq:r@h/", { user: "u@x", password: "p:q:r" }],
    ["http://u:p@q@h/", { user: "u", password: "p@q" }],
    ["http://u:100%@h/", { user: "u", password: "100%" }],
    ["http://@h/", { user: "", password: "" }],
  ];
  for (const [given, credentials] of cases) t.same(parseCallbackUrl(given)?.credentials, credentials, given);
});

t.test("not an absolute http or https URL: undefined", async (t) => {
  const invalid = [
    "",
    "/path",
    "h/p",
    "ftp://h/",
    "http://",
    "http:///p",
    "http://h:99999/",
    "http://a b/",
    "http:/h/",
  ];
  for (const given of [...invalid, " http://h/", "http://[::1/", "http://u@/", "javascript:1"]) {
    t.equal(parseCallbackUrl(given), undefined, given);
  }
});

t.test("overrides in the fragment", async (t) => {
  const overridesOf = (fragment: string) => parseCallbackUrl(`http://h/#${fragment}`)?.overrides;
  t.same(parseCallbackUrl("http://h/")?.overrides, DEFAULTS, "none");

  t.test("valid: taken", async (t) => {
    const cases: [fragment: string, changes: object][] = [
      ["ct=100", { connectTimeout: 100 }],
      ["ct=10000", { connectTimeout: 10_000 }],
      ["rt=100", { readTimeout: 100 }],
      ["rt=15000", { readTimeout: 15_000 }],
      ["tt=100", { totalTimeout: 100 }],
      ["tt=15000", { totalTimeout: 15_000 }],
      ["rc=0", { retries: 0 }],
      ["rc=5", { retries: 5 }],
      ["rp=4xx", { policies: ["4xx"] }],
      ["rp=5xx,rt", { policies: ["5xx", "rt"] }],
      ["rp=all", { policies: ["all"] }],
      ["rp=ct%2Crt", { policies: ["ct", "rt"] }],
      ["rp=5xx,nothing", { policies: ["5xx"] }],
      [
        "ct=200&rt=300&tt=400&rc=2&rp=5xx",
        { connectTimeout: 200, readTimeout: 300, totalTimeout: 400, retries: 2, policies: ["5xx"] },
      ],
    ];
    for (const [fragment, changes] of cases) t.same(overridesOf(fragment), { ...DEFAULTS, ...changes }, fragment);
  });

  t.test("e, sni and unknown names, and values outside the documented ranges: ignored", async (t) => {
    const numbers = ["99", "10001", "-1", "1e3", "0x64", "100.5", " 100", "", "x", "NaN", "Infinity"];
    const invalid = [
      ...numbers.map((value) => `ct=${value}`),
      ...["99", "15001", ""].flatMap((value) => [`rt=${value}`, `tt=${value}`]),
      ...["6", "-1", "1.5", "", "x"].map((value) => `rc=${value}`),
      ...["", "3xx", "ALL", "ct rt"].map((value) => `rp=${value}`),
      ...["e=ashburn", "e=", "sni=y", "sni=n", "unknown=1", "%", "&&=&", "top"],
    ];
    for (const fragment of invalid) t.same(overridesOf(fragment), DEFAULTS, fragment);
  });
});

t.test(
  "any text: no error, and what is returned contains no credentials, no fragment and no illegal character",
  async (t) => {
    const piece = fc.constantFrom(
      "http://",
      "https://",
      "HTTP:",
      "//",
      "@",
      ":",
      "#",
      "?",
      "/",
      "\\",
      "h",
      "[::1]",
      "%",
      "ct=",
      "rp=",
      "\n",
      " ",
      "ä",
      "80",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.webUrl({ withFragments: true }),
      fc.array(piece).map((all) => all.join("")),
    );
    let parsed = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `http://u:p@h/${rest}`),
        ),
        (given) => {
          const found = parseCallbackUrl(given);
          if (found === undefined) return;
          parsed++;
          for (const url of [found.signed, found.requested]) {
            const { username, password, hash, pathname } = new URL(url);
            if (username + password + hash !== "" || !pathname.startsWith("/")) throw new Error(url);
            if (!/^https?:\/\/[^/?#@\s]+\/[\x21-\x7e]*$/.test(url) || url.includes("#")) throw new Error(url);
          }
        },
      ),
      { numRuns: 1000 },
    );
    t.ok(parsed > 100, `${parsed} of 1000 texts are URLs`);
  },
);

t.test("parameters in the query: after those of the URL", async (t) => {
  t.equal(withQuery("http://h/", ""), "http://h/");
  t.equal(withQuery("http://h/", "a=1"), "http://h/?a=1");
  t.equal(withQuery("http://h/?", "a=1"), "http://h/?a=1");
  t.equal(withQuery("http://h/?b=2", "a=1"), "http://h/?b=2&a=1");
  t.equal(withQuery("http://h/?b=2&", "a=1"), "http://h/?b=2&a=1");
});
