import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { envCommand } from "../../src/commands/env.js";
import { ask } from "../../src/commands/http.js";
import { makeAuthority } from "../../src/listener/x509.js";
import { ACCOUNT, SUBACCOUNT, TOKEN } from "../support/emulator.js";
import { running } from "../support/running.js";

const HOST = { host: "127.0.0.1", controlToken: undefined };

/** Serves answers by path; returns the port and the received Authorization headers. */
async function serving(t: Test, answers: Record<string, object | string>) {
  const received: (string | undefined)[] = [];
  const server = createServer(({ url = "", headers }, response) => {
    received.push(headers.authorization);
    const answer = answers[url];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, received };
}

/** The answers of an emulator with the default fixtures. */
async function answersWith(authToken: string | null, main: string | null = ACCOUNT) {
  return {
    "/_emulator/ca.pem": (await makeAuthority(["localhost"], Date.now())).certificate,
    "/_emulator": { account_sid: main },
    "/_emulator/accounts": { accounts: [{ sid: ACCOUNT }, { sid: SUBACCOUNT }] },
    [`/_emulator/accounts/${ACCOUNT}`]: { auth_token: authToken },
  };
}

t.test(
  "running emulator, account of the environment or the main one: variables, and private files that remain",
  async (t) => {
    const { port, url } = await running(t);
    const cache = t.testdir({});
    const env = { XDG_CACHE_HOME: cache, TWILIO_ACCOUNT_SID: SUBACCOUNT, TWILIO_AUTH_TOKEN: "mine" };
    const set = JSON.parse(await envCommand({ ...HOST, port }, { shell: "json" }, env, t.fail));
    t.match(set, { TWILIO_EMULATOR_URL: url, TWILIO_ACCOUNT_SID: SUBACCOUNT, TWILIO_AUTH_TOKEN: "mine" });
    const folder = join(cache, "twilio-recordings-emulator", `127.0.0.1-${port}`);
    t.equal(statSync(folder).mode & 0o777, 0o700);
    t.equal(set.NODE_EXTRA_CA_CERTS, join(folder, "ca.pem"));
    t.equal(readFileSync(set.NODE_EXTRA_CA_CERTS, "utf8"), await (await fetch(`${url}/_emulator/ca.pem`)).text());
    const main = JSON.parse(await envCommand({ ...HOST, port }, { shell: "json" }, { XDG_CACHE_HOME: cache }, t.fail));
    t.match(main, { TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN });
    const again = await envCommand({ ...HOST, port }, {}, { ...env, ...set }, t.fail);
    t.match(again, `export TWILIO_EMULATOR_URL='${url}'\n`);
  },
);

t.test("no account in the environment: the main account, with the control token", async (t) => {
  const { port, received } = await serving(t, await answersWith(TOKEN));
  const given = { host: "127.0.0.1", port, controlToken: "open" };
  const text = await envCommand(given, { shell: "fish", folder: t.testdir({}) }, { TWILIO_ACCOUNT_SID: "x" }, t.fail);
  t.match(text, `set -gx TWILIO_ACCOUNT_SID '${ACCOUNT}'\nset -gx TWILIO_AUTH_TOKEN '${TOKEN}'\n`);
  t.same(received, [undefined, "Bearer open", "Bearer open", "Bearer open"]);
});

t.test("token not known, or no account: notice, no credentials", async (t) => {
  for (const answers of [await answersWith(null), await answersWith(TOKEN, null)]) {
    const { port } = await serving(t, answers);
    const notices: string[] = [];
    const text = await envCommand({ ...HOST, port }, { folder: t.testdir({}) }, {}, (line) => notices.push(line));
    t.same(notices, ["the token of the account is not known: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"]);
    t.notMatch(text, "TWILIO_AUTH_TOKEN");
  }
});

t.test("default folder without XDG_CACHE_HOME: in the home folder", async (t) => {
  const { HOME } = process.env;
  const home = t.testdir({});
  process.env.HOME = home;
  t.teardown(() => {
    process.env.HOME = HOME;
  });
  const { port } = await serving(t, await answersWith(TOKEN));
  await envCommand({ ...HOST, port }, {}, {}, t.fail);
  t.ok(existsSync(join(home, ".cache/twilio-recordings-emulator", `127.0.0.1-${port}`, "bundle.pem")));
});

t.test("no emulator there, wrong control token, folder that cannot be used: one line", async (t) => {
  const { port } = await running(t, { controlToken: "open" });
  const folder = t.testdir({ file: "" });
  const other = await serving(t, {});
  const account = await serving(t, await answersWith(TOKEN));
  for (const [given, flags, message] of [
    [{ port: 1 }, {}, /^http:\/\/127\.0\.0\.1:1\/_emulator\/ca\.pem does not answer \(.*ECONNREFUSED/],
    [{ port: other.port }, {}, /is no emulator: \/_emulator\/ca\.pem has the status 404$/],
    [{ port }, {}, /\/accounts has the status 401; expected: --control-token, or EMULATOR_CONTROL_TOKEN$/],
    [
      { port: account.port },
      { folder: join(folder, "file", "x") },
      /^--folder is ".*x"; expected: a folder .*\(ENOTDIR/,
    ],
    [{ port: account.port }, { folder: join(folder, "a:b") }, /^--folder is ".*a:b"; .*\(a path without colons\)$/],
  ] as const) {
    await t.rejects(envCommand({ ...HOST, ...given }, flags, {}, t.fail), { name: "StartupError", message });
  }
});

t.test("main account that the emulator does not return: error with the status", async (t) => {
  const { [`/_emulator/accounts/${ACCOUNT}`]: _, ...answers } = await answersWith(TOKEN);
  const { port } = await serving(t, answers);
  await t.rejects(envCommand({ ...HOST, port }, {}, {}, t.fail), { message: /AC(a{32}) has the status 404$/ });
});

t.test("server that does not answer: error after the timeout", async (t) => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await t.rejects(ask(`http://127.0.0.1:${port}/`, undefined, 1), { message: /does not answer \(timeout\)$/ });
});
