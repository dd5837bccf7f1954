import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import type { Config } from "./config/config.js";
import { helpText } from "./config/help.js";
import { readConfig } from "./config/read.js";
import type { Running } from "./emulator.js";
import { urlOf } from "./listener/address.js";
import { StartupError } from "./state/startup-error.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Milliseconds to wait for work that cannot be cancelled. */
const GRACE = 500;

// The build makes this a script, which has no top-level await.
main().catch((error: unknown) => {
  const lines = error instanceof StartupError ? error.messages : [(error as Error).stack];
  for (const line of lines) process.stderr.write(`error: ${line}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { name, args, config, notices } = readConfig(
    process.env,
    process.argv.slice(2),
    process.stdout.isTTY === true,
    version,
  );
  if (name === "help") process.stdout.write(helpText());
  else if (name === "version") process.stdout.write(`${version}\n`);
  else if (name === "health") process.exitCode = await health(config);
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
    // The process normally ends by itself; a DNS lookup cannot be cancelled and would delay that.
    setTimeout(() => process.exit(), GRACE).unref();
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
