import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import type { Config } from "./config/config.js";
import { runsProgram } from "./config/flags.js";
import { helpText } from "./config/help.js";
import { type Command, readConfig } from "./config/read.js";
import type { Running } from "./emulator.js";
import { urlOf } from "./listener/address.js";
import { StartupError } from "./state/startup-error.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Milliseconds to wait for work that cannot be cancelled. */
const GRACE = 500;

/** The exit code of `run` for an error of the emulator, as env(1) and timeout(1) have it for their own. */
const RUN_FAILED = 125;

// The build makes this a script, which has no top-level await.
main().catch((error: unknown) => {
  // Not instanceof, because a separate bundle has a class of its own.
  const isExpected = (error as Error).name === "StartupError";
  const lines = isExpected ? (error as StartupError).messages : [(error as Error).stack];
  const isRun = runsProgram(process.argv.slice(2));
  for (const line of lines) isRun ? report(`error: ${line}`) : process.stderr.write(`error: ${line}\n`);
  process.exitCode = isRun ? RUN_FAILED : 1;
});

async function main(): Promise<void> {
  const command = readConfig(process.env, process.argv.slice(2), process.stdout.isTTY === true, version);
  const { name, args, config, notices } = command;
  if (name === "help") process.stdout.write(helpText(args[0]));
  else if (name === "version") process.stdout.write(`${version}\n`);
  else if (name === "health") process.exitCode = await health(config);
  else if (name === "run") process.exitCode = await runProgram(command);
  else if (name === "env") process.stdout.write(await environment(command));
  else if (name === "ca") process.stdout.write(await certificateAuthority(config));
  else if (name === "sign" || name === "verify") process.exitCode = await signature(name, args);
  else await serve(config, notices);
}

/**
 * Prints the signature of a request, or checks one.
 *
 * @throws StartupError without the auth token, and for arguments that are none.
 */
async function signature(name: "sign" | "verify", args: readonly string[]): Promise<number> {
  const { TWILIO_AUTH_TOKEN: token } = process.env;
  const [given, [url = "", ...pairs]] = name === "verify" ? [args[0] ?? "", args.slice(1)] : [undefined, args];
  const unnamed = pairs.find((pair) => !pair.includes("="));
  const errors = [
    ...(token ? [] : [`${name} needs the auth token in TWILIO_AUTH_TOKEN`]),
    ...(/^https?:\/\//i.test(url)
      ? []
      : [`the URL is ${JSON.stringify(url)}; expected: an absolute http or https URL`]),
    ...(unnamed === undefined ? [] : [`the parameter is ${JSON.stringify(unnamed)}; expected: Name=value`]),
  ];
  if (errors.length > 0 || !token) throw new StartupError([...errors, "see --help"]);
  const parameters = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
  const { checkSignature } = await import("./callbacks/check-signature.js");
  const request = { url, parameters, ...(given !== undefined && { signature: given }) };
  const { signature, matches, differences } = checkSignature(request, token);
  if (matches !== false) process.stdout.write(`${signature}\n`);
  for (const difference of differences) process.stderr.write(`the signature is that of ${difference}\n`);
  return matches === false ? 1 : 0;
}

async function serve(config: Config, notices: readonly string[]): Promise<void> {
  notices.forEach(notice);
  // PID 1 ignores signals that have no handler, so a container needs these before the start is complete.
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // A second signal exits at once.
    process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()));
  }
  const { run } = await import("./emulator.js");
  try {
    const emulator = await run(config, { notice, signal: stop.signal });
    process.stdout.write(startLines(emulator));
    if (!stop.signal.aborted) await once(stop.signal, "abort");
    await emulator.close();
    exitSoon();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

/** The first line ends with the URL, because scripts wait for it. */
function startLines({ url, control }: Running): string {
  const { account_sid: account } = control.about(url);
  return `twilio-recordings-emulator ${version} listening on ${url}
account ${account}; more: curl ${url}/_emulator
inspector: ${url}/_emulator/\n`;
}

/** Returns the exit code of the program that was run. */
async function runProgram({ args, own, config, notices }: Command): Promise<number> {
  const { runCommand } = await import("./commands/run.js");
  const { run: start } = await import("./emulator.js");
  notices.forEach(report);
  const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const terminal = process.stderr.isTTY === true;
  const parts = { start, env: process.env, signals: process, isTerminal, report };
  const code = await runCommand({ ...config, terminal }, args, own, parts);
  exitSoon();
  return code;
}

async function environment({ own, config }: Command): Promise<string> {
  const { envCommand } = await import("./commands/env.js");
  return envCommand(config, own, process.env, notice);
}

/** Distinguishes the emulator's lines from those of the program that it runs. */
function report(line: string): void {
  process.stderr.write(`twilio-recordings-emulator: ${line}\n`);
}

/** The process normally ends by itself; a DNS lookup cannot be cancelled and would delay that. */
function exitSoon(): void {
  setTimeout(() => process.exit(), GRACE).unref();
}

function notice(line: string): void {
  process.stderr.write(`notice: ${line}\n`);
}

/** @throws StartupError if it cannot be used, or exists only in the memory of a running emulator. */
async function certificateAuthority(config: Config): Promise<string> {
  if (config.data === ":memory:" && config.ca === undefined) {
    throw new StartupError([
      "an in-memory certificate authority can only be read from the running emulator: GET /_emulator/ca.pem",
    ]);
  }
  const { openAuthority } = await import("./listener/authority.js");
  return (await openAuthority(config, notice)()).certificate;
}

/** Checks a running emulator, so that a container image needs no HTTP client for its health check. */
async function health({ host, port }: Config): Promise<number> {
  const url = `${urlOf(host, port)}/_emulator/health`;
  try {
    // fetch would double the time to load.
    const [answer] = (await once(get(url, { timeout: 5000 }), "response")) as [IncomingMessage];
    process.stdout.write(`${await text(answer)}\n`);
    return answer.statusCode === 200 ? 0 : 1;
  } catch {
    process.stderr.write(`error: ${url} does not answer\n`);
    return 1;
  }
}
