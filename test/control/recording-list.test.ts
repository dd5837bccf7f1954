import fc from "fast-check";
import t from "tap";
import { ACCOUNT, DAY, EXAMPLE, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";
import { everyPage } from "../support/paging.js";
import { running } from "../support/running.js";

type Listed = { sid: string; date_deleted: string | null; days_left: number | null };

const sids = ({ recordings }: { recordings: Listed[] }) => recordings.map(({ sid }) => sid);

t.test("no filters: 200, main account, newest first, deleted recordings included", async (t) => {
  const { steer, send } = await emulator(t);
  const { status, body } = await steer("GET", "/recordings");
  t.equal(status, 200);
  t.equal(body.next, null);
  t.equal(body.recordings.length, 12);
  const shown = (await send(`/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?IncludeSoftDeleted=true`)).json();
  const plain = body.recordings.map(
    ({ date_deleted: _, days_left: __, detailed_status: ___, ...rest }: Listed & { detailed_status: string }) => rest,
  );
  const within = plain.filter(({ sid }: Listed) => sids(shown).includes(sid));
  t.strictSame(
    within.map((one: object) => ({ ...one, media_url: "" })),
    shown.recordings.map((one: object) => ({ ...one, media_url: "" })),
  );
  t.same(sids((await steer("GET", `/recordings?account=${SUBACCOUNT}`)).body), [numbered("13")]);
});

t.test("deleted recording: 200, date_deleted and days_left by the account's clock", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("POST", "/clock", { now: "2030-01-31T12:00:00Z", frozen: true });
  t.match((await steer("GET", `/recordings/${EXAMPLE}`)).body, {
    status: "completed",
    date_deleted: null,
    days_left: null,
  });
  await send(pathOf(EXAMPLE), { method: "DELETE" });
  const seen = async () => (await steer("GET", `/recordings/${EXAMPLE.replaceAll("a", "A")}`)).body;
  const date_deleted = "Thu, 31 Jan 2030 12:00:00 +0000";
  t.match(await seen(), { sid: EXAMPLE, status: "deleted", date_deleted, days_left: 40 });
  for (const [advance, days_left] of [
    ["PT1S", 40],
    ["P1D", 39],
    ["P38DT23H59M58S", 1],
    ["PT1S", 0],
    ["P100D", 0],
  ] as const) {
    await steer("POST", "/clock", { advance });
    t.match(await seen(), { date_deleted, days_left });
    const { statusCode } = await send(`${pathOf(EXAMPLE)}?IncludeSoftDeleted=true`);
    t.equal(statusCode, days_left === 0 ? 404 : 200, "days_left 0: 404 from Twilio's API");
  }
  t.ok(
    sids((await steer("GET", "/recordings?status=deleted")).body).includes(EXAMPLE),
    "still in the list of the control API",
  );
  await steer("POST", `/clock?account=${ACCOUNT}`, { now: "2030-02-01T00:00:00Z", frozen: true });
  t.match(await seen(), { days_left: 40 });
});

t.test("list with each filter: 200", async (t) => {
  const { steer } = await emulator(t);
  const [call_sid, conference_sid] = [`CA${"c".repeat(32)}`, `CF${"d".repeat(32)}`];
  await steer("POST", "/recordings", [
    { sid: numbered("a1"), call_sid, date_created: "2020-01-30T23:59:59Z" },
    { sid: numbered("a2"), call_sid, conference_sid, date_created: "2020-01-31T00:00:00.500Z" },
    { sid: numbered("a3"), conference_sid, source: "Trunking", date_created: "2020-01-31T23:59:59.999Z" },
    { sid: numbered("a4"), status: "absent", source: "Trunking", date_created: "2020-02-01T00:00:00Z" },
  ]);
  const found = async (query: Record<string, string>) =>
    sids(
      (await steer("GET", `/recordings?${new URLSearchParams({ from: "2020-01-01", until: "2020-12-31", ...query })}`))
        .body,
    )
      .map((sid) => sid.slice(-2))
      .join();
  t.equal(await found({}), "a4,a3,a2,a1");
  t.equal(await found({ call_sid: call_sid.toUpperCase() }), "a2,a1");
  t.equal(await found({ conference_sid }), "a3,a2");
  t.equal(await found({ source: "Trunking" }), "a4,a3");
  t.equal(await found({ source: "Trunking", conference_sid }), "a3");
  t.equal(await found({ status: "absent" }), "a4");
  t.equal(await found({ from: "2020-01-31", until: "2020-01-31" }), "a3,a2");
  t.equal(await found({ until: "2020-01-31T00:00:00Z" }), "a2,a1", "a time includes its whole second");
  t.equal(await found({ from: "Fri, 31 Jan 2020 00:00:00 +0000" }), "a4,a3,a2");
  t.equal(await found({ from: "2020-01-31T00:00:00.900Z", until: "2020-01-31T23:59:59Z" }), "a3,a2");
  await steer("POST", "/recordings", { sid: numbered("a5"), date_created: "1970-01-01T00:00:00.500Z" });
  t.equal(await found({ from: "1969-12-31T23:59:59Z", until: "1970-01-01T00:00:00Z" }), "a5");
  t.equal(await found({ from: "1970-01-01T00:00:00.900Z", until: "1970-01-01" }), "a5");
  t.equal(await found({ from: "1900-01-01", until: "1969-12-31T23:59:59.900Z" }), "");
  await steer("POST", "/clock", { now: "2020-02-11T00:00:00Z", frozen: true });
  t.equal(await found({ from: "-P11D" }), "a4,a3,a2");
});

t.test("pages linked by after: every recording once, newest first", async (t) => {
  const { control, steer } = await emulator(t);
  const times = [0, 1000, 1000, 1000, 2000, 3000, 3000];
  await steer(
    "POST",
    `/recordings?account=${SUBACCOUNT}`,
    times.map((time) => ({ date_created: new Date(Date.UTC(2020, 0, 1) + time).toISOString() })),
  );
  const all = await control.for(SUBACCOUNT).recordings.list({ limit: 1000 });
  t.equal(all.recordings.length, 8);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (limit) => {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page = await control.for(SUBACCOUNT).recordings.list({ limit, ...(after !== null && { after }) });
        t.ok(page.recordings.length <= limit);
        seen.push(...sids(page));
        after = page.next;
      } while (after !== null);
      t.strictSame(seen, sids(all));
    }),
    { numRuns: 20 },
  );
  await steer("POST", "/recordings/generate", { count: 60 });
  t.equal((await steer("GET", "/recordings")).body.recordings.length, 50);
});

t.test("search: a part of the SID of the recording, its call or its conference", async (t) => {
  const { steer, control } = await emulator(t);
  const [call_sid, conference_sid] = [`CAbeef${"c".repeat(28)}`, `CFfeed${"d".repeat(28)}`];
  const controls = control.for(SUBACCOUNT);
  await controls.reset("empty");
  await controls.recordings.createMany([
    { sid: numbered("a1"), call_sid, date_created: "2020-01-01" },
    { sid: numbered("a2"), call_sid, conference_sid, date_created: "2020-01-03", status: "deleted" },
    { sid: numbered("a3"), call_sid: null, conference_sid, date_created: "2020-01-02" },
    { sid: `REbeef${"9".repeat(28)}`, call_sid: null, date_created: "2020-01-04" },
  ]);
  const found = async (search: string, query: object = {}) =>
    sids(await controls.recordings.list({ search, ...query }))
      .map((sid) => sid.slice(-2))
      .join();
  t.equal(await found(numbered("a1")), "a1", "whole SID");
  t.equal(await found(numbered("a1").toUpperCase()), "a1");
  t.equal(await found(numbered("a1").toLowerCase()), "a1");
  t.equal(await found(call_sid), "a2,a1", "whole SID of a call");
  t.equal(await found(call_sid.toUpperCase(), { status: "completed" }), "a1");
  t.equal(await found(conference_sid), "a2,a3");
  t.equal(await found(conference_sid, { callSid: call_sid }), "a2");
  t.equal(await found(call_sid, { callSid: `CA${"1".repeat(32)}` }), "", "not the other filter's call");
  t.equal(await found("RE00"), "a2,a3,a1", "beginning of a recording's");
  t.equal(await found("re00", { from: "2020-01-02" }), "a2,a3");
  t.equal(await found("re00", { until: "2020-01-01" }), "a1");
  t.equal(await found("re00", { source: "DialVerb" }), "");
  t.equal(await found("RE"), "99,a2,a3,a1");
  t.equal(await found("REc"), "");
  t.equal(await found("bEEf"), "99,a2,a1", "middle of any");
  t.equal(await found("beef", { status: "deleted" }), "a2");
  t.equal(await found("beef", { conferenceSid: conference_sid }), "a2");
  t.equal(await found("CFfeed"), "a2,a3");
  t.equal(await found("0a3"), "a3");
  t.equal(await found("z"), "");
  t.equal((await steer("GET", "/recordings?search=beef")).body.recordings.length, 0, "of another account");
});

t.test("search in pages: every recording once, in order", async (t) => {
  const { control } = await emulator(t);
  const controls = control.for(SUBACCOUNT);
  await controls.reset("empty");
  await controls.recordings.generate({ count: 200, seed: 3 });
  const { recordings: all } = await controls.recordings.list({ limit: 1000 });
  const part = fc.oneof(
    fc.stringMatching(/^[0-9a-f]{1,2}$/),
    fc.stringMatching(/^RE[0-9a-f]?$/),
    fc.constantFrom("CA", "CF", "e"),
    fc.constantFrom(...all.slice(0, 9).map(({ call_sid, sid }) => call_sid ?? sid)),
  );
  await fc.assert(
    fc.asyncProperty(part, fc.integer({ min: 1, max: 60 }), async (search, limit) => {
      const seen = await everyPage(
        (after) => controls.recordings.list({ search, limit, ...after }),
        (page) => sids(page),
      );
      const contains = (sid: string | null) => sid?.toLowerCase().includes(search.toLowerCase());
      const expected = all.filter(({ sid, call_sid, conference_sid }) =>
        [sid, call_sid, conference_sid].some(contains),
      );
      t.strictSame(seen, sids({ recordings: expected }));
    }),
    { numRuns: 60 },
  );
});

t.test("invalid filters: 400 with the allowed values; unknown recordings: 404", async (t) => {
  const { steer } = await emulator(t);
  for (const [status, url, message] of [
    [400, "?status=gone", /^status is "gone"; expected: One of in-progress, paused, .*deleted\.$/],
    [400, "?source=me", /^source is "me"; expected: One of DialVerb, .*StartCallRecordingTwiML\.$/],
    [400, "?call_sid=RE1", 'call_sid is "RE1"; expected: CA and 32 hexadecimal digits.'],
    [400, "?conference_sid=", 'conference_sid is ""; expected: CF and 32 hexadecimal digits.'],
    [400, "?from=yesterday", /^from is "yesterday"; expected: A date, ISO 8601 or RFC 2822, or a duration before now/],
    [
      400,
      "?search=",
      /^search is ""; expected: 1 to 34 letters and digits: a part of the SID of a recording, its call/,
    ],
    [400, "?search=RE*", /^search is "RE\*"; expected: 1 to 34 letters and digits/],
    [400, `?search=${EXAMPLE}a`, /^search is "REa+"; expected: 1 to 34 letters and digits/],
    [400, `?search=a&after=${numbered("99")}`, /expected: the SID of a recording of account ACa+$/],
    [400, "?until=12:00", /^until is "12:00"; expected: A date.*: the last date_created\.$/],
    [400, "?limit=0", /^limit is "?0"?; expected: A whole number from 1 to 1000/],
    [400, "?limit=1001", /^limit is "?1001"?; expected/],
    [400, "?limit=all", /^limit is "all"; expected/],
    [400, "?after=1", 'after is "1"; expected: RE and 32 hexadecimal digits: the next of the page before.'],
    [
      400,
      `?after=${numbered("99")}`,
      `after is "${numbered("99")}"; expected: the SID of a recording of account ${ACCOUNT}`,
    ],
    [400, `?after=${EXAMPLE}&account=${SUBACCOUNT}`, /expected: the SID of a recording of account ACb+$/],
    [
      400,
      "?deleted=true",
      /^the parameter deleted is unknown; expected one of account, status, call_sid, conference_sid, /,
    ],
    [400, "?account=AC1", /^account is "AC1"; expected/],
    [404, `?account=AC${"9".repeat(32)}`, /^there is no account AC9+$/],
    [404, `/${numbered("99")}`, `account ${ACCOUNT} has no recording "${numbered("99")}"`],
    [404, `/${EXAMPLE}?account=${SUBACCOUNT}`, `account ${SUBACCOUNT} has no recording "${EXAMPLE}"`],
    [400, `/${EXAMPLE}?limit=1`, "the parameter limit is unknown; expected one of account"],
  ] as const) {
    const answer = await steer("GET", `/recordings${url}`);
    t.equal(answer.status, status, url);
    t.match(answer.body.error, message);
  }
});

t.test("random text as filters: 200 or 400", async () => {
  const { steer } = await emulator(t);
  const key = fc.constantFrom("status", "call_sid", "source", "search", "from", "until", "limit", "after", "account");
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, fc.string({ unit: "binary" })), async (query) => {
      const { status } = await steer("GET", `/recordings?${new URLSearchParams(query)}`);
      return status === 200 || status === 400;
    }),
  );
});

t.test("in process: Date objects as filters, media_url with the emulator's origin, one account", async (t) => {
  const { control, url } = await running(t);
  const all = control.for(undefined, url);
  const now = Date.now();
  const { sid, media_url } = await all.recordings.create({ date_created: new Date(now - 10 * DAY).toISOString() });
  const span = { from: new Date(now - 10 * DAY), until: new Date(now - 10 * DAY) };
  t.match(await all.recordings.list(span), { recordings: [{ sid, media_url, days_left: null }], next: null });
  t.same(sids(await control.for(SUBACCOUNT, url).recordings.list()), [numbered("13")]);
  await all.recordings.softDelete(sid, "-P1D");
  t.match(await all.recordings.get(sid), { status: "deleted", days_left: 39 });
  await t.rejects(all.recordings.get("nope"), { name: "ControlError", statusCode: 404 });
});
