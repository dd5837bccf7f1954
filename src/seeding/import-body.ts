import { type FixtureSet, LIST_NAMES } from "../resources/register.js";
import { FixtureError } from "./fixture-error.js";

/** The lists of fixtures in the order of an export: parents before children. */
export type List = keyof FixtureSet;
export const LISTS: readonly List[] = ["accounts", ...LIST_NAMES];

export interface Batch {
  /** The list of the entries; undefined for the keys that are not lists. */
  list: List | undefined;
  content: Record<string, unknown>;
  /** The index of the first entry. */
  offset: number;
}

/** Bytes. A larger body is parsed while it arrives. */
const MAX_WHOLE = 16 * 1024 * 1024;
/** Bytes. */
const MAX_SIZE = 4 * 1024 ** 3;
const BATCH = 1000;
/** Greater than the depth of any valid entry. */
const MAX_DEPTH = 1000;

export function parseBody(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    throw notJson((error as Error).message);
  }
}

/**
 * Parses a body: a small one as a whole, a larger one in batches.
 *
 * @param limits - maximum sizes in bytes: of a body that is parsed as a whole, and of any body.
 * @throws FixtureError if the body is not JSON or too large; the batches throw it too.
 */
export async function readBody(
  body: AsyncIterable<Buffer>,
  limits = { whole: MAX_WHOLE, size: MAX_SIZE },
): Promise<{ content: unknown } | { batches: AsyncIterable<Batch> }> {
  const chunks: Buffer[] = [];
  const iterator = body[Symbol.asyncIterator]();
  for (let size = 0; size <= limits.whole; ) {
    const { done, value } = await iterator.next();
    if (done) return { content: parseBody(Buffer.concat(chunks).toString()) };
    chunks.push(value);
    size += value.length;
  }
  return { batches: batchesOf(chunksOf(chunks, iterator, limits.size)) };
}

async function* chunksOf(first: Buffer[], rest: AsyncIterator<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // Small pieces, because the parser blocks the event loop for each.
    for (const chunk of first) for (let at = 0; at < chunk.length; at += 65_536) yield chunk.subarray(at, at + 65_536);
    size = first.reduce((sum, { length }) => sum + length, 0);
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      size += next.value.length;
      if (size > limit) throw new FixtureError([`the body is larger than ${limit} bytes`], "too large");
      yield next.value;
    }
  } finally {
    // Drain the body: a client may read the response only after it has sent everything.
    while (size <= limit) {
      const { done, value } = await rest.next();
      if (done) break;
      size += value.length;
    }
  }
}

async function* batchesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Batch> {
  // Imported here, because few bodies are this large.
  const { Tokenizer, TokenParser, TokenType } = await import("@streamparser/json");
  const found: { list: List; index: number; value: unknown }[] = [];
  const others: [string, unknown][] = [];
  let failure: Error | undefined;
  let isStarted = false;
  let depth = 0;
  const tokenizer = new Tokenizer();
  const parser = new TokenParser({ paths: ["$.*", ...LISTS.map((name) => `$.${name}.*`)], keepStack: false });
  for (const one of [tokenizer, parser]) {
    one.onError = (error) => {
      failure ??= error;
    };
  }
  tokenizer.onToken = (token) => {
    if (token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET) depth++;
    else if (token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET) depth--;
    // Each open level takes memory for only one byte of the body.
    if (depth > MAX_DEPTH) failure ??= new Error(`nested more than ${MAX_DEPTH} levels deep`);
    if (failure === undefined) parser.write(token);
  };
  parser.onValue = ({ value, key, parent, stack }) => {
    if (stack.length === 1) others.push([String(key), value]);
    else if (Array.isArray(parent)) {
      found.push({ list: stack[1]?.key as List, index: key as number, value });
      // Otherwise the parser keeps all entries.
      parent.length = 0;
    }
  };
  let batch: { list: List; entries: unknown[]; offset: number } | undefined;
  for await (const chunk of chunks) {
    const [first] = isStarted ? [] : (/\S/.exec(chunk.toString("latin1")) ?? []);
    if (first !== undefined) {
      isStarted = true;
      if (first !== "{") throw new FixtureError(["the body is not an object; expected: an object such as an export"]);
    }
    tokenizer.write(chunk);
    if (failure !== undefined) throw notJson(failure.message);
    for (const { list, index, value } of found.splice(0)) {
      const isFull =
        batch !== undefined && (batch.list !== list || (list !== "accounts" && batch.entries.length === BATCH));
      if (batch !== undefined && isFull) {
        yield toBatch(batch);
        if (LISTS.indexOf(list) < LISTS.indexOf(batch.list)) {
          throw new FixtureError([
            `${list} follows ${batch.list}; expected order in a body of this size: ${LISTS.join(", ")}`,
          ]);
        }
      }
      if (batch === undefined || isFull) batch = { list, entries: [], offset: index };
      batch.entries.push(value);
    }
  }
  if (!parser.isEnded) throw notJson("truncated");
  if (batch !== undefined) yield toBatch(batch);
  yield { list: undefined, content: Object.fromEntries(others), offset: 0 };
}

function toBatch({ list, entries, offset }: { list: List; entries: unknown[]; offset: number }): Batch {
  return { list, content: { [list]: entries }, offset };
}

export function* slicesOf(content: Record<string, unknown>): Generator<Batch> {
  const others = { ...content };
  for (const list of "sid" in content ? [] : LISTS) {
    const entries = content[list];
    if (!Array.isArray(entries)) continue;
    others[list] = [];
    const size = list === "accounts" ? entries.length : BATCH;
    for (let offset = 0; offset < entries.length; offset += size) {
      yield toBatch({ list, entries: entries.slice(offset, offset + size), offset });
    }
  }
  yield { list: undefined, content: others, offset: 0 };
}

function notJson(reason: string): FixtureError {
  return new FixtureError([`the body is not JSON (${reason}); expected: JSON`]);
}
