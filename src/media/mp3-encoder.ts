import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { WasmMediaEncoder } from "wasm-media-encoders/esnext";

export type Mp3Encoder = WasmMediaEncoder<"audio/mpeg">;

const idle: Mp3Encoder[] = [];
const MOST_IDLE = 4;

/**
 * Lends an encoder that nobody else uses; it has to be configured, which makes it forget whatever it did before. An
 * encoder holds 16 MiB that are freed late, so a few are kept.
 */
export async function borrowEncoder(): Promise<Mp3Encoder> {
  return idle.pop() ?? (await createMp3Encoder());
}

/** Takes back what `borrowEncoder` lent. */
export function returnEncoder(encoder: Mp3Encoder): void {
  if (idle.length < MOST_IDLE) idle.push(encoder);
}

async function createMp3Encoder(): Promise<Mp3Encoder> {
  // Only now: most runs never make an MP3, and the library takes a while to load.
  const { createEncoder } = await import("wasm-media-encoders/esnext");
  // Left to itself, the library calls the global fetch, and tests like to replace that.
  const wasm = readFileSync(createRequire(import.meta.url).resolve("wasm-media-encoders/wasm/mp3"));
  return createEncoder("audio/mpeg", wasm);
}
