import { execFileSync } from "node:child_process";
import t from "tap";
import { assertionOf, curlOf, faultOf, fixtureOf, sidOf } from "../../src/inspector/page/copies.js";
import type { RecordingFull } from "../../src/inspector/page/views.js";
import { ACCOUNT, EXAMPLE, emulator, pathOf } from "../support/emulator.js";

const REQUEST = {
  number: 1,
  time: "2030-01-31T12:00:00.000Z",
  method: "GET",
  path: pathOf(EXAMPLE),
  query: "",
  operation: "FetchRecording" as string | null,
  account: ACCOUNT as string | null,
  user_agent: null,
  request_id: "RQ1",
  status: 404 as number | null,
  code: 20404 as number | null,
  duration: 1,
  fault: null,
  headers: [] as [string, string][],
  body: null as string | null,
  body_truncated: false,
  answer: null,
};

/** Returns the arguments of a command, as the shell reads them. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\n' "$@"; }; ${command}`;
  const env = { PATH: String(process.env.PATH), TWILIO_ACCOUNT_SID: "AC1", TWILIO_AUTH_TOKEN: "t 1" };
  return execFileSync("sh", ["-c", script], { env, encoding: "utf8" }).trimEnd().split("\n");
}

t.test("curl: the shell reads the same request; credentials come from the environment", async (t) => {
  const headers: [string, string][] = [
    ["Host", "localhost"],
    ["Authorization", "Basic AC1:***"],
    ["X-It's", '$(id) `id` "quoted"'],
  ];
  const url = `http://localhost:2010${REQUEST.path}`;
  t.same(argumentsOf(curlOf({ ...REQUEST, headers, query: "a='b" }, "http://localhost:2010")), [
    "-u",
    "AC1:t 1",
    `${url}?a='b`,
    "-H",
    'X-It\'s: $(id) `id` "quoted"',
  ]);
  const body = "To=%2B1&From='";
  t.same(argumentsOf(curlOf({ ...REQUEST, method: "POST", body }, "http://localhost:2010")), [url, "--data-raw", body]);
  t.same(argumentsOf(curlOf({ ...REQUEST, method: "DELETE" }, "http://localhost:2010")), ["-X", "DELETE", url]);
  t.same(argumentsOf(curlOf({ ...REQUEST, method: "HEAD" }, "http://localhost:2010")), ["--head", url]);
});

t.test("fault: the same answer, as the control API takes it", async (t) => {
  const { steer } = await emulator(t);
  const error = { code: 20404, status: 404, message: "gone" };
  for (const [request, message, fault] of [
    [REQUEST, "gone", { error, times: 1, operation: "FetchRecording" }],
    [REQUEST, undefined, { error: { ...error, message: "" }, times: 1, operation: "FetchRecording" }],
    [{ ...REQUEST, status: 200, code: null }, undefined, { error: 20503, times: 1, operation: "FetchRecording" }],
    [{ ...REQUEST, status: null, operation: null }, undefined, { drop: "before", times: 1, path: REQUEST.path }],
  ] as const) {
    t.same(faultOf(request, message), fault);
    t.equal((await steer("POST", "/faults", fault)).status, 201);
  }
});

t.test("assertion: the filter that finds the request", async (t) => {
  t.equal(
    assertionOf(REQUEST),
    `await emulator.account("${ACCOUNT}").requests.waitFor({ operation: "FetchRecording", sid: "${EXAMPLE}", status: 404, code: 20404 });`,
  );
  const unknown = { ...REQUEST, path: "/nope", operation: null, account: null, status: null, code: null };
  t.equal(assertionOf(unknown), 'await emulator.requests.waitFor({ method: "GET", path: "/nope" });');
  t.equal(sidOf({ ...REQUEST, path: `/2010-04-01/Accounts/${ACCOUNT}/Calls.json` }), ACCOUNT);
  t.notMatch(assertionOf({ ...REQUEST, path: `/2010-04-01/Accounts/${ACCOUNT}/Calls.json` }), "sid");
});

t.test("fixture: an import takes it", async (t) => {
  const { steer } = await emulator(t);
  const sids = ["05", "07", "09"].map((digits) => `RE${"0".repeat(30)}${digits}`);
  for (const sid of [...sids, EXAMPLE]) {
    await steer("POST", "/reset");
    const { body } = (await steer("GET", `/recordings/${sid}`)) as { body: RecordingFull };
    await steer("POST", "/reset", { to: "empty" });
    const added = await steer("POST", "/recordings", JSON.parse(fixtureOf(body)));
    t.equal(added.status, 201, JSON.stringify(added.body));
    const { transcriptions, ...rest } = (await steer("GET", `/recordings/${sid}`)).body;
    t.match(rest, { sid, status: body.status, duration: body.duration, date_deleted: body.date_deleted });
    t.equal(transcriptions.length, body.transcriptions.length);
  }
});
