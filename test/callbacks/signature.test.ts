import fc from "fast-check";
import t from "tap";
import twilio from "twilio";
import twilio5 from "twilio-5";
import { parseCallbackUrl, withQuery } from "../../src/callbacks/callback-url.js";
import { checkSignature } from "../../src/callbacks/check-signature.js";
import { encodeForm } from "../../src/callbacks/form.js";
import { signatureOf, signedText } from "../../src/callbacks/signature.js";
import type { Parameter } from "../../src/callbacks/wire-order.js";

/** The documented example (https://www.twilio.com/docs/usage/security#validating-requests). */
const TOKEN = "12345";
const URL_TEXT = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM = {
  To: "+18005551212",
  CallSid: "CA1234567890ABCDE",
  Digits: "1234",
  Caller: "+14158675309",
  From: "+14158675309",
};
const SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

const JUDGES = [
  ["twilio 6", twilio.validateRequest],
  ["twilio 5", twilio5.validateRequest],
] as const;

t.test("documented example: its text and its signature", async (t) => {
  const text = signedText(URL_TEXT, Object.entries(FORM));
  t.equal(
    text,
    `${URL_TEXT}CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212`,
    "sorted by key",
  );
  t.equal(signatureOf(TOKEN, text), SIGNATURE);
});

const token = fc.string({ minLength: 1, unit: "binary" }).map((text) => text.toWellFormed());
const characters = [..."abcXYZ019-._~%20!$&()*+,;=:@"];
const path = fc.array(fc.string({ unit: fc.constantFrom(...characters.filter((one) => one !== "%" && one !== ".")) }));
const host = fc.constantFrom("app.example.com", "localhost", "127.0.0.1", "[::1]", "receiver", "EXAMPLE.com");
const port = fc.constantFrom("", ":80", ":443", ":8080", ":3000");
const user = fc.constantFrom("", "user@", "user:secret@", "us%40er:p%3Aass@", "a@b:c@d@");
const query = fc.option(
  fc
    .array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { minLength: 1 })
    .map((pairs) => `?${encodeForm(pairs)}`),
  { nil: "" },
);
const fragment = fc.constantFrom("", "#ct=2000", "#rc=2&rp=all");
const address = fc
  .tuple(fc.constantFrom("http://", "https://", "HTTPS://"), user, host, port, path, query, fragment)
  .map(([scheme, user, host, port, path, query, fragment]) => ({
    given: `${scheme}${user}${host}${port}${path.map((part) => `/${part}`).join("")}${query}${fragment}`,
    /** As a receiver puts it together from the Host header and the target of the request. */
    received:
      `${scheme}${host}${port}`.toLowerCase() +
      (path.length === 0 ? "/" : path.map((part) => `/${part}`).join("")) +
      query,
  }));
/** Every text that UTF-8 can encode, and keys that occur more than once. */
const text = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
const key = fc.oneof(fc.constantFrom("CallSid", "To", "From"), text).filter((name) => name !== "__proto__");
const parameters = fc.array(fc.tuple(key, text));

/** Returns a form as body parsers do: the values of a repeated key are an array. */
function parsed(pairs: readonly Parameter[]): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const before = form[name];
    form[name] = before === undefined ? value : [before, value].flat();
  }
  return form;
}

for (const [name, judge] of JUDGES) {
  t.test(`${name} accepts the signature of any POST, and rejects it with another token or value`, async (t) => {
    fc.assert(
      fc.property(token, address, parameters, (token, { given, received }, pairs) => {
        const signed = parseCallbackUrl(given)?.signed as string;
        const signature = signatureOf(token, signedText(signed, pairs));
        return (
          judge(token, signature, received, parsed(pairs)) &&
          !judge(`${token}!`, signature, received, parsed(pairs)) &&
          !judge(token, signature, received, parsed([...pairs, ["CallSid", "another value"]]))
        );
      }),
    );
    t.pass("no counterexample");
  });

  t.test(`${name} accepts the signature of any GET: the parameters are in the query`, async (t) => {
    fc.assert(
      fc.property(token, address, parameters, (token, { given, received }, pairs) => {
        const form = encodeForm(pairs);
        const signed = withQuery(parseCallbackUrl(given)?.signed as string, form);
        const signature = signatureOf(token, signedText(signed, []));
        const requested = withQuery(received, form);
        return judge(token, signature, requested, {}) && !judge(token, signature, `${withQuery(requested, "x=1")}`, {});
      }),
    );
    t.pass("no counterexample");
  });
}

t.test("repeated key: values sorted, equal ones once", async (t) => {
  const pairs: Parameter[] = [
    ["B", "2"],
    ["A", "z"],
    ["B", "1"],
    ["B", "2"],
  ];
  t.equal(signedText("http://h/", pairs), "http://h/AzB1B2");
});

t.test("check of a signature", async (t) => {
  t.test("none given: the signature, matches null", async (t) => {
    t.match(checkSignature({ url: URL_TEXT, parameters: FORM }, TOKEN), {
      signature: SIGNATURE,
      matches: null,
      differences: [],
    });
    t.match(checkSignature({ url: URL_TEXT }, TOKEN), { signed_text: URL_TEXT });
  });
  t.test("the right one: matches", async (t) => {
    const checked = checkSignature({ url: URL_TEXT, parameters: FORM, signature: SIGNATURE }, TOKEN);
    t.match(checked, { signature: SIGNATURE, matches: true, differences: [] });
  });
  t.test("another: what it is a signature of", async (t) => {
    const form = { CallSid: "CA1", Body: "a b+c" };
    const signed = (url: string, parameters: Record<string, string> = form) =>
      signatureOf(TOKEN, signedText(url, Object.entries(parameters)));
    const cases: [url: string, signature: string, difference: string][] = [
      ["https://h/p", signed("http://h/p"), "the URL with the scheme of http"],
      ["http://h/p", signed("https://h/p"), "the URL with the scheme of https"],
      ["http://h:3000/p", signed("http://h/p"), "the URL without its port"],
      ["http://h/p", signed("http://h:80/p"), "the URL with the standard port"],
      ["https://h/p", signed("https://h:443/p"), "the URL with the standard port"],
      ["https://h/p?x=1", signed("https://h/p/?x=1"), "the URL with, or without, a slash at its end"],
      ["https://h/p/", signed("https://h/p"), "the URL with, or without, a slash at its end"],
      ["https://h/p?x=1", signed("https://h/p"), "the URL without its query"],
      ["https://h/p", signed("https://h/p", {}), "the URL alone, without the parameters"],
      [
        "https://h/p",
        signatureOf(TOKEN, "https://h/pCallSidCA1Bodya b+c"),
        "the parameters in the order in which they were given",
      ],
      ["https://h/p", signed("https://h/p", { CallSid: "CA1", Body: "a%20b%2Bc" }), "the parameters percent-encoded"],
      [
        "https://h/p",
        signed("https://h/p", { CallSid: "CA1", Body: "a b c" }),
        "the parameters with + read as a space",
      ],
      [
        "https://h/p",
        signatureOf("another", signedText("https://h/p", Object.entries(form))),
        "another auth token, or of a URL or parameters that were not tried",
      ],
    ];
    for (const [url, signature, difference] of cases) {
      const { matches, differences } = checkSignature({ url, parameters: form, signature }, TOKEN);
      t.equal(matches, false, difference);
      t.same(differences, [difference], `${url}: ${difference}`);
    }
  });
});
