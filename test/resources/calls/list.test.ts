import t, { type Test } from "tap";
import { CALLS, callEmulator, callPath, errorOf, FROM, TO } from "../../support/calls.js";
import { ACCOUNT, notFound, SUBACCOUNT, TOKEN } from "../../support/emulator.js";

const numbered = (digits: string) => `CA${"0".repeat(30)}${digits}`;
const sids = (body: { calls: { sid: string }[] }) => body.calls.map(({ sid }) => sid);

/** Starts an emulator whose main account has exactly these calls. */
async function emulatorWith(t: Test, calls: object[]) {
  const complete = calls.map((call) => ({ account_sid: ACCOUNT, ...call }));
  const accounts = [{ sid: ACCOUNT, auth_token: TOKEN }];
  return callEmulator(t, { fixtures: t.testdir({ "a.json": JSON.stringify({ accounts, calls: complete }) }) });
}

/** Returns calls one second apart, newest first. */
const sequence = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sid: numbered(String(index).padStart(2, "0")),
    date_created: new Date(Date.UTC(2026, 0, 1) - index * 1000).toISOString(),
  }));

t.test("default fixtures: 200, newest first, each call equal to its fetch response", async (t) => {
  const { place, send, advance } = await callEmulator(t);
  const first = await place();
  await advance(1);
  const second = await place();
  const answer = await send(CALLS);
  t.equal(answer.statusCode, 200);
  const { calls } = answer.json();
  t.same(sids(answer.json()).slice(0, 2), [second, first]);
  t.ok(calls.length > 10, "the calls of the recordings, too");
  t.equal(new Set(sids(answer.json())).size, calls.length);
  const times = calls.slice(2).map(({ date_created }: { date_created: string }) => Date.parse(date_created));
  t.same(
    times,
    [...times].sort((one, other) => other - one),
  );
  for (const call of calls) t.same(call, (await send(callPath(call.sid))).json());
});

t.test("account without calls: start 0, end 0, no other pages", async (t) => {
  const { send } = await emulatorWith(t, []);
  t.same((await send(CALLS)).json(), {
    first_page_uri: `${CALLS}?PageSize=50&Page=0`,
    end: 0,
    previous_page_uri: null,
    uri: `${CALLS}?PageSize=50&Page=0`,
    page_size: 50,
    start: 0,
    calls: [],
    next_page_uri: null,
    page: 0,
  });
});

t.test("pages: each call once, forwards and backwards; URIs with the filters first", async (t) => {
  const { send } = await emulatorWith(t, sequence(5));
  const filters = "To=%2B12025550100&Status=completed&StartTime=%3E%3D2025-12-31&";
  const first = (await send(`${CALLS}?PageSize=2&StartTime%3E=2025-12-31&Status=completed&To=%2B12025550100`)).json();
  t.match(first, {
    first_page_uri: `${CALLS}?${filters}PageSize=2&Page=0`,
    end: 1,
    previous_page_uri: null,
    uri: `${CALLS}?${filters}PageSize=2&Page=0`,
    page_size: 2,
    start: 0,
    next_page_uri: `${CALLS}?${filters}PageSize=2&Page=1&PageToken=PA${numbered("01")}`,
    page: 0,
  });
  const second = (await send(first.next_page_uri)).json();
  t.match(second, {
    start: 2,
    end: 3,
    page: 1,
    uri: first.next_page_uri,
    previous_page_uri: `${CALLS}?${filters}PageSize=2&Page=0&PageToken=PB${numbered("02")}`,
  });
  const third = (await send(second.next_page_uri)).json();
  t.match(third, { start: 4, end: 4, page: 2, next_page_uri: null });
  t.same([first, second, third].flatMap(sids), ["00", "01", "02", "03", "04"].map(numbered));
  t.same(sids((await send(second.previous_page_uri)).json()), sids(first));
});

t.test("page token after calls were deleted and placed: valid, no call skipped or repeated", async (t) => {
  const { send, place } = await emulatorWith(t, sequence(6));
  const first = (await send(`${CALLS}?PageSize=2`)).json();
  for (const sid of sids(first)) t.equal((await send(callPath(sid), { method: "DELETE" })).statusCode, 204);
  const placed = await place();
  const second = (await send(first.next_page_uri)).json();
  t.same(sids(second), ["02", "03"].map(numbered));
  t.same(sids((await send(second.previous_page_uri)).json()), [placed]);
});

t.test("filters", async (t) => {
  const time = (text: string) => `2026-01-0${text}Z`;
  const { send } = await emulatorWith(t, [
    { sid: numbered("01"), to: "+14155551212", start_time: time("1T23:59:50"), end_time: time("2T00:00:00") },
    { sid: numbered("02"), to: "client:joe", start_time: time("2T00:00:00"), end_time: time("2T00:00:10") },
    {
      sid: numbered("03"),
      from: "+14155551212",
      status: "busy",
      start_time: time("2T12:00:00"),
      end_time: time("2T12:00:00"),
      parent_call_sid: numbered("02"),
    },
    { sid: numbered("04"), from: "sip:joe@example.com", status: "in-progress", start_time: time("3T00:00:00") },
    { sid: numbered("05"), status: "queued", date_created: time("4T00:00:00"), parent_call_sid: numbered("01") },
    { sid: numbered("06"), to: "+442071838750", start_time: time("5T00:00:00"), end_time: time("5T01:00:00") },
  ]);
  const all = ["06", "05", "04", "03", "02", "01"];
  for (const [query, expected] of [
    ["", all],
    ["To=%2B14155551212", ["01"]],
    ["To=4155551212", ["01"]],
    ["To=(415)%20555-1212", ["01"]],
    ["To=client:joe", ["02"]],
    ["To=%2B442071838750", ["06"]],
    ["To=joe", []],
    ["From=%2B14155551212", ["03"]],
    ["From=sip:joe%40example.com", ["04"]],
    ["From=%2B14155551212&To=%2B14155551212", []],
    ["To=&From=&Status=&ParentCallSid=&StartTime=&EndTime=", all],
    ["Status=completed", ["06", "02", "01"]],
    ["Status=Busy", ["03"]],
    ["Status=in-progress", ["04"]],
    ["Status=queued", ["05"]],
    ["Status=canceled", []],
    [`ParentCallSid=${numbered("02")}`, ["03"]],
    [`ParentCallSid=CA${"0".repeat(28)}0001`, ["05"]],
    [`ParentCallSid=${numbered("09")}`, []],
    [`ParentCallSid=${numbered("02")}&Status=completed`, []],
    ["StartTime=2026-01-02", ["03", "02"]],
    ["StartTime=2026-01-02T00:00:00Z", ["03", "02"]],
    ["StartTime=2026", ["06", "04", "03", "02", "01"]],
    ["StartTime%3C=2026-01-02", ["02", "01"]],
    ["StartTime<=2026-01-02T11:59:59Z", ["02", "01"]],
    ["StartTime=%3C%3D2026-01-02", ["02", "01"]],
    ["StartTime%3E=2026-01-02", ["06", "04", "03", "02"]],
    ["StartTime>=2026-01-02T12:00:00Z", ["06", "04", "03"]],
    ["StartTime>=2026-01-02&StartTime<=2026-01-03", ["04", "03", "02"]],
    ["EndTime=2026-01-02", ["03", "02", "01"]],
    ["EndTime%3C=2026-01-02", ["01"]],
    ["EndTime<=2026-01-02T00:00:10Z", ["02", "01"]],
    ["EndTime%3E=2026-01-02T00:00:10Z", ["06", "03", "02"]],
    ["EndTime>=2026-01-03", ["06"]],
    ["StartTime=2026-01-02&EndTime>=2026-01-02T12:00:00Z", ["03"]],
    ["StartTime=2026-01-02&Status=completed&To=client:joe", ["02"]],
    ["StartTime%3E%3D=2100-01-01&Unknown=1&status=busy&Duration=1", all],
  ] as const) {
    t.test(query, async (t) => {
      const answer = await send(`${CALLS}?${query}`);
      t.equal(answer.statusCode, 200);
      t.same(sids(answer.json()), expected.map(numbered));
    });
  }
});

t.test("filters by a status that the clock changes: the calls that have it now", async (t) => {
  const { place, send, advance } = await emulatorWith(t, []);
  const sid = await place();
  const listed = async (status: string) => sids((await send(`${CALLS}?Status=${status}`)).json());
  for (const [status, seconds] of [
    ["queued", 1],
    ["ringing", 1],
    ["in-progress", 10],
    ["completed", 1],
  ] as const) {
    t.same(await listed(status), [sid], status);
    await advance(seconds);
    if (status !== "completed") t.same(await listed(status), [], `no longer ${status}`);
  }
});

t.test("page URIs: filters in the documented order, values encoded as by Python's quote_plus", async (t) => {
  const { send } = await emulatorWith(t, []);
  for (const [query, repeated] of [
    ["EndTime<=2027&EndTime>=2025&EndTime=2026", "EndTime=2026&EndTime=%3C%3D2027&EndTime=%3E%3D2025&"],
    [
      `EndTime=2026-01-02&StartTime=2026-01-01&Status=busy&ParentCallSid=${numbered("01")}&From=client:joe&To=(415) 555-1212`,
      `To=%28415%29+555-1212&From=client%3Ajoe&ParentCallSid=${numbered("01")}&Status=busy&StartTime=2026-01-01&EndTime=2026-01-02&`,
    ],
    ["StartTime>=2026-01-01T00:00:00%2B0100", "StartTime=%3E%3D2026-01-01T00%3A00%3A00%2B0100&"],
    ["To=&Unknown=1", ""],
  ] as const) {
    const { uri, first_page_uri } = (await send(`${CALLS}?${query}`)).json();
    t.equal(uri, `${CALLS}?${repeated}PageSize=50&Page=0`);
    t.equal(first_page_uri, uri);
    t.equal((await send(uri)).json().uri, uri, "uri of that page");
  }
});

t.test("invalid filters: 400, 20001", async (t) => {
  const { send } = await emulatorWith(t, []);
  const statuses = "queued, ringing, in-progress, completed, busy, failed, no-answer, canceled";
  for (const [query, message] of [
    ["Status=initiated", `Invalid value 'initiated' for parameter 'Status': expected ${statuses}`],
    ["ParentCallSid=CA1", "Invalid value 'CA1' for parameter 'ParentCallSid': expected CA and 32 hexadecimal digits"],
    ["PageSize=0", "Invalid value '0' for parameter 'PageSize': expected a whole number from 1 on"],
    ["StartTime=yesterday", "Invalid date value"],
    ["StartTime<=2026-02-30", "Invalid date value"],
    ["EndTime>=26", "Invalid date value"],
    ["Page=1", "PageToken is required for paging."],
  ] as const) {
    const answer = await send(`${CALLS}?${query}`);
    t.equal(answer.statusCode, 400, query);
    t.same(answer.json(), errorOf(400, 20001, message));
  }
  for (const token of ["nonsense", `PA${numbered("01")}`, `PARE${"0".repeat(32)}`, `PC${numbered("00")}`]) {
    t.same((await send(`${CALLS}?PageToken=${token}`)).json(), errorOf(400, 21481, "Invalid PageToken"), token);
  }
  const large = await send(`${CALLS}?PageSize=1001`);
  t.same(large.json(), errorOf(400, 20007, "Page size too large. The maximum page size is 1000"));
});

t.test("accounts: only its own calls; an unknown account: 404, 20404", async (t) => {
  const { place, send, steer } = await callEmulator(t);
  const sid = await place();
  const { body } = await steer("POST", `/calls?account=${SUBACCOUNT}`, {});
  const ofSubaccount = CALLS.replace(ACCOUNT, SUBACCOUNT);
  t.notOk(sids((await send(CALLS)).json()).includes(body.sid));
  t.ok(sids((await send(ofSubaccount)).json()).includes(body.sid));
  t.notOk(sids((await send(ofSubaccount)).json()).includes(sid));
  const unknown = CALLS.replace(ACCOUNT, `AC${"9".repeat(32)}`);
  t.same((await send(unknown)).json(), notFound(unknown));
});

t.test("numbers of placed calls: found by To and From", async (t) => {
  const { place, send } = await emulatorWith(t, []);
  const sid = await place();
  const other = await place({ To: "client:joe", From: "+12025550101" });
  t.same(sids((await send(`${CALLS}?To=${encodeURIComponent(TO)}`)).json()), [sid]);
  t.same(sids((await send(`${CALLS}?From=${encodeURIComponent(FROM)}`)).json()), [sid]);
  t.same(sids((await send(`${CALLS}?To=client:joe&From=2025550101`)).json()), [other]);
});
