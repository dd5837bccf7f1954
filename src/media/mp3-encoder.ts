import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { WasmMediaEncoder } from "wasm-media-encoders/esnext";

export type Mp3Encoder = WasmMediaEncoder<"audio/mpeg">;

const idle: Mp3Encoder[] = [];
const MOST_IDLE = 4;

/** Returns an idle encoder; `configure` clears its state. They are pooled because each has 16 MiB that are freed late. */
export async function borrowEncoder(): Promise<Mp3Encoder> {
  return idle.pop() ?? (await createMp3Encoder());
}

export function returnEncoder(encoder: Mp3Encoder): void {
  if (idle.length < MOST_IDLE) idle.push(encoder);
}

async function createMp3Encoder(): Promise<Mp3Encoder> {
  // Few runs need an MP3, and the library is slow to load.
  const { createEncoder } = await import("wasm-media-encoders/esnext");
  // By default, the library calls the global fetch, which tests often replace.
  const wasm = readFileSync(createRequire(import.meta.url).resolve("wasm-media-encoders/wasm/mp3"));
  return createEncoder("audio/mpeg", wasm);
}
