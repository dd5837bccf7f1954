// A suite against an emulator that runs elsewhere, such as in a container:
// EMULATOR_URL=http://localhost:2010 node --test by-address.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import twilio from "twilio";

const { EMULATOR_URL: url = "http://localhost:2010" } = process.env;

/** Calls the control API. */
async function steer(method, path, body) {
  const answer = await fetch(`${url}/_emulator${path}`, { method, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? undefined : await answer.json();
}

let account;
let client;

// A separate account isolates this suite from others on the same emulator.
before(async () => {
  account = await steer("POST", "/accounts");
  client = twilio(account.sid, account.auth_token);
  client.api.baseUrl = url;
});
beforeEach(() => steer("POST", `/reset?account=${account.sid}`));
after(() => steer("DELETE", `/accounts/${account.sid}`));

test("in-progress recording completes", async () => {
  const { sid } = await steer("POST", `/recordings?account=${account.sid}`, { status: "in-progress" });
  assert.equal((await client.recordings(sid).fetch()).duration, null);
  await steer("PATCH", `/recordings/${sid}?account=${account.sid}`, { status: "completed", duration: "30" });
  assert.equal((await client.recordings(sid).fetch()).duration, "30");
});

test("all completed recordings are deleted", async () => {
  const deletable = (await client.recordings.list()).filter(({ status }) => status === "completed");
  const waiting = steer(
    "GET",
    `/requests/wait?account=${account.sid}&operation=DeleteRecording&count=${deletable.length}&timeout=30`,
  );
  for (const { sid } of deletable) await client.recordings(sid).remove();
  assert.equal((await waiting).count, deletable.length);
});
