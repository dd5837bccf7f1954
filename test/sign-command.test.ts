import t from "tap";
import { run } from "./support/process.js";

// Each test starts a process.
t.jobs = 2;

/** The documented example (https://www.twilio.com/docs/usage/security#validating-requests). */
const URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
const PARAMETERS = [
  "CallSid=CA1234567890ABCDE",
  "Caller=+14158675309",
  "Digits=1234",
  "From=+14158675309",
  "To=+18005551212",
];
const SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const TOKEN = { TWILIO_ACCOUNT_SID: "", TWILIO_AUTH_TOKEN: "12345" };

t.test("sign: the signature of the documented example, exit 0", async (t) => {
  const { output, ended } = run(t, ["sign", URL, ...PARAMETERS], TOKEN);
  t.equal(await ended, 0);
  t.equal(output.stdout, `${SIGNATURE}\n`);
});

t.test("verify: exit 0 for the right signature; exit 1 and what differs for another", async (t) => {
  const right = run(t, ["verify", SIGNATURE, URL, ...PARAMETERS], TOKEN);
  t.equal(await right.ended, 0);
  t.equal(right.output.stdout, `${SIGNATURE}\n`);
  const http = run(t, ["verify", SIGNATURE, URL.replace("https", "http"), ...PARAMETERS], TOKEN);
  t.equal(await http.ended, 1);
  t.equal(http.output.stdout, "");
  t.match(http.output.stderr, /the signature is that of the URL with the scheme of https/);
});

t.test("sign and verify with missing arguments: one line for each error, exit 1", async (t) => {
  for (const [args, env, lines] of [
    [["sign", URL], { TWILIO_AUTH_TOKEN: "" }, ["sign needs the auth token in TWILIO_AUTH_TOKEN"]],
    [
      ["sign", "x", "y"],
      TOKEN,
      ['the URL is "x"; expected: an absolute', 'the parameter is "y"; expected: Name=value'],
    ],
    [["verify"], TOKEN, ['the URL is ""; expected: an absolute']],
  ] as const) {
    const { output, ended } = run(t, [...args], env);
    t.equal(await ended, 1);
    for (const line of lines) t.match(output.stderr, `error: ${line}`);
  }
});
