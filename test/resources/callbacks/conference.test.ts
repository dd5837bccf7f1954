import t from "tap";
import { callbackEmulator, isSigned, keysOf } from "../../support/callbacks.js";
import { callPath, FROM, invalidValue, secondsAfterNoon, TO } from "../../support/calls.js";
import { conferencePath, participantPath, participantsPath } from "../../support/conferences.js";
import { ACCOUNT } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";

const ALL_EVENTS = "start end join leave mute hold";
const COMMON = ["ConferenceSid", "FriendlyName", "AccountSid", "SequenceNumber", "Timestamp", "StatusCallbackEvent"];
const PARTICIPANT = ["CallSid", "Muted", "Hold", "Coaching", "EndConferenceOnExit", "StartConferenceOnEnter"];
const END = ["CallSidEndingConference", "ReasonConferenceEnded", "Reason"];

const eventsOf = (requests: readonly Received[]) => requests.map(({ form }) => form.StatusCallbackEvent);

t.test("StatusCallback of a participant: that of its call", async (t) => {
  const running = await callbackEmulator(t);
  const participant = await running.invite("Room", {
    StatusCallback: running.url,
    StatusCallbackEvent: "initiated ringing answered completed",
  });
  await running.advance(100);
  t.same(
    running.takeAll().map(({ form }) => [form.CallSid, form.CallStatus, form.SequenceNumber]),
    [
      [participant.call_sid, "initiated", "0"],
      [participant.call_sid, "ringing", "1"],
      [participant.call_sid, "in-progress", "2"],
      [participant.call_sid, "completed", "3"],
    ],
  );
});

t.test("ConferenceStatusCallback, every event: values of each, numbered from 1", async (t) => {
  const running = await callbackEmulator(t);
  await running.configure({ lasts: null });
  const callback = { ConferenceStatusCallback: running.url, ConferenceStatusCallbackEvent: ALL_EVENTS };
  const first = await running.join("Room", { ...callback, Label: "host", EndConferenceOnExit: "true" });
  t.same(eventsOf(running.received), ["conference-start", "participant-join"]);
  const second = await running.join("Room");
  const change = async (form: Record<string, string>) => {
    const answer = await running.post(participantPath("Room", "host"), form);
    t.equal(answer.statusCode, 200);
    await running.delivered();
  };
  await change({ Muted: "true" });
  await change({ Muted: "true" });
  await change({ Muted: "false" });
  await change({ Hold: "true", Muted: "true" });
  await change({ Hold: "false" });
  const removed = await running.send(participantPath("Room", "host"), { method: "DELETE" });
  t.equal(removed.statusCode, 204);
  await running.delivered();
  const requests = running.takeAll();
  const start = [
    ["conference-start", undefined],
    ["participant-join", first.call_sid],
    ["participant-join", second.call_sid],
    ["participant-mute", first.call_sid],
    ["participant-unmute", first.call_sid],
    ["participant-mute", first.call_sid],
    ["participant-hold", first.call_sid],
    ["participant-unhold", first.call_sid],
    ["participant-leave", first.call_sid],
  ];
  t.same(
    requests.slice(0, 9).map(({ form }) => [form.StatusCallbackEvent, form.CallSid]),
    start,
  );
  t.same(
    requests.slice(9).map(({ form }) => [form.StatusCallbackEvent, form.CallSid]),
    [
      ["participant-leave", second.call_sid],
      ["conference-end", undefined],
    ],
  );
  t.same(
    requests.map(({ form }) => form.SequenceNumber),
    requests.map((_, index) => String(index + 1)),
  );
  const common = { ConferenceSid: first.conference_sid, FriendlyName: "Room", AccountSid: ACCOUNT };
  const host = {
    CallSid: first.call_sid,
    Coaching: "false",
    EndConferenceOnExit: "true",
    StartConferenceOnEnter: "true",
    ParticipantLabel: "host",
  };
  const [started, joined, other, muted] = requests as [Received, Received, Received, Received];
  t.same(started.form, {
    ...common,
    SequenceNumber: "1",
    Timestamp: secondsAfterNoon(2),
    StatusCallbackEvent: "conference-start",
  });
  t.match(joined.form, { ...common, ...host, Muted: "false", Hold: "false", Timestamp: secondsAfterNoon(2) });
  t.same(new Set(keysOf(joined)), new Set([...COMMON, ...PARTICIPANT, "ParticipantLabel"]));
  t.same(new Set(keysOf(other)), new Set([...COMMON, ...PARTICIPANT]), "without a label");
  t.match(muted.form, { ...host, Muted: "true", Hold: "false" });
  t.match(requests[6]?.form, { ...host, Muted: "true", Hold: "true" });
  const ended = requests.at(-1) as Received;
  t.same(new Set(keysOf(ended)), new Set([...COMMON, ...END]));
  t.match(ended.form, {
    ...common,
    CallSidEndingConference: first.call_sid,
    ReasonConferenceEnded: "participant-with-end-conference-on-exit-kicked",
    Reason: /^Conference ended/,
  });
  for (const request of requests) t.ok(isSigned(request, running.url), String(request.form.StatusCallbackEvent));
});

t.test("end of a conference: its reason", async (t) => {
  for (const [reason, end, hasCall] of [
    ["conference-ended-via-api", "api", false],
    ["last-participant-left", "hangup", true],
    ["last-participant-kicked", "kick", true],
  ] as const) {
    t.test(reason, async (t) => {
      const running = await callbackEmulator(t);
      await running.configure({ lasts: null });
      const participant = await running.join("Room", { ConferenceStatusCallback: running.url });
      running.takeAll();
      const { call_sid, conference_sid } = participant;
      if (end === "api") await running.post(conferencePath(conference_sid), { Status: "completed" });
      if (end === "hangup") await running.post(callPath(call_sid), { Status: "completed" });
      if (end === "kick") await running.send(participantPath("Room", call_sid), { method: "DELETE" });
      await running.delivered();
      const [request, ...others] = running.takeAll() as [Received];
      t.same(others, []);
      t.match(request.form, { StatusCallbackEvent: "conference-end", ReasonConferenceEnded: reason });
      t.equal(request.form.CallSidEndingConference, hasCall ? call_sid : undefined);
      const conference = await running.fetchConference(conference_sid);
      t.equal(conference.reason_conference_ended, reason);
      t.equal(conference.call_sid_ending_conference, hasCall ? call_sid : null);
    });
  }
});

t.test("ConferenceStatusCallbackEvent", async (t) => {
  for (const [title, event, expected] of [
    ["omitted: start and end", undefined, ["conference-start", "conference-end"]],
    ["with spaces", "leave join", ["participant-join", "participant-leave"]],
    ["repeated", ["start", "leave"], ["conference-start", "participant-leave"]],
    ["unknown among known: ignored", "speaker join", ["participant-join"]],
    ["unknown alone: the default", "speaker", ["conference-start", "conference-end"]],
  ] as const) {
    t.test(title, async (t) => {
      const running = await callbackEmulator(t);
      const given = event === undefined ? {} : { ConferenceStatusCallbackEvent: [event].flat() as string[] };
      const form = { To: TO, From: FROM, ConferenceStatusCallback: running.url, ...given };
      t.equal((await running.post(participantsPath("Room"), form)).statusCode, 201);
      await running.advance(20);
      t.same(eventsOf(running.takeAll()), expected);
    });
  }
});

t.test("ConferenceStatusCallbackMethod", async (t) => {
  t.test("GET: the parameters in the query", async (t) => {
    const running = await callbackEmulator(t);
    await running.join("Room", { ConferenceStatusCallback: running.url, ConferenceStatusCallbackMethod: "GET" });
    const [request, ...others] = running.takeAll() as [Received];
    t.same(others, []);
    t.match(request, { method: "GET", body: "", form: { StatusCallbackEvent: "conference-start" } });
    t.ok(isSigned(request, running.url));
  });
  for (const name of [
    "ConferenceStatusCallbackMethod",
    "ConferenceRecordingStatusCallbackMethod",
    "StatusCallbackMethod",
    "RecordingStatusCallbackMethod",
  ]) {
    t.test(`${name} unknown: 400, 20001, no participant`, async (t) => {
      const running = await callbackEmulator(t);
      const answer = await running.post(participantsPath("Room"), {
        To: TO,
        From: FROM,
        Record: "true",
        [name]: "PATCH",
      });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), invalidValue(name, "PATCH", "GET, POST"));
      t.equal((await running.send(participantsPath("Room"))).statusCode, 404);
    });
  }
});

t.test("no URL: the conference goes on, without callbacks", async (t) => {
  const running = await callbackEmulator(t);
  await running.join("Room", {
    ConferenceStatusCallback: "status",
    ConferenceRecord: "true",
    ConferenceRecordingStatusCallback: "status",
    RecordingStatusCallback: "status",
  });
  await running.advance(20);
  t.equal((await running.done("GET", "/callbacks")).count, 0);
});

t.test("callbacks of a second participant for a conference that runs: no effect", async (t) => {
  const running = await callbackEmulator(t);
  await running.join("Room", { ConferenceStatusCallback: `${running.url}?first` });
  await running.join("Room", { ConferenceStatusCallback: `${running.url}?second` });
  await running.advance(20);
  t.same(
    running.takeAll().map(({ url }) => url),
    ["/callback?first", "/callback?first"],
  );
});

t.test("participant that was never connected: no participant-leave", async (t) => {
  const running = await callbackEmulator(t);
  await running.configure({ outcome: "busy" });
  await running.invite("Room", { ConferenceStatusCallback: running.url, ConferenceStatusCallbackEvent: ALL_EVENTS });
  await running.advance(20);
  t.notOk(eventsOf(running.takeAll()).some((event) => /participant|start/.test(event as string)));
});

t.test("recordings: the conference's and the participant's have callbacks of their own", async (t) => {
  const running = await callbackEmulator(t);
  const { call_sid, conference_sid } = await running.join("Room", {
    Record: "true",
    RecordingStatusCallback: `${running.url}?call`,
    ConferenceRecord: "record-from-start",
    ConferenceRecordingStatusCallback: `${running.url}?conference`,
    ConferenceRecordingStatusCallbackMethod: "GET",
  });
  await running.advance(13);
  const requests = running.takeAll();
  t.equal(requests.length, 2);
  const ofCall = requests.find(({ url }) => url === "/callback?call");
  t.match(ofCall, { method: "POST", form: { CallSid: call_sid, RecordingSource: "OutboundAPI" } });
  t.equal(ofCall?.form.ConferenceSid, undefined);
  const ofConference = requests.find(({ url }) => url.startsWith("/callback?conference"));
  t.match(ofConference, { method: "GET", form: { ConferenceSid: conference_sid, RecordingSource: "Conference" } });
  t.equal(ofConference?.form.CallSid, undefined);
});

t.test("ConferenceRecordingStatusCallback of a conference that is not recorded: no request", async (t) => {
  const running = await callbackEmulator(t);
  const callback = {
    ConferenceRecordingStatusCallback: running.url,
    ConferenceRecordingStatusCallbackEvent: "completed",
  };
  await running.join("Room", callback);
  await running.advance(20);
  t.equal((await running.done("GET", "/callbacks")).count, 0);
});

t.test("conferences of the control API", async (t) => {
  t.test("callback: its start and its end, by default", async (t) => {
    const running = await callbackEmulator(t);
    const { sid } = await running.done("POST", "/conferences", { callback: { url: running.url } });
    t.equal((await running.done("POST", `/conferences/${sid}/end`)).status, "completed");
    await running.delivered();
    t.match(
      running.takeAll().map(({ form }) => [form.ConferenceSid, form.StatusCallbackEvent]),
      [
        [sid, "conference-start"],
        [sid, "conference-end"],
      ],
    );
  });
  t.test("callback with events and a method: those", async (t) => {
    const running = await callbackEmulator(t);
    await running.done("POST", "/conferences", {
      participants: 3,
      callback: { url: running.url, method: "GET", events: ["join"] },
    });
    await running.delivered();
    const join = { method: "GET", form: { StatusCallbackEvent: "participant-join" } };
    const requests = running.takeAll();
    t.equal(requests.length, 3);
    t.match(requests, [join, join, join]);
  });
  t.test("recording with a callback: called back", async (t) => {
    const running = await callbackEmulator(t);
    const { sid } = await running.done("POST", "/conferences", {
      recording: { callback: { url: running.url, events: ["in-progress", "completed"] } },
    });
    await running.advance(5);
    t.match(await running.recordingsIn(sid), [{ source: "Conference" }]);
    await running.post(conferencePath(sid), { Status: "completed" });
    await running.advance(3);
    t.same(await running.take("RecordingStatus"), ["in-progress", "completed"]);
  });
  t.test("call with the recording of its conference: called back", async (t) => {
    const running = await callbackEmulator(t);
    const { sid } = await running.done("POST", "/calls", {
      status: "in-progress",
      conference: { friendly_name: "Room" },
      recording: { source: "Conference", trim: false, callback: { url: running.url } },
    });
    await running.advance(13);
    const [request, ...others] = running.takeAll() as [Received];
    t.same(others, []);
    t.match(request.form, { RecordingSource: "Conference", ConferenceSid: /^CF/, RecordingStatus: "completed" });
    t.not(request.form.CallSid, sid);
  });
  t.test("callback with an unknown event: 400", async (t) => {
    const running = await callbackEmulator(t);
    const { status, body } = await running.steer("POST", "/conferences", {
      callback: { url: running.url, events: ["conference-start"] },
    });
    t.equal(status, 400);
    t.match(body.error, /events.*"conference-start"/);
  });
});
