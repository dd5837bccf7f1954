import t from "tap";
import { CALLS, callEmulator, callPath, errorOf, FROM, secondsAfterNoon, TO } from "../../support/calls.js";
import {
  ACCOUNT,
  basic,
  EXAMPLE,
  KEY,
  KEY_SECRET,
  notFound,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../../support/emulator.js";

const UNKNOWN = `CA${"c".repeat(32)}`;
const REQUIRED = { To: TO, From: FROM, Url: "https://example.com/voice" };

/** Returns the body of a call, its keys in Twilio's order. */
function bodyOf(sid: string, values: Record<string, unknown>) {
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Calls/${sid}`;
  return JSON.stringify({
    account_sid: ACCOUNT,
    annotation: null,
    answered_by: null,
    api_version: "2010-04-01",
    caller_name: null,
    date_created: values.date_created ?? null,
    date_updated: values.date_updated ?? null,
    direction: "outbound-api",
    duration: values.duration ?? null,
    end_time: values.end_time ?? null,
    forwarded_from: null,
    from: FROM,
    from_formatted: "(202) 555-0100",
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: values.price ?? null,
    price_unit: "USD",
    queue_time: "0",
    sid,
    start_time: values.start_time ?? null,
    status: values.status,
    subresource_uris: {
      events: `${path}/Events.json`,
      notifications: `${path}/Notifications.json`,
      payments: `${path}/Payments.json`,
      recordings: `${path}/Recordings.json`,
      siprec: `${path}/Siprec.json`,
      streams: `${path}/Streams.json`,
      transcriptions: `${path}/Transcriptions.json`,
      user_defined_message_subscriptions: `${path}/UserDefinedMessageSubscriptions.json`,
      user_defined_messages: `${path}/UserDefinedMessages.json`,
    },
    to: TO,
    to_formatted: "(415) 555-1212",
    trunk_sid: "",
    uri: `${path}.json`,
  });
}

t.test(
  "create: 201, queued without dates; then ringing, in-progress and completed, keys in Twilio's order",
  async (t) => {
    const { post, send, advance } = await callEmulator(t);
    const answer = await post(CALLS, REQUIRED);
    t.equal(answer.statusCode, 201);
    t.equal(answer.headers["content-type"], "application/json; charset=utf-8");
    const { sid } = answer.json();
    t.match(sid, /^CA[0-9a-f]{32}$/);
    t.equal(answer.body, bodyOf(sid, { status: "queued" }));
    const fetched = async () => (await send(callPath(sid))).body;
    t.equal(await fetched(), answer.body);

    const date_created = secondsAfterNoon(0);
    await advance(1);
    const ring = secondsAfterNoon(1);
    t.equal(await fetched(), bodyOf(sid, { status: "ringing", date_created, date_updated: ring, start_time: ring }));
    await advance(1);
    const begin = secondsAfterNoon(2);
    t.equal(
      await fetched(),
      bodyOf(sid, { status: "in-progress", date_created, date_updated: begin, start_time: begin }),
    );
    await advance(9);
    t.match(JSON.parse(await fetched()), { status: "in-progress" }, "one second before its end");
    await advance(1);
    const end_time = secondsAfterNoon(12);
    t.equal(
      await fetched(),
      bodyOf(sid, {
        status: "completed",
        date_created,
        date_updated: end_time,
        start_time: begin,
        end_time,
        duration: "10",
        price: "-0.01500",
      }),
    );
  },
);

t.test("call of a minute and a second: price for two minutes", async (t) => {
  const { answered, configure, advance, fetchCall } = await callEmulator(t);
  await configure({ lasts: 61 });
  const sid = await answered();
  await advance(61);
  t.match(await fetchCall(sid), { status: "completed", duration: "61", price: "-0.03000" });
});

t.test("instantCalls: created as queued, completed at the next request, as long as it would have been", async (t) => {
  const { place, fetchCall, advance } = await callEmulator(t, { instantCalls: true });
  const sid = await place();
  const completed = {
    status: "completed",
    date_created: secondsAfterNoon(0),
    start_time: secondsAfterNoon(0),
    end_time: secondsAfterNoon(0),
    duration: "10",
    price: "-0.01500",
  };
  t.match(await fetchCall(sid), completed);
  await advance(60);
  t.match(await fetchCall(sid), completed, "nothing is left to happen");
});

t.test("recording without a call of its own: its call_sid is a completed call as long as the recording", async (t) => {
  const { send, fetchCall } = await callEmulator(t);
  for (const sid of [EXAMPLE, ...["05", "06", "09", "10"].map(numbered)]) {
    const { call_sid, start_time, duration } = (await send(pathOf(sid))).json();
    t.match(await fetchCall(call_sid), { sid: call_sid, status: "completed", start_time, duration });
  }
  const { call_sid } = (await send(pathOf(numbered("01")))).json();
  t.match(
    await fetchCall(call_sid),
    { status: "in-progress", duration: null, end_time: null, direction: "outbound-api" },
    "the call of a recording in progress",
  );
});

t.test("CallSid", async (t) => {
  const { answered, send, post, steer } = await callEmulator(t);
  const sid = await answered();
  const { body: foreign } = await steer("POST", `/calls?account=${SUBACCOUNT}`, {});
  for (const [name, path] of [
    ["unknown", callPath(UNKNOWN)],
    ["too short", callPath(sid.slice(0, -1))],
    ["too long", callPath(`${sid}a`)],
    ["of the wrong prefix", callPath(`RE${sid.slice(2)}`)],
    ["of a lower-case prefix", callPath(`ca${sid.slice(2)}`)],
    ["of the subaccount", callPath(foreign.sid)],
    ["of the main account, in the subaccount's path", callPath(sid, SUBACCOUNT)],
    ["in the path of an unknown account", callPath(sid, `AC${"9".repeat(32)}`)],
  ] as const) {
    t.test(`${name}: 404, 20404, with the path`, async (t) => {
      for (const answer of [
        await send(path),
        await send(path, { method: "DELETE" }),
        await post(path, { Status: "nonsense" }),
      ]) {
        t.equal(answer.statusCode, 404);
        t.same(answer.json(), notFound(path));
      }
    });
  }
  t.test("upper-case digits: 200, lower case in the response", async (t) => {
    const answer = await send(callPath(`CA${sid.slice(2).toUpperCase()}`));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().sid, sid);
  });
});

t.test("subaccount: its calls with its own and with the parent's credentials; 401 for the parent's path", async (t) => {
  const { post, send, advance } = await callEmulator(t);
  const path = CALLS.replace(ACCOUNT, SUBACCOUNT);
  const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
  for (const options of [{}, { headers }]) {
    const answer = await post(path, REQUIRED, options);
    t.equal(answer.statusCode, 201);
    const { sid, account_sid, uri } = answer.json();
    t.equal(account_sid, SUBACCOUNT);
    t.equal(uri, callPath(sid, SUBACCOUNT));
    t.equal((await send(uri, options)).statusCode, 200);
    t.equal((await send(callPath(sid))).statusCode, 404, "not in the parent's account");
  }
  t.equal((await send(path)).json().calls.filter(({ status }: { status: string }) => status === "queued").length, 2);
  await advance(12);
  t.equal((await send(path)).json().calls.filter(({ status }: { status: string }) => status === "queued").length, 0);
  const refused = await post(CALLS, REQUIRED, { headers });
  t.equal(refused.statusCode, 401);
  t.same(refused.json(), errorOf(401, 20003, "Authenticate"));
});

t.test("credentials: an API key is allowed; none: 401, and nothing is created", async (t) => {
  const { app, post, send } = await callEmulator(t);
  const count = async () => (await send(CALLS)).json().calls.length as number;
  const before = await count();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await app.inject({
    method: "POST",
    url: CALLS,
    headers,
    payload: new URLSearchParams(REQUIRED).toString(),
  });
  t.equal(answer.statusCode, 401);
  t.equal(await count(), before);
  t.equal((await post(CALLS, REQUIRED, { headers: { authorization: basic(KEY, KEY_SECRET) } })).statusCode, 201);
  t.equal(await count(), before + 1);
});

t.test("HEAD: 200 without a body, the length of GET", async (t) => {
  const { place, send } = await callEmulator(t);
  const sid = await place();
  for (const url of [callPath(sid), CALLS]) {
    const [head, get] = [await send(url, { method: "HEAD" }), await send(url)];
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    t.equal(head.headers["content-type"], get.headers["content-type"]);
    t.equal(head.headers["content-length"], get.headers["content-length"]);
  }
  t.equal((await send(callPath(UNKNOWN), { method: "HEAD" })).statusCode, 404);
});

t.test("XML", async (t) => {
  const { place, send, post } = await callEmulator(t);
  const sid = await place();
  const path = callPath(sid).replace(".json", "");
  t.test("fetch with and without .xml: 200, names in CamelCase, null is an empty element", async (t) => {
    for (const url of [path, `${path}.xml`]) {
      const answer = await send(url);
      t.equal(answer.statusCode, 200);
      t.equal(answer.headers["content-type"], "application/xml");
      t.equal(
        answer.body,
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Call>" +
          `<AccountSid>${ACCOUNT}</AccountSid><Annotation/><AnsweredBy/><ApiVersion>2010-04-01</ApiVersion><CallerName/>` +
          "<DateCreated/><DateUpdated/><Direction>outbound-api</Direction><Duration/><EndTime/><ForwardedFrom/>" +
          `<From>${FROM}</From><FromFormatted>(202) 555-0100</FromFormatted><GroupSid/><ParentCallSid/><PhoneNumberSid/>` +
          `<Price/><PriceUnit>USD</PriceUnit><QueueTime>0</QueueTime><Sid>${sid}</Sid><StartTime/><Status>queued</Status>` +
          `<SubresourceUris><Events>${path}/Events</Events><Notifications>${path}/Notifications</Notifications>` +
          `<Payments>${path}/Payments</Payments><Recordings>${path}/Recordings</Recordings><Siprec>${path}/Siprec</Siprec>` +
          `<Streams>${path}/Streams</Streams><Transcriptions>${path}/Transcriptions</Transcriptions>` +
          `<UserDefinedMessageSubscriptions>${path}/UserDefinedMessageSubscriptions</UserDefinedMessageSubscriptions>` +
          `<UserDefinedMessages>${path}/UserDefinedMessages</UserDefinedMessages></SubresourceUris>` +
          `<To>${TO}</To><ToFormatted>(415) 555-1212</ToFormatted><TrunkSid/><Uri>${path}</Uri></Call></TwilioResponse>`,
      );
    }
  });
  t.test("create without .json: 201", async (t) => {
    const answer = await post(CALLS.replace(".json", ""), REQUIRED);
    t.equal(answer.statusCode, 201);
    t.match(answer.body, "<TwilioResponse><Call><AccountSid>");
  });
  t.test("list: 200, the envelope as attributes", async (t) => {
    const answer = await send(`${CALLS.replace(".json", ".xml")}?PageSize=1&Status=queued`);
    t.equal(answer.statusCode, 200);
    t.match(answer.body, /<TwilioResponse><Calls firstpageuri="[^"]+" end="0" previouspageuri="" /);
    t.match(answer.body, "<Call><AccountSid>");
  });
  t.test("errors: RestException", async (t) => {
    const answer = await post(CALLS.replace(".json", ""), {});
    t.equal(answer.statusCode, 400);
    t.match(answer.body, "<RestException><Code>21201</Code><Message>No &apos;To&apos; number is specified</Message>");
    t.match((await send(callPath(UNKNOWN).replace(".json", ""))).body, "<RestException><Code>20404</Code>");
  });
});

t.test("list as CSV: 200, a line for each call, the columns of XML without objects", async (t) => {
  const { place, send } = await callEmulator(t);
  const sid = await place({ To: "client:joe" });
  const answer = await send(`${CALLS.replace(".json", ".csv")}?Status=queued`);
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
  t.equal(
    answer.body,
    "AccountSid,Annotation,AnsweredBy,ApiVersion,CallerName,DateCreated,DateUpdated,Direction,Duration,EndTime," +
      "ForwardedFrom,From,FromFormatted,GroupSid,ParentCallSid,PhoneNumberSid,Price,PriceUnit,QueueTime,Sid,StartTime," +
      "Status,To,ToFormatted,TrunkSid,Uri\n" +
      `${ACCOUNT},,,2010-04-01,,,,outbound-api,,,,${FROM},(202) 555-0100,,,,,USD,0,${sid},,queued,client:joe,client:joe,,` +
      `${callPath(sid)}\n`,
  );
});

t.test("other subresources: 501, 20501, X-Emulator-Fault", async (t) => {
  const { answered, send, post, fetchCall } = await callEmulator(t);
  const sid = await answered();
  const { subresource_uris } = await fetchCall(sid);
  const { recordings, ...others } = subresource_uris as Record<string, string>;
  t.equal(Object.keys(others).length, 8);
  t.equal((await send(recordings as string)).statusCode, 200);
  for (const path of Object.values(others)) {
    const one = path.replace(".json", `/XX${"a".repeat(32)}.json`);
    for (const [url, answer] of [
      [path, await send(path)],
      [path, await post(path, { Name: "a" })],
      [one, await send(one)],
      [one, await post(one, { Status: "stopped" })],
      [one, await send(one, { method: "DELETE" })],
    ] as const) {
      t.equal(answer.statusCode, 501, url);
      t.same(answer.json(), errorOf(501, 20501, `The emulator does not implement ${url} yet`));
      t.equal(answer.headers["x-emulator-fault"], "not-implemented");
    }
    t.equal((await send(path, { method: "HEAD" })).statusCode, 501);
    t.match((await send(path.replace(".json", ""))).body, "<RestException><Code>20501</Code>");
  }
  for (const path of [callPath(`${sid}/Nonsense`), callPath(`${sid}/Events2`), callPath(`${sid}/events`)]) {
    const answer = await send(path);
    t.equal(answer.statusCode, 404, "not a subresource");
    t.same(answer.json(), notFound(path));
  }
});

t.test("other methods: 405, 20004", async (t) => {
  const { place, send } = await callEmulator(t);
  const sid = await place();
  for (const [method, url] of [
    ["DELETE", CALLS],
    ["PUT", CALLS],
    ["PUT", callPath(sid)],
    ["PATCH", callPath(sid)],
  ] as const) {
    const answer = await send(url, { method });
    t.equal(answer.statusCode, 405, `${method} ${url}`);
    t.same(answer.json(), errorOf(405, 20004, "The requested method is not allowed"));
  }
});
