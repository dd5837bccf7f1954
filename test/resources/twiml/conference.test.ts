import t from "tap";
import { callPath } from "../../support/calls.js";
import { CONFERENCES, conferencePath, participantPath } from "../../support/conferences.js";
import type { Received } from "../../support/receiver.js";
import { twimlEmulator } from "../../support/twiml.js";

const AFTER = "<Say>after</Say>";
const VERBS = `<Dial><Conference>room</Conference></Dial>${AFTER}`;
const WITH_ACTION = `<Dial action="/action"><Conference>room</Conference></Dial><Say>never</Say>`;

/** As `twimlEmulator`, with a function that returns the conference of the name `room`. */
async function withRoom(t: Parameters<typeof twimlEmulator>[0], documents = {}) {
  const running = await twimlEmulator(t, documents);
  const room = async () => (await running.send(`${CONFERENCES}?FriendlyName=room`)).json().conferences[0];
  return { ...running, room };
}

t.test("join", async (t) => {
  t.test("the call is in the conference at once, which begins", async (t) => {
    const { start, room, participantsOf, twiml } = await withRoom(t);
    const sid = await start(VERBS);
    t.match(await room(), { friendly_name: "room", status: "in-progress" });
    t.match(await participantsOf("room"), [
      {
        call_sid: sid,
        status: "connected",
        label: null,
        muted: false,
        coaching: false,
        start_conference_on_enter: true,
        end_conference_on_exit: false,
      },
    ]);
    t.equal((await twiml(sid)).at(-1), '2 Dial conference "room", CF');
  });
  t.test("attributes: as given", async (t) => {
    const { start, room, participantsOf } = await withRoom(t);
    const coached = `CA${"9".repeat(32)}`;
    await start(`<Dial><Conference muted="true" startConferenceOnEnter="false" endConferenceOnExit="true"
      participantLabel="Jo" coach="${coached}">room</Conference></Dial>`);
    t.match(await participantsOf("room"), [
      {
        label: "Jo",
        muted: true,
        coaching: true,
        call_sid_to_coach: coached,
        start_conference_on_enter: false,
        end_conference_on_exit: true,
      },
    ]);
    t.match(await room(), { status: "init" });
  });
  t.test("second call with the name: the same conference", async (t) => {
    const { start, participantsOf, join } = await withRoom(t);
    await start(VERBS);
    await start(VERBS);
    await join("room");
    t.equal((await participantsOf("room")).length, 3);
  });
  t.test("statusCallback: the events, relative to the document", async (t) => {
    const { start, advance, takeAll } = await withRoom(t);
    const sid = await start(
      `<Dial><Conference statusCallback="/status" statusCallbackMethod="GET"
        statusCallbackEvent="start end join leave">room</Conference></Dial>`,
      { script: { lasts: 5 } },
    );
    await advance(5);
    const requests = takeAll().slice(1);
    t.ok(requests.every(({ method, url }) => method === "GET" && url.startsWith("/status?")));
    t.same(
      requests.map(({ form }) => [form.StatusCallbackEvent, form.CallSid]),
      [
        ["conference-start", undefined],
        ["participant-join", sid],
        ["participant-leave", sid],
        ["conference-end", undefined],
      ],
    );
  });
  t.test("statusCallback without events: start and end", async (t) => {
    const { start, advance, take } = await withRoom(t);
    await start('<Dial><Conference statusCallback="/status">room</Conference></Dial>', { script: { lasts: 5 } });
    await advance(5);
    t.same(await take("StatusCallbackEvent"), [undefined, "conference-start", "conference-end"]);
  });
  for (const record of ["record-from-start", "true"]) {
    t.test(`record ${record}: the conference is recorded until it ends`, async (t) => {
      const { start, advance, room, recordingsIn, recorded, take } = await withRoom(t);
      const sid = await start(
        `<Dial><Conference record="${record}" recordingStatusCallback="/status">room</Conference></Dial>`,
        { script: { lasts: 5 } },
      );
      const { sid: conference } = await room();
      t.match(await recordingsIn(conference), [{ source: "Conference", call_sid: sid, channels: 1 }]);
      await advance(8);
      t.same(await recorded(sid), [["Conference", "completed", "5"]]);
      t.same(await take("RecordingStatus"), [undefined, "completed"]);
    });
  }
  t.test("record do-not-record: none", async (t) => {
    const { start, recorded } = await withRoom(t);
    const sid = await start('<Dial><Conference record="do-not-record">room</Conference></Dial>');
    t.same(await recorded(sid), []);
  });
});

t.test("leave", async (t) => {
  for (const [title, verbs] of [
    ["no action: the next verb follows", VERBS],
    ["action: requested with DialCallStatus answered", WITH_ACTION],
  ] as const) {
    const isAction = verbs === WITH_ACTION;
    const check = async (
      t: Parameters<typeof twimlEmulator>[0],
      { twiml, takeAll, statusOf, advance }: Awaited<ReturnType<typeof withRoom>>,
      sid: string,
    ) => {
      await advance(0);
      t.same((await twiml(sid)).slice(3), [
        ...(isAction ? ["5 request POST /action", "5 document 1 verb"] : []),
        '5 Say "after", 1 s',
      ]);
      const actions = takeAll().filter(({ url }) => url === "/action");
      t.match(
        actions.map(({ form }) => [form.CallSid, form.CallStatus, form.DialCallStatus, form.DialCallSid]),
        isAction ? [[sid, "in-progress", "answered", undefined]] : [],
      );
      t.equal(await statusOf(sid), "in-progress");
      await advance(1);
      t.equal(await statusOf(sid), "completed");
    };
    t.test(`conference ends by the API; ${title}`, async (t) => {
      const running = await withRoom(t, { "/action": AFTER });
      const { start, room, post, advance, fetchConference } = running;
      const sid = await start(verbs);
      await advance(3);
      const { sid: conference } = await room();
      await post(conferencePath(conference), { Status: "completed" });
      await check(t, running, sid);
      t.match(await fetchConference(conference), {
        status: "completed",
        reason_conference_ended: "conference-ended-via-api",
      });
    });
    t.test(`participant is removed; ${title}`, async (t) => {
      const running = await withRoom(t, { "/action": AFTER });
      const { start, room, send, advance, fetchConference } = running;
      const sid = await start(verbs);
      await advance(3);
      const { sid: conference } = await room();
      t.equal((await send(participantPath("room", sid), { method: "DELETE" })).statusCode, 204);
      await check(t, running, sid);
      t.match(await fetchConference(conference), {
        status: "completed",
        reason_conference_ended: "last-participant-kicked",
        call_sid_ending_conference: sid,
      });
    });
    t.test(`another leaves with endConferenceOnExit; ${title}`, async (t) => {
      const running = await withRoom(t, { "/action": AFTER });
      const { start, startWith, hangUp, advance } = running;
      const host = await startWith('<Dial><Conference endConferenceOnExit="true">room</Conference></Dial>');
      const sid = await start(verbs);
      await advance(1);
      await hangUp(host);
      await check(t, running, sid);
    });
  }
  t.test("removed from it, others remain: joins it again with the next verb", async (t) => {
    const { start, send, participantsOf, twiml } = await withRoom(t);
    await start(VERBS);
    const sid = await start(VERBS.replace(AFTER, VERBS));
    await send(participantPath("room", sid), { method: "DELETE" });
    t.equal((await participantsOf("room")).length, 2);
    t.same((await twiml(sid)).slice(2), ['4 Dial conference "room", CF', '4 Dial conference "room", CF']);
  });
  t.test("caller hangs up: the action is requested with CallStatus completed, its answer has no effect", async (t) => {
    const { start, advance, takeAll, twiml, room } = await withRoom(t, { "/action": AFTER });
    const sid = await start(WITH_ACTION, { script: { lasts: 5 } });
    await advance(5);
    const [, request, ...others] = takeAll() as [Received, Received];
    t.same(others, []);
    t.match(request, { url: "/action", form: { CallStatus: "completed", DialCallStatus: "answered" } });
    t.equal((await twiml(sid)).length, 3);
    t.match(await room(), { status: "completed", reason_conference_ended: "last-participant-left" });
  });
  t.test("last verb: the call ends with the conference, the others' calls too", async (t) => {
    const { start, room, post, statusOf, join, due } = await withRoom(t);
    const one = await start("<Dial><Conference>room</Conference></Dial>");
    const { call_sid: two } = await join("room", { TimeLimit: "60" });
    await post(conferencePath((await room()).sid), { Status: "completed" });
    t.same([await statusOf(one), await statusOf(two)], ["completed", "completed"]);
    t.same(await due(), []);
  });
  t.test("call of the API in a conference, redirected: leaves it and goes on", async (t) => {
    const { join, redirect, twiml, statusOf, room } = await withRoom(t);
    const { call_sid: sid } = await join("room");
    await redirect(sid, { Twiml: "<Response><Pause length='5'/></Response>" });
    t.same(await twiml(sid), ["2 document 1 verb", "2 Pause 5 s"]);
    t.equal(await statusOf(sid), "in-progress");
    t.match(await room(), { status: "completed" });
  });
  t.test("call of a control call in a conference, that dials a number: removed, it ends with the other", async (t) => {
    const { start, send, statusOf, childrenOf, advance } = await withRoom(t);
    const sid = await start("<Dial>+14155551212</Dial><Say>never</Say>", { conference: { friendly_name: "room" } });
    await advance(3);
    await send(participantPath("room", sid), { method: "DELETE" });
    t.equal(await statusOf(sid), "completed");
    t.match(await childrenOf(sid), [{ status: "completed" }]);
  });
  t.test("call of a control call in the conference that it joins: one participant", async (t) => {
    const { start, participantsOf, post, statusOf } = await withRoom(t);
    const sid = await start(VERBS, { conference: { friendly_name: "room" } });
    t.match(await participantsOf("room"), [{ call_sid: sid }]);
    await post(callPath(sid), { Status: "completed" });
    t.equal(await statusOf(sid), "completed");
  });
  t.test("call of a control call in a conference, that pauses: removed, it ends", async (t) => {
    const { start, send, statusOf } = await withRoom(t);
    const sid = await start("<Pause length='9'/>", { conference: { friendly_name: "room" } });
    await send(participantPath("room", sid), { method: "DELETE" });
    t.equal(await statusOf(sid), "completed");
  });
});
