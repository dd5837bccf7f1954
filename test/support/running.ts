import type { Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { run } from "../../src/emulator.js";
import { configWith } from "./emulator.js";

/** A fresh emulator in memory that listens, on a free port; it closes itself when the test ends. */
export async function running(t: Test, overrides: Partial<Config> = {}) {
  const emulator = await run(configWith(overrides), { notice() {} });
  t.teardown(() => emulator.close());
  return emulator;
}

/** As `running`, with the certificate authority for its clients. */
export async function runningWithCa(t: Test, overrides: Partial<Config> = {}) {
  const emulator = await running(t, overrides);
  return { ...emulator, ca: await (await fetch(`${emulator.url}/_emulator/ca.pem`)).text() };
}
