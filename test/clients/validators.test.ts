import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import t, { type Test } from "tap";
import twilio from "twilio";
import twilio5 from "twilio-5";
import { type EmulatorOptions, startEmulator } from "../../src/index.js";
import { permittedNames } from "../../src/listener/names.js";
import { makeAuthority, makeLeaf } from "../../src/listener/x509.js";
import { needs, outcomeOf, programPath } from "../support/client-program.js";
import { numbered, TOKEN } from "../support/emulator.js";
import { run } from "../support/process.js";

// Each test makes keys, or starts a process.
t.jobs = 2;

const PYTHON = "/usr/bin/python3";
const NAME = "app.example.com";

/** Every event of `place`. */
const EVENTS = [
  ...["call.answered", "call.completed", "call.initiated", "call.ringing"],
  ...["conference.conference-end", "conference.conference-start"],
  ...["conference.participant-join", "conference.participant-leave"],
  ...["dial.action", "record.action", "recording.absent", "recording.completed", "recording.in-progress"],
  "transcription.completed",
];

/** A request as a validator sees it, with the public URL. */
interface Judged {
  token: string;
  url: string;
  signature: string;
  form: Record<string, string>;
}

async function listening(t: Test, server: Server): Promise<number> {
  await once(server.listen(0, "localhost"), "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Starts an emulator, and receivers over HTTP and TLS that check signatures with the middleware of the official client. */
async function judged(t: Test) {
  const authority = await makeAuthority(permittedNames(["localhost"]), Date.now());
  const leaf = await makeLeaf(authority, ["localhost"], Date.now());
  const folder = t.testdir({ "ca.pem": authority.certificate, "ca.key": authority.key });
  const received: Judged[] = [];
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use((request, _response, next) => {
    const origin = request.path.startsWith("/mapped") ? `https://${NAME}` : `${request.protocol}://${request.host}`;
    const signature = request.get("x-twilio-signature") ?? "";
    received.push({ token: TOKEN, url: origin + request.originalUrl, signature, form: { ...request.body } });
    next();
  });
  app.use("/mapped", twilio.webhook({ protocol: "https", host: NAME }, TOKEN));
  app.use("/direct", twilio.webhook(TOKEN));
  app.use((_request, response) => void response.sendStatus(204));
  const port = await listening(t, createServer(app));
  const tlsPort = await listening(t, createTlsServer({ cert: leaf.certificate, key: leaf.key }, app));
  const options: EmulatorOptions = {
    callbackMap: [`https://${NAME}=http://localhost:${port}`, `https://${NAME}:8443=http://localhost:${port}`],
    caCert: join(folder, "ca.pem"),
    caKey: join(folder, "ca.key"),
  };
  const emulator = await startEmulator(options);
  t.teardown(() => emulator.close());
  await emulator.clock.freeze();
  const targets = {
    "http, on a port": `http://localhost:${port}/direct`,
    "http, with a query": `http://localhost:${port}/direct/?a=1&b=x%20y&c=%27`,
    "http, with user, password and overrides": `http://user:pass@localhost:${port}/direct#rc=2&rp=all`,
    "https, on a port": `https://localhost:${tlsPort}/direct?a=1`,
    "through a map": `https://${NAME}/mapped?a=1`,
    "through a map, on a port": `https://${NAME}:8443/mapped`,
  };
  return { emulator, received, targets };
}

type Emulator = Awaited<ReturnType<typeof judged>>["emulator"];

/** Causes every kind of callback. */
async function place({ calls, clock, conferences }: Emulator, url: string, method: "GET" | "POST"): Promise<void> {
  const all = { url, method, events: ["in-progress", "completed", "absent"] };
  const callback = { url, method };
  const steps = { url, method, events: ["initiated", "ringing", "answered", "completed"] };
  const text = "It's “ünï” (50 %) & more = all*! 漢字 😀 +1";
  await calls.place({
    callback: steps,
    // Twilio sends it as POST only. The middleware does not read a GET with an encoded question mark.
    recording: { callback: all, action: callback, transcription: { text, callback: { url } } },
  });
  await calls.place({ recording: { source: "DialVerb", callback: all, action: callback } });
  await calls.place({ script: { sound: "silence" }, recording: { callback: all } });
  const { sid } = await conferences.open({
    friendlyName: text,
    callback: { url, method, events: ["start", "end", "join", "leave"] },
    recording: { callback: all },
  });
  await clock.advance("PT1H");
  await conferences.end(sid);
  await calls.configure({ recordingKey: "CR00000000000000000000000000000001" });
  await calls.place({ recording: { callback: all } });
  await clock.advance("PT1H");
  await calls.configure({ recordingKey: null });
}

/** Returns the callbacks of all kinds, targets and methods, as a receiver sees them. */
async function everyCallback(t: Test, isBad: boolean): Promise<Judged[]> {
  const { emulator, received, targets } = await judged(t);
  if (isBad) await emulator.callbacks.arm({ fault: "bad-signature", times: 10_000 });
  for (const [name, url] of Object.entries(targets)) {
    for (const method of ["GET", "POST"] as const) {
      await place(emulator, url, method);
      const sent = await emulator.callbacks.list();
      await emulator.callbacks.clear();
      t.same([...new Set(sent.map(({ event }) => event))].sort(), EVENTS, `${name}, ${method}: events`);
      const answers = sent.flatMap(({ attempts }) => attempts.map(({ status, error }) => error ?? status));
      // 403 is retried as the override says.
      t.same([...new Set(answers)], [isBad ? 403 : 204], `${name}, ${method}: answers of the Express middleware`);
      const ports = sent.flatMap(({ signedText }) => /^https:\/\/[^/]*:\d+/.exec(signedText ?? "") ?? []);
      t.same(ports, [], `${name}, ${method}: no port is signed over https`);
    }
  }
  return received;
}

t.test("every callback: accepted by twilio 6 and 5 for Node.js and by their Express middleware", async (t) => {
  const received = await everyCallback(t, false);
  t.ok(received.some(({ form }) => form.EncryptionDetails !== undefined));
  for (const { validateRequest } of [twilio, twilio5]) {
    const refused = received.filter(({ token, signature, url, form }) => !validateRequest(token, signature, url, form));
    t.same(refused, []);
  }
});

t.test(
  "every callback with a bad signature: refused by twilio 6 and 5 for Node.js and by the middleware",
  async (t) => {
    const received = await everyCallback(t, true);
    for (const { validateRequest } of [twilio, twilio5]) {
      const accepted = received.filter(({ token, signature, url, form }) =>
        validateRequest(token, signature, url, form),
      );
      t.same(accepted, []);
    }
  },
);

t.test(
  "every callback: accepted by python3-twilio; with a bad signature, refused",
  needs("python3-twilio", [PYTHON, "-c", "import twilio"]),
  async (t) => {
    for (const isBad of [false, true]) {
      const received = await everyCallback(t, isBad);
      const file = join(t.testdir({}), "received.json");
      writeFileSync(file, JSON.stringify(received));
      const judgements = await outcomeOf([PYTHON, programPath("validate.py"), file], {
        PATH: String(process.env.PATH),
      });
      t.same(
        judgements,
        received.map(() => !isBad),
      );
    }
  },
);

t.test("receiver with a certificate of NODE_EXTRA_CA_CERTS: delivered; without the variable, failed", async (t) => {
  const authority = await makeAuthority(permittedNames(["localhost"]), Date.now());
  const { certificate, key } = await makeLeaf(authority, ["localhost"], Date.now());
  const caFile = join(t.testdir({ "ca.pem": authority.certificate }), "ca.pem");
  const server = createTlsServer({ cert: certificate, key }, (_request, response) => void response.end());
  const url = `https://localhost:${await listening(t, server)}/`;
  for (const [env, state] of [
    [{ NODE_EXTRA_CA_CERTS: caFile }, "delivered"],
    [{}, "failed"],
  ] as const) {
    const emulator = await run(t, ["--data", ":memory:", "--port", "0"], env).ready;
    const body = JSON.stringify({ event: "recording.completed", sid: numbered("05"), url });
    await fetch(`${emulator}/_emulator/callbacks`, { method: "POST", body });
    const sent = await fetch(`${emulator}/_emulator/callbacks/wait?timeout=60`);
    t.match(await sent.json(), { callbacks: [{ state }] });
  }
});
