// A program that stores recordings when they are completed, and its suite: node --test receiver-express.mjs
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import express from "express";
import twilio from "twilio";
import { startEmulator } from "twilio-recordings-emulator";

/** The program: checks the signature, downloads the recording and deletes it. */
function createProgram({ client, accountSid, authToken, stored }) {
  const seen = new Set();
  const program = express();
  program.use(express.urlencoded({ extended: false }));
  program.post("/recorded", twilio.webhook(authToken), async (request, response) => {
    const { RecordingSid: sid, RecordingUrl: url } = request.body;
    const token = request.get("I-Twilio-Idempotency-Token");
    if (!seen.has(token)) {
      seen.add(token);
      const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
      const media = await fetch(`${url}.wav`, { headers: { authorization } });
      stored.push({ sid, bytes: Buffer.from(await media.arrayBuffer()) });
      await client.recordings(sid).remove();
    }
    response.sendStatus(204);
  });
  return program;
}

/** Starts the emulator with a frozen clock, and the program. Returns them with a function that places a recorded call. */
async function start(t) {
  const emulator = await startEmulator();
  const { accountSid, authToken } = emulator;
  const client = twilio(accountSid, authToken);
  client.api.baseUrl = emulator.url;
  const stored = [];
  const server = createProgram({ client, accountSid, authToken, stored }).listen(0);
  await once(server, "listening");
  t.after(async () => {
    await emulator.close();
    server.close();
  });
  await emulator.clock.freeze();
  const recordingStatusCallback = `http://localhost:${server.address().port}/recorded`;
  const numbers = { to: "+14155551212", from: "+12025550100", url: "https://example.com/voice.xml" };
  return {
    emulator,
    client,
    stored,
    call: () => client.calls.create({ ...numbers, record: true, recordingStatusCallback }),
  };
}

test("recorded call: its recording is stored, and deleted at Twilio", async (t) => {
  const { emulator, client, stored, call } = await start(t);
  await call();
  const { callbacks } = await emulator.clock.advance("PT1H");
  assert.deepEqual(callbacks, { delivered: 1, failed: 0, refused: 0, dropped: 0 });
  const [{ sid, bytes }] = stored;
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  await assert.rejects(client.recordings(sid).fetch(), { status: 404 });
  assert.equal((await client.recordings(sid).fetch({ includeSoftDeleted: true })).status, "deleted");
});

test("callback that comes twice: stored once", async (t) => {
  const { emulator, stored, call } = await start(t);
  await emulator.callbacks.arm({ fault: "duplicate" });
  await call();
  await emulator.clock.advance("PT1H");
  const [{ id }] = await emulator.callbacks.list();
  await emulator.callbacks.redeliver(id);
  await emulator.callbacks.waitFor({ count: 2 });
  assert.equal(stored.length, 1);
});

test("callback with a bad signature: 403, nothing is stored", async (t) => {
  const { emulator, stored, call } = await start(t);
  await emulator.callbacks.arm({ fault: "bad-signature" });
  await call();
  assert.equal((await emulator.clock.advance("PT1H")).callbacks.failed, 1);
  const [{ attempts }] = await emulator.callbacks.list();
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [403],
  );
  assert.equal(stored.length, 0);
});
