import { request } from "node:http";
import t from "tap";
import { ACCOUNT, emulator, SUBACCOUNT } from "../support/emulator.js";
import { running } from "../support/running.js";

type Control = Awaited<ReturnType<typeof emulator>>["control"];

const LONG = { count: 1_000_000, seed: 7 };

/** Waits until there are more recordings than the fixtures' 13. */
async function untilUnderWay(control: Control): Promise<void> {
  while (control.health().counts.recordings <= 14) await new Promise((resolve) => setImmediate(resolve));
}

/** Refused with 409, and what ended it. */
const endedBy = (cause: string) => ({ statusCode: 409, message: `the generation was ended by ${cause}` });

for (const [title, url, body, cause] of [
  ["a reset", "/reset", {}, "a reset"],
  ["a reset of its account", `/reset?account=${ACCOUNT}`, {}, "a reset"],
  ["a restored snapshot", "/snapshots/one/restore", undefined, "a restored snapshot"],
] as const) {
  t.test(`${title} ends a generation and those that wait for it (409), and nothing of them is left`, async (t) => {
    const { steer, control, state } = await emulator(t);
    await steer("PUT", "/snapshots/one");
    const generations = [LONG, { ...LONG, seed: 8 }].map((one) => control.for(ACCOUNT).recordings.generate(one));
    const refused = Promise.all(generations.map((one) => t.rejects(one, endedBy(cause))));
    await untilUnderWay(control);
    t.equal((await steer("POST", url, body)).status, 204);
    await refused;
    // The next one begins when those before it are over.
    t.equal((await steer("POST", "/recordings/generate", { count: 1, seed: 7 })).status, 201);
    t.equal(state.database.prepare("SELECT count(*) FROM recordings").pluck().get(), 14);
  });
}

t.test("an import ends a generation: 409, and its rows remain", async (t) => {
  const { steer, control } = await emulator(t);
  const { body: exported } = await steer("GET", "/export");
  const refused = t.rejects(control.for().recordings.generate(LONG), endedBy("an import"));
  await untilUnderWay(control);
  t.equal((await steer("POST", "/import", exported)).status, 204);
  await refused;
  t.equal((await steer("POST", "/recordings/generate", { count: 1, seed: 7 })).status, 201);
  t.equal(control.health().counts.recordings, 14);
});

t.test("removal of its account ends a generation: 409; a reset of another account does not", async (t) => {
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

t.test("a reset before the first recording of a generation: 409", async (t) => {
  const { steer, control } = await emulator(t);
  await steer("POST", "/recordings/generate", { count: 1 });
  const rejected = t.rejects(control.for().recordings.generate(LONG), endedBy("a reset"));
  // One turn each: for its options, for what it loads, for the generator.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  await steer("POST", "/reset");
  await rejected;
  t.equal((await steer("POST", "/recordings/generate", { count: 1 })).status, 201);
  t.equal(control.health().counts.recordings, 14);
});

t.test("a closed connection ends its generation, and the next one starts", async (t) => {
  const { url, control } = await running(t);
  const asked = request(`${url}/_emulator/recordings/generate`, { method: "POST" }).on("error", () => {});
  asked.end(JSON.stringify(LONG));
  await untilUnderWay(control);
  asked.destroy();
  const { generated } = await control.for(SUBACCOUNT).recordings.generate({ count: 1 });
  t.equal(generated, 1);
  t.ok(control.health().counts.recordings < LONG.count);
});

t.test("a signal ends a generation with its reason; an aborted signal: no recordings", async (t) => {
  const { control } = await emulator(t);
  const controller = new AbortController();
  const rejected = t.rejects(control.for().recordings.generate({ ...LONG, signal: controller.signal }), {
    message: "enough",
  });
  await untilUnderWay(control);
  controller.abort(new Error("enough"));
  await rejected;
  const { generated } = await control.for(SUBACCOUNT).recordings.generate({ count: 1 });
  t.equal(generated, 1);
  const { recordings } = control.health().counts;
  t.ok(recordings < LONG.count);
  await t.rejects(control.for().recordings.generate({ ...{ count: 1 }, signal: controller.signal }), {
    message: "enough",
  });
  t.equal(control.health().counts.recordings, recordings);
});

t.test("generation in process when the emulator closes: 409", async (t) => {
  const { control, close } = await running(t);
  const rejected = t.rejects(control.for().recordings.generate(LONG), endedBy("the end of the emulator"));
  await untilUnderWay(control);
  await close();
  await rejected;
});

t.test("seed with a remaining later recording: 409; other database errors: 500", async (t) => {
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
