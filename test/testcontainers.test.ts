import t, { type Test } from "tap";
import { GenericContainer, type StartedTestContainer } from "testcontainers";
import type { EmulatorOptions } from "../src/index.js";
import { StartedTwilioRecordingsEmulatorContainer, TwilioRecordingsEmulatorContainer } from "../src/testcontainers.js";
import { startedHandle } from "./support/handles.js";

/** What the class has set for its start. */
interface Settings {
  imageName: { string: string };
  environment: Record<string, string>;
  exposedPorts: unknown[];
  waitStrategy: object;
  directoriesToCopy: object[];
}

const settingsOf = (container: TwilioRecordingsEmulatorContainer) => container as unknown as Settings;

/** Starts an emulator in this process, as a container that an engine has started; `ports` are those that were asked for. */
async function startedContainer(t: Test, options: EmulatorOptions = {}) {
  const { url } = await startedHandle(t, "in process", options);
  const { hostname, port } = new URL(url);
  const ports: number[] = [];
  const getMappedPort = (asked: number) => {
    ports.push(asked);
    return Number(port);
  };
  return { url, ports, container: { getHost: () => hostname, getMappedPort } as unknown as StartedTestContainer };
}

t.test("container: the image, its port, state in memory, a wait for the health over HTTP", async (t) => {
  const settings = settingsOf(new TwilioRecordingsEmulatorContainer());
  t.equal(settings.imageName.string, "twilio-recordings-emulator:latest");
  t.same(settings.exposedPorts, [2010]);
  t.same(settings.environment, { EMULATOR_DATA: ":memory:" });
  t.match(settings.waitStrategy, { path: "/_emulator/health", port: 2010 });
  const own = settingsOf(new TwilioRecordingsEmulatorContainer("example.com/emulator:1"));
  t.equal(own.imageName.string, "example.com/emulator:1");
});

t.test("token and fixtures: given to the emulator", async (t) => {
  const container = new TwilioRecordingsEmulatorContainer().withControlToken("token").withFixtures("mine");
  t.match(settingsOf(container), {
    environment: { EMULATOR_CONTROL_TOKEN: "token", EMULATOR_FIXTURES: "/app/own-fixtures" },
    directoriesToCopy: [{ source: "mine", target: "/app/own-fixtures" }],
  });
});

t.test("started container: URL, certificate authority, handle, an account per test", async (t) => {
  const { url, ports, container } = await startedContainer(t, { controlToken: "token" });
  t.capture(GenericContainer.prototype, "start", async () => container);
  const started = await new TwilioRecordingsEmulatorContainer().withControlToken("token").start();
  t.type(started, StartedTwilioRecordingsEmulatorContainer);
  t.equal(started.getUrl(), url);
  t.same(ports, [2010]);
  t.match(await started.getCertificateAuthority(), /^-----BEGIN CERTIFICATE-----/);
  const account = await started.createAccount({ recordings: "none" });
  await account.recordings.create();
  t.equal((await account.recordings.list()).recordings.length, 1);
  const emulator = await started.connect();
  t.equal((await emulator.accounts.list()).length, 3);
  await emulator.accounts.remove(account.accountSid);
});

t.test("container with a token that was set in another way: ConnectionError", async (t) => {
  const { container } = await startedContainer(t, { controlToken: "token" });
  const started = new StartedTwilioRecordingsEmulatorContainer(container);
  await t.rejects(started.createAccount(), { name: "ConnectionError", message: /needs the option token/ });
});

t.test("certificate authority refused: Error with the emulator's reason", async (t) => {
  const { container } = await startedContainer(t);
  t.capture(globalThis, "fetch", async () => new Response('{"error":"nope"}', { status: 500 }));
  const started = new StartedTwilioRecordingsEmulatorContainer(container);
  const message = 'the emulator answers GET /_emulator/ca.pem with 500: {"error":"nope"}';
  await t.rejects(started.getCertificateAuthority(), { message });
});
