import t, { type Test } from "tap";
import type { buildApp } from "../../src/app.js";
import type { Controls } from "../../src/control/handle.js";
import { connect, type EmulatorHandle, type EmulatorOptions, startEmulator } from "../../src/index.js";

/** The two handles of an emulator, which have the same functions. */
export type HandleName = "in process" | "by address";

const NAMES: readonly HandleName[] = ["in process", "by address"];

/** The handle of a suite that runs as a whole on each: a test file of its own sets the variable and imports the suite. */
export const SUITE_HANDLE: HandleName = process.env.TEST_HANDLE === "by address" ? "by address" : "in process";

/** Runs a suite on each handle. */
export function onEachHandle(title: string, suite: (t: Test, name: HandleName) => Promise<void>): void {
  for (const name of NAMES) t.test(`${name}: ${title}`, (t) => suite(t, name));
}

/** Starts an emulator; closed when the test ends. */
export async function startedHandle(t: Test, name: HandleName, options: EmulatorOptions = {}): Promise<EmulatorHandle> {
  const emulator = await startEmulator(options);
  t.teardown(() => emulator.close());
  return name === "in process" ? emulator : await connect(emulator.url, { token: options.controlToken });
}

/** Returns the function that controls an account, or all, of an emulator that a test has put together. */
export async function controlsOf(
  { app, control }: Awaited<ReturnType<typeof buildApp>>,
  name: HandleName,
): Promise<(account?: string) => Controls> {
  if (name === "in process") return control.for;
  const url = app.server.listening ? app.listeningOrigin : await app.listen({ host: "127.0.0.1", port: 0 });
  const emulator = await connect(url);
  return (account) => (account === undefined ? emulator : emulator.account(account));
}
