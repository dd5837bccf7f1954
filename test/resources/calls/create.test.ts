import t from "tap";
import { CALLS, callEmulator, errorOf, FROM, invalidValue, secondsAfterNoon, TO } from "../../support/calls.js";

const REQUIRED = { To: TO, From: FROM, Url: "https://example.com/voice" };

const NO_TO = errorOf(400, 21201, "No 'To' number is specified");
const NO_URL = errorOf(400, 21205, "Url parameter is required.");
const NO_FROM = errorOf(400, 21213, "No 'From' number is specified");
const badTo = (to: string) => errorOf(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
const badFrom = (from: string) =>
  errorOf(
    400,
    21210,
    `The source phone number provided, ${from}, is not yet verified for your account. ` +
      "You may only make calls from phone numbers that you've verified or purchased from Twilio.",
  );

t.test("errors, in the order of Twilio's checks: 400, and nothing is created", async (t) => {
  const { post, send, configure } = await callEmulator(t);
  await configure({ from_numbers: [FROM] });
  const before = (await send(CALLS)).body;
  const Url = "https://example.com/";
  for (const [name, form, body] of [
    ["nothing", {}, NO_TO],
    ["no To", { From: FROM, Url }, NO_TO],
    ["an empty To", { To: "", From: FROM, Url }, NO_TO],
    ["no To, and all else invalid", { From: "nonsense", Url: "nonsense" }, NO_TO],
    ["no Url, Twiml or ApplicationSid", { To: TO, From: FROM }, NO_URL],
    ["an empty Url", { To: TO, From: FROM, Url: "" }, NO_URL],
    ["no Url, and To and From invalid", { To: "nonsense" }, NO_URL],
    ["a Url without a scheme", { To: TO, From: FROM, Url: "example.com" }, urlError("example.com")],
    ["a relative Url", { To: TO, From: FROM, Url: "/voice" }, urlError("/voice")],
    ["a Url that is not http", { To: TO, From: FROM, Url: "ftp://example.com/" }, urlError("ftp://example.com/")],
    ["an invalid Url, and no From", { To: "nonsense", Url: "voice" }, urlError("voice")],
    ["no From", { To: TO, Url }, NO_FROM],
    ["an empty From", { To: TO, From: "", Url }, NO_FROM],
    ["no From, and To invalid", { To: "nonsense", Url }, NO_FROM],
    ["a To that is not a number", { To: "nonsense", From: FROM, Url }, badTo("nonsense")],
    ["a To that is too short", { To: "+1415", From: FROM, Url }, badTo("+1415")],
    ["a To that is too long", { To: "+1234567890123456", From: FROM, Url }, badTo("+1234567890123456")],
    ["a client without a name", { To: "client:", From: FROM, Url }, badTo("client:")],
    ["a SIP address without a host", { To: "sip:joe", From: FROM, Url }, badTo("sip:joe")],
    ["To and From invalid", { To: "nonsense", From: "nonsense", Url }, badTo("nonsense")],
    ["a From that is not a number", { To: TO, From: "nonsense", Url }, badFrom("nonsense")],
    ["a From that the account may not use", { To: TO, From: "+12025550199", Url }, badFrom("+12025550199")],
  ] as const) {
    t.test(`${name}: 400, ${body.code}`, async (t) => {
      const answer = await post(CALLS, form);
      t.equal(answer.statusCode, 400);
      t.equal(answer.headers["x-twilio-error-code"], String(body.code));
      t.same(answer.json(), body);
    });
  }
  t.test("no form, or one of another content type: 400, 21201", async (t) => {
    t.same((await send(CALLS, { method: "POST" })).json(), NO_TO);
    const headers = { "content-type": "application/json" };
    t.same((await send(CALLS, { method: "POST", payload: JSON.stringify(REQUIRED), headers })).json(), NO_TO);
  });
  t.equal((await send(CALLS)).body, before);

  function urlError(url: string) {
    return errorOf(400, 21205, `Url is not a valid URL: ${url}`);
  }
});

t.test("from_numbers: another number: 400, 21210; one of them, in any notation: 201", async (t) => {
  const { post, configure } = await callEmulator(t);
  await configure({ from_numbers: [FROM, "client:me"] });
  t.same((await post(CALLS, { ...REQUIRED, From: "+12025550101" })).json(), badFrom("+12025550101"));
  for (const From of [FROM, "(202) 555-0100", "client:me"]) {
    t.equal((await post(CALLS, { ...REQUIRED, From })).statusCode, 201, From);
  }
  await configure({ from_numbers: null });
  t.equal((await post(CALLS, { ...REQUIRED, From: "+12025550101" })).statusCode, 201);
});

t.test("Url, Twiml or ApplicationSid: 201", async (t) => {
  const { post } = await callEmulator(t);
  for (const form of [
    { Url: "http://example.com:8080/voice?a=b" },
    { Twiml: "<Response><Say>Hello</Say></Response>" },
    { Twiml: "x".repeat(4000) },
    { ApplicationSid: `AP${"a".repeat(32)}` },
    { Url: "https://example.com/", Twiml: "<Response/>" },
  ]) {
    const answer = await post(CALLS, { To: TO, From: FROM, ...form });
    t.equal(answer.statusCode, 201);
    t.equal(answer.json().status, "queued");
  }
});

t.test("numbers: E.164 in to and from, formatted for North America only", async (t) => {
  const { post } = await callEmulator(t);
  for (const [given, address, formatted] of [
    ["+16103317238", "+16103317238", "(610) 331-7238"],
    ["6103317238", "+16103317238", "(610) 331-7238"],
    ["1 610 331 7238", "+16103317238", "(610) 331-7238"],
    ["(610) 331-7238", "+16103317238", "(610) 331-7238"],
    ["+1 610.331.7238", "+16103317238", "(610) 331-7238"],
    ["+442071838750", "+442071838750", "+442071838750"],
    ["+49 30 901820", "+4930901820", "+4930901820"],
    ["client:Joe.Public_1", "client:Joe.Public_1", "client:Joe.Public_1"],
    ["sip:joe@example.com:5060", "sip:joe@example.com:5060", "sip:joe@example.com:5060"],
    ["SIPS:joe@example.com", "SIPS:joe@example.com", "SIPS:joe@example.com"],
  ] as const) {
    t.match(
      (await post(CALLS, { ...REQUIRED, To: given })).json(),
      { to: address, to_formatted: formatted, from: FROM, from_formatted: "(202) 555-0100" },
      `To=${given}`,
    );
    t.match(
      (await post(CALLS, { ...REQUIRED, From: given })).json(),
      { from: address, from_formatted: formatted, to: TO, to_formatted: "(415) 555-1212" },
      `From=${given}`,
    );
  }
});

t.test("From is the name of a user: 201 for a call to a SIP address, else 400, 21210", async (t) => {
  const { post } = await callEmulator(t);
  const answer = await post(CALLS, { ...REQUIRED, To: "sip:joe@example.com", From: "alice.b-1" });
  t.equal(answer.statusCode, 201);
  t.match(answer.json(), { from: "alice.b-1", from_formatted: "alice.b-1" });
  t.same((await post(CALLS, { ...REQUIRED, From: "alice" })).json(), badFrom("alice"));
  t.same((await post(CALLS, { ...REQUIRED, To: "sip:joe@example.com", From: "a b" })).json(), badFrom("a b"));
});

t.test("documented parameters without an effect here: 201, accepted", async (t) => {
  const { post } = await callEmulator(t);
  const answer = await post(CALLS, {
    ...REQUIRED,
    Method: "GET",
    FallbackUrl: "https://example.com/fallback",
    FallbackMethod: "GET",
    SendDigits: "wwww1234#",
    SipAuthUsername: "joe",
    SipAuthPassword: "secret",
    MachineDetectionTimeout: "10",
    MachineDetectionSpeechThreshold: "2400",
    MachineDetectionSpeechEndThreshold: "1200",
    MachineDetectionSilenceTimeout: "5000",
    AsyncAmd: "true",
    CallerId: "+12025550101",
    Byoc: `BY${"a".repeat(32)}`,
    CallReason: "A reason",
    CallToken: "a token",
    Unknown: "parameter",
  });
  t.equal(answer.statusCode, 201);
  t.match(answer.json(), { status: "queued", to: TO, from: FROM });
});

t.test("invalid values: 400, 20001, with the parameter and the value", async (t) => {
  const { post, send } = await callEmulator(t);
  const before = (await send(CALLS)).body;
  for (const [form, body] of [
    [{ Timeout: "0" }, invalidValue("Timeout", "0", "a whole number from 1 to 600")],
    [{ Timeout: "601" }, invalidValue("Timeout", "601", "a whole number from 1 to 600")],
    [{ Timeout: "ten" }, invalidValue("Timeout", "ten", "a whole number from 1 to 600")],
    [{ TimeLimit: "0" }, invalidValue("TimeLimit", "0", "a whole number from 1 to 86400")],
    [{ TimeLimit: "86401" }, invalidValue("TimeLimit", "86401", "a whole number from 1 to 86400")],
    [{ MachineDetection: "perhaps" }, invalidValue("MachineDetection", "perhaps", "Enable, DetectMessageEnd")],
    [{ Record: "perhaps" }, invalidValue("Record", "perhaps", "true or false")],
    [{ Record: "true", RecordingChannels: "3" }, invalidValue("RecordingChannels", "3", "mono, dual")],
    [{ Record: "true", RecordingTrack: "left" }, invalidValue("RecordingTrack", "left", "inbound, outbound, both")],
    [{ Record: "true", Trim: "true" }, invalidValue("Trim", "true", "trim-silence, do-not-trim")],
    [
      { Record: "true", RecordingStatusCallbackMethod: "PUT" },
      invalidValue("RecordingStatusCallbackMethod", "PUT", "GET, POST"),
    ],
    [{ Url: "", ApplicationSid: "AP1" }, invalidValue("ApplicationSid", "AP1", "AP and 32 hexadecimal digits")],
    [{ Twiml: "x".repeat(4001) }, invalidValue("Twiml", `${"x".repeat(40)}…`, "at most 4000 characters")],
  ] as const) {
    const answer = await post(CALLS, { ...REQUIRED, ...form });
    t.equal(answer.statusCode, 400, JSON.stringify(form).slice(0, 80));
    t.same(answer.json(), body);
  }
  t.equal((await send(CALLS)).body, before);
});

t.test("outcome by the number called", async (t) => {
  for (const [number, status, begin, end] of [
    ["+12025550181", "busy", 1, 2],
    ["+12025550182", "no-answer", 1, 2],
    ["+12025550183", "failed", 1, 1],
    ["+12025550184", "canceled", 1, 2],
  ] as const) {
    t.test(`${number}: ${status}, without a price`, async (t) => {
      const { place, advance, fetchCall, recordingsOf } = await callEmulator(t);
      const sid = await place({ To: number, Record: "true" });
      await advance(1);
      if (end > 1) t.match(await fetchCall(sid), { status: "ringing", end_time: null, duration: null });
      await advance(1);
      t.match(await fetchCall(sid), {
        status,
        start_time: secondsAfterNoon(begin),
        end_time: secondsAfterNoon(end),
        date_updated: secondsAfterNoon(end),
        duration: "0",
        price: null,
      });
      t.same(await recordingsOf(sid), [], "not recorded");
    });
  }
  t.test("instantCalls: the same outcome, without the time", async (t) => {
    const { place, fetchCall } = await callEmulator(t, { instantCalls: true });
    for (const [To, status] of [
      ["+12025550181", "busy"],
      ["+12025550182", "no-answer"],
      ["+12025550183", "failed"],
      ["+12025550184", "canceled"],
    ] as const) {
      t.match(await fetchCall(await place({ To })), { status, duration: "0", end_time: secondsAfterNoon(0) });
    }
  });
});

t.test("Timeout: no-answer if it rings longer", async (t) => {
  const { configure, place, advance, fetchCall } = await callEmulator(t);
  await configure({ answered_after: 11 });
  const [short, exact, standard] = [await place({ Timeout: "9" }), await place({ Timeout: "10" }), await place()];
  await advance(9);
  t.equal((await fetchCall(short)).status, "ringing");
  await advance(1);
  t.match(await fetchCall(short), {
    status: "no-answer",
    start_time: secondsAfterNoon(1),
    end_time: secondsAfterNoon(10),
    duration: "0",
    price: null,
  });
  await advance(1);
  t.equal((await fetchCall(exact)).status, "in-progress");
  t.equal((await fetchCall(standard)).status, "in-progress");
  await advance(60);
  t.equal((await fetchCall(short)).status, "no-answer", "not answered later");
});

t.test("no Timeout: no-answer after it rang for 60 s", async (t) => {
  const { configure, place, advance, fetchCall } = await callEmulator(t);
  await configure({ answered_after: 62 });
  const sid = await place();
  await advance(60);
  t.equal((await fetchCall(sid)).status, "ringing");
  await advance(1);
  t.match(await fetchCall(sid), { status: "no-answer", end_time: secondsAfterNoon(61) });
});

t.test("TimeLimit: ends the call, and its recording, so many seconds after its answer", async (t) => {
  const { place, advance, fetchCall, recordingsOf } = await callEmulator(t);
  const sid = await place({ TimeLimit: "4", Record: "true" });
  await advance(5);
  t.equal((await fetchCall(sid)).status, "in-progress");
  await advance(1);
  t.match(await fetchCall(sid), {
    status: "completed",
    start_time: secondsAfterNoon(2),
    end_time: secondsAfterNoon(6),
    duration: "4",
    price: "-0.01500",
  });
  await advance(3);
  t.match(await recordingsOf(sid), [{ status: "completed", duration: "4" }]);
});

t.test("TimeLimit of a call that would last until it is hung up: ends it", async (t) => {
  const { configure, answered, advance, fetchCall } = await callEmulator(t);
  await configure({ lasts: null });
  const [limited, endless] = [await answered({ TimeLimit: "100" }), await answered()];
  await advance(1000);
  t.match(await fetchCall(limited), { status: "completed", duration: "100", price: "-0.03000" });
  t.equal((await fetchCall(endless)).status, "in-progress");
});

t.test("TimeLimit with instantCalls: call and recording are as long as the limit", async (t) => {
  const { place, fetchCall, recordingsOf } = await callEmulator(t, { instantCalls: true });
  const sid = await place({ TimeLimit: "4", Record: "true" });
  t.match(await fetchCall(sid), { status: "completed", duration: "4" });
  t.match(await recordingsOf(sid), [{ status: "completed", duration: "4" }]);
});

t.test("MachineDetection: answered_by is human from the answer on; without it null", async (t) => {
  const { place, advance, fetchCall } = await callEmulator(t);
  const calls = [
    [await place({ MachineDetection: "Enable" }), "human"],
    [await place({ MachineDetection: "DetectMessageEnd" }), "human"],
    [await place(), null],
    [await place({ MachineDetection: "Enable", To: "+12025550181" }), null],
  ] as const;
  await advance(1);
  for (const [sid] of calls) t.equal((await fetchCall(sid)).answered_by, null, "ringing");
  await advance(1);
  for (const [sid, expected] of calls) t.equal((await fetchCall(sid)).answered_by, expected, "after the answer");
  await advance(10);
  for (const [sid, expected] of calls) t.equal((await fetchCall(sid)).answered_by, expected, "ended");
});
