import { mersenne } from "pure-rand/generator/mersenne";

/** Random numbers that repeat from a seed. */
export interface Random {
  /** `length` random lower-case hexadecimal digits; `length` is a multiple of 8. */
  hex(length: number): string;
  /** From 0 up to, but not including, 1. */
  fraction(): number;
}

/**
 * The emulator's only source of random: a sequence for each account, so that what happens to one leaves the others'
 * alone, and one for all that belongs to none.
 */
export interface RandomSequences {
  of(account?: string): Random;
  /**
   * Draws until the result is free. A sequence that gives what is taken was begun before, as after a restart, and the rest
   * of it may be taken as well: so the account goes on with another sequence, which also follows from the seed.
   */
  free<T>(draw: (random: Random) => T, isTaken: (drawn: T) => boolean, account?: string): T;
  /** Starts an account's sequence again, or all of them. */
  reset(account?: string): void;
}

/**
 * @param seed - whole number; its low 32 bits count.
 */
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

/** Every answer draws 32 digits for its id, so they are looked up. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function eightDigits(number: number): string {
  const byte = (shift: number) => BYTES[(number >>> shift) & 0xff] as string;
  return byte(24) + byte(16) + byte(8) + byte(0);
}

/** @param seed - whole number; its low 32 bits count. */
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

  return {
    of: (account) => sequenceOf(account).random,
    free(draw, isTaken, account) {
      let sequence = sequenceOf(account);
      let drawn = draw(sequence.random);
      while (isTaken(drawn)) {
        sequence = begin(account, sequence.turn + 1);
        drawn = draw(sequence.random);
      }
      return drawn;
    },
    reset(account) {
      if (account === undefined) sequences.clear();
      else sequences.delete(account);
    },
  };
}

interface Sequence {
  random: Random;
  /** How many sequences of the account came before. */
  turn: number;
}

/** Of the SID's four times eight digits. */
function seedOf(account: string, seed: number): number {
  return [2, 10, 18, 26].reduce(
    (mixed, start) => Math.imul(mixed ^ Number.parseInt(account.slice(start, start + 8), 16), 0x9e3779b1),
    seed + 1,
  );
}
