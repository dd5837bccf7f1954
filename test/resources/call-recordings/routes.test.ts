import t from "tap";
import {
  callEmulator,
  callPath,
  errorOf,
  recordingPath,
  recordingsPath,
  secondsAfterNoon,
} from "../../support/calls.js";
import {
  ACCOUNT,
  basic,
  KEY,
  KEY_SECRET,
  notFound,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../../support/emulator.js";

const sids = (body: { recordings: { sid: string }[] }) => body.recordings.map(({ sid }) => sid);

t.test("list: the call's own recordings only, newest first; pages and filters in the URIs", async (t) => {
  const { configure, answered, post, advance, send } = await callEmulator(t);
  await configure({ lasts: null });
  const [call, other] = [await answered(), await answered()];
  await post(recordingsPath(other));
  const started: string[] = [];
  for (let count = 0; count < 5; count++) {
    const { sid } = (await post(recordingsPath(call))).json();
    started.unshift(sid);
    await advance(1);
    t.equal((await post(recordingPath(call, sid), { Status: "stopped" })).statusCode, 200);
    await advance(86_399);
  }
  const list = recordingsPath(call);
  t.same(sids((await send(list)).json()), started);
  const filter = "DateCreated=%3E%3D2026-01-01&";
  const first = (await send(`${list}?PageSize=2&DateCreated%3E=2026-01-01`)).json();
  t.match(first, {
    first_page_uri: `${list}?${filter}PageSize=2&Page=0`,
    end: 1,
    previous_page_uri: null,
    uri: `${list}?${filter}PageSize=2&Page=0`,
    page_size: 2,
    start: 0,
    next_page_uri: `${list}?${filter}PageSize=2&Page=1&PageToken=PA${started[1]}`,
    page: 0,
  });
  const second = (await send(first.next_page_uri)).json();
  const third = (await send(second.next_page_uri)).json();
  t.same([first, second, third].flatMap(sids), started);
  t.equal(third.next_page_uri, null);
  t.same(sids((await send(second.previous_page_uri)).json()), sids(first));

  for (const [query, expected] of [
    ["DateCreated=2026-02-01", [3]],
    ["DateCreated=2026-02-01T00:00:00Z", [3]],
    ["DateCreated=2026-01", [4]],
    ["DateCreated%3C=2026-02-02", [3, 4]],
    ["DateCreated%3E=2026-02-02", [0, 1, 2]],
    ["DateCreated>=2026-02-02T12:00:05Z", [0, 1]],
    ["DateCreated>=2026-02-01&DateCreated<=2026-02-03", [2, 3]],
    ["DateCreated=", [0, 1, 2, 3, 4]],
    [`CallSid=${other}&ConferenceSid=CF${"a".repeat(32)}&IncludeSoftDeleted=maybe`, [0, 1, 2, 3, 4]],
  ] as const) {
    t.same(
      sids((await send(`${list}?${query}`)).json()),
      expected.map((index) => started[index]),
      query,
    );
  }
  const wrong = await send(`${list}?DateCreated=yesterday`);
  t.equal(wrong.statusCode, 400);
  t.same(wrong.json(), errorOf(400, 20001, "Invalid date value"));
  t.same((await send(`${list}?PageToken=PA${call}`)).json(), errorOf(400, 21481, "Invalid PageToken"));
});

t.test("call without recordings: 200, start 0, end 0", async (t) => {
  const { place, send } = await callEmulator(t);
  const list = recordingsPath(await place());
  t.same((await send(list)).json(), {
    first_page_uri: `${list}?PageSize=50&Page=0`,
    end: 0,
    previous_page_uri: null,
    uri: `${list}?PageSize=50&Page=0`,
    page_size: 50,
    start: 0,
    recordings: [],
    next_page_uri: null,
    page: 0,
  });
});

t.test("CallSid unknown, malformed, of another account, or deleted: 404, 20404, with the path", async (t) => {
  const { answered, post, send, steer, advance } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  const { body: foreign } = await steer("POST", `/calls?account=${SUBACCOUNT}`, { status: "in-progress" });
  const deleted = await answered({ Record: "true" });
  await advance(13);
  const [{ sid: kept }] = (await send(recordingsPath(deleted))).json().recordings;
  t.equal((await send(callPath(deleted), { method: "DELETE" })).statusCode, 204);
  for (const [name, place] of [
    ["unknown", `CA${"c".repeat(32)}`],
    ["too short", call.slice(0, -1)],
    ["of the wrong prefix", `RE${call.slice(2)}`],
    ["of the subaccount", foreign.sid],
    ["deleted", deleted],
  ] as const) {
    t.test(name, async (t) => {
      const recording = name === "deleted" ? kept : sid;
      for (const [path, answer] of [
        [recordingsPath(place), await send(recordingsPath(place))],
        [recordingsPath(place), await post(recordingsPath(place), { Trim: "nonsense" })],
        [recordingPath(place, recording), await send(recordingPath(place, recording))],
        [recordingPath(place, recording), await post(recordingPath(place, recording), { Status: "paused" })],
        [recordingPath(place, recording), await send(recordingPath(place, recording), { method: "DELETE" })],
        [recordingPath(place, "Twilio.CURRENT"), await post(recordingPath(place, "Twilio.CURRENT"))],
      ] as const) {
        t.equal(answer.statusCode, 404, path);
        t.same(answer.json(), notFound(path));
      }
    });
  }
  t.match((await send(pathOf(kept))).json(), { call_sid: deleted, status: "completed" }, "in the view of the account");
});

t.test("Sid unknown, malformed, or of another call: 404, 20404, with the path", async (t) => {
  const { answered, post, send, steer, advance } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  const other = (await post(recordingsPath(await answered()))).json().sid;
  const { body: foreign } = await steer("POST", `/recordings?account=${SUBACCOUNT}`, {});
  await advance(13);
  for (const [name, recording] of [
    ["unknown", `RE${"c".repeat(32)}`],
    ["too short", sid.slice(0, -1)],
    ["too long", `${sid}a`],
    ["of the wrong prefix", `CA${sid.slice(2)}`],
    ["of another call", other],
    ["of another account", foreign.sid],
    ["of no call of the path", numbered("05")],
    ["the word in lower case", "twilio.current"],
  ] as const) {
    t.test(name, async (t) => {
      const path = recordingPath(call, recording);
      for (const answer of [
        await send(path),
        await post(path, { Status: "nonsense" }),
        await send(path, { method: "DELETE" }),
      ]) {
        t.equal(answer.statusCode, 404);
        t.same(answer.json(), notFound(path));
      }
    });
  }
  t.equal((await send(pathOf(other))).statusCode, 200, "the other call's recording is not deleted");
  const upperCase = await send(recordingPath(`CA${call.slice(2).toUpperCase()}`, `RE${sid.slice(2).toUpperCase()}`));
  t.equal(upperCase.statusCode, 200);
  t.match(upperCase.json(), { sid, call_sid: call, uri: recordingPath(call, sid) }, "lower case in the response");
});

t.test("delete", async (t) => {
  t.test("recording under way: 409, 20409; not deleted", async (t) => {
    const { answered, post, send, advance } = await callEmulator(t);
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    const refused = async (status: string) => {
      for (const path of [recordingPath(call, sid), pathOf(sid)]) {
        const answer = await send(path, { method: "DELETE" });
        t.equal(answer.statusCode, 409, status);
        t.same(
          answer.json(),
          errorOf(409, 20409, `Conflict: only a completed recording can be deleted, this one is ${status}`),
        );
      }
      t.equal((await send(recordingPath(call, sid))).json().status, "processing");
    };
    await refused("in-progress");
    await post(recordingPath(call, sid), { Status: "paused" });
    await refused("paused");
    await post(recordingPath(call, sid), { Status: "stopped" });
    await refused("processing");
    await advance(3);
    t.equal((await send(recordingPath(call, sid))).json().status, "absent");
    const absent = await send(recordingPath(call, sid), { method: "DELETE" });
    t.equal(absent.statusCode, 409);
    t.match(absent.json().message, "this one is absent");
  });

  t.test(
    "completed recording, in the view of the call: 204, gone from both; IncludeSoftDeleted shows it",
    async (t) => {
      const { answered, post, send, advance } = await callEmulator(t);
      const call = await answered();
      const { sid } = (await post(recordingsPath(call))).json();
      await advance(13);
      const before = (await send(pathOf(sid))).json();
      const answer = await send(recordingPath(call, sid), { method: "DELETE" });
      t.equal(answer.statusCode, 204);
      t.equal(answer.body, "");
      for (const path of [recordingPath(call, sid), pathOf(sid)]) {
        const gone = await send(path);
        t.equal(gone.statusCode, 404);
        t.same(gone.json(), notFound(path));
      }
      t.same((await send(`${pathOf(sid)}?IncludeSoftDeleted=true`)).json(), { ...before, status: "deleted" });
      const inCall = `${recordingPath(call, sid)}?IncludeSoftDeleted=true`;
      t.equal((await send(inCall)).statusCode, 404, "in the view of the account only");
      t.same((await send(`${recordingsPath(call)}?IncludeSoftDeleted=true`)).json().recordings, []);
      t.equal((await send(recordingPath(call, sid), { method: "DELETE" })).statusCode, 404);
      t.equal((await post(recordingPath(call, sid), { Status: "paused" })).statusCode, 404);
      const media = await send(pathOf(sid).replace(".json", ".wav"));
      t.equal(media.statusCode, 404);
    },
  );

  t.test("completed recording, in the view of the account: gone from that of the call", async (t) => {
    const { answered, post, send, advance } = await callEmulator(t);
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    await advance(13);
    t.equal((await send(pathOf(sid), { method: "DELETE" })).statusCode, 204);
    t.equal((await send(recordingPath(call, sid))).statusCode, 404);
    t.same((await send(recordingsPath(call))).json().recordings, []);
    t.equal((await send(callPath(call))).statusCode, 200, "the call remains");
  });
});

t.test(
  "subaccount: its own and the parent's credentials; 401 for the parent's path; an API key is allowed",
  async (t) => {
    const { app, answered, post, send, steer } = await callEmulator(t);
    const { body } = await steer("POST", `/calls?account=${SUBACCOUNT}`, { status: "in-progress" });
    const path = recordingsPath(body.sid, SUBACCOUNT);
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    t.equal((await post(path, {}, { headers })).statusCode, 201);
    const again = await post(path);
    t.equal(again.statusCode, 200);
    t.match(again.json(), { account_sid: SUBACCOUNT, call_sid: body.sid });
    t.equal((await send(again.json().uri, { headers })).statusCode, 200);
    const own = recordingsPath(await answered());
    const refused = await post(own, {}, { headers });
    t.equal(refused.statusCode, 401);
    t.same(refused.json(), errorOf(401, 20003, "Authenticate"));
    t.equal((await app.inject({ method: "POST", url: own })).statusCode, 401);
    t.same((await send(own)).json().recordings, []);
    t.equal((await post(own, {}, { headers: { authorization: basic(KEY, KEY_SECRET) } })).statusCode, 201);
  },
);

t.test("HEAD: 200 without a body, the length of GET", async (t) => {
  const { answered, post, send } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  for (const url of [recordingPath(call, sid), recordingsPath(call)]) {
    const [head, get] = [await send(url, { method: "HEAD" }), await send(url)];
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    t.equal(head.headers["content-length"], get.headers["content-length"]);
  }
});

t.test("XML", async (t) => {
  const { answered, post, send } = await callEmulator(t);
  const call = await answered();
  const list = recordingsPath(call).replace(".json", "");
  const started = await post(list, { RecordingChannels: "dual" });
  t.equal(started.statusCode, 201);
  t.equal(started.headers["content-type"], "application/xml");
  const [, sid = ""] = /<Sid>(RE\w{32})<\/Sid>/.exec(started.body) ?? [];
  const xml = (status: string) =>
    `<AccountSid>${ACCOUNT}</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>${call}</CallSid><ConferenceSid/>` +
    `<Channels>2</Channels><DateCreated>${secondsAfterNoon(2)}</DateCreated><DateUpdated>${secondsAfterNoon(2)}</DateUpdated>` +
    `<StartTime>${secondsAfterNoon(2)}</StartTime><Price/><PriceUnit/><Duration/><Sid>${sid}</Sid>` +
    `<Source>StartCallRecordingAPI</Source><Status>${status}</Status><ErrorCode/><EncryptionDetails/><Track>both</Track>` +
    `<Uri>${list}/${sid}</Uri>`;
  const document = (content: string) =>
    `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${content}</TwilioResponse>`;
  t.equal(started.body, document(`<Recording>${xml("in-progress")}</Recording>`));
  for (const url of [`${list}/${sid}`, `${list}/${sid}.xml`]) {
    t.equal((await send(url)).body, document(`<Recording>${xml("processing")}</Recording>`), url);
  }
  t.match(
    (await send(`${list}.xml`)).body,
    `><Recording>${xml("processing")}</Recording></Recordings></TwilioResponse>`,
  );
  t.match((await post(`${list}/Twilio.CURRENT`, { Status: "paused" })).body, "<Status>paused</Status>");
  t.match((await post(`${list}/Twilio.CURRENT.xml`, { Status: "in-progress" })).body, "<Status>in-progress</Status>");
  t.match((await post(`${list}/${sid}`, {})).body, "<RestException><Code>20001</Code>");
  t.equal((await send(`${list}/${sid}.wav`)).statusCode, 404, "media is below the account only");
});

t.test("list as CSV: 200, the columns of XML without objects", async (t) => {
  const { answered, post, send } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call), { RecordingTrack: "inbound" })).json();
  const answer = await send(recordingsPath(call).replace(".json", ".csv"));
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
  const date = `"${secondsAfterNoon(2)}"`;
  t.equal(
    answer.body,
    "AccountSid,ApiVersion,CallSid,ConferenceSid,Channels,DateCreated,DateUpdated,StartTime,Price,PriceUnit,Duration,Sid," +
      "Source,Status,ErrorCode,Track,Uri\n" +
      `${ACCOUNT},2010-04-01,${call},,1,${date},${date},${date},,,,${sid},` +
      `StartCallRecordingAPI,processing,,inbound,${recordingPath(call, sid)}\n`,
  );
});

t.test("other methods: 405, 20004", async (t) => {
  const { answered, post, send } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  for (const [method, url] of [
    ["DELETE", recordingsPath(call)],
    ["PUT", recordingsPath(call)],
    ["PUT", recordingPath(call, sid)],
  ] as const) {
    const answer = await send(url, { method });
    t.equal(answer.statusCode, 405, `${method} ${url}`);
    t.same(answer.json(), errorOf(405, 20004, "The requested method is not allowed"));
  }
});
