import t, { type Test } from "tap";
import { ControlError } from "../../src/control/control-error.js";
import { CALLBACK_EVENTS } from "../../src/resources/callback-events.js";
import { callbackEmulator, isSigned } from "../support/callbacks.js";
import { FROM, NOON, TO } from "../support/calls.js";
import { ACCOUNT, EXAMPLE, pathOf, SUBACCOUNT, SUBACCOUNT_TOKEN, TOKEN } from "../support/emulator.js";
import type { Answer, Received } from "../support/receiver.js";

const NOBODY = `AC${"9".repeat(32)}`;
const TRANSCRIPTIONS = `/2010-04-01/Accounts/${ACCOUNT}/Transcriptions.json`;
const ALL_EVENTS = "initiated ringing answered completed";

/** As `callbackEmulator`, with functions of the control API. */
async function controlled(t: Test, answer?: Answer) {
  const running = await callbackEmulator(t, {}, answer);
  const { done, steer } = running;
  const list = async (query = "") => (await done("GET", `/callbacks${query}`)).callbacks;
  /** Returns the error of a call of the control API. */
  const errorOf = async (status: number, ...call: Parameters<typeof steer>) => {
    const answer = await steer(...call);
    if (answer.status !== status) throw new Error(`${call[1]}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.error as string;
  };
  const controls = running.control.for();
  return { ...running, list, errorOf, controls };
}

/** As `controlled`, with functions that send callbacks. */
async function sending(t: Test) {
  const running = await controlled(t);
  const { done, delivered, takeAll, url } = running;
  const connectedCall = async (): Promise<string> =>
    (await done("POST", "/calls", { status: "in-progress", script: { lasts: null } })).sid;
  /** Sends the callback of an event; returns its parameters. */
  const formOf = async (event: string, sid: string) => {
    await done("POST", "/callbacks", { event, sid, url });
    await delivered();
    const [request, ...others] = takeAll() as [Received];
    if (request === undefined || others.length > 0) throw new Error(`${others.length + 1} requests`);
    return request.form;
  };
  return { ...running, connectedCall, formOf };
}

/** Rejects with a ControlError of this status; returns its message. */
async function refusal(t: Test, status: number, promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ControlError)) throw new Error(`no ControlError: ${error}`);
  t.equal(error.statusCode, status);
  return error.message;
}

t.test("list", async (t) => {
  t.test("nothing sent: empty", async (t) => {
    const { done, controls } = await controlled(t);
    t.same(await done("GET", "/callbacks"), { count: 0, callbacks: [], paused: null });
    t.same(await controls.callbacks.list(), []);
  });
  t.test("delivered: what was sent, what was signed, and the answer", async (t) => {
    const { place, advance, list, takeAll, url, controls } = await controlled(t, (_, response) => {
      response.writeHead(201).end("Thank you");
    });
    const sid = await place({ StatusCallback: url });
    await advance(12);
    const [entry, ...others] = await list();
    t.same(others, []);
    const [request] = takeAll() as [Received];
    t.match(entry, {
      id: /^CB[0-9a-f]{32}$/,
      account: ACCOUNT,
      event: "call.completed",
      sid,
      url,
      method: "POST",
      parameters: request.pairs,
      idempotency_token: request.headers["i-twilio-idempotency-token"],
      state: "delivered",
      created_at: NOON.replace("00.000Z", "12.000Z"),
      finished_at: NOON.replace("00.000Z", "12.000Z"),
      faults: [],
      requested_url: url,
      body: request.body,
      signed_text: `${url}${Object.keys(request.form)
        .sort()
        .map((name) => name + request.form[name])
        .join("")}`,
      attempts: [{ status: 201, answer: "Thank you", error: null, debugger_code: null }],
    });
    t.ok(entry.attempts[0].duration > 0);
    const lowerCase = Object.entries(entry.headers as Record<string, string>).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]);
    t.match(request.headers, Object.fromEntries(lowerCase));
    t.notMatch(JSON.stringify(entry), TOKEN);
    const [view] = await controls.callbacks.list();
    t.match(view, { idempotencyToken: entry.idempotency_token, requestedUrl: url, signedText: entry.signed_text });
  });
  t.test("GET: the URL with its query, no body", async (t) => {
    const { place, advance, list, takeAll, url } = await controlled(t);
    await place({ StatusCallback: `${url}?id=1`, StatusCallbackMethod: "GET" });
    await advance(12);
    const [request] = takeAll() as [Received];
    t.match(await list(), [
      { url: `${url}?id=1`, method: "GET", requested_url: url.replace("/callback", request.url), body: "" },
    ]);
  });
  t.test("URL with a password: not shown", async (t) => {
    const { place, advance, list, url } = await controlled(t);
    await place({ StatusCallback: url.replace("//", "//me:geheim@") });
    await advance(12);
    const entries = await list();
    t.match(entries, [{ url: url.replace("//", "//me:***@"), requested_url: url, state: "delivered" }]);
    t.notMatch(JSON.stringify(entries), /geheim/);
  });
  t.test("no answer: its error, the code of the debugger", async (t) => {
    const { place, advance, list } = await controlled(t);
    // The port of a receiver that has gone.
    await place({ StatusCallback: "http://127.0.0.1:1/" });
    await advance(12);
    const [entry] = await list();
    const attempt = { status: null, answer: null, error: /ECONNREFUSED/, debugger_code: 11205 };
    t.match(entry, { state: "failed", attempts: [attempt, attempt] });
    t.equal(entry.attempts.length, 2);
  });
  t.test("public host: refused, without a request", async (t) => {
    const { place, advance, list } = await controlled(t);
    await place({ StatusCallback: "https://203.0.113.1/status" });
    await advance(12);
    t.match(await list(), [
      { state: "refused", attempts: [{ status: null, error: /--public-callbacks/, debugger_code: null }] },
    ]);
  });
  t.test("filters event, state, sid and since", async (t) => {
    const { place, advance, list, url, controls, errorOf } = await controlled(t, ({ form }, response) => {
      if (form.CallStatus === "ringing") response.statusCode = 500;
    });
    const one = await place({ StatusCallback: url, StatusCallbackEvent: ALL_EVENTS });
    const other = await place({ StatusCallback: url });
    await advance(60);
    const all = await list();
    t.equal(all.length, 5);
    const events = async (query: string) => (await list(query)).map(({ event }: { event: string }) => event);
    t.same(await events("?event=call.answered"), ["call.answered"]);
    t.same(await events("?event=call.nope"), []);
    t.same(await events("?state=failed"), ["call.ringing"]);
    t.same(await events("?state=pending"), []);
    t.equal((await list(`?sid=${one}`)).length, 4);
    t.same(await events(`?sid=CA${other.slice(2).toUpperCase()}`), ["call.completed"]);
    t.same(await list(`?since=${all[1].id}`), all.slice(2));
    t.same(await events(`?sid=${one}&state=delivered&since=${all[0].id}`), ["call.answered", "call.completed"]);
    t.same(
      (await controls.callbacks.list({ event: "call.completed", sid: other })).map(({ id }) => id),
      all.filter(({ sid }: { sid: string }) => sid === other).map(({ id }: { id: string }) => id),
    );
    t.match(await errorOf(400, "GET", "/callbacks?state=sent"), /^state is "sent"; expected: One of pending/);
    t.match(await errorOf(400, "GET", "/callbacks?sid=RE1"), /^sid is "RE1"/);
    t.match(await errorOf(400, "GET", "/callbacks?nope=1"), /nope/);
  });
  t.test("account: its own; without one, those of all in their order", async (t) => {
    const { done, list, url, delivered, control } = await controlled(t);
    for (const account of [ACCOUNT, SUBACCOUNT, ACCOUNT]) {
      await done("POST", `/calls?account=${account}`, { status: "completed", callback: { url } });
    }
    await delivered();
    const accounts = async (query = "") => (await list(query)).map(({ account }: { account: string }) => account);
    t.same(await accounts(), [ACCOUNT, SUBACCOUNT, ACCOUNT]);
    t.same(await accounts(`?account=${SUBACCOUNT}`), [SUBACCOUNT]);
    t.equal((await control.for(ACCOUNT).callbacks.list()).length, 2);
  });
  t.test("more than 1,000 of an account: the last 1,000", async (t) => {
    const { done, list, url, delivered } = await controlled(t);
    for (let index = 0; index < 1001; index++) {
      await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url: `${url}?${index}` });
    }
    const callbacks = await list();
    t.equal(callbacks.length, 1000);
    t.equal(callbacks[0].url, `${url}?1`);
    t.equal(callbacks[999].url, `${url}?1000`);
    await delivered();
  });
});

t.test("wait", async (t) => {
  t.test("already sent: at once", async (t) => {
    const { place, advance, done, url, controls } = await controlled(t);
    await place({ StatusCallback: url });
    await advance(60);
    t.match(await done("GET", "/callbacks/wait"), { count: 1, callbacks: [{ event: "call.completed" }] });
    t.match(await controls.callbacks.waitFor({ event: "call.completed", timeout: 0 }), [{ state: "delivered" }]);
  });
  t.test("until as many as wanted have been sent", async (t) => {
    const { place, advance, done, url, controls } = await controlled(t);
    const waits = [
      done("GET", "/callbacks/wait?count=2&timeout=60"),
      controls.callbacks.waitFor({ count: 2, timeout: 60 }),
    ] as const;
    await place({ StatusCallback: url });
    await place({ StatusCallback: url });
    await advance(60);
    const [overHttp, inProcess] = await Promise.all(waits);
    t.equal(overHttp.count, 2);
    t.equal(inProcess.length, 2);
  });
  t.test("pending: does not count, unless it is asked for", async (t) => {
    const { done, place, url, errorOf, steer } = await controlled(t);
    await done("POST", "/callbacks/pause");
    await place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
    t.equal(await errorOf(408, "GET", "/callbacks/wait?timeout=0"), "0 of 1 callbacks were sent in 0 s");
    t.match(await steer("GET", "/callbacks/wait?timeout=0&state=pending"), { status: 200, body: { count: 1 } });
  });
  t.test("timeout: 408 with the number that was sent", async (t) => {
    const { done, url, errorOf, controls } = await controlled(t);
    await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url });
    await done("GET", "/callbacks/wait");
    t.equal(await errorOf(408, "GET", "/callbacks/wait?count=3&timeout=0.01"), "1 of 3 callbacks were sent in 0.01 s");
    const refused = await refusal(t, 408, controls.callbacks.waitFor({ event: "call.ringing", timeout: 0 }));
    t.equal(refused, "0 of 1 callbacks were sent in 0 s");
    for (const query of ["timeout=-1", "timeout=601", "count=0", "count=1.5", "timeout=soon"]) {
      t.match(await errorOf(400, "GET", `/callbacks/wait?${query}`), /^(timeout|count) is /, query);
    }
  });
  t.test("emulator closes: 408", async (t) => {
    const { app, controls, errorOf } = await controlled(t);
    const overHttp = errorOf(408, "GET", "/callbacks/wait?timeout=600");
    const inProcess = refusal(t, 408, controls.callbacks.waitFor({ count: 2, timeout: 600 }));
    // The wait begins before the emulator closes.
    await controls.callbacks.list();
    await app.close();
    t.equal(await inProcess, "0 of 2 callbacks were sent before the emulator closed");
    t.equal(await overHttp, "0 of 1 callbacks were sent before the emulator closed");
  });
  t.test("signal: rejects with its reason", async (t) => {
    const { controls } = await controlled(t);
    const controller = new AbortController();
    const wait = controls.callbacks.waitFor({ timeout: 600, signal: controller.signal });
    await controls.callbacks.list();
    controller.abort(new Error("enough"));
    await t.rejects(wait, { message: "enough" });
    const aborted = AbortSignal.abort(new Error("before"));
    await t.rejects(controls.callbacks.waitFor({ timeout: 600, signal: aborted }), { message: "before" });
  });
});

t.test("send", async (t) => {
  t.test("every event: its callback with the present values of the resource", async (t) => {
    const { done, place, advance, join, url, controls, takeAll, delivered, send } = await controlled(t);
    const call = await place();
    const { conference_sid } = await join("Room");
    const caller = await done("POST", "/calls", { status: "in-progress", script: { lasts: null } });
    await done("POST", `/calls/${caller.sid}/recordings`, { length: 8, transcription: { text: "Hello." } });
    await advance(60);
    const [transcription] = (await send(TRANSCRIPTIONS))
      .json()
      .transcriptions.filter(({ transcription_text: text }: { transcription_text: string }) => text === "Hello.");
    const subjects = { recording: EXAMPLE, call, conference: conference_sid, transcription: transcription.sid };
    for (const event of CALLBACK_EVENTS) {
      const [kind = "", name] = event.split(/\.(.*)/s);
      const sid = subjects[kind as keyof typeof subjects];
      const answer = await done("POST", "/callbacks", { event, sid: sid.toUpperCase(), url });
      t.match(answer, { event, url, method: "POST", state: "pending", attempts: [], finished_at: null });
      t.match(await controls.callbacks.send({ event, sid, url, method: "GET" }), { event, sid, method: "GET" });
      await delivered();
      const requests = takeAll();
      t.same(requests.map(({ method }) => method).sort(), ["GET", "POST"]);
      for (const request of requests) {
        const { form } = request;
        t.ok(isSigned(request, url), event);
        t.equal(form.AccountSid, ACCOUNT);
        if (kind === "recording") t.match(form, { RecordingSid: sid, RecordingStatus: name });
        if (kind === "recording") t.equal("RecordingDuration" in form, name === "completed");
        if (kind === "call") t.match(form, { CallSid: sid, SequenceNumber: "0" });
        if (kind === "call") t.equal(form.CallStatus, name === "initiated" ? "initiated" : "completed");
        if (kind === "conference") t.match(form, { ConferenceSid: sid, StatusCallbackEvent: name });
        if (kind === "transcription") t.match(form, { TranscriptionSid: sid, TranscriptionStatus: name, url });
        if (kind === "transcription") t.equal(form.TranscriptionText, name === "failed" ? "" : "Hello.");
      }
    }
  });
  t.test("URLs of the emulator: the host of the call; with --public-url, that one", async (t) => {
    for (const [overrides, host] of [
      [{}, "http://localhost:80"],
      [{ publicUrl: "https://twilio.test" }, "https://twilio.test"],
    ] as const) {
      const { steer, url, delivered, takeAll } = await callbackEmulator(t, overrides);
      t.equal((await steer("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url })).status, 202);
      await delivered();
      const [{ form }] = takeAll() as [Received];
      t.equal(form.RecordingUrl, host + pathOf(EXAMPLE).replace(".json", ""));
    }
  });
  t.test("resource that is still under way: the values that it has", async (t) => {
    const { done, connectedCall, formOf } = await sending(t);
    const call = await connectedCall();
    t.match(await formOf("call.completed", call), { SipResponseCode: "200", CallDuration: "0", Duration: "0" });
    const { sid: conference } = await done("POST", "/conferences", {});
    const ended = await formOf("conference.conference-end", conference);
    t.match(ended, { ReasonConferenceEnded: "", Reason: "Conference ended: unknown" });
    t.notOk("CallSidEndingConference" in ended);
    const times = { start_time: null, duration: null, channels: null, date_created: NOON };
    const [{ sid }] = await done("POST", "/recordings", [{ status: "processing", ...times }]).then(
      ({ recordings }) => recordings,
    );
    t.match(await formOf("recording.completed", sid), {
      RecordingDuration: "0",
      RecordingStatus: "completed",
      RecordingStartTime: "Sat, 31 Jan 2026 12:00:00 +0000",
    });
  });
  t.test("transcription without a text: an empty one", async (t) => {
    const { done, connectedCall, formOf, advance, send } = await sending(t);
    await done("POST", `/calls/${await connectedCall()}/recordings`, { length: 8, transcription: true });
    await advance(12);
    const { transcriptions } = (await send(TRANSCRIPTIONS)).json();
    const [{ sid }] = transcriptions.filter(({ status }: { status: string }) => status === "in-progress");
    t.match(await formOf("transcription.completed", sid), { TranscriptionText: "", TranscriptionStatus: "completed" });
  });
  t.test("transcription of a recording without a call: 404", async (t) => {
    const { done, errorOf, url, send } = await controlled(t);
    const { transcriptions } = (await send(TRANSCRIPTIONS)).json();
    const [{ sid, recording_sid }] = transcriptions;
    const body = { event: "transcription.completed", sid, url };
    await done("PATCH", `/recordings/${recording_sid}`, { call_sid: null });
    await errorOf(404, "POST", "/callbacks", body);
    await done("DELETE", `/recordings/${recording_sid}`);
    await errorOf(404, "POST", "/callbacks", body);
  });
  t.test("no such resource of the account: 404", async (t) => {
    const { errorOf, url, controls } = await controlled(t);
    for (const event of CALLBACK_EVENTS) {
      const [kind] = event.split(".");
      const prefix = { recording: "RE", call: "CA", conference: "CF", transcription: "TR" }[kind as "call"];
      const sid = `${prefix}${"9".repeat(32)}`;
      t.equal(
        await errorOf(404, "POST", "/callbacks", { event, sid, url }),
        `account ${ACCOUNT} has no ${kind} ${JSON.stringify(sid)}`,
      );
    }
    const foreign = { event: "recording.completed", sid: EXAMPLE, url } as const;
    await errorOf(404, "POST", `/callbacks?account=${SUBACCOUNT}`, foreign);
    await errorOf(404, "POST", `/callbacks?account=${NOBODY}`, foreign);
    await refusal(t, 404, controls.callbacks.send({ ...foreign, sid: `CA${"a".repeat(32)}` }));
  });
  t.test("invalid input: 400", async (t) => {
    const { errorOf, url, list } = await controlled(t);
    const good = { event: "recording.completed", sid: EXAMPLE, url };
    for (const [body, message] of [
      [
        { ...good, event: "recording.paused" },
        /^event is "recording\.paused"; expected: One of recording\.in-progress/,
      ],
      [{ ...good, sid: "RE1" }, /^sid is "RE1"/],
      [{ ...good, sid: ACCOUNT }, /^sid is/],
      [{ ...good, url: "/status" }, /^url is "\/status"; expected: An absolute http or https URL/],
      [{ ...good, url: 7 }, /^url is 7/],
      [{ ...good, method: "PUT" }, /^method is "PUT"; expected: One of GET, POST/],
      [{ ...good, nope: 1 }, /^nope is unknown/],
      [{ event: good.event, sid: good.sid }, /url/],
    ] as const) {
      t.match(await errorOf(400, "POST", "/callbacks", body), message);
    }
    t.same(await list(), []);
  });
});

t.test("redeliver", async (t) => {
  t.test("the same request again, with its token; with new_token, with another", async (t) => {
    const { place, advance, done, takeAll, url, list, delivered, controls } = await controlled(t);
    await place({ StatusCallback: url.replace("//", "//me:secret@") });
    await advance(60);
    const [first] = takeAll() as [Received];
    const [entry] = await list();
    const again = await done("POST", `/callbacks/${entry.id}/redeliver`, {});
    t.match(again, { state: "pending", event: "call.completed", sid: entry.sid });
    t.not(again.id, entry.id);
    await done("POST", `/callbacks/${entry.id}/redeliver`);
    await done("POST", `/callbacks/${entry.id}/redeliver`, { new_token: true });
    await controls.callbacks.redeliver(entry.id);
    await controls.callbacks.redeliver(entry.id, { newToken: true });
    await delivered();
    const requests = takeAll();
    const token = ({ headers }: Received) => headers["i-twilio-idempotency-token"];
    t.same(
      requests.map((request) => token(request) === token(first)),
      [true, true, false, true, false],
    );
    t.equal(new Set(requests.map(token)).size, 3);
    for (const { body, headers } of requests) {
      t.equal(body, first.body);
      t.equal(headers["x-twilio-signature"], first.headers["x-twilio-signature"]);
    }
  });
  t.test("unknown id: 404; invalid body: 400", async (t) => {
    const { errorOf, controls, done, url, delivered } = await controlled(t);
    t.equal(await errorOf(404, "POST", "/callbacks/CB1/redeliver", {}), 'there is no callback "CB1"');
    await refusal(t, 404, controls.callbacks.redeliver("CB1"));
    const { id } = await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url });
    await delivered();
    await errorOf(404, "POST", `/callbacks/${id}/redeliver?account=${SUBACCOUNT}`, {});
    t.match(await errorOf(400, "POST", `/callbacks/${id}/redeliver`, { new_token: 1 }), /^new_token is 1/);
    t.match(
      await errorOf(400, "POST", `/callbacks/${id}/redeliver`, { bad_signature: "yes" }),
      'bad_signature is "yes"; expected: true signs it wrongly.',
    );
  });
  t.test("bad_signature: the same request, and the check of the receiver fails; the next one is signed", async (t) => {
    const { done, url, delivered, takeAll, list, controls } = await controlled(t);
    const { id } = await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url });
    await done("POST", `/callbacks/${id}/redeliver`, { bad_signature: true });
    await controls.callbacks.redeliver(id, { badSignature: true });
    await controls.callbacks.redeliver(id, { badSignature: false });
    await delivered();
    const requests = takeAll();
    t.same(
      requests.map((request) => isSigned(request, url)),
      [true, false, false, true],
    );
    t.equal(new Set(requests.map(({ body }) => body)).size, 1);
    t.same(
      (await list()).map(({ faults }: { faults: string[] }) => faults),
      [[], ["bad-signature"], ["bad-signature"], []],
    );
  });
  t.test("bad_signature and an armed bad-signature: one fault", async (t) => {
    const { done, url, delivered, list } = await controlled(t);
    const { id } = await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url });
    await delivered();
    await done("POST", "/callback-faults", { fault: "bad-signature" });
    await done("POST", `/callbacks/${id}/redeliver`, { bad_signature: true });
    await delivered();
    t.same((await list()).at(-1).faults, ["bad-signature"]);
  });
});

t.test("pause and release", async (t) => {
  t.test("paused: pending, and the clock does not wait; released: sent in their order", async (t) => {
    const { place, done, received, url, list, delivered } = await controlled(t);
    t.equal(await done("POST", "/callbacks/pause"), undefined);
    await done("POST", "/callbacks/pause");
    await place({ StatusCallback: url, StatusCallbackEvent: ALL_EVENTS });
    const turn = await done("POST", "/clock", { advance: "PT60S" });
    t.match(turn, { events: 3, callbacks: { delivered: 0 } });
    t.same(received, []);
    t.same(
      (await list()).map(({ state }: { state: string }) => state),
      ["pending", "pending", "pending", "pending"],
    );
    await done("POST", "/callbacks/release");
    await delivered();
    t.same(
      received.map(({ form }) => form.SequenceNumber),
      ["0", "1", "2", "3"],
    );
    t.match(await list("?state=delivered&event=call.initiated"), [{ created_at: NOON }]);
  });
  t.test("list of an account: whether it is paused; of all: null", async (t) => {
    const { done } = await controlled(t);
    const paused = async (query = "") => (await done("GET", `/callbacks${query}`)).paused;
    t.equal(await paused(`?account=${ACCOUNT}`), false);
    await done("POST", "/callbacks/pause");
    t.same(
      [await paused(`?account=${ACCOUNT}`), await paused(`?account=${SUBACCOUNT}`), await paused()],
      [true, false, null],
    );
    await done("POST", "/callbacks/release");
    t.equal(await paused(`?account=${ACCOUNT}`), false);
  });
  t.test("one account: others are sent", async (t) => {
    const { done, received, url, delivered, control } = await controlled(t);
    await control.for(SUBACCOUNT).callbacks.pause();
    for (const account of [SUBACCOUNT, ACCOUNT]) {
      await done("POST", `/calls?account=${account}`, { status: "completed", callback: { url } });
    }
    await delivered();
    t.match(received, [{ form: { AccountSid: ACCOUNT } }]);
    await control.for(SUBACCOUNT).callbacks.release();
    await delivered();
    t.equal(received.length, 2);
    await control.for(SUBACCOUNT).callbacks.release();
  });
});

t.test("clear: the log is empty, what is pending is still sent", async (t) => {
  const { done, controls, url, list, received, delivered } = await controlled(t);
  const sent = { event: "recording.completed", sid: EXAMPLE, url } as const;
  await done("POST", "/callbacks", sent);
  await delivered();
  await done("POST", "/callbacks/pause");
  await done("POST", "/callbacks", sent);
  t.equal((await list()).length, 2);
  await done("DELETE", `/callbacks?account=${SUBACCOUNT}`);
  t.equal((await list()).length, 2);
  t.equal(await done("DELETE", "/callbacks"), undefined);
  t.same(await list(), []);
  await done("POST", "/callbacks/release");
  await delivered();
  t.equal(received.length, 2);
  await done("POST", "/callbacks", sent);
  await controls.callbacks.clear();
  t.same(await list(), []);
  await delivered();
});

t.test("faults", async (t) => {
  const armed = { event: null, account: null, delay: 1000, times: 1, struck: 0 };
  t.test("arm, list and clear", async (t) => {
    const { steer, done, controls, control, errorOf } = await controlled(t);
    const { status, body } = await steer("POST", "/callback-faults", { fault: "drop" });
    t.equal(status, 201);
    t.match(body, { ...armed, fault: "drop" });
    const given = { fault: "delay", event: "call.ringing", delay: 5, times: 3 } as const;
    t.match(await control.for(SUBACCOUNT).callbacks.arm(given), { ...armed, ...given, account: SUBACCOUNT });
    t.equal((await done("GET", "/callback-faults")).faults.length, 2);
    t.match(await done("GET", `/callback-faults?account=${SUBACCOUNT}`), { faults: [given] });
    t.equal((await controls.callbacks.faults()).length, 2);
    await done("DELETE", `/callback-faults?account=${SUBACCOUNT}`);
    t.match(await controls.callbacks.faults(), [{ fault: "drop" }]);
    await controls.callbacks.clearFaults();
    t.same(await done("GET", "/callback-faults"), { faults: [] });
    for (const [body, message] of [
      [{}, /fault/],
      [{ fault: "lose" }, /^fault is "lose"; expected: One of drop, delay, duplicate, reorder, bad-signature/],
      [{ fault: "delay", delay: -1 }, /^delay is -1/],
      [{ fault: "drop", times: 0 }, /^times is 0/],
      [{ fault: "drop", nope: 0 }, /^nope is unknown/],
    ] as const) {
      t.match(await errorOf(400, "POST", "/callback-faults", body), message);
    }
  });
  const called = async (t: Test, fault: object) => {
    const running = await controlled(t);
    await running.done("POST", "/callback-faults", fault);
    const sid = await running.place({ StatusCallback: running.url, StatusCallbackEvent: ALL_EVENTS });
    const { callbacks } = await running.done("POST", "/clock", { advance: "PT60S" });
    return { ...running, sid, counts: callbacks };
  };
  const sequence = (requests: readonly Received[]) => requests.map(({ form }) => form.SequenceNumber);
  t.test("drop: no request", async (t) => {
    const { received, list, counts, done } = await called(t, { fault: "drop", event: "call.answered" });
    t.same(sequence(received), ["0", "1", "3"]);
    t.match(counts, { delivered: 3, dropped: 1 });
    t.match(await list("?state=dropped"), [
      { event: "call.answered", faults: ["drop"], requested_url: null, signed_text: null, attempts: [], headers: {} },
    ]);
    t.match(await done("GET", "/callback-faults"), { faults: [{ times: 0, struck: 1 }] });
  });
  t.test("times: as many as it says", async (t) => {
    const { received } = await called(t, { fault: "drop", times: 3 });
    t.same(sequence(received), ["3"]);
  });
  t.test("another account: not struck", async (t) => {
    const { control, place, advance, received, url } = await controlled(t);
    await control.for(SUBACCOUNT).callbacks.arm({ fault: "drop" });
    await place({ StatusCallback: url });
    await advance(60);
    t.equal(received.length, 1);
  });
  t.test("duplicate: twice, with the same token", async (t) => {
    const { received, counts, list } = await called(t, { fault: "duplicate", event: "call.ringing" });
    t.same(sequence(received), ["0", "1", "1", "2", "3"]);
    const [, one, two] = received as [Received, Received, Received];
    t.equal(one.headers["i-twilio-idempotency-token"], two.headers["i-twilio-idempotency-token"]);
    t.equal(one.body, two.body);
    t.match(counts, { delivered: 4 });
    t.equal((await list()).length, 4);
  });
  t.test("bad-signature: the check of the receiver fails", async (t) => {
    const { received, url, list } = await called(t, { fault: "bad-signature", event: "call.ringing" });
    t.same(
      received.map((request) => isSigned(request, url)),
      [true, false, true, true],
    );
    t.match(await list("?event=call.ringing"), [{ state: "delivered", faults: ["bad-signature"] }]);
  });
  t.test("reorder: after the next one", async (t) => {
    const { received, counts } = await called(t, { fault: "reorder", event: "call.ringing" });
    t.same(sequence(received), ["0", "2", "1", "3"]);
    t.match(counts, { delivered: 4 });
  });
  t.test("reorder without a next one: pending, and the clock does not wait", async (t) => {
    const { received, list, done, url, delivered } = await called(t, { fault: "reorder", event: "call.completed" });
    t.same(sequence(received), ["0", "1", "2"]);
    t.match(await list("?event=call.completed"), [{ state: "pending" }]);
    await done("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url });
    await delivered();
    t.same(sequence(received), ["0", "1", "2", undefined, "3"]);
  });
  t.test("two that are reordered: the second lets the first go", async (t) => {
    const { received, counts } = await called(t, { fault: "reorder", times: 2 });
    t.same(sequence(received).sort(), ["0", "1", "2", "3"]);
    t.equal(counts.delivered, 4);
  });
  t.test("delay: of real time, the clock waits for it", async (t) => {
    const { received, list } = await called(t, { fault: "delay", event: "call.ringing", delay: 40 });
    t.same(sequence(received), ["0", "1", "2", "3"]);
    t.match(await list("?event=call.ringing"), [{ state: "delivered", faults: ["delay"] }]);
  });
  t.test("long delay: closing does not wait for it", async (t) => {
    const { app, done, place, url, steer, received } = await controlled(t);
    await done("POST", "/callback-faults", { fault: "delay", delay: 600_000 });
    await place({ StatusCallback: url });
    const turned = steer("POST", "/clock", { advance: "PT60S" }).catch(() => {});
    await done("GET", "/callbacks/wait?state=pending");
    await app.close();
    await turned;
    t.same(received, []);
  });
});

t.test("map", async (t) => {
  t.test("requested elsewhere, signed as before", async (t) => {
    const { done, place, advance, takeAll, url, port, list, controls } = await controlled(t);
    t.same(await done("GET", "/callback-map"), {});
    const map = { "https://app.example.com": `http://127.0.0.1:${port}/base` };
    t.same(await done("PUT", "/callback-map", map), map);
    t.same(await done("GET", "/callback-map"), map);
    const asked = "https://app.example.com/status?id=1";
    await place({ StatusCallback: asked });
    await place({ StatusCallback: url });
    await advance(60);
    const [mapped, plain] = takeAll() as [Received, Received];
    t.equal(mapped.url, "/base/status?id=1");
    t.ok(isSigned({ ...mapped, url: "/status?id=1" }, asked));
    t.equal(plain.url, "/callback");
    t.match(await list(), [
      { url: asked, requested_url: `http://127.0.0.1:${port}/base/status?id=1`, state: "delivered" },
      { url, requested_url: url },
    ]);
    t.same(await controls.callbacks.map(), map);
    t.same(await controls.callbacks.map({}), {});
    t.same(await done("GET", "/callback-map"), {});
  });
  t.test("of one account: not that of another", async (t) => {
    const { done, control } = await controlled(t);
    const map = { "https://app.example.com": "http://127.0.0.1:1" };
    t.same(await control.for(SUBACCOUNT).callbacks.map(map), map);
    t.same(await done("GET", "/callback-map"), {});
    t.same(await done("GET", `/callback-map?account=${SUBACCOUNT}`), map);
  });
  t.test("no URLs: 400, unchanged", async (t) => {
    const { done, errorOf } = await controlled(t);
    for (const map of [
      { "app.example.com": "http://127.0.0.1:1" },
      { "https://app.example.com": "localhost" },
      { "https://app.example.com/?a=b": "http://127.0.0.1:1" },
      { "https://[": "http://127.0.0.1:1" },
    ]) {
      await errorOf(400, "PUT", "/callback-map", map);
    }
    t.match(await errorOf(400, "PUT", "/callback-map", { "https://app.example.com": 1 }), /is 1/);
    t.same(await done("GET", "/callback-map"), {});
  });
});

t.test("signature", async (t) => {
  const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const parameters = {
    CallSid: "CA1234567890ABCDE",
    Caller: "+14158675309",
    Digits: "1234",
    From: "+14158675309",
    To: "+18005551212",
  };
  t.test("documented example: RSOYDt4T1cUTdK1PDd93/VVr8B8=", async (t) => {
    const { done, control } = await controlled(t);
    const { sid } = await done("POST", "/accounts", { auth_token: "12345" });
    const signed = {
      signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
      signed_text: `${url}CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212`,
      matches: null,
      differences: [],
    };
    t.same(await done("POST", `/signature?account=${sid}`, { url, parameters }), signed);
    const { signature } = signed;
    t.match(await done("POST", `/signature?account=${sid}`, { url, parameters, signature }), {
      matches: true,
      differences: [],
    });
    t.match(await control.for(sid).callbacks.sign({ url, parameters }), { signature, signedText: signed.signed_text });
  });
  t.test("accounts: each with its token", async (t) => {
    const { done, controls, control } = await controlled(t);
    const own = await controls.callbacks.sign({ url });
    const { signature } = await done("POST", `/signature?account=${SUBACCOUNT}`, { url });
    t.not(signature, own.signature);
    t.ok(isSigned(requestWith(signature), url, SUBACCOUNT_TOKEN));
    t.ok(isSigned(requestWith(own.signature), url));
    t.match(await control.for(SUBACCOUNT).callbacks.sign({ url, signature }), { matches: true });

    function requestWith(signature: string): Received {
      const headers = { "x-twilio-signature": signature };
      return { method: "GET", url: "/myapp.php?foo=1&bar=2", headers, body: "", pairs: [], form: {} };
    }
  });
  for (const [difference, given] of [
    ["the URL with the scheme of http", { url: url.replace("https", "http") }],
    ["the URL without its port", { url, of: url.replace(".com", ".com:8443") }],
    ["the URL with the standard port", { url: url.replace(".com", ".com:443") }],
    ["the URL with, or without, a slash at its end", { url: url.replace("?", "/?") }],
    ["the URL with, or without, a slash at its end", { url, of: url.replace("?", "/?") }],
    ["the URL without its query", { url: url.replace(/\?.*/, "") }],
    ["the URL alone, without the parameters", { parameters: {} }],
    ["the parameters percent-encoded", { parameters: encoded(encodeURIComponent) }],
    ["the parameters with + read as a space", { parameters: encoded((value) => value.replaceAll("+", " ")) }],
    ["another auth token, or of a URL or parameters that were not tried", { parameters: { To: TO, From: FROM } }],
  ] as const) {
    t.test(`not right: ${difference}`, async (t) => {
      const { controls } = await controlled(t);
      const mistaken = Object.assign({ url, parameters }, "of" in given ? { url: given.url } : given);
      const { signature } = await controls.callbacks.sign(mistaken);
      const right = { url: "of" in given ? given.of : url, parameters };
      t.match(await controls.callbacks.sign({ ...right, signature }), { matches: false, differences: [difference] });
    });
  }
  t.test("scheme of https where the URL has http", async (t) => {
    const { controls } = await controlled(t);
    const http = url.replace("https", "http");
    const { signature } = await controls.callbacks.sign({ url });
    t.match(await controls.callbacks.sign({ url: http, signature }), {
      matches: false,
      differences: ["the URL with the scheme of https"],
    });
    const { signature: ported } = await controls.callbacks.sign({ url: http.replace(".com", ".com:80") });
    t.same((await controls.callbacks.sign({ url: http, signature: ported })).differences, [
      "the URL with the standard port",
    ]);
  });
  t.test("parameters signed in the order in which they were given", async (t) => {
    const { controls } = await controlled(t);
    const pairs = { To: "1", From: "2" };
    const { signature } = await controls.callbacks.sign({ url: `${url}To1From2` });
    t.match(await controls.callbacks.sign({ url, parameters: pairs, signature }), {
      matches: false,
      differences: ["the parameters in the order in which they were given"],
    });
  });
  t.test("invalid input: 400; unknown account: 404", async (t) => {
    const { errorOf } = await controlled(t);
    t.match(await errorOf(400, "POST", "/signature", {}), /url/);
    t.match(await errorOf(400, "POST", "/signature", { url: 1 }), /^url is 1/);
    t.match(await errorOf(400, "POST", "/signature", { url, parameters: { To: 1 } }), /is 1/);
    await errorOf(404, "POST", `/signature?account=${NOBODY}`, { url });
  });

  function encoded(change: (value: string) => string): Record<string, string> {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, change(value)]));
  }
});
