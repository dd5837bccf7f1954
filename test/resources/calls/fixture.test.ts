import t, { type Test } from "tap";
import { CALLS, callEmulator, callPath, secondsAfterNoon } from "../../support/calls.js";
import { ACCOUNT } from "../../support/emulator.js";

const SID = `CA${"c".repeat(32)}`;

/** Creates a call from a fixture; returns it as Twilio's API shows it. */
async function created(t: Test, fixture: object) {
  const { steer, fetchCall } = await callEmulator(t);
  const { status, body } = await steer("POST", "/recordings", { calls: [{ sid: SID, ...fixture }] });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return fetchCall(SID);
}

t.test("only a SID: an inbound call of 10 s, an hour ago", async (t) => {
  const call = await created(t, { sid: `CA${"C".repeat(32)}` });
  const { subresource_uris: _, ...rest } = call;
  t.same(rest, {
    account_sid: ACCOUNT,
    annotation: null,
    answered_by: null,
    api_version: "2010-04-01",
    caller_name: null,
    date_created: secondsAfterNoon(-3600),
    date_updated: secondsAfterNoon(-3590),
    direction: "inbound",
    duration: "10",
    end_time: secondsAfterNoon(-3590),
    forwarded_from: null,
    from: rest.from,
    from_formatted: rest.from_formatted,
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: "-0.01500",
    price_unit: "USD",
    queue_time: "0",
    sid: SID,
    start_time: secondsAfterNoon(-3600),
    status: "completed",
    to: "+12025550100",
    to_formatted: "(202) 555-0100",
    trunk_sid: "",
    uri: callPath(SID),
  });
  t.match(rest.from, /^\+1\d{3}55501\d\d$/, "a number for fiction");
  t.match(rest.from_formatted, /^\(\d{3}\) 555-01\d\d$/);
});

t.test("every key: as given, SIDs in lower case", async (t) => {
  const given = {
    to: "client:bob",
    from: "sip:jo@example.com",
    phone_number_sid: `PN${"1".repeat(32)}`,
    status: "completed",
    direction: "outbound-dial",
    duration: "61",
    price: "-0.5",
    answered_by: "human",
    caller_name: "JO",
    forwarded_from: "+12025550123",
    group_sid: `GP${"1".repeat(32)}`,
    trunk_sid: `TK${"1".repeat(32)}`,
  };
  const dates = {
    date_created: "Fri, 14 Oct 2016 21:56:34 +0000",
    date_updated: "Fri, 14 Oct 2016 21:57:38 +0000",
    start_time: "Fri, 14 Oct 2016 21:56:36 +0000",
    end_time: "Fri, 14 Oct 2016 21:57:37 +0000",
  };
  const call = await created(t, { ...given, ...dates, parent_call_sid: `CA${"D".repeat(32)}` });
  t.match(call, { ...given, ...dates, parent_call_sid: `CA${"d".repeat(32)}` });
});

t.test("values that follow from others", async (t) => {
  const start = { start_time: "2026-01-01T00:00:00Z" };
  const began = "Thu, 01 Jan 2026 00:00:00 +0000";
  for (const [name, fixture, expected] of [
    [
      "start_time: the date_created, and the end 10 s later",
      start,
      { date_created: began, start_time: began, end_time: "Thu, 01 Jan 2026 00:00:10 +0000" },
    ],
    [
      "start_time and end_time: the duration, and its price",
      { ...start, end_time: "2026-01-01T00:01:01Z" },
      { duration: "61", price: "-0.03000", date_updated: "Thu, 01 Jan 2026 00:01:01 +0000" },
    ],
    [
      "start_time and duration: the end_time",
      { ...start, duration: "90" },
      { end_time: "Thu, 01 Jan 2026 00:01:30 +0000", price: "-0.03000" },
    ],
    [
      "an end before the start: duration 0, no price",
      { ...start, end_time: "2025-12-31" },
      { duration: "0", price: null },
    ],
    ["date_created: the start_time", { date_created: "2026-01-01" }, { date_created: began, start_time: began }],
    [
      "date_updated alone: the date_created",
      { date_updated: "2026-01-01" },
      { date_created: began, start_time: began },
    ],
    ["price null: no price", { price: null }, { duration: "10", price: null }],
    ["duration null: no price", { duration: null }, { duration: null, price: null, end_time: secondsAfterNoon(-3590) }],
    ["start_time null: none", { start_time: null }, { start_time: null, date_created: secondsAfterNoon(-3600) }],
    ["end_time null: none", { end_time: null }, { end_time: null, duration: "10" }],
    ["trunk_sid empty, as Twilio sends it: none", { trunk_sid: "" }, { trunk_sid: "" }],
    [
      "in-progress: no end, no duration, no price",
      { status: "in-progress" },
      {
        start_time: secondsAfterNoon(-3600),
        date_updated: secondsAfterNoon(-3600),
        end_time: null,
        duration: null,
        price: null,
      },
    ],
    [
      "in-progress with a duration: that one",
      { status: "in-progress", duration: "5" },
      { duration: "5", end_time: null },
    ],
    ["ringing: no end", { status: "ringing" }, { start_time: secondsAfterNoon(-3600), end_time: null, duration: null }],
    [
      "queued: no dates",
      { status: "queued" },
      { date_created: null, date_updated: null, start_time: null, end_time: null, duration: null },
    ],
    [
      "busy: duration 0, no price",
      { status: "busy" },
      { duration: "0", price: null, end_time: secondsAfterNoon(-3600), date_updated: secondsAfterNoon(-3600) },
    ],
    ["failed with a duration: that one", { status: "failed", duration: "3" }, { duration: "3", price: "-0.01500" }],
  ] as const) {
    t.test(name, async (t) => t.match(await created(t, fixture), expected));
  }
});

t.test("unknown values: 400", async (t) => {
  const { steer } = await callEmulator(t);
  for (const [fixture, message] of [
    [{ status: "initiated" }, /status is "initiated"; expected: One of queued, ringing/],
    [{ direction: "sideways" }, /direction is "sideways"; expected/],
    [{ duration: 10 }, /duration is 10; expected: String of whole seconds/],
    [{ start_time: "soon" }, /start_time is "soon"; expected: Date/],
    [{ to: "" }, /to is ""; expected/],
    [{ parent_call_sid: "CA1" }, /parent_call_sid is "CA1"; expected/],
    [{ length: 1 }, /length is unknown/],
    [{ sid: "CA1" }, /sid is "CA1"; expected/],
  ] as const) {
    const { status, body } = await steer("POST", "/recordings", { calls: [{ sid: SID, ...fixture }] });
    t.equal(status, 400);
    t.match(body.error, message);
  }
});

t.test("a pasted answer and a pasted list: the same calls", async (t) => {
  const { answered, advance, send, steer, configure } = await callEmulator(t);
  await answered({ Record: "true", MachineDetection: "Enable" });
  await advance(20);
  await answered();
  await configure({ outcome: "busy" });
  await answered();
  const { calls } = (await send(`${CALLS}?PageSize=3`)).json();
  t.same(
    calls.map(({ status }: { status: string }) => status),
    ["busy", "in-progress", "completed"],
  );
  await steer("POST", "/reset", { to: "empty" });
  t.equal((await steer("POST", "/recordings", { calls })).status, 201);
  t.same((await send(CALLS)).json().calls, calls);
});

t.test("call of a fixture under way: goes on until it is hung up", async (t) => {
  const { steer, advance, post, fetchCall } = await callEmulator(t);
  await steer("POST", "/recordings", { calls: [{ sid: SID, status: "in-progress", start_time: "-PT30S" }] });
  await advance(60);
  t.match(await fetchCall(SID), { status: "in-progress" });
  await post(callPath(SID), { Status: "completed" });
  t.match(await fetchCall(SID), { status: "completed", duration: "90", price: "-0.03000" });
});

t.test("call of a fixture in progress without a start_time: TimeLimit counts from its date_created", async (t) => {
  const { steer, advance, post, fetchCall } = await callEmulator(t);
  const fixture = { sid: SID, status: "in-progress", date_created: "-PT30S", start_time: null };
  await steer("POST", "/recordings", { calls: [fixture] });
  t.equal((await post(callPath(SID), { TimeLimit: "40" })).statusCode, 200);
  await advance(9);
  t.match(await fetchCall(SID), { status: "in-progress" });
  await advance(1);
  t.match(await fetchCall(SID), { status: "completed", end_time: secondsAfterNoon(10) });
});

t.test("export", async (t) => {
  t.test("imported: the same calls", async (t) => {
    const { answered, place, advance, send, steer } = await callEmulator(t);
    await answered({ MachineDetection: "Enable" });
    await advance(20);
    await answered();
    await place();
    const before = (await send(CALLS)).json();
    t.equal(before.calls.length, 16);
    const { body: exported } = await steer("GET", "/export");
    await steer("POST", "/reset", { to: "empty" });
    t.equal((await steer("POST", "/import", exported)).status, 204);
    t.same((await send(CALLS)).json(), before);
    t.same((await steer("GET", "/export")).body, exported);
    await steer("POST", "/reset");
    t.equal((await send(CALLS)).json().calls.length, 13);
  });
  t.test("deleted calls: not in it", async (t) => {
    const { answered, advance, send, steer } = await callEmulator(t);
    const sid = await answered();
    await advance(10);
    await send(callPath(sid), { method: "DELETE" });
    const { calls } = (await steer("GET", "/export")).body;
    t.equal(calls.length, 14);
    t.notOk(calls.some((call: { sid: string }) => call.sid === sid));
  });
});
