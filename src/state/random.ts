import { mersenne } from "pure-rand/generator/mersenne";

export interface Random {
  /** Returns lower-case hexadecimal digits; `length` must be a multiple of 8. */
  hex(length: number): string;
  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
}

/** One sequence per account, so that accounts do not affect each other, and one for everything without an account. */
export interface RandomSequences {
  of(account?: string): Random;
  /**
   * Returns the first free value. A taken value means that the sequence repeats, for example after a restart, and that its
   * next values may be taken too. The account then continues with another sequence, also derived from the seed.
   */
  free<T>(draw: (random: Random) => T, isTaken: (value: T) => boolean, account?: string): T;
  /** Returns a free SID with this prefix, from the account's sequence. */
  freeSid(prefix: string, isTaken: (sid: string) => boolean, account?: string): string;
  reset(account?: string): void;
}

export function createRandom(seed: number): Random {
  const generator = mersenne(seed);
  // The generator yields signed 32-bit numbers.
  const next = () => generator.next() >>> 0;
  return {
    hex(length) {
      let digits = "";
      while (digits.length < length) digits += eightDigits(next());
      return digits;
    },
    fraction: () => next() / 2 ** 32,
  };
}

/** A lookup table, because every response needs 32 digits for its request ID. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function eightDigits(number: number): string {
  const byte = (shift: number) => BYTES[(number >>> shift) & 0xff] as string;
  return byte(24) + byte(16) + byte(8) + byte(0);
}

/** @param seed - integer; only its low 32 bits are used. */
export function createRandomSequences(seed: number): RandomSequences {
  const sequences = new Map<string | undefined, Sequence>();

  function sequenceOf(account: string | undefined): Sequence {
    return sequences.get(account) ?? begin(account, 0);
  }

  function begin(account: string | undefined, turn: number): Sequence {
    const start = account === undefined ? seed : seedOf(account, seed);
    const sequence = { random: createRandom(start + Math.imul(turn, 0x9e3779b1)), turn };
    sequences.set(account, sequence);
    return sequence;
  }

  function free<T>(draw: (random: Random) => T, isTaken: (value: T) => boolean, account?: string): T {
    let sequence = sequenceOf(account);
    let value = draw(sequence.random);
    while (isTaken(value)) {
      sequence = begin(account, sequence.turn + 1);
      value = draw(sequence.random);
    }
    return value;
  }

  return {
    of: (account) => sequenceOf(account).random,
    free,
    freeSid: (prefix, isTaken, account) => free((random) => prefix + random.hex(32), isTaken, account),
    reset(account) {
      if (account === undefined) sequences.clear();
      else sequences.delete(account);
    },
  };
}

interface Sequence {
  random: Random;
  /** Number of earlier sequences of the account. */
  turn: number;
}

/** Mixes the seed with the 32 digits of the SID, eight at a time. */
function seedOf(account: string, seed: number): number {
  return [2, 10, 18, 26].reduce(
    (mixed, start) => Math.imul(mixed ^ Number.parseInt(account.slice(start, start + 8), 16), 0x9e3779b1),
    seed + 1,
  );
}
