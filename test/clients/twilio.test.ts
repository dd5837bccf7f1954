import t, { type Test } from "tap";
import twilio from "twilio";
import RestException from "twilio/lib/base/RestException.js";
import { startEmulator } from "../../src/index.js";
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
  const emulator = await startEmulator(configWith({}), () => {});
  t.teardown(() => emulator.close());
  return (username: string, secret: string, accountSid = ACCOUNT) => {
    const client = twilio(username, secret, { accountSid });
    client.api.baseUrl = emulator.url;
    return client;
  };
}

/** What the client throws, as its users see it. */
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

t.test("with an API key, and for a subaccount", async (t) => {
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
