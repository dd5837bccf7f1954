import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import { ACCOUNT, TOKEN } from "./emulator.js";
import { runningWithCa } from "./running.js";

/** The expected outcome of each client program, in every language. */
export const OUTCOME = {
  fetched: "completed",
  missing: "404 20404",
  deleted: "deleted",
  unknown: "404 20404",
  unauthorized: "401 20003",
};

/** The expected outcome of each client program that records a call and a conference, in every language. */
export const LIVE_OUTCOME = {
  created: "queued",
  early: "400 21220",
  answered: "in-progress",
  started: "in-progress StartCallRecordingAPI 2",
  startedAgain: true,
  several: "400 16108",
  stopped: "stopped",
  paused: "paused",
  resumed: "in-progress",
  fetched: "processing",
  ended: "completed",
  none: "400 21220",
  endedAgain: "400 21220",
  // Both began at the answer: one was stopped after 1 s, the other lasted 6 s, of which 3 s were skipped.
  recordings: ["OutboundAPI completed 1", "StartCallRecordingAPI completed 3"],
  removed: true,
  left: 1,
  calls: ["6"],
  callRemoved: true,
  joined: "connected",
  conferencePaused: "paused",
  conferenceStopped: "400 20001",
  muted: true,
  kicked: true,
  gone: "404 20404",
  reason: "last-participant-kicked",
  // Too short: the clock stood still while it was recorded.
  conferenceRecording: "Conference absent 16101",
};

/** The number of recordings in the list of the default fixtures' main account. */
export const LISTED = 11;

/** Returns the path of a program of test/clients/programs. */
export const programPath = (name: string) => fileURLToPath(new URL(`../clients/programs/${name}`, import.meta.url));

/** Starts an emulator; returns it with the environment of a program that uses it. */
export async function reached(t: Test) {
  const { url, port, ca } = await runningWithCa(t);
  const home = t.testdir({});
  const caFile = join(home, "ca.pem");
  writeFileSync(caFile, ca);
  const base = { PATH: String(process.env.PATH), HOME: home, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN };
  return { url, port, home, caFile, base };
}

/** As `reached`, with a frozen clock. A program moves it through the control API, at EMULATOR_URL. */
export async function reachedFrozen(t: Test) {
  const { url, base, ...rest } = await reached(t);
  /** Changes the clock. */
  const turn = async (change: object) => {
    const answer = await fetch(`${url}/_emulator/clock`, { method: "POST", body: JSON.stringify(change) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  await turn({ frozen: true });
  return { url, ...rest, base: { ...base, EMULATOR_URL: url }, turn };
}

/** @param env - the whole environment of the program. */
export async function runProgram(
  [command = "", ...args]: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk) => stdout.push(chunk));
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  return { code, stdout: Buffer.concat(stdout), stderr };
}

/** As `runProgram`, for a program that prints its outcome as JSON. */
export async function outcomeOf(command: readonly string[], env: Record<string, string>): Promise<object> {
  const { code, stdout, stderr } = await runProgram(command, env);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(String(stdout));
}

/**
 * Options of a test that needs these commands: it is skipped if one of them fails, or with CLIENTS=required runs and fails.
 */
export function needs(name: string, ...commands: (readonly string[])[]): { skip: string | false } {
  if (process.env.CLIENTS === "required") return { skip: false };
  const works = ([command = "", ...args]: readonly string[]) => spawnSync(command, args).status === 0;
  return {
    skip: commands.every(works) ? false : `not run: ${name} is not installed; test/clients/install installs it`,
  };
}
