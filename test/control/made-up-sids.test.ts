import fc from "fast-check";
import t, { type Test } from "tap";
import { createRandomSequences } from "../../src/state/random.js";
import { ACCOUNT, EXAMPLE, emulator, SUBACCOUNT } from "../support/emulator.js";

type Steer = Awaited<ReturnType<typeof emulator>>["steer"];

const RESULT = `XR${"1".repeat(32)}`;
/** A resource of each kind whose SID may be omitted. */
const DOCUMENT = {
  recordings: [{}, { account_sid: SUBACCOUNT }, {}],
  transcriptions: [{ recording_sid: EXAMPLE }, { recording_sid: EXAMPLE }],
  add_on_results: [{ reference_sid: EXAMPLE }],
  payloads: [{ add_on_result_sid: `XR${"0".repeat(30)}01` }],
};

async function sidsOf(steer: Steer): Promise<string[]> {
  const { recordings, transcriptions, add_on_results, payloads } = (await steer("GET", "/export")).body;
  return [recordings, transcriptions, add_on_results, payloads].flat().map(({ account_sid, sid }) => account_sid + sid);
}

/** Creates resources without SIDs and expects that all SIDs are new. */
async function createAll(t: Test, steer: Steer): Promise<string[]> {
  const before = await sidsOf(steer);
  for (let time = 0; time < 2; time++) t.equal((await steer("POST", "/recordings", DOCUMENT)).status, 201);
  const { status, body } = await steer("POST", "/recordings/generate", { count: 1 });
  t.equal(status, 201);
  const account = await steer("POST", "/accounts", { recordings: "none" });
  t.equal(account.status, 201);
  const after = await sidsOf(steer);
  t.equal(new Set(after).size, after.length);
  t.ok(after.length >= before.length + 15);
  return [...after, body.seed, account.body.sid, account.body.keys[0].sid].sort();
}

t.test("omitted SIDs after two restarts: new random SIDs, 201", async (t) => {
  const data = t.testdir({});
  for (let time = 0; time < 3; time++) {
    const { steer, app } = await emulator(t, { data });
    await createAll(t, steer);
    await app.close();
  }
});

t.test("omitted SIDs after save, reset and restore: new random SIDs, 201", async (t) => {
  const { steer } = await emulator(t);
  for (let time = 0; time < 3; time++) {
    await createAll(t, steer);
    await steer("PUT", "/snapshots/one");
    await steer("POST", "/reset");
    await steer("POST", "/snapshots/one/restore");
  }
});

t.test(
  "omitted SIDs in a new emulator, after a reset and after a restore: same sequence for the same seed",
  async (t) => {
    const script = async () => {
      const { steer } = await emulator(t);
      const first = await createAll(t, steer);
      await steer("PUT", "/snapshots/one");
      await steer("POST", "/reset");
      t.strictSame(await createAll(t, steer), first);
      await steer("POST", "/snapshots/one/restore");
      return [first, await createAll(t, steer)];
    };
    t.strictSame(await script(), await script());
  },
);

t.test("omitted SID beside a given SID that random would draw: 201, a different SID", async (t) => {
  const first = await emulator(t);
  const { body } = await first.steer("POST", "/recordings", [{}]);
  const drawn: string = body.recordings[0].sid;
  const second = await emulator(t);
  const given = [{}, { sid: drawn.replace(/[a-f]/g, (digit) => digit.toUpperCase()) }];
  const { status, body: both } = await second.steer("POST", "/recordings", given);
  t.equal(status, 201);
  t.equal(both.recordings[1].sid, drawn);
  t.not(both.recordings[0].sid, drawn);
});

t.test("two concurrent calls: distinct random SIDs, 201; the same given SID: 201 and 409", async (t) => {
  const { steer } = await emulator(t);
  const made = await Promise.all([steer("POST", "/recordings", {}), steer("POST", "/recordings", {})]);
  t.same(
    made.map(({ status }) => status),
    [201, 201],
  );
  const one = { add_on_results: [{ sid: RESULT, reference_sid: EXAMPLE }] };
  const twice = await Promise.all([steer("POST", "/recordings", one), steer("POST", "/recordings", one)]);
  t.same(twice.map(({ status }) => status).sort(), [201, 409]);
});

t.test("existing SIDs drawn after a start: at most one per earlier start", async () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.boolean(), { maxLength: 30 }), { maxLength: 8 }), (starts) => {
      const taken = new Set<string>();
      return starts.every((start, before) => {
        const random = createRandomSequences(1);
        let inVain = 0;
        const isTaken = (sid: string) => {
          if (taken.has(sid)) inVain++;
          return taken.has(sid);
        };
        for (const isRequest of start) {
          // Request ids come from the same sequence.
          if (isRequest) random.of(ACCOUNT).hex(32);
          else taken.add(random.free(({ hex }) => hex(32), isTaken, ACCOUNT));
        }
        return inVain <= before;
      });
    }),
    { examples: [[Array.from({ length: 4 }, () => Array<boolean>(10_000).fill(false))]] },
  );
});
