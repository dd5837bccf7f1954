import { request } from "node:http";
import t from "tap";
import { ACCOUNT, emulator, SUBACCOUNT } from "../support/emulator.js";
import { controlsOf, onEachHandle } from "../support/handles.js";
import { running } from "../support/running.js";

type Control = Awaited<ReturnType<typeof emulator>>["control"];

const LONG = { count: 1_000_000, seed: 7 };

/** Waits until the generation has stored recordings beside those of the fixtures. */
async function untilUnderWay(control: Control): Promise<void> {
  while (control.health().counts.recordings <= 14) await new Promise((resolve) => setImmediate(resolve));
}

/** The error of a generation that `cause` ended. */
const endedBy = (cause: string) => ({ statusCode: 409, message: `the generation was ended by ${cause}` });

for (const [title, url, body, cause] of [
  ["reset", "/reset", {}, "a reset"],
  ["reset of its account", `/reset?account=${ACCOUNT}`, {}, "a reset"],
  ["restored snapshot", "/snapshots/one/restore", undefined, "a restored snapshot"],
] as const) {
  t.test(`${title} during a generation: 409 for it and for queued ones, no recordings remain`, async (t) => {
    const { steer, control, state } = await emulator(t);
    await steer("PUT", "/snapshots/one");
    const generations = [LONG, { ...LONG, seed: 8 }].map((one) => control.for(ACCOUNT).recordings.generate(one));
    const refused = Promise.all(generations.map((one) => t.rejects(one, endedBy(cause))));
    await untilUnderWay(control);
    t.equal((await steer("POST", url, body)).status, 204);
    await refused;
    // Generations run one after the other.
    t.equal((await steer("POST", "/recordings/generate", { count: 1, seed: 7 })).status, 201);
    t.equal(state.database.prepare("SELECT count(*) FROM recordings").pluck().get(), 14);
  });
}

t.test("import during a generation: 409, the imported rows remain", async (t) => {
  const { steer, control } = await emulator(t);
  const { body: exported } = await steer("GET", "/export");
  const refused = t.rejects(control.for().recordings.generate(LONG), endedBy("an import"));
  await untilUnderWay(control);
  t.equal((await steer("POST", "/import", exported)).status, 204);
  await refused;
  t.equal((await steer("POST", "/recordings/generate", { count: 1, seed: 7 })).status, 201);
  t.equal(control.health().counts.recordings, 14);
});

t.test("account removed during its generation: 409; reset of another account: generation continues", async (t) => {
  const { steer, control } = await emulator(t);
  const { body: account } = await steer("POST", "/accounts", { recordings: "none" });
  const answer = steer("POST", `/recordings/generate?account=${account.sid}`, LONG);
  await untilUnderWay(control);
  await steer("POST", `/reset?account=${SUBACCOUNT}`);
  await steer("DELETE", `/accounts/${account.sid}`);
  t.same(await answer, { status: 409, body: { error: "the generation was ended by the removal of its account" } });
  t.equal((await steer("POST", "/recordings/generate", { count: 1 })).status, 201);
  t.equal(control.health().counts.recordings, 14);
});

t.test("reset before the first recording of a generation: 409", async (t) => {
  const { steer, control } = await emulator(t);
  await steer("POST", "/recordings/generate", { count: 1 });
  const rejected = t.rejects(control.for().recordings.generate(LONG), endedBy("a reset"));
  // One turn each for the options, the lazy import and the generator.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  await steer("POST", "/reset");
  await rejected;
  t.equal((await steer("POST", "/recordings/generate", { count: 1 })).status, 201);
  t.equal(control.health().counts.recordings, 14);
});

t.test("connection closed during its generation: generation ends, the next one starts", async (t) => {
  const { url, control } = await running(t);
  const asked = request(`${url}/_emulator/recordings/generate`, { method: "POST" }).on("error", () => {});
  asked.end(JSON.stringify(LONG));
  await untilUnderWay(control);
  asked.destroy();
  const { generated } = await control.for(SUBACCOUNT).recordings.generate({ count: 1 });
  t.equal(generated, 1);
  t.ok(control.health().counts.recordings < LONG.count);
});

onEachHandle("generation, signal aborted: rejects with its reason; aborted before: no recordings", async (t, name) => {
  const running = await emulator(t);
  const { control } = running;
  const controlsFor = await controlsOf(running, name);
  const controller = new AbortController();
  const rejected = t.rejects(controlsFor().recordings.generate({ ...LONG, signal: controller.signal }), {
    message: "enough",
  });
  await untilUnderWay(control);
  controller.abort(new Error("enough"));
  await rejected;
  const { generated } = await controlsFor(SUBACCOUNT).recordings.generate({ count: 1 });
  t.equal(generated, 1);
  const { recordings } = control.health().counts;
  t.ok(recordings < LONG.count);
  await t.rejects(controlsFor().recordings.generate({ ...{ count: 1 }, signal: controller.signal }), {
    message: "enough",
  });
  t.equal(control.health().counts.recordings, recordings);
});

t.test("emulator closed during a generation in process: 409", async (t) => {
  const { control, close } = await running(t);
  const rejected = t.rejects(control.for().recordings.generate(LONG), endedBy("the end of the emulator"));
  await untilUnderWay(control);
  await close();
  await rejected;
});

t.test("seed whose recordings exist: 409; other database errors: 500", async (t) => {
  const { steer, control, state } = await emulator(t);
  const { body } = await steer("POST", "/recordings/generate", { count: 3, seed: 7 });
  await steer("DELETE", `/recordings/${body.recordings[0].sid}`);
  t.same(await steer("POST", "/recordings/generate", { count: 3, seed: 7 }), {
    status: 409,
    body: { error: `seed 7 gives recordings that account ${ACCOUNT} has; expected: another seed` },
  });
  t.equal(control.health().counts.recordings, 15);
  state.database.exec("CREATE TRIGGER refuse BEFORE INSERT ON recordings BEGIN SELECT raise(ABORT, 'refused'); END");
  t.match(await steer("POST", "/recordings/generate", { count: 3, seed: 8 }), { status: 500 });
});
