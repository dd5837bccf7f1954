import { statSync } from "node:fs";

/** Thrown by writes after the database file was removed or replaced: they would be lost. */
export class LostDatabaseError extends Error {
  constructor(location: string) {
    super(`the database ${location} was removed or replaced while the emulator was running: restart the emulator`);
    this.name = "LostDatabaseError";
  }
}

/** The file of an open database. SQLite continues to write to a removed file, without an error. */
export interface DatabaseFile {
  /** Returns an error if the path no longer leads to the opened file. */
  check(): LostDatabaseError | undefined;
  /** @throws LostDatabaseError if the last check returned one. */
  refuseIfLost(): void;
}

export function watchFile(location: string): DatabaseFile {
  const opened = identityOf(location);
  let lost: LostDatabaseError | undefined;
  return {
    check() {
      lost = identityOf(location) === opened ? undefined : new LostDatabaseError(location);
      return lost;
    },
    refuseIfLost() {
      if (lost !== undefined) throw lost;
    },
  };
}

function identityOf(location: string): string | undefined {
  if (location === ":memory:") return undefined;
  try {
    const { dev, ino } = statSync(location, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return "";
  }
}
