import { EventEmitter } from "node:events";
import { type RunParts, runCommand } from "../../src/commands/run.js";
import type { Config } from "../../src/config/config.js";
import { run } from "../../src/emulator.js";
import { configWith } from "./emulator.js";

const PATH = String(process.env.PATH);

interface Given {
  config?: Partial<Config>;
  env?: Record<string, string>;
  files?: { har?: string; journalOut?: string };
  isTerminal?: boolean;
  start?: RunParts["start"];
}

/** Runs a program with an emulator, in this process. The program must print nothing: it has the output of the tests. */
export function runningCommand(program: readonly string[], given: Given = {}) {
  const { config = {}, env = {}, files = {}, isTerminal = false, start = run } = given;
  const reports: string[] = [];
  const signals = new EventEmitter();
  const report = (line: string) => void reports.push(line);
  const ended = runCommand(configWith(config), program, files, {
    start,
    env: { PATH, ...env },
    signals,
    isTerminal,
    report,
  });
  const signal = (name: NodeJS.Signals) => signals.emit(name, name);
  return { reports, signals, signal, ended };
}

/** Returns a program of Node.js, without what tap adds to it. */
export function nodeProgram(code: string, ...args: string[]): string[] {
  return [process.execPath, "-e", code, ...args];
}
