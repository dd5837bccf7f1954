import fc from "fast-check";
import t, { type Test } from "tap";
import { ControlError } from "../../src/control/control-error.js";
import { CALL_STATUSES } from "../../src/resources/calls/table.js";
import { callPath } from "../support/calls.js";
import { conferenceEmulator } from "../support/conferences.js";
import { ACCOUNT, EXAMPLE, SUBACCOUNT } from "../support/emulator.js";
import { everyPage } from "../support/paging.js";

const NOBODY = `AC${"9".repeat(32)}`;
const UNKNOWN = `CA${"9".repeat(32)}`;
const ROOM = `CF${"9".repeat(32)}`;

type Listed = { sid: string };
const sidsOf = (items: readonly Listed[]) => items.map(({ sid }) => sid);

/** As `conferenceEmulator`, with an account without rows: `only` calls the control API for it. */
async function controlled(t: Test) {
  const running = await conferenceEmulator(t);
  await running.control.for(SUBACCOUNT).reset("empty");
  const only = async (...[method, url, body]: Parameters<typeof running.steer>) => {
    const limited = `${url}${url.includes("?") ? "&" : "?"}account=${SUBACCOUNT}`;
    const answer = await running.steer(method, limited, body);
    if (answer.status >= 400) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { control } = running;
  return { ...running, only, controls: control.for(SUBACCOUNT) };
}

t.test("calls", async (t) => {
  t.test("no filters: newest first, each as Twilio shows it, with its recordings and conference", async (t) => {
    const { steer, fetchCall, recordingsOf } = await controlled(t);
    const { status, body } = await steer("GET", "/calls");
    t.equal(status, 200);
    t.equal(body.next, null);
    t.ok(body.calls.length > 5);
    for (const { recording_sids, conference_sid: _, ...call } of body.calls) {
      t.strictSame(call, await fetchCall(call.sid));
      const shown = sidsOf(await recordingsOf(call.sid));
      t.same(
        recording_sids.filter((sid: string) => shown.includes(sid)),
        shown,
      );
    }
    const created = body.calls.map((call: { date_created: string }) => Date.parse(call.date_created));
    t.same(
      created,
      [...created].sort((one, other) => other - one),
    );
  });
  t.test("call with recordings: theirs only, newest first, soft-deleted ones included", async (t) => {
    const { steer, only, advance } = await controlled(t);
    const { sid } = await only("POST", "/calls", { status: "in-progress", script: { lasts: null } });
    const { sid: other } = await only("POST", "/calls", { status: "in-progress" });
    t.same((await only("GET", `/calls/${sid}`)).recording_sids, []);
    const first = await only("POST", `/calls/${sid}/recordings`, { length: 2 });
    await advance(1);
    const second = await only("POST", `/calls/${sid}/recordings`, {});
    await only("POST", `/calls/${other}/recordings`, {});
    await advance(9);
    await only("PATCH", `/recordings/${first.sid}`, { status: "deleted" });
    const { calls } = await only("GET", "/calls");
    const found = calls.find((call: Listed) => call.sid === sid);
    t.same(found.recording_sids, [second.sid, first.sid]);
    t.same(await only("GET", `/calls/${sid.toUpperCase()}`), found);
    t.equal((await steer("GET", `/calls/${sid}`)).status, 404, "of another account");
  });
  t.test("more than 100 recordings of a call: the last 100", async (t) => {
    const { only, controls } = await controlled(t);
    const call_sid = `CA${"5".repeat(32)}`;
    const time = (index: number) => new Date(Date.UTC(2020, 0, 1) + index * 1000).toISOString();
    const created = await controls.recordings.createMany(
      Array.from({ length: 102 }, (_, index) => ({ call_sid, date_created: time(index) })),
    );
    t.same((await only("GET", `/calls/${call_sid}`)).recording_sids, sidsOf(created).slice(2).reverse());
  });
  t.test("call in a conference: its SID, also after it has left; without one: null", async (t) => {
    const { only, controls } = await controlled(t);
    const { sid: room, call_sids } = await only("POST", "/conferences", { friendly_name: "Room" });
    const [caller] = call_sids;
    const alone = await controls.calls.place();
    t.equal((await controls.calls.get(caller)).conference_sid, room);
    await controls.calls.hangUp(caller);
    t.equal((await controls.calls.get(caller)).conference_sid, room);
    t.equal((await controls.calls.get(alone.sid)).conference_sid, null);
  });
  t.test("call whose recording is of a conference, without participants: that conference", async (t) => {
    const { only, controls } = await controlled(t);
    const call_sid = `CA${"5".repeat(32)}`;
    await only("POST", "/recordings", [
      { call_sid, conference_sid: ROOM, date_created: "2020-01-01" },
      { call_sid: null, conference_sid: ROOM },
      { call_sid, date_created: "2020-01-02" },
    ]);
    t.equal((await controls.calls.get(call_sid)).conference_sid, ROOM);
    t.same(sidsOf((await controls.calls.list({ conferenceSid: ROOM })).calls), [call_sid]);
  });
  t.test("call of a conference whose row is purged: not listed", async (t) => {
    const { only, controls, state } = await controlled(t);
    const { sid: room, call_sids } = await only("POST", "/conferences", {});
    state.database.prepare("DELETE FROM calls WHERE sid = ?").run(call_sids[0]);
    t.same(sidsOf((await controls.calls.list({ conferenceSid: room })).calls), [call_sids[1]]);
  });
  t.test("filter status: each status", async (t) => {
    const { only } = await controlled(t);
    for (const status of CALL_STATUSES) await only("POST", "/calls", { status });
    for (const status of CALL_STATUSES) {
      const { calls } = await only("GET", `/calls?status=${status}`);
      t.same(
        calls.map((call: { status: string }) => call.status),
        [status],
      );
    }
  });
  t.test("filter conference_sid: calls that are or were in it, newest first; with status, those", async (t) => {
    const { only, advance, controls } = await controlled(t);
    const place = async (status: string) =>
      (await only("POST", "/calls", { status, script: { lasts: null }, conference: { friendly_name: "Room" } })).sid;
    const first = await place("in-progress");
    const { conference_sid } = await controls.calls.get(first);
    const room = String(conference_sid);
    await advance(1);
    const second = await place("in-progress");
    await only("POST", "/conferences", { friendly_name: "Other" });
    await controls.calls.hangUp(first);
    const found = async (query = "") =>
      sidsOf((await only("GET", `/calls?conference_sid=${room.toUpperCase()}${query}`)).calls);
    t.same(await found(), [second, first]);
    t.same(await found("&status=completed"), [first]);
    t.same(await found("&status=in-progress"), [second]);
    t.same(await found("&status=busy"), []);
    t.same((await only("GET", `/calls?conference_sid=${ROOM}`)).calls, [], "unknown conference");
  });
  t.test("deleted by Twilio's API: not listed, 404; a page may begin after it", async (t) => {
    const { steer, send } = await controlled(t);
    const { body } = await steer("GET", "/calls");
    const [first, second, third] = sidsOf(
      body.calls.filter(({ status }: { status: string }) => status === "completed"),
    ) as [string, string, string];
    t.equal((await send(callPath(second), { method: "DELETE" })).statusCode, 204);
    t.equal((await steer("GET", `/calls/${second}`)).status, 404);
    const left = sidsOf((await steer("GET", "/calls?status=completed")).body.calls);
    t.same([left.includes(first), left.includes(second)], [true, false]);
    t.equal((await steer("GET", `/calls?status=completed&limit=1&after=${second}`)).body.calls[0].sid, third);
  });
  t.test("pages of any size and filter: every call once, in order", async (t) => {
    const { controls, only } = await controlled(t);
    const { sid: room } = await only("POST", "/conferences", { participants: 7 });
    const statuses = ["completed", "in-progress", "busy"] as const;
    // Several have the same time, so that their SIDs decide.
    for (const status of [...statuses, ...statuses, ...statuses]) await controls.calls.place({ status });
    const recordings = Array.from({ length: 9 }, (_, index) => ({
      conference_sid: room,
      date_created: new Date(Date.UTC(2020, 0, 1) + (index >> 1) * 1000).toISOString(),
    }));
    await controls.recordings.createMany(recordings);
    const { calls: all } = await controls.calls.list({ limit: 1000 });
    t.equal(all.length, 25);
    const query = fc.record(
      {
        limit: fc.integer({ min: 1, max: 20 }),
        status: fc.constantFrom(...statuses),
        conferenceSid: fc.constantFrom(room, ROOM),
      },
      { requiredKeys: ["limit"] },
    );
    await fc.assert(
      fc.asyncProperty(query, async ({ limit, ...filter }) => {
        const seen = await everyPage(
          (after) => controls.calls.list({ limit, ...filter, ...after }),
          ({ calls }) => {
            if (calls.length > limit) throw new Error(`${calls.length} calls`);
            return sidsOf(calls);
          },
        );
        const { status, conferenceSid } = filter;
        const expected = all.filter(
          (call) =>
            (status === undefined || call.status === status) &&
            (conferenceSid === undefined || call.conference_sid === conferenceSid),
        );
        t.strictSame(seen, sidsOf(expected));
      }),
      { numRuns: 60 },
    );
  });
  t.test("invalid input: 400 with what is allowed; unknown call or account: 404", async (t) => {
    const { steer, controls } = await controlled(t);
    for (const [status, url, message] of [
      [400, "?status=initiated", /^status is "initiated"; expected: One of queued, ringing, .*canceled\.$/],
      [400, "?conference_sid=Room", /^conference_sid is "Room"; expected: CF and 32 hexadecimal digits/],
      [400, "?limit=0", /^limit is 0; expected: A whole number from 1 to 1000\. Omitted: 50\.$/],
      [400, "?limit=1001", /^limit is 1001; expected/],
      [400, "?limit=many", /^limit is "many"; expected/],
      [400, "?after=RE1", /^after is "RE1"; expected: CA and 32 hexadecimal digits: the next of the page before\.$/],
      [400, `?after=${UNKNOWN}`, `after is "${UNKNOWN}"; expected: the SID of a call of account ${ACCOUNT}`],
      [400, `?conference_sid=${ROOM}&after=${UNKNOWN}`, /^after is "CA9+"; expected: the SID of a call of account/],
      [400, "?nope=1", "the parameter nope is unknown; expected one of account, status, conference_sid, limit, after"],
      [400, "?account=nope", /^account is "nope"; expected: AC and 32 hexadecimal digits/],
      [404, `?account=${NOBODY}`, `there is no account ${NOBODY}`],
      [404, `/${UNKNOWN}`, `account ${ACCOUNT} has no call "${UNKNOWN}"`],
      [404, "/nope", `account ${ACCOUNT} has no call "nope"`],
      [404, `/${EXAMPLE}`, `account ${ACCOUNT} has no call "${EXAMPLE}"`],
    ] as const) {
      const answer = await steer("GET", `/calls${url}`);
      t.equal(answer.status, status, url);
      t.match(answer.body.error, message);
    }
    await t.rejects(controls.calls.get(UNKNOWN), ControlError);
    await t.rejects(controls.calls.list({ limit: 0 }), ControlError);
  });
});

t.test("conferences", async (t) => {
  t.test("running: as Twilio shows it, with its calls, participants and recordings", async (t) => {
    const { only, controls, steer, fetchConference, participantsOf, recordingsIn } = await controlled(t);
    const { body: opened } = await steer("POST", "/conferences", { friendly_name: "Room", recording: true });
    const { body } = await steer("GET", "/conferences?friendly_name=Room");
    t.equal(body.next, null);
    const [{ call_sids, participants, recording_sids, ...conference }] = body.conferences;
    t.strictSame(conference, await fetchConference(opened.sid));
    t.same(call_sids, opened.call_sids);
    const shown = await participantsOf("Room");
    const byCall = (list: { call_sid: string }[]) => new Map(list.map((one) => [one.call_sid, one]));
    t.same(byCall(participants), byCall(shown));
    t.equal(participants.length, 2);
    t.same(recording_sids, sidsOf(await recordingsIn(opened.sid)));
    t.same((await steer("GET", `/conferences/${opened.sid}`)).body, body.conferences[0]);
    t.same((await only("GET", "/conferences")).conferences, [], "of another account");
    await t.rejects(controls.conferences.get(opened.sid), { message: /has no conference/ });
  });
  t.test("ended: no participants, its recordings", async (t) => {
    const { controls } = await controlled(t);
    const { sid } = await controls.conferences.open({ recording: true });
    await controls.conferences.end(sid);
    const ended = await controls.conferences.get(sid);
    t.match(ended, { status: "completed", participants: [], call_sids: [] });
    t.equal(ended.recording_sids.length, 1);
    t.equal((await controls.calls.list({ conferenceSid: sid })).calls.length, 2);
  });
  t.test("filters status and friendly_name", async (t) => {
    const { controls } = await controlled(t);
    const { sid: first } = await controls.conferences.open({ friendlyName: "Room" });
    await controls.conferences.end(first);
    const { sid: second } = await controls.conferences.open({ friendlyName: "Room" });
    const { sid: third } = await controls.conferences.open({ friendlyName: "room" });
    const found = async (query: Parameters<typeof controls.conferences.list>[0]) =>
      sidsOf((await controls.conferences.list(query)).conferences).sort();
    t.same(await found({ friendlyName: "Room" }), [first, second].sort());
    t.same(await found({ friendlyName: "Room", status: "completed" }), [first]);
    t.same(await found({ status: "in-progress" }), [second, third].sort());
    t.same(await found({ status: "init" }), []);
    t.same(await found({ friendlyName: "" }), []);
  });
  t.test("pages of any size: every conference once, in order", async (t) => {
    const { controls, advance } = await controlled(t);
    for (const wait of [0, 0, 1, 0, 0, 1]) {
      await controls.conferences.open({ participants: 1 });
      await advance(wait);
    }
    const all = sidsOf((await controls.conferences.list()).conferences);
    t.equal(all.length, 6);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (limit) => {
        const seen = await everyPage(
          (after) => controls.conferences.list({ limit, ...after }),
          ({ conferences }) => sidsOf(conferences),
        );
        t.strictSame(seen, all);
      }),
      { numRuns: 15 },
    );
  });
  t.test("invalid input: 400 with what is allowed; unknown conference or account: 404", async (t) => {
    const { steer, controls } = await controlled(t);
    for (const [status, url, message] of [
      [400, "?status=ended", 'status is "ended"; expected: One of init, in-progress, completed.'],
      [400, "?limit=-1", /^limit is -1; expected: A whole number from 1 to 1000/],
      [400, "?limit=1.5", /^limit is .*1\.5"?; expected/],
      [400, "?after=Room", /^after is "Room"; expected: CF and 32 hexadecimal digits: the next of the page before\.$/],
      [400, `?after=${ROOM}`, `after is "${ROOM}"; expected: the SID of a conference of account ${ACCOUNT}`],
      [400, "?sid=1", "the parameter sid is unknown; expected one of account, status, friendly_name, limit, after"],
      [404, `?account=${NOBODY}`, `there is no account ${NOBODY}`],
      [404, `/${ROOM}`, `account ${ACCOUNT} has no conference "${ROOM}"`],
      [404, "/Room", `account ${ACCOUNT} has no conference "Room"`],
    ] as const) {
      const answer = await steer("GET", `/conferences${url}`);
      t.equal(answer.status, status, url);
      t.match(answer.body.error, message);
    }
    await t.rejects(controls.conferences.list({ after: "nope" }), ControlError);
  });
});

t.test("OpenAPI document: the answers have its keys", async (t) => {
  const { steer } = await controlled(t);
  const { paths } = (await steer("GET", "/openapi.json")).body;
  const { body: conference } = await steer("POST", "/conferences", {});
  const schemaOf = (path: string) =>
    paths[`/_emulator${path}`].get.responses[200].content["application/json"].schema.properties;
  const sorted = (value: object) => Object.keys(value).sort();
  const shown = (await steer("GET", `/conferences/${conference.sid}`)).body;
  t.same(sorted(shown), sorted(schemaOf("/conferences/{Sid}")));
  t.same(sorted(shown.participants[0]), sorted(schemaOf("/conferences/{Sid}").participants.items.properties));
  const call = (await steer("GET", `/calls/${conference.call_sids[0]}`)).body;
  t.same(sorted(call), sorted(schemaOf("/calls/{Sid}")));
  t.same(sorted(schemaOf("/calls").calls.items.properties), sorted(schemaOf("/calls/{Sid}")));
});
