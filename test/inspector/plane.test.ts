import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Fastify from "fastify";
import t, { type Test } from "tap";
import { addControl } from "../../src/control/plane.js";
import { addInspector } from "../../src/inspector/plane.js";
import { COMPILE_NO_SCHEMAS } from "../../src/twilio-api/response/uncompiled-schemas.js";
import { configWith, emulator } from "../support/emulator.js";

const FILES = { "index.html": "<!doctype html>", "inspector.js": "let a;", "player.js": "let b;" };
const HTML = { host: "localhost:2010", accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Serves the page from a folder of its own. */
async function inspector(t: Test, files: Record<string, string> = FILES) {
  const { control } = await emulator(t);
  const folder = t.testdir(files);
  const app = Fastify(COMPILE_NO_SCHEMAS);
  t.teardown(() => app.close());
  const authority = async () => ({ certificate: "", key: "", expires: 0 });
  addControl(app, control, configWith({ controlToken: "open sesame" }), authority as never, (plane) =>
    addInspector(plane, folder),
  );
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { host: HTML.host, ...headers } });
  return { app, folder, get };
}

t.test("browser at /_emulator/: the page, without the token, with a strict policy", async (t) => {
  const { app, get } = await inspector(t);
  const { statusCode, headers, body } = await get("/_emulator/", HTML);
  t.equal(statusCode, 200);
  t.equal(body, FILES["index.html"]);
  t.match(headers, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    vary: "Accept, Accept-Encoding",
  });
  t.notMatch(headers["content-security-policy"], "unsafe");
  const head = await app.inject({ method: "HEAD", url: "/_emulator/", headers: HTML });
  t.match(head, { statusCode: 200, body: "" });
});

t.test("browser at /_emulator: redirected, with its query", async (t) => {
  const { get } = await inspector(t);
  t.match(await get("/_emulator", HTML), { statusCode: 302, headers: { location: "/_emulator/" } });
  const { headers } = await get("/_emulator?account=AC1", HTML);
  t.equal(headers.location, "/_emulator/?account=AC1");
});

t.test("client without Accept: text/html: JSON", async (t) => {
  const { get } = await inspector(t);
  for (const url of ["/_emulator", "/_emulator/"]) {
    for (const accept of ["*/*", "application/json"]) {
      const answer = await get(url, { accept });
      t.equal(answer.json().name, "twilio-recordings-emulator");
      t.equal(answer.headers.vary, "Accept");
    }
  }
});

t.test("scripts: as JavaScript, without the token", async (t) => {
  const { get } = await inspector(t);
  for (const name of ["inspector.js", "player.js"] as const) {
    const { statusCode, headers, body } = await get(`/_emulator/${name}`);
    t.equal(statusCode, 200);
    t.equal(headers["content-type"], "text/javascript; charset=utf-8");
    t.equal(body, FILES[name]);
  }
  t.equal((await get("/_emulator/index.html")).statusCode, 401);
  t.equal((await get("/_emulator/accounts", HTML)).statusCode, 401);
});

t.test("Accept-Encoding: gzip: compressed, with an entity tag of its own", async (t) => {
  const { get } = await inspector(t);
  const plain = await get("/_emulator/inspector.js");
  const zipped = await get("/_emulator/inspector.js", { "accept-encoding": "gzip, br" });
  t.equal(zipped.headers["content-encoding"], "gzip");
  t.equal(gunzipSync(zipped.rawPayload).toString(), FILES["inspector.js"]);
  t.not(zipped.headers.etag, plain.headers.etag);
});

t.test("If-None-Match with the entity tag: 304; with another: 200", async (t) => {
  const { get } = await inspector(t);
  const { headers } = await get("/_emulator/", HTML);
  const again = await get("/_emulator/", { ...HTML, "if-none-match": String(headers.etag) });
  t.equal(again.statusCode, 304);
  t.equal(again.body, "");
  t.equal((await get("/_emulator/", { ...HTML, "if-none-match": '"other"' })).statusCode, 200);
});

t.test("file: read when first asked for, then kept", async (t) => {
  const { folder, get } = await inspector(t);
  await get("/_emulator/inspector.js");
  rmSync(folder, { recursive: true });
  t.equal((await get("/_emulator/inspector.js")).statusCode, 200);
  t.equal((await get("/_emulator/player.js")).statusCode, 404);
});

t.test("without a build: 404 that names the command", async (t) => {
  const { folder, get } = await inspector(t, {});
  for (const [url, name] of [
    ["/_emulator/", "index.html"],
    ["/_emulator/player.js", "player.js"],
  ] as const) {
    const { statusCode, headers, body } = await get(url, HTML);
    t.equal(statusCode, 404);
    t.equal(headers["content-type"], "text/plain; charset=utf-8");
    t.equal(body, `${name} is missing in ${folder}; expected: a build, by npm run build\n`);
  }
});

t.test("file that cannot be read: 500", async (t) => {
  const { folder, get } = await inspector(t, {});
  mkdirSync(join(folder, "player.js"));
  t.match((await get("/_emulator/player.js")).json(), { error: /EISDIR/ });
});

t.test("foreign origin or host name: 403; link on another site: the page", async (t) => {
  const { get } = await inspector(t);
  t.equal((await get("/_emulator/", { ...HTML, host: "evil.example" })).statusCode, 403);
  t.equal((await get("/_emulator/", { ...HTML, origin: "https://evil.example" })).statusCode, 403);
  const site = { ...HTML, "sec-fetch-site": "cross-site" };
  t.equal((await get("/_emulator/", site)).statusCode, 403);
  t.equal((await get("/_emulator/", { ...site, "sec-fetch-dest": "document" })).statusCode, 200);
  t.equal((await get("/_emulator/inspector.js", { ...site, "sec-fetch-dest": "script" })).statusCode, 403);
  t.equal((await get("/_emulator/accounts", { ...site, "sec-fetch-dest": "document" })).statusCode, 403);
});

t.test("emulator without a parameter: its own folder", async (t) => {
  const { app } = await emulator(t);
  const { statusCode } = await app.inject({ url: "/_emulator/", headers: HTML });
  t.ok(statusCode === 200 || statusCode === 404);
});
