import t from "tap";
import { createCallbackLog } from "../../src/callbacks/log.js";
import type { PendingCallback } from "../../src/callbacks/table.js";
import { callbackEmulator } from "../support/callbacks.js";
import { ACCOUNT, EXAMPLE, SUBACCOUNT, SUBACCOUNT_TOKEN, TOKEN } from "../support/emulator.js";

const ROW: PendingCallback = {
  account_sid: ACCOUNT,
  sid: `CB${"0".repeat(32)}`,
  created_at: 0,
  event: "recording.completed",
  subject_sid: EXAMPLE,
  url: "http://receiver/",
  method: "POST",
  parameters: "[]",
  idempotency_token: "token",
};

t.test("bounded: the last 1000 of each account, oldest first", async (t) => {
  const log = createCallbackLog();
  log.add({ ...ROW, account_sid: SUBACCOUNT, event: "first" }, []);
  for (let number = 1; number <= 1005; number++) log.add({ ...ROW, event: String(number) }, []);
  log.add({ ...ROW, account_sid: SUBACCOUNT, event: "last" }, []);
  const events = log.list(ACCOUNT).map(({ event }) => event);
  t.equal(events.length, 1000);
  t.equal(events[0], "6");
  t.equal(events.at(-1), "1005");
  const all = log.list();
  t.equal(all.length, 1002);
  t.match([all[0], all.at(-1)], [{ event: "first" }, { event: "last" }]);
  t.same(log.list(`AC${"9".repeat(32)}`), []);
});

t.test("changes: listeners are called until they stop", async (t) => {
  const log = createCallbackLog();
  let calls = 0;
  const stop = log.onChange(() => calls++);
  const entry = log.add(ROW, []);
  t.equal(calls, 1);
  log.finish(entry, { state: "delivered", finishedAt: 1, faults: ["delay"], delivery: undefined });
  t.equal(calls, 2);
  t.match(log.list(), [{ state: "delivered", finishedAt: 1, faults: ["delay"] }]);
  log.clear();
  t.equal(calls, 3);
  stop();
  log.add(ROW, []);
  t.equal(calls, 3);
});

t.test("clear: of one account, or of all", async (t) => {
  const log = createCallbackLog();
  log.add(ROW, []);
  log.add({ ...ROW, account_sid: SUBACCOUNT }, []);
  log.clear(ACCOUNT);
  t.match(log.list(), [{ accountSid: SUBACCOUNT }]);
  t.equal(log.list().length, 1);
  log.clear();
  t.same(log.list(), []);
});

t.test("password in the URL: not shown, and kept for a redelivery", async (t) => {
  const log = createCallbackLog();
  for (const [url, shown] of [
    ["http://user:secret@h/a:b@c", "http://user:***@h/a:b@c"],
    ["https://user:se@cret@h/", "https://user:***@h/"],
    ["https://us@er:secret@h/", "https://us@er:***@h/"],
    ["HTTPS://:secret@h?x", "HTTPS://:***@h?x"],
    ["http://user@h/", "http://user@h/"],
    ["http://h:80/a@b", "http://h:80/a@b"],
    ["http://h:80?a@b", "http://h:80?a@b"],
  ] as const) {
    const entry = log.add({ ...ROW, url }, []);
    t.equal(entry.url, shown);
    t.equal(log.urlOf(entry), url);
  }
});

t.test("no password and no auth token in any answer of the control API about callbacks", async (t) => {
  const running = await callbackEmulator(t, {}, ({ headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' });
  });
  const { url, done, steer, answered, advance, takeAll, configure } = running;
  const withPassword = url.replace("://", "://user:s%65cret@");
  await configure({ lasts: null });
  const call = await answered({ StatusCallback: withPassword, StatusCallbackEvent: "ringing answered completed" });
  const recording = await done("POST", `/calls/${call}/recordings`, {
    callback: { url: withPassword },
    length: 5,
    transcription: { callback: { url: withPassword } },
  });
  await advance(60);
  const sent: unknown[] = [
    await done("POST", "/callbacks", { event: "recording.completed", sid: recording.sid, url: withPassword }),
  ];
  await advance(0);
  const [{ id }] = (await done("GET", "/callbacks?event=transcription.completed")).callbacks;
  sent.push(await done("POST", `/callbacks/${id}/redeliver`, {}));
  await advance(0);
  const { callbacks } = await done("GET", "/callbacks");
  t.same(
    callbacks.map(({ event, state }: Record<string, string>) => [event, state]),
    [
      ["call.ringing", "delivered"],
      ["call.answered", "delivered"],
      ["recording.completed", "delivered"],
      ["transcription.completed", "delivered"],
      ["recording.completed", "delivered"],
      ["transcription.completed", "delivered"],
    ],
  );
  const received = takeAll();
  t.equal(received.length, 2 * callbacks.length, "each after a challenge");
  t.match(received.at(-1), { headers: { authorization: "Basic dXNlcjpzZWNyZXQ=" }, form: { url } });
  sent.push(
    callbacks,
    await done("GET", "/callbacks/wait"),
    await steer("GET", "/callback-faults"),
    await done("GET", "/clock/events"),
  );
  const all = JSON.stringify(sent);
  t.match(all, "user:***@");
  for (const secret of ["secret", "s%65cret", "dXNlcjpzZWNyZXQ=", TOKEN, SUBACCOUNT_TOKEN]) {
    t.notMatch(all, secret);
    t.notMatch(all, Buffer.from(secret).toString("base64"));
    t.notMatch(all, encodeURIComponent(secret));
  }
});
