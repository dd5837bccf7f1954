import { mersenne } from "pure-rand/generator/mersenne";

/** Random numbers that repeat from a seed: the emulator's only source of chance. */
export interface Random {
  /** `length` random lower-case hexadecimal digits; `length` is a multiple of 8. */
  hex(length: number): string;
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
      while (digits.length < length) digits += next().toString(16).padStart(8, "0");
      return digits;
    },
  };
}
