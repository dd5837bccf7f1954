// A suite that starts the emulator in its own process: node --test in-process.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import twilio from "twilio";
import { startEmulator } from "twilio-recordings-emulator";

let emulator;
let client;

before(async () => {
  emulator = await startEmulator();
  client = twilio(emulator.accountSid, emulator.authToken);
  client.api.baseUrl = emulator.url;
});
beforeEach(() => emulator.reset());
after(() => emulator.close());

test("deleted recording: visible for 40 days", async () => {
  const { sid } = await emulator.recordings.create({ duration: "61" });
  await client.recordings(sid).remove();
  await emulator.clock.advance("P39D");
  assert.equal((await client.recordings(sid).fetch({ includeSoftDeleted: true })).status, "deleted");
  await emulator.clock.advance("P2D");
  await assert.rejects(client.recordings(sid).fetch({ includeSoftDeleted: true }), { status: 404 });
});

test("429 once, then 200", async () => {
  await emulator.faults.arm({ error: 20429, retryAfter: 1, times: 1, operation: "ListRecording" });
  await assert.rejects(client.recordings.list(), { status: 429, code: 20429 });
  assert.equal((await client.recordings.list()).length, 11);
  const requests = await emulator.requests.list({ operation: "ListRecording" });
  assert.deepEqual(
    requests.map(({ status }) => status),
    [429, 200],
  );
});

test("separate account", async () => {
  const account = await emulator.accounts.create({ recordings: "none" });
  await account.recordings.createMany([{}, {}]);
  const own = twilio(account.accountSid, account.authToken);
  own.api.baseUrl = emulator.url;
  assert.equal((await own.recordings.list()).length, 2);
});
