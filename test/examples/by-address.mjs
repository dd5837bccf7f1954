// A suite against an emulator that runs elsewhere, such as in a container:
// EMULATOR_URL=http://localhost:2010 node --test by-address.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import twilio from "twilio";
import { connect } from "twilio-recordings-emulator";

const { EMULATOR_URL: url = "http://localhost:2010", EMULATOR_CONTROL_TOKEN: token } = process.env;

let emulator;
let account;
let client;

// A separate account isolates this suite from others on the same emulator.
before(async () => {
  emulator = await connect(url, { token });
  account = await emulator.accounts.create();
  client = twilio(account.accountSid, account.authToken);
  client.api.baseUrl = url;
});
beforeEach(() => account.reset());
after(() => emulator.accounts.remove(account.accountSid));

test("in-progress recording completes", async () => {
  const { sid } = await account.recordings.create({ status: "in-progress" });
  assert.equal((await client.recordings(sid).fetch()).duration, null);
  await account.recordings.change(sid, { status: "completed", duration: "30" });
  assert.equal((await client.recordings(sid).fetch()).duration, "30");
});

test("all completed recordings are deleted", async () => {
  const deletable = (await client.recordings.list()).filter(({ status }) => status === "completed");
  const waiting = account.requests.waitFor({ operation: "DeleteRecording", count: deletable.length, timeout: 30 });
  for (const { sid } of deletable) await client.recordings(sid).remove();
  assert.equal((await waiting).length, deletable.length);
});
