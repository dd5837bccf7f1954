import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/config.js";
import type { Env } from "../config/flags.js";
import type { Running } from "../emulator.js";
import type { SeedingObserver } from "../seeding/seed-database.js";
import { StartupError } from "../state/startup-error.js";
import { type ArtefactFiles, openArtefacts } from "./artefacts.js";
import { writeTrustFiles } from "./certificates.js";
import { catchSignals, exitCodeAfter, type Signals, startProgram } from "./child.js";
import { environmentFor, type Target } from "./environment.js";
import { ask } from "./http.js";

/** The exit code if a file was not written and the program succeeded. */
const NOT_WRITTEN = 125;

/** What the command uses of this process. */
export interface RunParts {
  start(config: Config, observer: SeedingObserver): Promise<Running>;
  env: Env;
  signals: Signals;
  /** Whether a terminal sends its signals to the program too. */
  isTerminal: boolean;
  /** Called with one line. */
  report(line: string): void;
}

/**
 * Runs a program with an emulator, and the environment that leads to it.
 *
 * @returns the exit code: the program's, or one of 125 to 127, or 128 + n after signal n.
 * @throws StartupError if the emulator does not start, or a file cannot be written.
 */
export async function runCommand(
  config: Config,
  program: readonly string[],
  files: ArtefactFiles,
  { start, env, signals, isTerminal, report }: RunParts,
): Promise<number> {
  const collect = openArtefacts(files, config.journal);
  const stop = new AbortController();
  let ending: NodeJS.Signals | undefined;
  let onSignal = (signal: NodeJS.Signals): void => {
    ending = signal;
    stop.abort();
  };
  const endSignals = catchSignals(signals, (signal) => onSignal(signal));
  return await startAndRun().catch(afterSignal).finally(endSignals);

  async function startAndRun(): Promise<number> {
    const running = await start({ ...config, logFile: 2 }, { notice: report, signal: stop.signal });
    const write = collect(running.control);
    const code = await withFolder(env.TMPDIR || tmpdir(), (folder) => runIn(folder, running)).finally(running.close);
    return write(report) ? code : code || NOT_WRITTEN;
  }

  function afterSignal(error: unknown): number {
    if (ending === undefined) throw error;
    return exitCodeAfter(ending);
  }

  async function runIn(folder: string, running: Running): Promise<number> {
    const { body: authority } = await ask(`${running.url}/_emulator/ca.pem`);
    const trust = writeTrustFiles(folder, authority, env, report);
    const variables = environmentFor(env, targetOf(running, config, report), trust, report);
    if (ending !== undefined) return exitCodeAfter(ending);
    const child = startProgram(program, { ...env, ...variables }, isTerminal, report);
    onSignal = child.forward;
    return await child.ended;
  }
}

/** The account of the environment, or the first one of the fixtures. */
function targetOf({ url, control }: Running, { account }: Config, report: (line: string) => void): Target {
  if (account !== undefined) return { url, account };
  const { sid, authToken } = control.mainAccount();
  if (authToken !== undefined) return { url, account: { sid, authToken } };
  report(`the token of account ${sid} is not stored: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN`);
  return { url, account: undefined };
}

/** Calls `action` with a new folder that only this user can read, and removes it afterwards. */
async function withFolder<T>(parent: string, action: (folder: string) => Promise<T>): Promise<T> {
  const folder = newFolder(parent);
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newFolder(parent: string): string {
  try {
    return mkdtempSync(join(parent, "twilio-recordings-emulator-"));
  } catch (error) {
    throw new StartupError([`TMPDIR is ${JSON.stringify(parent)}; expected: a folder (${(error as Error).message})`]);
  }
}
