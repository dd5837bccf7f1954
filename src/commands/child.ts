import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

/** The exit codes that shells and env(1) use for a program that does not start. */
const [NOT_EXECUTABLE, NOT_FOUND] = [126, 127];

/** A terminal sends these to all processes in its foreground, so the program gets them without us. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
const OTHERS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR2"];

/** Signals of this process. */
export interface Signals {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Calls `onSignal` for the signals that would end this process. Returns the function that ends this. */
export function catchSignals(signals: Signals, onSignal: (signal: NodeJS.Signals) => void): () => void {
  const all = [...FROM_TERMINAL, ...OTHERS];
  for (const signal of all) signals.on(signal, onSignal);
  return () => {
    for (const signal of all) signals.off(signal, onSignal);
  };
}

/**
 * Starts a program with the input, the output and the terminal of this process.
 *
 * @param isTerminal - whether this process runs in a terminal, which then sends its signals itself.
 * @param report - called with one line if the program does not start.
 */
export function startProgram(
  [file = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
  report: (line: string) => void,
) {
  let child: ChildProcess | undefined;
  return {
    /** Resolves with the exit code, 128 + n after signal n. */
    ended: start().catch(notStarted),
    forward(signal: NodeJS.Signals): void {
      if (!isTerminal || !FROM_TERMINAL.includes(signal)) child?.kill(signal);
    },
  };

  /** Some errors are thrown, others are events. */
  async function start(): Promise<number> {
    const started = spawn(file, args, { env, stdio: "inherit" });
    const ended = new Promise<number>((resolve) => {
      started.once("exit", (code, signal) => resolve(code ?? exitCodeAfter(signal as NodeJS.Signals)));
    });
    await once(started, "spawn");
    child = started;
    // A program of another user, such as that of sudo, refuses signals.
    child.on("error", complain);
    return await ended;
  }

  function notStarted(error: NodeJS.ErrnoException): number {
    complain(error);
    return error.code === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE;
  }

  function complain(error: NodeJS.ErrnoException): void {
    report(`${JSON.stringify(file)}: ${reasonOf(error)}`);
  }
}

/** Returns 128 + n, as shells do. */
export function exitCodeAfter(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "not found";
  return code === "EACCES" ? "not executable" : message;
}
