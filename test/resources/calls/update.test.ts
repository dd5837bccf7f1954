import t from "tap";
import { CALLS, callEmulator, callPath, errorOf, secondsAfterNoon, TO } from "../../support/calls.js";
import { notFound, numbered, pathOf } from "../../support/emulator.js";

const CANNOT_REDIRECT = errorOf(400, 21220, "Call is not in-progress. Cannot redirect.");

t.test("update", async (t) => {
  t.test("Status=completed while it rings, or is in progress: 200, completed", async (t) => {
    const { place, advance, post, fetchCall } = await callEmulator(t);
    const [ringing, running] = [await place(), await place()];
    await advance(1);
    const rung = await post(callPath(ringing), { Status: "completed" });
    t.equal(rung.statusCode, 200);
    t.match(rung.json(), { status: "completed", duration: "0", price: null, end_time: secondsAfterNoon(1) });
    t.same(await fetchCall(ringing), rung.json());
    await advance(4);
    const ended = await post(callPath(running), { Status: "completed" });
    t.equal(ended.statusCode, 200);
    t.match(ended.json(), {
      status: "completed",
      start_time: secondsAfterNoon(2),
      end_time: secondsAfterNoon(5),
      date_updated: secondsAfterNoon(5),
      duration: "3",
      price: "-0.01500",
    });
    await advance(60);
    t.same(await fetchCall(running), ended.json(), "it does not go on");
  });

  t.test("Status=canceled while it is queued, or rings: 200, canceled", async (t) => {
    const { place, advance, post, fetchCall } = await callEmulator(t);
    const [queued, ringing] = [await place(), await place()];
    const canceled = { status: "canceled", duration: "0", price: null };
    const first = await post(callPath(queued), { Status: "canceled" });
    t.equal(first.statusCode, 200);
    t.match(first.json(), { ...canceled, end_time: secondsAfterNoon(0) });
    t.same(await fetchCall(queued), first.json());
    await advance(1);
    const second = await post(callPath(ringing), { Status: "canceled" });
    t.equal(second.statusCode, 200);
    t.match(second.json(), { ...canceled, start_time: secondsAfterNoon(1), end_time: secondsAfterNoon(1) });
    await advance(60);
    t.same(await fetchCall(queued), first.json(), "it does not go on");
    t.same(await fetchCall(ringing), second.json(), "it does not go on");
  });

  t.test("Status=completed while it is queued: 200, canceled", async (t) => {
    const { place, post } = await callEmulator(t);
    const answer = await post(callPath(await place()), { Status: "completed" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { status: "canceled", duration: "0" });
  });

  t.test("Status=canceled while it is in progress: 200, goes on", async (t) => {
    const { answered, post, advance, fetchCall } = await callEmulator(t);
    const sid = await answered();
    const answer = await post(callPath(sid), { Status: "canceled" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { status: "in-progress", end_time: null });
    await advance(10);
    t.match(await fetchCall(sid), { status: "completed", duration: "10" });
  });

  t.test("public Url while it is in progress: 200, unchanged; Twiml: 200, executed", async (t) => {
    const { answered, post, fetchCall } = await callEmulator(t);
    const sid = await answered();
    const before = await fetchCall(sid);
    const redirected = await post(callPath(sid), { Url: "https://example.com/next", Method: "GET" });
    t.equal(redirected.statusCode, 200);
    t.same(redirected.json(), before);
    const ended = await post(callPath(sid), { Twiml: "<Response><Hangup/></Response>" });
    t.equal(ended.statusCode, 200);
    t.match(ended.json(), { status: "completed", duration: "0" });
  });

  t.test("Url or Twiml before the answer: 400, 21220", async (t) => {
    const { place, post, advance } = await callEmulator(t);
    const sid = await place();
    for (const status of ["queued", "ringing"]) {
      for (const form of [{ Url: "https://example.com/next" }, { Twiml: "<Response/>" }]) {
        const answer = await post(callPath(sid), form);
        t.equal(answer.statusCode, 400, status);
        t.same(answer.json(), CANNOT_REDIRECT);
      }
      await advance(1);
    }
  });

  t.test("Url and Status=completed while it is in progress: 200, completed", async (t) => {
    const { answered, post } = await callEmulator(t);
    const answer = await post(callPath(await answered()), { Url: "https://example.com/", Status: "completed" });
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().status, "completed");
  });

  t.test("ended call, with Status, Url or Twiml: 400, 21220; without them: 200, unchanged", async (t) => {
    const { place, advance, post, fetchCall } = await callEmulator(t);
    for (const To of [TO, "+12025550181", "+12025550182", "+12025550183", "+12025550184"]) {
      const sid = await place({ To });
      await advance(12);
      const before = await fetchCall(sid);
      for (const form of [
        { Status: "completed" },
        { Status: "canceled" },
        { Url: "https://example.com/" },
        { Twiml: "<Response/>" },
        { Status: "completed", TimeLimit: "5" },
      ]) {
        const answer = await post(callPath(sid), form);
        t.equal(answer.statusCode, 400, JSON.stringify(form));
        t.same(answer.json(), CANNOT_REDIRECT);
      }
      for (const form of [{}, { TimeLimit: "5" }]) {
        const answer = await post(callPath(sid), form);
        t.equal(answer.statusCode, 200, JSON.stringify(form));
        t.same(answer.json(), before);
      }
    }
  });

  t.test("TimeLimit of a call of the fixtures, without a start_time: counts from its date_created", async (t) => {
    const { steer, post, advance, fetchCall } = await callEmulator(t);
    const sid = `CA${"7".repeat(32)}`;
    const call = { sid, status: "in-progress", start_time: null, date_created: "-PT1S" };
    t.equal((await steer("POST", "/recordings", { calls: [call] })).status, 201);
    t.equal((await post(callPath(sid), { TimeLimit: "5" })).statusCode, 200);
    await advance(3);
    t.match(await fetchCall(sid), { status: "in-progress" });
    await advance(1);
    t.match(await fetchCall(sid), { status: "completed", end_time: secondsAfterNoon(4) });
  });

  t.test("TimeLimit: ends the call so many seconds after its answer", async (t) => {
    const { answered, place, post, advance, fetchCall } = await callEmulator(t);
    const sid = await answered();
    await advance(1);
    const answer = await post(callPath(sid), { TimeLimit: "4" });
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().status, "in-progress");
    await advance(2);
    t.equal((await fetchCall(sid)).status, "in-progress");
    await advance(1);
    t.match(await fetchCall(sid), { status: "completed", duration: "4", end_time: secondsAfterNoon(6) });

    const limited = await place({ TimeLimit: "3" });
    await advance(2);
    t.equal((await post(callPath(limited), { TimeLimit: "5" })).statusCode, 200);
    await advance(4);
    t.equal((await fetchCall(limited)).status, "in-progress", "a later limit replaces the first");
    await advance(1);
    t.match(await fetchCall(limited), { status: "completed", duration: "5" });
  });

  t.test("TimeLimit longer than the call: no effect", async (t) => {
    const { answered, post, advance, fetchCall } = await callEmulator(t);
    const sid = await answered();
    await post(callPath(sid), { TimeLimit: "11" });
    await advance(10);
    t.match(await fetchCall(sid), { status: "completed", duration: "10" });
  });

  t.test("TimeLimit that is over: ends the call at once", async (t) => {
    const { answered, post, advance, fetchCall } = await callEmulator(t);
    const sid = await answered();
    await advance(5);
    t.equal((await post(callPath(sid), { TimeLimit: "2" })).statusCode, 200);
    t.match(await fetchCall(sid), { status: "completed", duration: "5", end_time: secondsAfterNoon(7) });
  });

  t.test("TimeLimit before the answer: ends the call so many seconds after it", async (t) => {
    const { place, post, advance, fetchCall } = await callEmulator(t);
    const sid = await place();
    const answer = await post(callPath(sid), { TimeLimit: "4" });
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().status, "queued");
    await advance(5);
    t.equal((await fetchCall(sid)).status, "in-progress");
    await advance(1);
    t.match(await fetchCall(sid), { status: "completed", duration: "4" });
  });

  t.test("TimeLimit of a call of the fixtures in progress: ends it so many seconds after its start", async (t) => {
    const { post, send, advance, fetchCall } = await callEmulator(t);
    const { call_sid, start_time } = (await send(pathOf(numbered("01")))).json();
    const elapsed = (Date.parse(secondsAfterNoon(0)) - Date.parse(start_time)) / 1000;
    await advance(60);
    t.equal((await fetchCall(call_sid)).status, "in-progress", "without a limit it lasts until it is hung up");
    t.equal((await post(callPath(call_sid), { TimeLimit: String(elapsed + 70) })).statusCode, 200);
    await advance(9);
    t.equal((await fetchCall(call_sid)).status, "in-progress");
    // Its start_time has milliseconds.
    await advance(2);
    t.match(await fetchCall(call_sid), { status: "completed", duration: String(elapsed + 70) });
  });

  t.test("invalid values: 400", async (t) => {
    const { answered, post, fetchCall } = await callEmulator(t);
    const sid = await answered();
    for (const [form, code, message] of [
      [{ Status: "busy" }, 20001, "Invalid value 'busy' for parameter 'Status': expected completed, canceled"],
      [{ Url: "example" }, 21205, "Url is not a valid URL: example"],
      [
        { TimeLimit: "0" },
        20001,
        "Invalid value '0' for parameter 'TimeLimit': expected a whole number from 1 to 86400",
      ],
      [
        { Twiml: "x".repeat(4001) },
        20001,
        `Invalid value '${"x".repeat(40)}…' for parameter 'Twiml': expected at most 4000 characters`,
      ],
    ] as const) {
      const answer = await post(callPath(sid), form);
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), errorOf(400, code, message));
    }
    t.equal((await fetchCall(sid)).status, "in-progress");
    t.equal((await post(callPath(sid), { Twiml: "x".repeat(4000) })).statusCode, 200);
  });

  t.test("path without an extension: 200, XML", async (t) => {
    const { answered, post } = await callEmulator(t);
    const answer = await post(callPath(await answered()).replace(".json", ""), { Status: "completed" });
    t.equal(answer.statusCode, 200);
    t.match(answer.body, "<Status>completed</Status>");
  });
});

t.test("delete", async (t) => {
  t.test("before the end: 409, 20009; not deleted", async (t) => {
    const { place, advance, send, fetchCall } = await callEmulator(t);
    const sid = await place();
    for (const status of ["queued", "ringing", "in-progress"]) {
      const answer = await send(callPath(sid), { method: "DELETE" });
      t.equal(answer.statusCode, 409, status);
      t.equal(answer.headers["x-twilio-error-code"], "20009");
      t.same(answer.json(), errorOf(409, 20009, "The call has not ended: only a call that has ended can be deleted"));
      t.equal((await fetchCall(sid)).status, status);
      await advance(1);
    }
  });

  t.test("after the end: 204; then 404 and not listed", async (t) => {
    const { place, advance, send, post } = await callEmulator(t);
    for (const To of [TO, "+12025550181", "+12025550182", "+12025550183", "+12025550184"]) {
      const sid = await place({ To });
      await advance(12);
      const listed = async () =>
        (await send(CALLS)).json().calls.some((call: { sid: string }) => call.sid === sid) as boolean;
      t.ok(await listed());
      const answer = await send(callPath(sid), { method: "DELETE" });
      t.equal(answer.statusCode, 204);
      t.equal(answer.body, "");
      t.notOk(await listed());
      for (const again of [
        await send(callPath(sid)),
        await send(callPath(sid), { method: "DELETE" }),
        await post(callPath(sid), { Status: "completed" }),
      ]) {
        t.equal(again.statusCode, 404);
        t.same(again.json(), notFound(callPath(sid)));
      }
    }
  });
});
