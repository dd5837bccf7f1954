import t from "tap";
import { ACCOUNT, emulator, SUBACCOUNT } from "../support/emulator.js";

t.test("access", async (t) => {
  const { app } = await emulator(t, { controlHosts: ["emulator.example.com"] });
  const status = async (headers: Record<string, string>, url = "/_emulator/accounts") => {
    const answer = await app.inject({ url, headers });
    t.notOk("access-control-allow-origin" in answer.headers);
    if (answer.statusCode !== 200) t.same(Object.keys(answer.json()), ["error"]);
    return answer.statusCode;
  };
  t.test("IP address, localhost, a name without a dot, a name of --control-hosts: 200", async (t) => {
    for (const host of [
      "127.0.0.1:2010",
      "[::1]:2010",
      "10.1.2.3",
      "localhost",
      "LocalHost:80",
      "twilio:2010",
      "Emulator.Example.com:2010",
    ]) {
      t.equal(await status({ host }), 200, host);
    }
  });
  t.test("other name, as in DNS rebinding: 403", async (t) => {
    for (const host of ["evil.example", "localhost.evil.example:2010", "127.0.0.1.evil.example", "api.twilio.com"]) {
      t.equal(await status({ host }), 403, host);
      for (const url of ["/clock", "/requests", "/export", "/openapi.json", "/nope"]) {
        t.equal(await status({ host }, `/_emulator${url}`), 403, `${host} ${url}`);
      }
    }
  });
  t.test("service name with dots: 200 for health and ca.pem only", async (t) => {
    const host = "twilio.default.svc.cluster.local:2010";
    for (const url of ["/health", "/health/live", "/ca.pem"]) {
      t.equal(await status({ host }, `/_emulator${url}`), 200, url);
      const page = { host, origin: "https://evil.example" };
      t.equal(await status(page, `/_emulator${url}`), 403, `${url} from another origin`);
      t.equal(await status({ host, origin: `http://${host}` }, `/_emulator${url}`), 200, `${url} from its own origin`);
    }
    t.equal(await status({ host, "sec-fetch-site": "cross-site" }, "/_emulator/health"), 403);
    t.equal(await status({ host, "sec-fetch-site": "cross-site" }, "/_emulator/ca.pem"), 200, "link from another site");
    t.equal(await status({ host }), 403);
  });
  t.test("page of another origin or site: 403; of the emulator's own origin: 200", async (t) => {
    const host = "localhost:2010";
    for (const origin of ["http://localhost:3000", "https://evil.example", "null", ""]) {
      t.equal(await status({ host, origin }), 403, origin);
    }
    t.equal(await status({ host, "sec-fetch-site": "cross-site" }), 403);
    t.equal(await status({ host, origin: "http://localhost:2010", "sec-fetch-site": "same-origin" }), 200);
  });
});

t.test("control token set, request without it: 401, except for health", async (t) => {
  const { app } = await emulator(t, { controlToken: "open sesame" });
  const status = async (url: string, authorization?: string) =>
    (await app.inject({ url: `/_emulator${url}`, headers: { ...(authorization && { authorization }) } })).statusCode;
  t.equal(await status("/accounts"), 401);
  t.equal(await status("/accounts", "Bearer open"), 401);
  t.equal(await status("/nope"), 401);
  t.equal(await status("/accounts", "Bearer open sesame"), 200);
  t.same([await status("/health"), await status("/health/live")], [200, 200]);
});

t.test("health: version, clock and counts; liveness: 200", async (t) => {
  const { steer } = await emulator(t);
  t.match((await steer("GET", "/health")).body, {
    status: "ok",
    version: "1.2.3",
    clock: { frozen: false, real: true },
    counts: { accounts: 2, recordings: 13, transcriptions: 5, add_on_results: 2, payloads: 2 },
  });
  t.same((await steer("GET", "/health/live")).body, { status: "ok" });
});

t.test("root and /_emulator without credentials or token: 200, name and URLs", async (t) => {
  const { app, steer } = await emulator(t, { controlToken: "open sesame" });
  const about = {
    name: "twilio-recordings-emulator",
    version: "1.2.3",
    account_sid: ACCOUNT,
    control: "http://localhost:2010/_emulator",
    openapi: "http://localhost:2010/_emulator/openapi.json",
    health: "http://localhost:2010/_emulator/health",
  };
  for (const url of ["/", "/_emulator", "/_emulator/"]) {
    const answer = await app.inject({ url, headers: { host: "localhost:2010" } });
    t.equal(answer.statusCode, 200, url);
    t.same(answer.json(), about, url);
    t.notOk("access-control-allow-origin" in answer.headers, url);
    t.equal((await app.inject({ method: "HEAD", url, headers: { host: "localhost" } })).statusCode, 200, url);
  }
  t.equal((await app.inject({ url: "/_emulator", headers: { host: "evil.example" } })).statusCode, 403);
  t.equal((await app.inject({ url: "/_emulator/", headers: { origin: "https://evil.example" } })).statusCode, 403);
  t.match((await steer("GET", "")).body, { name: about.name });
  for (const [method, url] of [
    ["POST", "/"],
    ["GET", "//"],
    ["GET", "/index.html"],
  ] as const) {
    t.equal((await app.inject({ method, url })).statusCode, 401, `${method} ${url}`);
  }
});

t.test("root, no accounts: account_sid is null", async (t) => {
  const { app, control } = await emulator(t);
  for (const sid of [SUBACCOUNT, ACCOUNT]) await control.call(control.operations.accounts.remove, { key: sid });
  t.equal((await app.inject({ url: "/" })).json().account_sid, null);
});

t.test("OpenAPI document: every operation has a summary and a route", async (t) => {
  const { app, steer } = await emulator(t);
  const { status, body } = await steer("GET", "/openapi.json");
  t.equal(status, 200);
  t.match(body, { openapi: "3.1.0", info: { version: "1.2.3" } });
  t.same((await steer("GET", "/openapi.json")).body, body);
  const operations = Object.entries(body.paths as Record<string, Record<string, { summary?: string }>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, { summary }]) => ({ path, method, summary })),
  );
  t.equal(operations.length, 66);
  for (const { path, method, summary } of operations) {
    t.ok(summary, path);
    t.ok(app.hasRoute({ method: method.toUpperCase() as "GET", url: path.replace(/\{(\w+)\}/g, ":$1") }), path);
  }
  const wait = body.paths["/_emulator/requests/wait"].get.responses;
  t.same(Object.keys(wait), ["200", "400", "401", "403", "404", "408", "409"]);
  t.same(wait["408"].content["application/json"].schema.required, ["error"]);
  t.same(Object.keys(body.paths["/_emulator/health"].get.responses), ["200", "400", "403", "503"]);
  t.same(Object.keys(body.paths["/_emulator/accounts"].post.responses), ["201", "400", "401", "403", "409", "413"]);
  t.match(body.paths["/_emulator/faults"].post.requestBody.content["application/json"].schema.properties, {
    probability: { minimum: 0, maximum: 1 },
  });
});

t.test("internal error in a control call: 500, with error", async (t) => {
  const { steer, state } = await emulator(t);
  state.database.close();
  t.match(await steer("GET", `/clock?account=${ACCOUNT}`), { status: 500, body: { error: /database/ } });
});

t.test("omitted body: accepted; unknown parameter: 400 with its name", async (t) => {
  const { app, steer } = await emulator(t);
  const headers = { "content-type": "application/json", "content-length": "0" };
  t.equal((await app.inject({ method: "POST", url: "/_emulator/reset", headers, payload: "" })).statusCode, 204);
  t.same(await steer("GET", "/accounts?nope=1"), {
    status: 400,
    body: { error: "the parameter nope is unknown; expected one of none" },
  });
});
