import { parseArgs } from "node:util";

/** Durations and repetitions of the measurements. */
export interface Options {
  /** Runs per load. */
  rounds: number;
  /** Duration of a run. */
  seconds: number;
  /** Recordings in the large database. */
  rows: number;
  /** Starts per program. */
  starts: number;
}

const DEFAULTS = { rounds: 5, seconds: 3, rows: 1_000_000, starts: 11 } as const satisfies Options;

/** @throws if the command line is not `--rounds 5 --seconds 3 --rows 1000000 --starts 11`, or a part of it. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      rows: { type: "string" },
      starts: { type: "string" },
    },
  });
  const read = (name: keyof Options) => {
    const value = Number(values[name] ?? DEFAULTS[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1`);
    return value;
  };
  return { rounds: read("rounds"), seconds: read("seconds"), rows: read("rows"), starts: read("starts") };
}
