import t from "tap";
import { callPath, errorOf, secondsAfterNoon } from "../support/calls.js";
import {
  CONFERENCES,
  conferenceEmulator,
  conferencePath,
  conferenceRecordingPath,
  conferenceRecordingsPath,
  participantPath,
  participantsPath,
} from "../support/conferences.js";
import { ACCOUNT, basic, EXAMPLE, notFound, numbered, SUBACCOUNT, SUBACCOUNT_TOKEN } from "../support/emulator.js";

const NOT_ELIGIBLE = errorOf(400, 21220, "Requested resource is not eligible for recording");
const NOT_ALLOWED = errorOf(405, 20004, "The requested method is not allowed");
/** The conference of the documented example. */
const DERIVED = `CF${"a".repeat(32)}`;
const sidOf = (number: number) => `CF${String(number).padStart(32, "0")}`;
const unexpected = (parameter: string, value: string, expected: string) =>
  errorOf(400, 20001, `Invalid value '${value}' for parameter '${parameter}': expected ${expected}`);

t.test("fetch of a conference in progress: 200, keys in Twilio's order", async (t) => {
  const { join, send } = await conferenceEmulator(t);
  const { conference_sid: sid } = await join("Room 1");
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Conferences/${sid}`;
  const answer = await send(conferencePath(sid));
  t.equal(answer.statusCode, 200);
  t.equal(
    answer.body,
    JSON.stringify({
      account_sid: ACCOUNT,
      api_version: "2010-04-01",
      date_created: secondsAfterNoon(0),
      date_updated: secondsAfterNoon(2),
      friendly_name: "Room 1",
      region: "us1",
      sid,
      status: "in-progress",
      subresource_uris: { participants: `${path}/Participants.json`, recordings: `${path}/Recordings.json` },
      uri: `${path}.json`,
      reason_conference_ended: null,
      call_sid_ending_conference: null,
    }),
  );
});

t.test("conference: init until a participant is answered, then in-progress, then completed", async (t) => {
  const { invite, advance, fetchConference } = await conferenceEmulator(t);
  const { conference_sid: sid, call_sid } = await invite("Room");
  t.match(await fetchConference(sid), { status: "init", date_updated: secondsAfterNoon(0) });
  await advance(1);
  t.match(await fetchConference(sid), { status: "init" }, "while the call rings");
  await advance(1);
  t.match(await fetchConference(sid), { status: "in-progress", date_updated: secondsAfterNoon(2) });
  await advance(10);
  t.match(await fetchConference(sid), {
    status: "completed",
    date_created: secondsAfterNoon(0),
    date_updated: secondsAfterNoon(12),
    reason_conference_ended: "last-participant-left",
    call_sid_ending_conference: call_sid,
  });
});

t.test("StartConferenceOnEnter", async (t) => {
  t.test("false: init until another participant joins, recorded from then on", async (t) => {
    const { join, fetchConference, participantsOf, recordingsIn } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room", { StartConferenceOnEnter: "false", ConferenceRecord: "true" });
    t.match(await participantsOf("Room"), [{ status: "connected", start_conference_on_enter: false }]);
    t.match(await fetchConference(sid), { status: "init" });
    t.same(await recordingsIn(sid), []);
    const second = await join("Room");
    t.match(await fetchConference(sid), { status: "in-progress", date_updated: secondsAfterNoon(4) });
    t.match(await recordingsIn(sid), [{ call_sid: second.call_sid, start_time: secondsAfterNoon(4) }]);
  });

  t.test("false for the only participant: completed from init, without a recording", async (t) => {
    const { join, advance, fetchConference, recordingsIn } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room", { StartConferenceOnEnter: "false", ConferenceRecord: "true" });
    await advance(10);
    t.match(await fetchConference(sid), { status: "completed", reason_conference_ended: "last-participant-left" });
    t.same(await recordingsIn(sid), []);
  });
});

t.test("end of a conference: reason_conference_ended and call_sid_ending_conference", async (t) => {
  t.test("POST Status=completed: conference-ended-via-api, no call; its calls end", async (t) => {
    const { join, advance, post, fetchConference, participantsOf, fetchCall } = await conferenceEmulator(t);
    const { conference_sid: sid, call_sid } = await join("Room");
    await advance(3);
    const answer = await post(conferencePath(sid), { Status: "completed" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), {
      status: "completed",
      date_updated: secondsAfterNoon(5),
      reason_conference_ended: "conference-ended-via-api",
      call_sid_ending_conference: null,
    });
    t.same(await fetchConference(sid), answer.json());
    t.same(await participantsOf(sid), []);
    t.match(await fetchCall(call_sid), { status: "completed", duration: "3", end_time: secondsAfterNoon(5) });
  });

  t.test("the last of two calls ends: last-participant-left, that call", async (t) => {
    const { join, post, fetchConference } = await conferenceEmulator(t);
    const first = await join("Room");
    const second = await join("Room");
    await post(callPath(first.call_sid), { Status: "completed" });
    t.match(await fetchConference(first.conference_sid), { status: "in-progress", reason_conference_ended: null });
    await post(callPath(second.call_sid), { Status: "completed" });
    t.match(await fetchConference(first.conference_sid), {
      status: "completed",
      reason_conference_ended: "last-participant-left",
      call_sid_ending_conference: second.call_sid,
    });
  });

  t.test("the last participant is removed: last-participant-kicked, its call", async (t) => {
    const { join, send, fetchConference } = await conferenceEmulator(t);
    const { conference_sid: sid, call_sid } = await join("Room");
    t.equal((await send(participantPath(sid, call_sid), { method: "DELETE" })).statusCode, 204);
    t.match(await fetchConference(sid), {
      status: "completed",
      reason_conference_ended: "last-participant-kicked",
      call_sid_ending_conference: call_sid,
    });
  });

  t.test("a participant with EndConferenceOnExit hangs up: …-left, its call; the others end too", async (t) => {
    const { join, post, fetchConference, fetchCall } = await conferenceEmulator(t);
    const first = await join("Room", { EndConferenceOnExit: "true" });
    const second = await join("Room");
    await post(callPath(first.call_sid), { Status: "completed" });
    t.match(await fetchConference(first.conference_sid), {
      status: "completed",
      reason_conference_ended: "participant-with-end-conference-on-exit-left",
      call_sid_ending_conference: first.call_sid,
    });
    t.match(await fetchCall(second.call_sid), { status: "completed", duration: "0" });
  });

  t.test("a participant with EndConferenceOnExit is removed: …-kicked, its call", async (t) => {
    const { join, send, fetchConference } = await conferenceEmulator(t);
    const first = await join("Room", { EndConferenceOnExit: "true" });
    await join("Room");
    await send(participantPath("Room", first.call_sid), { method: "DELETE" });
    t.match(await fetchConference(first.conference_sid), {
      status: "completed",
      reason_conference_ended: "participant-with-end-conference-on-exit-kicked",
      call_sid_ending_conference: first.call_sid,
    });
  });

  t.test("no participant was ever answered: last-participant-left, no call", async (t) => {
    const { invite, advance, configure, fetchConference } = await conferenceEmulator(t);
    await configure({ outcome: "busy" });
    const { conference_sid: sid } = await invite("Room", { EndConferenceOnExit: "true" });
    const second = await invite("Room");
    t.equal(second.conference_sid, sid);
    await advance(2);
    t.match(await fetchConference(sid), {
      status: "completed",
      reason_conference_ended: "last-participant-left",
      call_sid_ending_conference: null,
    });
  });

  t.test("an unanswered participant fails beside a connected one: the conference goes on", async (t) => {
    const { join, invite, advance, configure, fetchConference, participantsOf } = await conferenceEmulator(t);
    const first = await join("Room");
    await configure({ outcome: "no-answer" });
    await invite("Room", { EndConferenceOnExit: "true" });
    await advance(2);
    t.match(await fetchConference(first.conference_sid), { status: "in-progress" });
    t.match(await participantsOf("Room"), [{ call_sid: first.call_sid }]);
  });

  t.test("a ringing participant with EndConferenceOnExit is removed: the conference goes on", async (t) => {
    const { join, invite, advance, send, fetchConference } = await conferenceEmulator(t);
    const first = await join("Room");
    const second = await invite("Room", { EndConferenceOnExit: "true" });
    await advance(1);
    await send(participantPath("Room", second.call_sid), { method: "DELETE" });
    t.match(await fetchConference(first.conference_sid), { status: "in-progress", reason_conference_ended: null });
  });

  t.test("a call that is still ringing: ended with the conference", async (t) => {
    const { join, invite, advance, post, fetchCall, participantsOf } = await conferenceEmulator(t);
    const first = await join("Room");
    const queued = await invite("Room");
    await post(conferencePath(first.conference_sid), { Status: "completed" });
    t.match(await fetchCall(queued.call_sid), { status: "canceled", duration: "0" });
    await advance(2);
    t.match(await fetchCall(queued.call_sid), { status: "canceled" });
    t.same(await participantsOf(first.conference_sid), []);
  });
});

t.test("update", async (t) => {
  t.test("of an ended conference: 200, nothing changes", async (t) => {
    const { join, advance, post, fetchConference } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room");
    await advance(10);
    const before = await fetchConference(sid);
    await advance(10);
    const answer = await post(conferencePath(sid), { Status: "completed" });
    t.equal(answer.statusCode, 200);
    t.same(answer.json(), before);
  });
  t.test("with AnnounceUrl and without Status: 200, the conference goes on", async (t) => {
    const { join, post } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room");
    const answer = await post(conferencePath(sid), { AnnounceUrl: "http://a/b", AnnounceMethod: "GET" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { status: "in-progress", date_updated: secondsAfterNoon(2) });
  });
  for (const status of ["in-progress", "init", "ended"]) {
    t.test(`with Status=${status}: 400, 20001, with the parameter and the value`, async (t) => {
      const { join, post, fetchConference } = await conferenceEmulator(t);
      const { conference_sid: sid } = await join("Room");
      const answer = await post(conferencePath(sid), { Status: status });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), unexpected("Status", status, "completed"));
      t.match(await fetchConference(sid), { status: "in-progress" });
    });
  }
});

t.test("Sid", async (t) => {
  const { join, send, post, steer } = await conferenceEmulator(t);
  const { conference_sid: sid } = await join("Room");
  const { body: ofSubaccount } = await steer("POST", `/conferences?account=${SUBACCOUNT}`, {});
  for (const [name, unknown] of [
    ["unknown", `CF${"c".repeat(32)}`],
    ["too short", sid.slice(0, -1)],
    ["too long", `${sid}0`],
    ["of the wrong prefix", sid.replace("CF", "CA")],
    ["of a lower-case prefix", sid.replace("CF", "cf")],
    ["a friendly name", "Room"],
    ["of the subaccount", ofSubaccount.sid],
  ] as const) {
    t.test(`${name}: 404, 20404, with the path`, async (t) => {
      const path = conferencePath(unknown);
      t.same((await send(path)).json(), notFound(path));
      t.same((await post(path, { Status: "nope" })).json(), notFound(path));
      const recordings = conferenceRecordingsPath(unknown);
      t.same((await send(recordings)).json(), notFound(recordings));
    });
  }
  t.test("upper-case digits: 200, lower case in the response", async (t) => {
    t.equal((await send(conferencePath(`CF${sid.slice(2).toUpperCase()}`))).json().sid, sid);
  });
  t.test("of the subaccount, with the parent's credentials and the subaccount's path: 200", async (t) => {
    const path = conferencePath(ofSubaccount.sid).replace(ACCOUNT, SUBACCOUNT);
    t.match((await send(path)).json(), { account_sid: SUBACCOUNT, status: "in-progress" });
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    t.equal((await send(conferencePath(sid), { headers })).statusCode, 401);
  });
});

t.test("other methods: 405, 20004", async (t) => {
  const { send } = await conferenceEmulator(t);
  for (const [method, path] of [
    ["POST", CONFERENCES],
    ["DELETE", CONFERENCES],
    ["DELETE", conferencePath(DERIVED)],
    ["PUT", conferencePath(DERIVED)],
    ["POST", conferenceRecordingsPath(DERIVED)],
    ["DELETE", conferenceRecordingsPath(DERIVED)],
    ["PUT", conferenceRecordingPath(DERIVED, EXAMPLE)],
    ["DELETE", participantsPath(DERIVED)],
    ["PUT", participantPath(DERIVED, `CA${"a".repeat(32)}`)],
  ] as const) {
    const answer = await send(path, { method });
    t.equal(answer.statusCode, 405, `${method} ${path}`);
    t.same(answer.json(), NOT_ALLOWED);
  }
});

t.test("list: filters", async (t) => {
  const { send, steer } = await conferenceEmulator(t);
  await steer("POST", "/reset", { to: "empty" });
  const { status } = await steer("POST", "/recordings", {
    conferences: [
      { sid: sidOf(1), friendly_name: "Room", date_created: "2026-01-01T00:00:00Z" },
      {
        sid: sidOf(2),
        friendly_name: "Room",
        date_created: "2026-01-01T23:59:59Z",
        date_updated: "2026-01-02T00:10:00Z",
      },
      { sid: sidOf(3), friendly_name: "Other", date_created: "2026-01-02T12:00:00Z", status: "in-progress" },
      { sid: sidOf(4), friendly_name: "A & B", date_created: "2026-01-03T00:00:00Z", status: "init" },
    ],
  });
  t.equal(status, 201);
  const numbers = async (query: string) => {
    const answer = await send(`${CONFERENCES}?${query}`);
    t.equal(answer.statusCode, 200, query);
    return answer.json().conferences.map(({ sid }: { sid: string }) => Number(sid.slice(2)));
  };
  for (const [query, expected] of [
    ["", [4, 3, 2, 1]],
    ["FriendlyName=Room", [2, 1]],
    ["FriendlyName=room", []],
    ["FriendlyName=A%20%26%20B", [4]],
    ["FriendlyName=", [4, 3, 2, 1]],
    ["Status=completed", [2, 1]],
    ["Status=in-progress", [3]],
    ["Status=INIT", [4]],
    ["DateCreated=2026-01-01", [2, 1]],
    ["DateCreated=2026-01-02T00:00:00Z", [3]],
    ["DateCreated<=2026-01-02", [2, 1]],
    ["DateCreated%3C=2026-01-02T12:00:00Z", [3, 2, 1]],
    ["DateCreated>=2026-01-02", [4, 3]],
    ["DateCreated%3E=2026-01-01T23:59:59Z", [4, 3, 2]],
    ["DateCreated>=2026-01-01&DateCreated<=2026-01-02", [2, 1]],
    ["DateUpdated=2026-01-02", [3, 2]],
    ["DateUpdated<=2026-01-02", [1]],
    ["DateUpdated>=2026-01-02", [4, 3, 2]],
    ["DateUpdated>=2026-01-02T00:10:00Z&DateUpdated<=2026-01-02T00:10:00Z", [2]],
    ["DateUpdated=2026-01-02&DateCreated=2026-01-01", [2]],
    ["DateUpdated>=2026-01-02&FriendlyName=Room&Status=completed", [2]],
    ["Unknown=1&FriendlyName>=Room", [4, 3, 2, 1]],
  ] as const) {
    t.same(await numbers(query), expected, query);
  }
  for (const [query, body] of [
    ["Status=ended", unexpected("Status", "ended", "init, in-progress, completed")],
    ["DateCreated=yesterday", errorOf(400, 20001, "Invalid date value")],
    ["DateUpdated>=2026-13-01", errorOf(400, 20001, "Invalid date value")],
    ["PageSize=1001", errorOf(400, 20007, "Page size too large. The maximum page size is 1000")],
    ["Page=1", errorOf(400, 20001, "PageToken is required for paging.")],
    [`PageToken=PARE${"0".repeat(32)}`, errorOf(400, 21481, "Invalid PageToken")],
    [`PageToken=PA${sidOf(9)}`, errorOf(400, 21481, "Invalid PageToken")],
  ] as const) {
    const answer = await send(`${CONFERENCES}?${query}`);
    t.equal(answer.statusCode, 400, query);
    t.same(answer.json(), body);
  }
});

t.test("list: pages, with the filters in their URIs", async (t) => {
  const { send, steer } = await conferenceEmulator(t);
  await steer("POST", "/recordings", {
    conferences: [1, 2, 3, 4, 5].map((number) => ({
      sid: sidOf(number),
      friendly_name: "A & B",
      date_created: "2026-01-01T00:00:00Z",
    })),
  });
  const sids = ({ conferences }: { conferences: { sid: string }[] }) =>
    conferences.map(({ sid }) => Number(sid.slice(2)));
  const filters = "DateCreated=%3C%3D2026-01-02&DateUpdated=2026-01-01&FriendlyName=A+%26+B&Status=completed";
  const query = "PageSize=2&Status=completed&FriendlyName=A+%26+B&DateUpdated=2026-01-01&DateCreated<=2026-01-02";
  const first = (await send(`${CONFERENCES}?${query}`)).json();
  const { conferences: _, ...envelope } = first;
  t.same(sids(first), [5, 4]);
  t.same(envelope, {
    first_page_uri: `${CONFERENCES}?${filters}&PageSize=2&Page=0`,
    end: 1,
    previous_page_uri: null,
    uri: `${CONFERENCES}?${filters}&PageSize=2&Page=0`,
    page_size: 2,
    start: 0,
    next_page_uri: `${CONFERENCES}?${filters}&PageSize=2&Page=1&PageToken=PA${sidOf(4)}`,
    page: 0,
  });
  const second = (await send(first.next_page_uri)).json();
  t.same(sids(second), [3, 2]);
  t.match(second, {
    start: 2,
    end: 3,
    previous_page_uri: `${CONFERENCES}?${filters}&PageSize=2&Page=0&PageToken=PB${sidOf(3)}`,
  });
  const third = (await send(second.next_page_uri)).json();
  t.same(sids(third), [1]);
  t.equal(third.next_page_uri, null);
  t.same(sids((await send(second.previous_page_uri)).json()), [5, 4]);
});

t.test("XML: elements in CamelCase, URIs without an extension; CSV: columns without objects", async (t) => {
  const { join, send, post } = await conferenceEmulator(t);
  const { conference_sid: sid } = await join("Tom & Jo");
  const path = conferencePath(sid).replace(".json", "");
  for (const url of [path, `${path}.xml`]) {
    const answer = await send(url);
    t.equal(answer.headers["content-type"], "application/xml");
    t.equal(
      answer.body,
      `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Conference><AccountSid>${ACCOUNT}</AccountSid>` +
        `<ApiVersion>2010-04-01</ApiVersion><DateCreated>${secondsAfterNoon(0)}</DateCreated>` +
        `<DateUpdated>${secondsAfterNoon(2)}</DateUpdated><FriendlyName>Tom &amp; Jo</FriendlyName><Region>us1</Region>` +
        `<Sid>${sid}</Sid><Status>in-progress</Status><SubresourceUris><Participants>${path}/Participants</Participants>` +
        `<Recordings>${path}/Recordings</Recordings></SubresourceUris><Uri>${path}</Uri><ReasonConferenceEnded/>` +
        "<CallSidEndingConference/></Conference></TwilioResponse>",
    );
  }
  const list = CONFERENCES.replace(".json", "");
  const xml = (await send(`${list}.xml?FriendlyName=Tom+%26+Jo`)).body;
  t.match(xml, /<TwilioResponse><Conferences [^>]*pagesize="50"[^>]*><Conference><AccountSid>/);
  const csv = await send(`${list}.csv?FriendlyName=Tom+%26+Jo`);
  t.equal(csv.headers["content-type"], "text/csv; charset=utf-8");
  t.equal(
    csv.body,
    "AccountSid,ApiVersion,DateCreated,DateUpdated,FriendlyName,Region,Sid,Status,Uri,ReasonConferenceEnded,CallSidEndingConference\n" +
      `${ACCOUNT},2010-04-01,"${secondsAfterNoon(0)}","${secondsAfterNoon(2)}",Tom & Jo,us1,${sid},in-progress,${path}.json,,\n`,
  );
  const ended = await post(path, { Status: "completed" });
  t.match(ended.body, "<Status>completed</Status>");
  t.match(ended.body, "<ReasonConferenceEnded>conference-ended-via-api</ReasonConferenceEnded>");
  t.equal((await send(`${path}.csv`)).statusCode, 404);
});

t.test("recordings of a conference", async (t) => {
  t.test("fetch of a finished one: 200, keys in Twilio's order, its own uri", async (t) => {
    const { join, advance, send, recordingsIn } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "record-from-start" });
    await advance(13);
    const [{ sid }] = await recordingsIn(conference);
    const answer = await send(conferenceRecordingPath(conference, sid));
    t.equal(
      answer.body,
      JSON.stringify({
        account_sid: ACCOUNT,
        api_version: "2010-04-01",
        call_sid,
        conference_sid: conference,
        channels: 1,
        date_created: secondsAfterNoon(2),
        date_updated: secondsAfterNoon(15),
        start_time: secondsAfterNoon(2),
        price: "-0.00250",
        price_unit: "USD",
        duration: "10",
        sid,
        source: "Conference",
        status: "completed",
        error_code: null,
        encryption_details: null,
        uri: conferenceRecordingPath(conference, sid),
      }),
    );
  });

  t.test("XML and CSV: the same keys", async (t) => {
    const { join, send, recordingsIn } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "true" });
    const [{ sid }] = await recordingsIn(conference);
    const path = conferenceRecordingPath(conference, sid).replace(".json", "");
    const started = secondsAfterNoon(2);
    const xml =
      `<Recording><AccountSid>${ACCOUNT}</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>${call_sid}</CallSid>` +
      `<ConferenceSid>${conference}</ConferenceSid><Channels>1</Channels><DateCreated>${started}</DateCreated>` +
      `<DateUpdated>${started}</DateUpdated><StartTime>${started}</StartTime><Price/><PriceUnit/><Duration/>` +
      `<Sid>${sid}</Sid><Source>Conference</Source><Status>processing</Status><ErrorCode/><EncryptionDetails/>` +
      `<Uri>${path}</Uri></Recording>`;
    const head = "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>";
    t.equal((await send(path)).body, `${head}${xml}</TwilioResponse>`);
    const list = conferenceRecordingsPath(conference).replace(".json", "");
    t.match((await send(list)).body, xml);
    t.equal(
      (await send(`${list}.csv`)).body,
      "AccountSid,ApiVersion,CallSid,ConferenceSid,Channels,DateCreated,DateUpdated,StartTime,Price,PriceUnit,Duration,Sid,Source,Status,ErrorCode,Uri\n" +
        `${ACCOUNT},2010-04-01,${call_sid},${conference},1,"${started}","${started}","${started}",,,,${sid},Conference,processing,,${path}.json\n`,
    );
  });

  t.test("while it goes on: fetch and list show processing, the call view and the account view too", async (t) => {
    const { join, recordingsIn, recordingsOf, send } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "true" });
    const [listed] = await recordingsIn(conference);
    const live = { status: "processing", duration: null, price: null, price_unit: null, conference_sid: conference };
    t.match(listed, live);
    t.match((await send(conferenceRecordingPath(conference, listed.sid))).json(), live);
    t.match(await recordingsOf(call_sid), [{ ...live, sid: listed.sid }]);
    const { recordings } = (
      await send(`/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?ConferenceSid=${conference}`)
    ).json();
    t.match(recordings, [{ ...live, sid: listed.sid }]);
  });

  t.test("liveStatus detailed: fetch and list show the detailed status", async (t) => {
    const { join, recordingsIn, post, send } = await conferenceEmulator(t, { liveStatus: "detailed" });
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
    const [{ sid, status }] = await recordingsIn(conference);
    t.equal(status, "in-progress");
    await post(conferenceRecordingPath(conference, sid), { Status: "paused" });
    t.match((await send(conferenceRecordingPath(conference, sid))).json(), { status: "paused" });
  });

  t.test("update: paused and in-progress: 200, detailed status, later date_updated; skip shortens", async (t) => {
    const { join, advance, recordingsIn, post, send } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
    const [{ sid }] = await recordingsIn(conference);
    await advance(2);
    const paused = await post(conferenceRecordingPath(conference, sid), { Status: "paused", PauseBehavior: "skip" });
    t.equal(paused.statusCode, 200);
    t.match(paused.json(), { sid, status: "paused", date_updated: secondsAfterNoon(4), duration: null });
    t.match((await send(conferenceRecordingPath(conference, sid))).json(), { status: "processing" });
    await advance(3);
    const resumed = await post(conferenceRecordingPath(conference, sid), { Status: "in-progress" });
    t.match(resumed.json(), { status: "in-progress", date_updated: secondsAfterNoon(7) });
    await advance(8);
    t.match(await recordingsIn(conference), [{ status: "completed", duration: "7" }]);
  });

  t.test("update of Twilio.CURRENT: 200, with the real sid and uri", async (t) => {
    const { join, recordingsIn, post } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true", Record: "true" });
    const [{ sid }] = await recordingsIn(conference);
    const answer = await post(conferenceRecordingPath(conference, "Twilio.CURRENT"), { Status: "paused" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { sid, status: "paused", uri: conferenceRecordingPath(conference, sid) });
  });

  t.test("update of Twilio.CURRENT without an active recording: 400, 21220", async (t) => {
    const { join, advance, post } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { Record: "true" });
    const path = conferenceRecordingPath(conference, "Twilio.CURRENT");
    t.same(
      (await post(path, { Status: "paused" })).json(),
      NOT_ELIGIBLE,
      "a recording of one of its calls is not its own",
    );
    const recorded = await join("Recorded", { ConferenceRecord: "true" });
    await advance(10);
    const ended = conferenceRecordingPath(recorded.conference_sid, "Twilio.CURRENT");
    t.same((await post(ended, { Status: "paused" })).json(), NOT_ELIGIBLE);
  });

  t.test("update of Twilio.CURRENT with two active recordings: 400, 16108", async (t) => {
    const { join, steer, post } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "true" });
    t.equal((await steer("POST", `/calls/${call_sid}/recordings`, { source: "Conference" })).status, 201);
    t.same(
      (await post(conferenceRecordingPath(conference, "Twilio.CURRENT"), { Status: "paused" })).json(),
      errorOf(400, 16108, "Voice Recording: Request failed due to concurrent recordings"),
    );
  });

  t.test("fetch and delete of Twilio.CURRENT, update of another word: 404, 20404", async (t) => {
    const { join, send, post } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
    const current = conferenceRecordingPath(conference, "Twilio.CURRENT");
    for (const method of ["GET", "DELETE"] as const) {
      t.same((await send(current, { method })).json(), notFound(current));
    }
    for (const word of ["Twilio.LAST", "twilio.current", "CURRENT"]) {
      const path = conferenceRecordingPath(conference, word);
      t.same((await post(path, { Status: "paused" })).json(), notFound(path));
    }
  });

  for (const [form, parameter, value] of [
    [{ Status: "stopped" }, "Status", "stopped"],
    [{ Status: "processing" }, "Status", "processing"],
    [{ Status: "completed" }, "Status", "completed"],
    [{}, "Status", ""],
  ] as const) {
    t.test(`update with ${JSON.stringify(form)}: 400, 20001, the recording goes on`, async (t) => {
      const { join, recordingsIn, post } = await conferenceEmulator(t, { liveStatus: "detailed" });
      const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
      const [{ sid }] = await recordingsIn(conference);
      for (const one of [sid, "Twilio.CURRENT"]) {
        const answer = await post(conferenceRecordingPath(conference, one), form);
        t.equal(answer.statusCode, 400);
        t.same(answer.json(), unexpected(parameter, value, "in-progress, paused"));
      }
      t.match(await recordingsIn(conference), [{ status: "in-progress" }]);
    });
  }

  t.test("update with an unknown PauseBehavior: 400, 20001", async (t) => {
    const { join, post } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
    const path = conferenceRecordingPath(conference, "Twilio.CURRENT");
    const answer = await post(path, { Status: "paused", PauseBehavior: "cut" });
    t.same(answer.json(), unexpected("PauseBehavior", "cut", "silence, skip"));
  });

  t.test("update after the end: 400, 21220", async (t) => {
    const { join, advance, recordingsIn, post } = await conferenceEmulator(t);
    const { conference_sid: conference } = await join("Room", { ConferenceRecord: "true" });
    const [{ sid }] = await recordingsIn(conference);
    for (const seconds of [10, 3]) {
      await advance(seconds);
      const answer = await post(conferenceRecordingPath(conference, sid), { Status: "paused" });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), NOT_ELIGIBLE);
    }
  });

  t.test("delete: 204 once completed, 409 before; then 404 in all views", async (t) => {
    const { join, advance, recordingsIn, recordingsOf, send } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "true" });
    const [{ sid }] = await recordingsIn(conference);
    const path = conferenceRecordingPath(conference, sid);
    const early = await send(path, { method: "DELETE" });
    t.equal(early.statusCode, 409);
    t.match(early.json(), { code: 20409 });
    await advance(13);
    t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
    for (const method of ["GET", "DELETE"] as const) {
      const answer = await send(path, { method });
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(path));
    }
    t.same(await recordingsIn(conference), []);
    t.same(await recordingsOf(call_sid), []);
    const account = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${sid}.json`;
    t.equal((await send(account)).statusCode, 404);
    t.match((await send(`${account}?IncludeSoftDeleted=true`)).json(), {
      status: "deleted",
      conference_sid: conference,
    });
  });

  t.test("recording of another conference or of a call alone: 404, 20404, with the path", async (t) => {
    const { join, recordingsIn, recordingsOf, send, post } = await conferenceEmulator(t);
    const first = await join("Room", { ConferenceRecord: "true" });
    const other = await join("Other", { ConferenceRecord: "true", Record: "true" });
    const [{ sid: ofOther }] = await recordingsIn(other.conference_sid);
    const ofCall = (await recordingsOf(other.call_sid)).find(
      (one: { source: string }) => one.source === "OutboundAPI",
    ).sid;
    for (const [conference, sid] of [
      [first.conference_sid, ofOther],
      [other.conference_sid, ofCall],
      [other.conference_sid, `RE${"9".repeat(32)}`],
      [other.conference_sid, "RE9"],
      [other.conference_sid, EXAMPLE],
    ]) {
      const path = conferenceRecordingPath(conference, sid);
      for (const answer of [
        await send(path),
        await send(path, { method: "DELETE" }),
        await post(path, { Status: "nope" }),
      ]) {
        t.equal(answer.statusCode, 404);
        t.same(answer.json(), notFound(path));
      }
    }
  });

  t.test("list: DateCreated filters and pages; CallSid and IncludeSoftDeleted are no filters", async (t) => {
    const { send, steer } = await conferenceEmulator(t);
    const conference = sidOf(1);
    const sids = ["21", "22", "23"].map(numbered);
    await steer("POST", "/recordings", {
      recordings: sids.map((sid, index) => ({
        sid,
        conference_sid: conference,
        date_created: `2026-01-0${index + 1}T00:00:00Z`,
        ...(index === 2 && { date_deleted: "2026-01-30" }),
      })),
    });
    const list = conferenceRecordingsPath(conference);
    const listed = async (query: string) =>
      (await send(`${list}?${query}`)).json().recordings.map(({ sid }: { sid: string }) => sids.indexOf(sid));
    for (const [query, expected] of [
      ["", [1, 0]],
      ["DateCreated=2026-01-01", [0]],
      ["DateCreated=2026-01-02T00:00:00Z", [1]],
      ["DateCreated<=2026-01-01", [0]],
      ["DateCreated>=2026-01-02", [1]],
      [`CallSid=CA${"9".repeat(32)}`, [1, 0]],
      ["CallSid=nope", [1, 0]],
      ["IncludeSoftDeleted=true", [1, 0]],
    ] as const) {
      t.same(await listed(query), expected, query);
    }
    t.equal((await send(`${list}?DateCreated=nope`)).statusCode, 400);
    const first = (await send(`${list}?PageSize=1&DateCreated>=2026-01-01&CallSid=nope`)).json();
    t.equal(first.uri, `${list}?DateCreated=%3E%3D2026-01-01&PageSize=1&Page=0`);
    t.match((await send(first.next_page_uri)).json(), {
      recordings: [{ sid: sids[0] }],
      start: 1,
      next_page_uri: null,
    });
  });

  t.test("end of the conference by POST: its recording and those of its calls end", async (t) => {
    const { join, advance, post, recordingsIn, recordingsOf } = await conferenceEmulator(t);
    const { conference_sid: conference, call_sid } = await join("Room", { ConferenceRecord: "true", Record: "true" });
    await advance(4);
    await post(conferencePath(conference), { Status: "completed" });
    t.match(await recordingsIn(conference), [{ status: "processing", date_updated: secondsAfterNoon(6) }]);
    await advance(3);
    t.match(await recordingsIn(conference), [
      { status: "completed", duration: "4", date_updated: secondsAfterNoon(9) },
    ]);
    t.match(
      (await recordingsOf(call_sid)).map(({ status, duration }: Record<string, string>) => [status, duration]),
      [
        ["completed", "4"],
        ["completed", "4"],
      ],
    );
  });

  t.test("the participant that started it leaves: the conference's recording goes on", async (t) => {
    const { join, advance, post, recordingsIn } = await conferenceEmulator(t, { liveStatus: "detailed" });
    const first = await join("Room", { ConferenceRecord: "true" });
    await join("Room");
    await post(callPath(first.call_sid), { Status: "completed" });
    t.match(await recordingsIn(first.conference_sid), [{ status: "in-progress", call_sid: first.call_sid }]);
    await advance(13);
    t.match(await recordingsIn(first.conference_sid), [{ status: "completed", duration: "12" }]);
  });
});

t.test("recording under way of a fixture: shown as written, paused and resumed by Twilio.CURRENT", async (t) => {
  const { steer, post, recordingsIn } = await conferenceEmulator(t);
  const conference = sidOf(1);
  await steer("POST", "/recordings", { conference_sid: conference, status: "in-progress", source: "Conference" });
  t.match(await recordingsIn(conference), [{ status: "in-progress" }]);
  const path = conferenceRecordingPath(conference, "Twilio.CURRENT");
  t.match((await post(path, { Status: "paused" })).json(), { status: "paused" });
  t.match(await recordingsIn(conference), [{ status: "processing" }]);
  t.match((await post(path, { Status: "in-progress" })).json(), { status: "in-progress" });
});

t.test("recording under way of a fixture without a call: ends with its conference", async (t) => {
  const { steer, post, advance, recordingsIn } = await conferenceEmulator(t);
  const fixture = { conference_sid: sidOf(1), call_sid: null, status: "in-progress", start_time: "-PT5S" };
  await steer("POST", "/recordings", fixture);
  await post(conferencePath(sidOf(1)), { Status: "completed" });
  await advance(3);
  t.match(await recordingsIn(sidOf(1)), [{ call_sid: null, status: "completed", duration: "5" }]);
});

t.test("fixtures of conferences", async (t) => {
  const create = async (t: Parameters<typeof conferenceEmulator>[0], conference: object) => {
    const { steer, fetchConference } = await conferenceEmulator(t);
    const { status } = await steer("POST", "/recordings", { conferences: [{ sid: sidOf(1), ...conference }] });
    t.equal(status, 201);
    return fetchConference(sidOf(1));
  };
  t.test("only a SID: completed an hour ago, named after it", async (t) => {
    t.match(await create(t, {}), {
      friendly_name: sidOf(1),
      region: "us1",
      status: "completed",
      date_created: secondsAfterNoon(-3600),
      date_updated: secondsAfterNoon(-3600),
      reason_conference_ended: "last-participant-left",
      call_sid_ending_conference: null,
    });
  });
  t.test("every key: as given, SIDs in lower case", async (t) => {
    t.match(
      await create(t, {
        friendly_name: "Room",
        region: "ie1",
        status: "completed",
        date_created: "-P2D",
        date_updated: "-P1D",
        reason_conference_ended: "last-participant-kicked",
        call_sid_ending_conference: `CA${"A".repeat(32)}`,
      }),
      {
        friendly_name: "Room",
        region: "ie1",
        date_created: secondsAfterNoon(-2 * 86_400),
        date_updated: secondsAfterNoon(-86_400),
        reason_conference_ended: "last-participant-kicked",
        call_sid_ending_conference: `CA${"a".repeat(32)}`,
      },
    );
  });
  t.test("in progress, or without a reason: reason_conference_ended is null", async (t) => {
    t.match(await create(t, { status: "in-progress" }), { status: "in-progress", reason_conference_ended: null });
    t.match(await create(t, { reason_conference_ended: null }), { status: "completed", reason_conference_ended: null });
  });
  t.test("a pasted answer: the same conference", async (t) => {
    const { steer, join, advance, fetchConference, send } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room");
    await advance(10);
    const answer = await fetchConference(sid);
    await steer("POST", "/reset");
    t.equal((await send(conferencePath(sid))).statusCode, 404);
    await steer("POST", "/recordings", { conferences: [answer] });
    t.same(await fetchConference(sid), answer);
  });
  t.test("unknown values: 400", async (t) => {
    const { steer } = await conferenceEmulator(t);
    for (const [conference, message] of [
      [{ status: "ended" }, /status is "ended"; expected: One of init, in-progress, completed/],
      [{ reason_conference_ended: "bored" }, /reason_conference_ended is "bored"; expected/],
      [{ call_sid_ending_conference: "CA1" }, /call_sid_ending_conference is "CA1"; expected/],
      [{ friendly: "Room" }, /friendly is unknown/],
    ] as const) {
      const { status, body } = await steer("POST", "/recordings", { conferences: [{ sid: sidOf(1), ...conference }] });
      t.equal(status, 400);
      t.match(body.error, message);
    }
  });
});

t.test("conferences after a change of the state", async (t) => {
  /** Returns all answers about a conference and its participants. */
  const opened = async (t: Parameters<typeof conferenceEmulator>[0]) => {
    const running = await conferenceEmulator(t);
    const { join, send, participantsOf, fetchConference, recordingsIn } = running;
    const { conference_sid: sid } = await join("Room", { Label: "Jo", ConferenceRecord: "true" });
    await join("Room", { Muted: "true" });
    const view = async () => ({
      conference: await fetchConference(sid),
      participants: await participantsOf(sid),
      recordings: await recordingsIn(sid),
      list: (await send(CONFERENCES)).json(),
    });
    return { ...running, sid, view };
  };
  t.test("reset: gone; the next conference of that name is another", async (t) => {
    const { steer, send, sid, participantsOf, invite } = await opened(t);
    await steer("POST", "/reset");
    t.equal((await send(conferencePath(sid))).statusCode, 404);
    t.equal((await send(participantsPath("Room"))).statusCode, 404);
    t.match((await send(CONFERENCES)).json().conferences.length, 2, "those of the recordings");
    t.equal((await steer("GET", "/clock/events")).body.events.length, 0);
    await invite("Room");
    t.equal((await participantsOf("Room")).length, 1);
  });
  t.test("snapshot restored: as before, and it goes on from there", async (t) => {
    const { steer, sid, view, advance, post, fetchConference } = await opened(t);
    await steer("PUT", "/snapshots/one");
    const before = await view();
    t.equal(before.participants.length, 2);
    await post(conferencePath(sid), { Status: "completed" });
    await advance(20);
    await steer("POST", "/snapshots/one/restore");
    t.same(await view(), before);
    await advance(13);
    t.match(await fetchConference(sid), { status: "completed", reason_conference_ended: "last-participant-left" });
    t.match((await view()).recordings, [{ status: "completed", duration: "12" }]);
  });
  t.test("export imported: the same conferences, participants and calls", async (t) => {
    const { steer, view, sid, send, advance } = await opened(t);
    const before = await view();
    const calls = (await send(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`)).json();
    const { body: exported } = await steer("GET", "/export");
    t.equal(exported.participants.length, 2);
    await steer("POST", "/reset", { to: "empty" });
    t.same((await send(CONFERENCES)).json().conferences, []);
    t.equal((await steer("POST", "/import", exported)).status, 204);
    const after = await view();
    t.same(after.conference, before.conference);
    t.same(after.participants, before.participants);
    t.same((await send(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`)).json(), calls);
    t.same((await steer("GET", "/export")).body, exported);
    await advance(100);
    t.match((await view()).conference, { sid, status: "in-progress" }, "imported calls last until they are hung up");
  });
  t.test("participants that have left: not in the export", async (t) => {
    const { steer, advance } = await opened(t);
    await advance(20);
    const { body: exported } = await steer("GET", "/export");
    t.equal(exported.participants.length, 0);
    t.equal(exported.conferences.length, 3);
  });
});
