import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import t from "tap";
import { emulator } from "../support/emulator.js";
import { runningWithCa } from "../support/running.js";

const TOKEN = "open sesame";
const HOST = "localhost:2010";

/** Starts an emulator with a control token. */
async function guarded(t: Parameters<typeof emulator>[0]) {
  const { app } = await emulator(t, { controlToken: TOKEN });
  const login = (body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: "POST",
      url: "/_emulator/login",
      headers: { host: HOST, ...headers },
      payload: JSON.stringify(body),
    });
  const status = async (cookie: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: "/_emulator/accounts", headers: { host: HOST, cookie, ...headers } })).statusCode;
  return { app, login, status };
}

t.test("login with the token: a cookie of this origin that calls accept, without the token in it", async (t) => {
  const { login, status } = await guarded(t);
  const { statusCode, headers, body } = await login({ token: TOKEN });
  t.equal(statusCode, 204);
  t.equal(body, "");
  const header = String(headers["set-cookie"]);
  t.match(header, /^emulator_session_2010=[\w-]{43}; Path=\/_emulator; HttpOnly; SameSite=Strict$/);
  t.notMatch(header, "sesame");
  const cookie = header.replace(/;.*/, "");
  t.equal(await status(cookie), 200);
  t.equal(await status(`other=1; ${cookie}`, { "sec-fetch-site": "same-origin" }), 200);
  t.equal(await status(cookie, { "sec-fetch-site": "none" }), 200);
  t.equal(await status(cookie, { "sec-fetch-site": "same-site" }), 401, "page of another port");
  t.equal(await status(cookie, { origin: "http://localhost:3000" }), 403);
  t.equal(await status(cookie, { host: "localhost:2011" }), 401, "emulator on another port");
  t.equal(await status(cookie, { host: "localhost" }), 401, "emulator on the port of the scheme");
  t.equal(await status(`${cookie}x`), 401);
  t.equal(await status("emulator_session_2010="), 401);
  t.equal(await status(""), 401);
});

t.test("login over TLS: the cookie is Secure", async (t) => {
  const { url, ca } = await runningWithCa(t, { controlToken: TOKEN });
  const asked = request(`${url.replace("http:", "https:")}/_emulator/login`, { method: "POST", ca });
  asked.end(JSON.stringify({ token: TOKEN }));
  const [{ statusCode, headers }] = (await once(asked, "response")) as [IncomingMessage];
  t.equal(statusCode, 204);
  t.match(headers["set-cookie"], [/; SameSite=Strict; Secure$/]);
});

t.test("cookie of another start: 401", async (t) => {
  const [one, other] = [await guarded(t), await guarded(t)];
  const { headers } = await one.login({ token: TOKEN });
  t.equal(await other.status(String(headers["set-cookie"]).replace(/;.*/, "")), 401);
});

t.test("login with a wrong token: 401; from another origin: 403; with another body: 400; no cookie", async (t) => {
  const { login } = await guarded(t);
  const wrong = await login({ token: "open" });
  t.equal(wrong.statusCode, 401);
  t.match(wrong.json(), { error: /^the control token is wrong/ });
  const foreign = await login({ token: TOKEN }, { origin: "http://localhost:3000" });
  t.equal(foreign.statusCode, 403);
  const bad = await login({ tokens: TOKEN });
  t.equal(bad.statusCode, 400);
  for (const { headers } of [wrong, foreign, bad]) t.notOk("set-cookie" in headers);
});

t.test("logout: removes the cookie, also without one", async (t) => {
  const { app } = await guarded(t);
  const { statusCode, headers } = await app.inject({
    method: "POST",
    url: "/_emulator/logout",
    headers: { host: HOST },
  });
  t.equal(statusCode, 204);
  t.equal(headers["set-cookie"], "emulator_session_2010=; Max-Age=0; Path=/_emulator; HttpOnly; SameSite=Strict");
});

t.test("emulator without a token: any login succeeds", async (t) => {
  const { steer } = await emulator(t);
  t.equal((await steer("POST", "/login", { token: "any" })).status, 204);
});
