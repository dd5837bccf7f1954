import t from "tap";
import { ACCOUNT, EXAMPLE, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";

t.test("create one with omitted values: 201, equal to the fetch response", async (t) => {
  const { steer, send } = await emulator(t);
  const { status, body } = await steer("POST", "/recordings", { duration: "61", channels: 2 });
  t.equal(status, 201);
  t.match(body, { account_sid: ACCOUNT, duration: "61", channels: 2, price: "-0.00500", status: "completed" });
  t.strictSame((await send(pathOf(body.sid))).json(), body);
});

t.test("create many, in the account of the call or of each recording: 201", async (t) => {
  const { steer } = await emulator(t);
  const { body } = await steer("POST", `/recordings?account=${SUBACCOUNT}`, [{}, { status: "absent" }]);
  t.match(body.recordings, [{ account_sid: SUBACCOUNT }, { status: "absent", error_code: 16101 }]);
  const two = [{ account_sid: SUBACCOUNT, sid: numbered("A1") }, { sid: numbered("A1") }];
  const { body: mixed } = await steer("POST", "/recordings", two);
  t.same(
    mixed.recordings.map((one: { account_sid: string; sid: string }) => [one.account_sid, one.sid]),
    [
      [SUBACCOUNT, numbered("a1")],
      [ACCOUNT, numbered("a1")],
    ],
  );
  t.same((await steer("POST", "/recordings", [])).body, { recordings: [] });
});

t.test("create transcriptions, add-on results and payloads of existing recordings: 201", async (t) => {
  const { steer, send } = await emulator(t);
  const root = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}`;
  const result = `XR${"1".repeat(32)}`;
  const { status, body } = await steer("POST", "/recordings", {
    transcriptions: [{ recording_sid: EXAMPLE, transcription_text: "hello" }],
    add_on_results: [{ sid: result, reference_sid: EXAMPLE }],
    payloads: [{ add_on_result_sid: result, data: "hi" }],
  });
  t.same([status, body], [201, { recordings: [] }]);
  t.equal((await send(`${root}/Transcriptions.json`)).json().transcriptions[0].transcription_text, "hello");
  t.equal((await send(`${root}/AddOnResults/${result}/Payloads.json`)).json().payloads.length, 1);
  const more = await steer("POST", "/recordings", { payloads: [{ add_on_result_sid: result }] });
  t.equal(more.status, 201);
});

t.test("create with invalid values: 400; with an existing SID: 409", async (t) => {
  const { steer } = await emulator(t);
  for (const [status, url, body, message] of [
    [400, "", 7, "the body is 7; expected: a recording, an array of recordings, or an object with lists of fixtures"],
    [400, "", "{", /^the body is not JSON \(.*\); expected: JSON$/],
    [400, "", [7], /^recordings\[0\]: is 7; expected: A recording/],
    [400, "", { recordings: 7 }, /recordings is 7; expected/],
    [400, "", { status: "gone", nope: 1 }, /nope is unknown; .*status is "gone"; expected: One of in-progress/],
    [
      400,
      "",
      { accounts: [] },
      "accounts is unknown; expected one of calls, conferences, participants, recordings, transcriptions, add_on_results, payloads",
    ],
    [400, "", { payloads: [{ add_on_result_sid: `XR${"9".repeat(32)}` }] }, /add_on_result_sid is "XR9+"; expected/],
    [
      400,
      `?account=${SUBACCOUNT}`,
      { account_sid: ACCOUNT },
      /account_sid is ACa+; expected: ACb+, the account of the call/,
    ],
    [400, "", [[]], /^recordings\[0\]: is \[\]; expected: A recording/],
    [400, "", [null], /^recordings\[0\]: is null; expected: A recording/],
    [400, "", [[{}]], /^recordings\[0\]: is \[\{\}\]; expected: A recording/],
    [400, "", { recordings: [[]] }, /^recordings\[0\]: is \[\]; expected: A recording/],
    [400, "", [{}, { status: "gone" }], /^recordings\[1\]: status is "gone"; expected: One of in-progress/],
    [400, "", [{}, { status: "paused", duration: "1" }], /^recordings\[1\]: duration is "1" and status paused/],
    [
      400,
      `?account=${SUBACCOUNT}`,
      [{}, { account_sid: ACCOUNT }],
      /^recordings\[1\]: account_sid is ACa+; expected: ACb/,
    ],
    [
      400,
      "",
      { account_sid: `AC${"9".repeat(32)}` },
      /^recordings\[0\]: account_sid is "AC9+", .*; create it with POST/,
    ],
    [409, "", { sid: EXAMPLE }, `account ${ACCOUNT} already has ${EXAMPLE}`],
    [400, "?nope=1", {}, "the parameter nope is unknown; expected one of account"],
  ] as const) {
    const answer = await steer("POST", `/recordings${url}`, body);
    t.equal(answer.status, status);
    t.match(answer.body.error, message);
  }
});

t.test("create with sid or account_sid nested 5000 levels deep: 400", async (t) => {
  const { steer } = await emulator(t);
  const deep = "[".repeat(5000) + "]".repeat(5000);
  t.equal((await steer("POST", "/recordings", `{"sid":${deep}}`)).status, 400);
  t.equal((await steer("POST", "/recordings", `{"account_sid":${deep}}`)).status, 400);
});

t.test("change in-progress to completed: 200, with duration and price", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("POST", "/clock", { frozen: true });
  const { status, body } = await steer("PATCH", `/recordings/${numbered("01").toUpperCase()}`, { status: "completed" });
  t.equal(status, 200);
  t.match(body, { status: "completed", error_code: null, price_unit: "USD", price: /^-0\.\d{5}$/ });
  const shown = Date.parse(body.date_updated) - Date.parse(body.start_time);
  t.ok(Math.abs(shown - Number(body.duration) * 1000) <= 1000, "dates are truncated to seconds, durations rounded");
  t.strictSame((await send(pathOf(numbered("01")))).json(), body);
});

t.test("change to other statuses: 200, derived values follow", async (t) => {
  const { steer } = await emulator(t);
  const change = async (changes: object) => (await steer("PATCH", `/recordings/${EXAMPLE}`, changes)).body;
  t.match(await change({ price: "-1.00000", status: "completed" }), { price: "-1.00000", duration: "4" });
  t.match(await change({ status: "paused" }), { status: "paused", price: null, duration: null, price_unit: null });
  t.match(await change({ status: "absent", error_code: 16102 }), { status: "absent", price: null, error_code: 16102 });
  t.match(await change({ channels: null, call_sid: null }), { status: "absent", channels: null, error_code: 16102 });
  t.match(await change({ media_url: "https://example.com/a.wav" }), { media_url: "https://example.com/a.wav" });
});

t.test("change to deleted: 200 with IncludeSoftDeleted until the retention cutoff", async (t) => {
  const { steer, send } = await emulator(t);
  const path = `${pathOf(EXAMPLE)}?IncludeSoftDeleted=true`;
  const before = (await send(pathOf(EXAMPLE))).json();
  const { body } = await steer("PATCH", `/recordings/${EXAMPLE}`, { status: "deleted" });
  t.strictSame(body, { ...before, status: "deleted" });
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 404);
  t.strictSame((await send(path)).json(), { ...body, media_url: before.media_url });
  await steer("PATCH", `/recordings/${EXAMPLE}`, { date_deleted: "-P41D" });
  t.equal((await send(path)).statusCode, 404);
  t.match((await steer("PATCH", `/recordings/${EXAMPLE}`, { status: "completed" })).body, { status: "completed" });
  t.equal((await steer("PATCH", `/recordings/${EXAMPLE}`, { date_deleted: "-P1D", date_updated: "-P2D" })).status, 200);
  t.equal((await send(path)).statusCode, 200);
});

t.test("date_deleted before a default recording: 200, its dates move to an hour before", async (t) => {
  const { steer, control } = await emulator(t);
  await steer("POST", "/clock", { now: "2030-01-31T12:00:00Z", frozen: true });
  const { recordings } = await control.for(ACCOUNT).export();
  for (const { sid, date_created } of recordings) {
    const { status, body } = await steer("PATCH", `/recordings/${sid}`, {
      status: "deleted",
      date_deleted: "-P3650D",
    });
    t.same([status, body.status, body.error_code], [200, "deleted", null], sid);
    const end = Date.parse("2020-02-03T11:00:00Z");
    if (date_created?.startsWith("2016")) t.equal(Date.parse(body.date_created), Date.parse(date_created));
    else t.equal(Date.parse(body.date_updated), body.duration === null ? Date.parse(body.date_created) + 10_000 : end);
  }
});

t.test("date_deleted before a start_time of the caller: 400", async (t) => {
  const { steer } = await emulator(t);
  const url = `/recordings/${numbered("05")}`;
  const { status, body } = await steer("PATCH", url, { date_deleted: "-P10D", start_time: "-P1D" });
  t.equal(status, 400);
  t.match(body.error, /date_deleted is .*; expected: not before the date_created/);
  t.equal((await steer("PATCH", url, { start_time: null })).status, 200);
  t.match(await steer("PATCH", url, { date_deleted: "-P10D" }), { status: 200, body: { start_time: null } });
});

t.test("change with invalid values: 400; of an unknown recording: 404", async (t) => {
  const { steer } = await emulator(t);
  const url = `/recordings/${EXAMPLE}`;
  for (const [status, to, body, message] of [
    [400, url, [], "the body is []; expected: an object with keys of a recording"],
    [400, url, { date_updated: null }, /date_updated is null; expected: Date/],
    [400, url, { date_deleted: 5 }, /date_deleted is 5; expected: Date/],
    [400, url, { nope: 1 }, /nope is unknown; expected one of/],
    [400, url, { sid: numbered("99") }, `sid is "${numbered("99")}"; expected: ${EXAMPLE}, which cannot change`],
    [
      400,
      url,
      { account_sid: SUBACCOUNT },
      `account_sid is "${SUBACCOUNT}"; expected: ${ACCOUNT}, which cannot change`,
    ],
    [400, url, { status: "paused", duration: "4" }, /duration is "4" and status paused; expected: null/],
    [404, `/recordings/${numbered("99")}`, {}, `account ${ACCOUNT} has no recording "${numbered("99")}"`],
  ] as const) {
    const answer = await steer("PATCH", to, body);
    t.equal(answer.status, status);
    t.match(answer.body.error, message);
  }
});

t.test("hard-delete: 204, its add-on results and payloads too", async (t) => {
  const { steer, send } = await emulator(t);
  t.equal((await steer("DELETE", `/recordings/${numbered("05")}`)).status, 204);
  t.equal((await send(`${pathOf(numbered("05"))}?IncludeSoftDeleted=true`)).statusCode, 404);
  t.match((await steer("GET", "/health")).body.counts, { recordings: 12, add_on_results: 0, payloads: 0 });
  t.equal((await steer("DELETE", `/recordings/${numbered("05")}`)).status, 404);
  t.same(await steer("DELETE", "/recordings/nope"), {
    status: 404,
    body: { error: `account ${ACCOUNT} has no recording "nope"` },
  });
});

t.test("generate: 201, count recordings, equal for equal seeds", async (t) => {
  const { steer } = await emulator(t);
  await steer("POST", "/clock", { now: "2030-01-01", frozen: true });
  const sid = `/recordings/generate?account=${SUBACCOUNT}`;
  const { status, body } = await steer("POST", sid, { count: 1001, seed: 7 });
  t.equal(status, 201);
  t.match(body, { generated: 1001, seed: 7 });
  t.equal(body.recordings.length, 1000, "the first 1000 only");
  t.same(await steer("POST", sid, { count: 1, seed: 7 }), {
    status: 409,
    body: { error: `seed 7 gives recordings that account ${SUBACCOUNT} has; expected: another seed` },
  });
  await steer("POST", `/reset?account=${SUBACCOUNT}`);
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: "2030-01-01", frozen: true });
  t.strictSame((await steer("POST", sid, { count: 1001, seed: 7 })).body, body);
  const two = await Promise.all([steer("POST", sid, { count: 3 }), steer("POST", sid, { count: 3 })]);
  t.not(two[0].body.seed, two[1].body.seed);
  t.match((await steer("POST", sid, { count: 0 })).body, { error: /^count is 0; expected: A whole number from 1/ });
});

t.test("create without any account: 404", async (t) => {
  const { steer } = await emulator(t);
  await steer("DELETE", `/accounts/${ACCOUNT}`);
  t.same((await steer("GET", "/accounts")).body, { accounts: [] }, "its subaccount was removed with it");
  t.same(await steer("POST", "/recordings", {}), { status: 404, body: { error: "there is no account" } });
});
