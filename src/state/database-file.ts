import { statSync } from "node:fs";

/** Thrown by writes to a database whose file is gone: they would be lost. */
export class LostDatabaseError extends Error {
  constructor(location: string) {
    super(`the database ${location} was removed or replaced while the emulator runs: start the emulator again`);
    this.name = "LostDatabaseError";
  }
}

/** The file of an open database. SQLite goes on writing to a file that was removed, and notices nothing. */
export interface DatabaseFile {
  /** Looks whether the path still leads to the file; undefined if it does. */
  check(): LostDatabaseError | undefined;
  /** @throws LostDatabaseError if the last check found that it does not. */
  refuseIfLost(): void;
}

/** @param location - of a database that was just opened, or `:memory:`. */
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
