import type { AddressInfo } from "node:net";
import { buildApp } from "./app.js";
import type { Config } from "./config/config.js";
import type { Control } from "./control/control.js";
import { isLoopback, urlOf } from "./listener/address.js";
import { openAuthority } from "./listener/authority.js";
import { loadFixtureFunctions, TABLES } from "./resources/register.js";
import { atStart, startupErrorOf } from "./seeding/fixture-error.js";
import { type FixtureFolder, openFixtureFolder } from "./seeding/folder.js";
import type { SeedingObserver } from "./seeding/seed-database.js";
import { createClock } from "./state/clock.js";
import { explainWriting } from "./state/database.js";
import { attempt, StartupError } from "./state/startup-error.js";
import { openState, type State } from "./state/state.js";

/** A running emulator. */
export interface Running {
  /** `http://127.0.0.1:2010` */
  url: string;
  port: number;
  control: Control;
  /** Finishes requests in progress, then closes the database. */
  close(): Promise<void>;
}

/**
 * Starts an emulator; it is ready when the promise resolves.
 *
 * @throws StartupError if the database, the fixtures, the certificate authority or the port cannot be used; AbortError if
 * the observer's signal aborts the start.
 */
export async function run(config: Config, observer: SeedingObserver): Promise<Running> {
  if (config.tunnelOthers && !isLoopback(config.host)) {
    observer.notice(
      `--tunnel-others with --host ${config.host} is an open proxy: each machine that reaches it reaches the network through it`,
    );
  }
  const { state, folder } = await open(config);
  const { app, control } = await buildApp(config, state, folder, observer).catch((error: unknown) => {
    state.database.close();
    throw explainWriting(startupErrorOf(error), state.database);
  });
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw new StartupError([listenFault(config, error as NodeJS.ErrnoException)], { cause: error });
  }
  const { port } = app.server.address() as AddressInfo;
  return { url: urlOf(config.host, port), port, control, close: () => app.close() };
}

/** @throws StartupError that lists all errors of the database, the fixtures and the certificate authority. */
async function open(config: Config): Promise<{ state: State; folder: FixtureFolder }> {
  const faults: string[] = [];
  const folder = attempt(faults, () => atStart(() => openFixtureFolder(config.fixtures)));
  const state = attempt(faults, () => openState(config, TABLES));
  attempt(faults, () => openAuthority(config, () => {}));
  if (state !== undefined && folder !== undefined && faults.length === 0) return { state, folder };
  state?.database.close();
  // Check the fixtures too: a replaced database would be seeded with them.
  if (folder !== undefined && state === undefined) {
    const { readFixtures } = await import("./seeding/read.js");
    const functions = await loadFixtureFunctions();
    attempt(faults, () => atStart(() => readFixtures(folder, createClock().now(), config.account?.sid, functions)));
  }
  throw new StartupError(faults);
}

function listenFault({ host, port }: Config, { code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE") return `port ${port} on ${host} is in use: choose another with --port, 0 for any free one`;
  if (code === "EACCES") {
    return (
      `this user may not listen on ${host} port ${port} (${message}): choose a port from 1024 on with --port; on Linux, ` +
      `sysctl net.ipv4.ip_unprivileged_port_start=${port} allows it to every user, in a container docker run --sysctl`
    );
  }
  return `cannot listen on ${host} port ${port} (${message})`;
}
