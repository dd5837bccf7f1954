#!/usr/bin/env node
import { createRequire } from "node:module";
import { type Config, helpText, readConfig } from "./config.js";
import { StartupFault } from "./state/startup-fault.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

try {
  const { name, config, notices } = readConfig(
    process.env,
    process.argv.slice(2),
    process.stdout.isTTY === true,
    version,
  );
  if (name === "help") process.stdout.write(helpText());
  else if (name === "version") process.stdout.write(`${version}\n`);
  else if (name === "health") process.exitCode = await health(config);
  else await serve(config, notices);
} catch (error) {
  const faults = error instanceof StartupFault ? error.faults : [(error as Error).stack];
  for (const line of faults) process.stderr.write(`error: ${line}\n`);
  process.exitCode = 1;
}

async function serve(config: Config, notices: readonly string[]): Promise<void> {
  const notice = (line: string) => process.stderr.write(`notice: ${line}\n`);
  notices.forEach(notice);
  const { startEmulator } = await import("./index.js");
  const emulator = await startEmulator(config, notice);
  // The process ends by itself when nothing is left open; a second signal ends it at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => emulator.close());
  process.stdout.write(`twilio-recordings-emulator ${version} listening on ${emulator.url}\n`);
}

/** For a container's health check, so that its image needs no HTTP client. */
async function health({ host, port }: Config): Promise<number> {
  const address = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host;
  const url = `http://${address}:${port}/_emulator/health`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    process.stdout.write(`${await response.text()}\n`);
    return response.ok ? 0 : 1;
  } catch {
    process.stderr.write(`error: ${url} does not answer\n`);
    return 1;
  }
}
