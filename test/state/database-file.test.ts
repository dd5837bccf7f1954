import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import t, { type Test } from "tap";
import { run } from "../../src/emulator.js";
import { watchFile } from "../../src/state/database-file.js";
import { ACCOUNT, AUTHORIZED, configWith, EXAMPLE, numbered, pathOf } from "../support/emulator.js";

t.test("in-memory database: never lost", async (t) => {
  const file = watchFile(":memory:");
  t.equal(file.check(), undefined);
  t.doesNotThrow(file.refuseIfLost);
});

t.test("file removed or replaced: lost; moved back: not lost", async (t) => {
  const folder = t.testdir({ "a.db": "", "b.db": "" });
  const [path, other] = [join(folder, "a.db"), join(folder, "b.db")];
  const file = watchFile(path);
  t.equal(file.check(), undefined);
  renameSync(path, join(folder, "c.db"));
  t.doesNotThrow(file.refuseIfLost, "before the next check");
  t.match(file.check(), { name: "LostDatabaseError", message: `the database ${path} was removed or replaced` });
  t.throws(file.refuseIfLost, { name: "LostDatabaseError" });
  renameSync(other, path);
  t.ok(file.check());
  renameSync(join(folder, "c.db"), path);
  t.equal(file.check(), undefined);
  t.doesNotThrow(file.refuseIfLost);
});

t.test("removed data folder", async (t) => {
  /** Starts an emulator on a database file. */
  async function start(t: Test) {
    const data = join(t.testdir({}), "data");
    const notices: string[] = [];
    mock.timers.enable({ apis: ["setInterval"] });
    t.teardown(() => mock.timers.reset());
    const { url, close } = await run(configWith({ data }), { notice: (line) => notices.push(line) });
    t.teardown(close);
    const call = (method: string, path: string, body?: object) =>
      fetch(url + path, { method, headers: AUTHORIZED, ...(body && { body: JSON.stringify(body) }) });
    return { data, notices, call };
  }

  t.test("within a minute: one notice, writes 500, reads 200, health 503", async (t) => {
    const { data, notices, call } = await start(t);
    t.equal((await call("PUT", "/_emulator/snapshots/before")).status, 200);
    t.equal((await call("DELETE", pathOf(numbered("05")))).status, 204);
    rmSync(data, { recursive: true });
    mock.timers.tick(60_000);
    mock.timers.tick(60_000);
    const message = `the database ${join(data, "emulator.db")} was removed or replaced while the emulator was running: restart the emulator`;
    t.same(notices, [message]);

    const refused = await call("DELETE", pathOf(EXAMPLE));
    t.equal(refused.status, 500);
    t.equal(refused.headers.get("x-emulator-fault"), "internal");
    t.match(await refused.json(), { code: 20500, status: 500 });
    t.equal((await call("GET", pathOf(EXAMPLE))).status, 200);

    for (const [method, path, body] of [
      ["POST", "/recordings", {}],
      ["POST", "/accounts", {}],
      ["POST", "/reset", {}],
      ["PUT", "/snapshots/after"],
      ["DELETE", "/snapshots/before"],
      ["DELETE", `/accounts/${ACCOUNT}`],
    ] as const) {
      const answer = await call(method, `/_emulator${path}`, body);
      t.equal(answer.status, 500, path);
      t.same(await answer.json(), { error: message }, path);
    }

    const health = await call("GET", "/_emulator/health");
    t.equal(health.status, 503);
    t.match(await health.json(), { status: "lost", error: message, counts: { accounts: 2 } });
    t.equal((await call("GET", "/_emulator/health/live")).status, 200);
  });

  t.test("health before the next check: 503", async (t) => {
    const { data, notices, call } = await start(t);
    t.equal((await call("GET", "/_emulator/health")).status, 200);
    rmSync(data, { recursive: true });
    t.equal((await call("GET", "/_emulator/health")).status, 503);
    t.equal((await call("DELETE", pathOf(EXAMPLE))).status, 500);
    t.same(notices, []);
  });

  t.test("folder moved back: writes succeed again", async (t) => {
    const { data, notices, call } = await start(t);
    renameSync(data, `${data}.moved`);
    mock.timers.tick(60_000);
    t.equal((await call("DELETE", pathOf(EXAMPLE))).status, 500);
    renameSync(`${data}.moved`, data);
    mock.timers.tick(60_000);
    t.equal((await call("DELETE", pathOf(EXAMPLE))).status, 204);
    t.equal(notices.length, 1);
  });
});
