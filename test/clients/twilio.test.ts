import t, { type Test } from "tap";
import twilio from "twilio";
import RestException from "twilio/lib/base/RestException.js";
import { run } from "../../src/emulator.js";
import {
  ACCOUNT,
  configWith,
  EXAMPLE,
  KEY,
  KEY_SECRET,
  numbered,
  pathOf,
  SUBACCOUNT,
  TOKEN,
} from "../support/emulator.js";

async function start(t: Test) {
  const emulator = await run(configWith({}), { notice() {} });
  t.teardown(() => emulator.close());
  return (username: string, secret: string, accountSid = ACCOUNT) => {
    const client = twilio(username, secret, { accountSid });
    client.api.baseUrl = emulator.url;
    return client;
  };
}

/** Returns the fields of the client's RestException. */
async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof (RestException.default ?? RestException))) throw error ?? new Error("it was not refused");
  const { status, code, message, moreInfo } = error;
  return { status, code, message, moreInfo };
}

const expected = (status: number, code: number, message: string) => ({
  status,
  code,
  message,
  moreInfo: `https://www.twilio.com/docs/errors/${code}`,
});
const missing = (sid: string) => expected(404, 20404, `The requested resource ${pathOf(sid)} was not found`);

t.test("fetch", async (t) => {
  const client = (await start(t))(ACCOUNT, TOKEN);
  const recording = await client.recordings(EXAMPLE).fetch();
  t.match(recording, {
    accountSid: ACCOUNT,
    apiVersion: "2010-04-01",
    sid: EXAMPLE,
    duration: "4",
    price: "-0.00250",
    status: "completed",
    source: "StartConferenceRecordingAPI",
    channels: 1,
    errorCode: null,
  });
  t.equal(recording.dateCreated.toISOString(), "2016-10-14T21:56:34.000Z");
  t.match(recording.encryptionDetails, { encryption_iv: "8I2hhNIYNTrwxfHk" });
});

t.test("remove, then fetch with and without includeSoftDeleted", async (t) => {
  const client = (await start(t))(ACCOUNT, TOKEN);
  const sid = numbered("05");
  t.equal(await client.recordings(sid).remove(), true);
  t.same(await refusal(client.recordings(sid).fetch()), missing(sid));
  t.equal((await client.recordings(sid).fetch({ includeSoftDeleted: true })).status, "deleted");
  t.same(await refusal(client.recordings(sid).remove()), missing(sid));
});

t.test("fetch with an API key, and of a subaccount", async (t) => {
  const as = await start(t);
  t.equal((await as(KEY, KEY_SECRET).recordings(EXAMPLE).fetch()).sid, EXAMPLE);
  t.equal((await as(ACCOUNT, TOKEN, SUBACCOUNT).recordings(numbered("13")).fetch()).accountSid, SUBACCOUNT);
});

t.test("RestException for each error", async (t) => {
  const as = await start(t);
  const stranger = `AC${"d".repeat(32)}`;
  t.same(
    await refusal(as(stranger, TOKEN).recordings(EXAMPLE).fetch()),
    expected(401, 20003, "Authentication Error - invalid username"),
  );
  t.same(await refusal(as(ACCOUNT, "wrong").recordings(EXAMPLE).fetch()), expected(401, 20003, "Authenticate"));
  t.same(await refusal(as(ACCOUNT, TOKEN).recordings("nonsense").fetch()), missing("nonsense"));
  t.same(
    await refusal(
      as(ACCOUNT, TOKEN)
        .recordings(EXAMPLE)
        .fetch({ includeSoftDeleted: "x" as unknown as boolean }),
    ),
    expected(400, 20001, "Invalid value 'x' for parameter 'IncludeSoftDeleted': expected true or false"),
  );
  t.same(
    await refusal(as(ACCOUNT, TOKEN).recordings(numbered("01")).remove()),
    expected(409, 20409, "Conflict: only a completed recording can be deleted, this one is in-progress"),
  );
});

t.test("lists", async (t) => {
  t.test("list, each, page and getPage: all pages of 10,000 recordings, forwards and backwards", async (t) => {
    const emulator = await run(configWith({ generate: 10_000 }), { notice() {} });
    t.teardown(() => emulator.close());
    const client = twilio(ACCOUNT, TOKEN);
    client.api.baseUrl = emulator.url;
    const all = await client.recordings.list({ includeSoftDeleted: true, pageSize: 1000 });
    const sids = all.map(({ sid }) => sid);
    t.equal(new Set(sids).size, sids.length);
    t.ok(sids.length > 10_000);
    t.same(
      all.map(({ dateCreated }) => +dateCreated),
      all.map(({ dateCreated }) => +dateCreated).sort((a, b) => b - a),
    );

    const each: string[] = [];
    await new Promise<void>((done, failed) => {
      client.recordings.each({
        includeSoftDeleted: true,
        pageSize: 700,
        callback: ({ sid }) => each.push(sid),
        done: (error?: Error) => (error ? failed(error) : done()),
      });
    });
    t.same(each, sids);

    let page = await client.recordings.page({ includeSoftDeleted: true, pageSize: 999 });
    const walked = page.instances.map(({ sid }) => sid);
    while (page.nextPageUrl !== undefined && page.nextPageUrl !== null) {
      page = await client.recordings.getPage(page.nextPageUrl);
      walked.push(...page.instances.map(({ sid }) => sid));
    }
    t.same(walked, sids);
    const back = [page.instances.map(({ sid }) => sid)];
    while (page.previousPageUrl !== undefined && page.previousPageUrl !== null) {
      page = await client.recordings.getPage(page.previousPageUrl);
      back.unshift(page.instances.map(({ sid }) => sid));
    }
    t.same(back.flat(), sids);
  });

  t.test("filters", async (t) => {
    const client = (await start(t))(ACCOUNT, TOKEN);
    const sids = (recordings: { sid: string }[]) => recordings.map(({ sid }) => sid);
    const day = new Date("2016-10-14T00:00:00Z");
    t.same(sids(await client.recordings.list({ dateCreated: new Date("2016-10-14T21:56:34Z") })), [EXAMPLE]);
    t.same(sids(await client.recordings.list({ dateCreatedBefore: new Date("2016-10-15T00:00:00Z") })), [EXAMPLE]);
    t.notOk(
      sids(await client.recordings.list({ dateCreatedAfter: new Date("2017-01-01T00:00:00Z") })).includes(EXAMPLE),
    );
    t.same(sids(await client.recordings.list({ dateCreatedAfter: day, callSid: `CA${"a".repeat(32)}` })), [EXAMPLE]);
    t.same(sids(await client.recordings.list({ conferenceSid: `CF${"a".repeat(32)}` })), [EXAMPLE]);
    t.equal((await client.recordings.list({ limit: 3 })).length, 3);
  });
});

t.test("transcriptions: list, fetch, remove, of the account and of a recording", async (t) => {
  const client = (await start(t))(ACCOUNT, TOKEN);
  const [first, , second] = await client.recordings(numbered("05")).transcriptions.list();
  t.match(
    await client
      .recordings(numbered("05"))
      .transcriptions(first?.sid ?? "")
      .fetch(),
    { sid: first?.sid },
  );
  t.match(await client.transcriptions(second?.sid ?? "").fetch(), { transcriptionText: /^Hello/, price: "-0.10000" });
  t.equal(
    await client
      .recordings(numbered("05"))
      .transcriptions(first?.sid ?? "")
      .remove(),
    true,
  );
  t.equal(await client.transcriptions(second?.sid ?? "").remove(), true);
  t.equal((await client.transcriptions.list()).length, 2);
  t.match(await refusal(client.transcriptions(second?.sid ?? "").fetch()), { status: 404, code: 20404 });
});

t.test("accounts: fetch, list by name and page by page", async (t) => {
  const client = (await start(t))(ACCOUNT, TOKEN);
  const { authToken, dateCreated, ownerAccountSid, status, type } = await client.api.accounts(SUBACCOUNT).fetch();
  t.match({ authToken, ownerAccountSid, status, type }, { ownerAccountSid: ACCOUNT, status: "active", type: "Full" });
  t.ok(dateCreated.getTime() > 0);
  const sids = (accounts: { sid: string }[]) => accounts.map(({ sid }) => sid).sort();
  t.same(sids(await client.api.accounts.list({ pageSize: 1 })), [ACCOUNT, SUBACCOUNT]);
  t.same(sids(await client.api.accounts.list({ friendlyName: "Subaccount", status: "active" })), [SUBACCOUNT]);
  t.match(await refusal(client.api.accounts(`AC${"9".repeat(32)}`).fetch()), { status: 404, code: 20404 });
});

t.test("add-on results, payloads and their data: list, fetch, remove", async (t) => {
  const client = (await start(t))(ACCOUNT, TOKEN);
  const results = client.recordings(numbered("05")).addOnResults;
  const completed = (await results.list()).find(({ status }) => status === "completed");
  const result = results(completed?.sid ?? "");
  t.match(await result.fetch(), { referenceSid: numbered("05"), status: "completed" });
  const payload = (await result.payloads.list()).find(({ label }) => label === "keywords");
  t.match(await result.payloads(payload?.sid ?? "").fetch(), { contentType: "application/json", label: "keywords" });
  // The client types this as void, but returns the response body.
  const data: unknown = await result
    .payloads(payload?.sid ?? "")
    .data()
    .fetch();
  const { redirect_to } = data as { redirect_to: string };
  t.match(await (await fetch(redirect_to)).json(), { status: "successful" });
  t.equal(await result.payloads(payload?.sid ?? "").remove(), true);
  t.equal((await result.payloads.list()).length, 1);
  t.equal(await result.remove(), true);
  t.match(await refusal(result.fetch()), { status: 404, code: 20404 });
});
