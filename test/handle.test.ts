import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { ControlError, type EmulatorOptions } from "../src/index.js";
import { ACCOUNT, basic, EXAMPLE, numbered, pathOf, SUBACCOUNT, TOKEN } from "./support/emulator.js";
import { type HandleName, onEachHandle, startedHandle } from "./support/handles.js";

async function start(t: Test, name: HandleName, options: EmulatorOptions = {}) {
  const emulator = await startedHandle(t, name, options);
  const status = async (path: string, account: { accountSid: string; authToken: string } = emulator) => {
    const headers = { authorization: basic(account.accountSid, account.authToken) };
    return (await fetch(emulator.url + path, { headers })).status;
  };
  return { emulator, status };
}

onEachHandle("address and credentials of the main account", async (t, name) => {
  const { emulator } = await start(t, name);
  t.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.same([emulator.accountSid, emulator.authToken], [ACCOUNT, TOKEN]);
  t.match(await emulator.health(), { status: "ok", counts: { recordings: 13, addOnResults: Number } });
});

onEachHandle("recordings", async (t, name) => {
  const { emulator, status } = await start(t, name);
  const { recordings } = emulator;
  const { sid, media_url } = await recordings.create();
  t.ok(media_url.startsWith(emulator.url));
  t.equal(await status(pathOf(sid)), 200);
  t.same(
    (await recordings.createMany([{ channels: 2 }, {}])).map(({ channels }) => channels),
    [2, 1],
  );
  t.equal((await recordings.change(sid, { duration: "99" })).duration, "99");
  t.equal((await recordings.softDelete(sid)).status, "deleted");
  t.equal(await status(`${pathOf(sid)}?IncludeSoftDeleted=true`), 200);
  const long = await recordings.create({ date_created: "-P60D" });
  await recordings.softDelete(long.sid, "-P39D");
  t.equal(await status(`${pathOf(long.sid)}?IncludeSoftDeleted=true`), 200);
  await recordings.softDelete(long.sid, new Date(Date.now() - 41 * 86_400_000));
  t.equal(await status(`${pathOf(long.sid)}?IncludeSoftDeleted=true`), 404);
  await recordings.hardDelete(EXAMPLE);
  t.equal(await status(pathOf(EXAMPLE)), 404);
  t.match(await recordings.generate({ count: 3, seed: 5 }), { generated: 3, seed: 5, recordings: [{}, {}, {}] });
  await emulator.reset();
  t.equal(await status(pathOf(EXAMPLE)), 200);
});

onEachHandle("clock", async (t, name) => {
  const { clock } = (await start(t, name)).emulator;
  t.match(await clock.set("2030-01-01"), { now: /^2030-01-01T00:00:00/, frozen: false });
  t.match(await clock.advance("P1D"), { now: /^2030-01-02/ });
  t.match(await clock.freeze(), { frozen: true, now: /^2030-01-02/ });
  t.match(await clock.freeze(new Date("2031-01-01")), { frozen: true, now: "2031-01-01T00:00:00.000Z" });
  t.match(await clock.unfreeze(), { frozen: false, now: /^2031/ });
  t.match(await clock.useRealTime(), { real: true });
  t.match(await clock.read(), { real: true });
});

onEachHandle("faults and requests", async (t, name) => {
  const { emulator, status } = await start(t, name);
  const { faults, requests } = emulator;
  const { id } = await faults.arm({ error: 20503 });
  t.equal(await status(pathOf(EXAMPLE)), 503);
  t.match(await faults.list(), [{ id, struck: 1 }]);
  await faults.remove(id);
  await faults.arm({ error: 20503 });
  await faults.clear();
  const waiting = requests.waitFor({ status: 200, timeout: 60 });
  t.equal(await status(pathOf(EXAMPLE)), 200);
  t.match(await waiting, [{ status: 200, operation: "FetchRecording" }]);
  t.equal((await requests.list({ sid: EXAMPLE })).length, 2);
  await requests.clear();
  t.same(await requests.list(), []);
  await t.rejects(requests.waitFor({ timeout: 0 }), { name: "ControlError" });
});

onEachHandle("snapshots, export and import", async (t, name) => {
  const { emulator, status } = await start(t, name);
  await emulator.snapshots.save("one");
  await emulator.recordings.hardDelete(EXAMPLE);
  const without = await emulator.export();
  await emulator.snapshots.restore("one");
  t.equal(await status(pathOf(EXAMPLE)), 200);
  t.match(await emulator.snapshots.list(), [{ name: "one" }]);
  await emulator.snapshots.remove("one");
  await emulator.import(without);
  t.equal(await status(pathOf(EXAMPLE)), 404);
  await emulator.reset("empty");
  t.match(await emulator.health(), { counts: { accounts: 2, recordings: 0 } });
});

onEachHandle("accounts: controlled independently", async (t, name) => {
  const { emulator, status } = await start(t, name);
  const one = await emulator.accounts.create();
  const other = await emulator.accounts.create({ ownerAccountSid: emulator.accountSid, friendlyName: "Other" });
  t.same([one.ownerAccountSid, other.ownerAccountSid, other.friendlyName], [null, ACCOUNT, "Other"]);
  t.equal(await status(pathOf(EXAMPLE, one.accountSid), { accountSid: one.apiKey, authToken: one.apiSecret }), 200);
  await Promise.all([
    (async () => {
      await one.recordings.softDelete(numbered("05"));
      await one.clock.advance("P41D");
      t.equal(await status(`${pathOf(numbered("05"), one.accountSid)}?IncludeSoftDeleted=true`, one), 404);
    })(),
    (async () => {
      await other.recordings.softDelete(numbered("05"));
      t.equal(await status(`${pathOf(numbered("05"), other.accountSid)}?IncludeSoftDeleted=true`, other), 200);
    })(),
  ]);
  t.equal((await emulator.accounts.list()).length, 4);
  const { authToken, keys } = await emulator.accounts.get(one.accountSid);
  t.same([authToken, keys], [one.authToken, [{ sid: one.apiKey, secret: one.apiSecret }]]);
  await emulator.account(SUBACCOUNT).reset("empty");
  await emulator.accounts.remove(one.accountSid);
  await t.rejects(one.reset(), { name: "ControlError", message: `there is no account ${one.accountSid}` });
  t.ok(ControlError.prototype instanceof Error);
});

onEachHandle("health of a lost database file: returned, not an error", async (t, name) => {
  const data = t.testdir({});
  const { emulator } = await start(t, name, { data });
  renameSync(join(data, "emulator.db"), join(data, "elsewhere"));
  t.match(await emulator.health(), { status: "lost", error: /./, counts: { recordings: 13 } });
  renameSync(join(data, "elsewhere"), join(data, "emulator.db"));
});
