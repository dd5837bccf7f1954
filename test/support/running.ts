import type { Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { run } from "../../src/emulator.js";
import { configWith } from "./emulator.js";

/** Starts a new in-memory emulator on a free port; closed when the test ends. */
export async function running(t: Test, overrides: Partial<Config> = {}) {
  const emulator = await run(configWith(overrides), { notice() {} });
  t.teardown(() => emulator.close());
  return emulator;
}

/** As `running`, and returns the certificate authority for clients. */
export async function runningWithCa(t: Test, overrides: Partial<Config> = {}) {
  const emulator = await running(t, overrides);
  return { ...emulator, ca: await (await fetch(`${emulator.url}/_emulator/ca.pem`)).text() };
}
