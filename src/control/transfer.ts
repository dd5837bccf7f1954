import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { AccountRow, KeyRow } from "../resources/accounts/table.js";
import { derivedFrom } from "../resources/derived.js";
import {
  countsOf,
  eachResource,
  type FixtureSet,
  LIST_NAMES,
  loadFixtureFunctions,
  parentOf,
  RESOURCES,
  type Rows,
  storeOf,
} from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import { type Batch, LISTS, type List, readBody, slicesOf } from "../seeding/import-body.js";
import { fixtureReader } from "../seeding/input.js";
import { addRows } from "../seeding/seed-database.js";
import { withLargeCache } from "../state/database.js";
import { dropping, openStaging, type Staging } from "../state/staging.js";
import type { State } from "../state/state.js";
import type { ListedRow } from "../state/table.js";
import { ControlError } from "./control-error.js";
import { FIXTURES } from "./fixture-schemas.js";
import { operation } from "./operation.js";
import type { Replacement } from "./replacement.js";

/** Rows that an export reads at a time. */
const BATCH = 500;
/** Rows, before and after together, that one transaction replaces without staging: a fraction of a second. */
const MAX_AT_ONCE = 20_000;
/** Attempts of an import to note its changes, which a reset interrupts. */
const MAX_ATTEMPTS = 5;

/** The cause in the errors of interrupted calls. */
const CAUSE = "an import";

/** Exports the state as fixtures, and imports fixtures. */
export function transferCapability(state: State, rules: Rules, folder: FixtureFolder, replacement: Replacement) {
  const { database, changes, revisions, timeline } = state;
  const { accounts, calls } = rules;
  const read = fixtureReader(state, rules, folder);
  /** One at a time, because imports share the staging tables. */
  let importing: Promise<unknown> = Promise.resolve();

  function replace(rows: Rows, account: string | undefined): void {
    const keys = account === undefined ? newKeys(rows) : [];
    for (const { sid } of account === undefined ? accounts.list() : [{ sid: account }]) {
      if (account !== undefined || isKept(accounts.find(sid) as AccountRow)) changes.empty(sid);
      else changes.remove(sid);
    }
    addRows(database, accounts, { ...rows, keys });
    adoptNew(rows.accounts);
  }

  /** Registers accounts that were not seeded as created ones, for resets. */
  function adoptNew(rows: readonly AccountRow[]): void {
    for (const { sid } of rows) changes.adoptIfNew(sid);
  }

  /** Exports omit accounts without a stored token, and the account of the options is permanent, so an import keeps both. */
  function isKept({ sid, auth_token }: AccountRow): boolean {
    return auth_token === null || sid === accounts.givenSid;
  }

  /**
   * Returns the keys to add.
   *
   * @throws ControlError 409 if a kept account has a key of another, or loses its parent.
   */
  function newKeys({ accounts: added, keys }: Pick<Rows, "accounts" | "keys">): KeyRow[] {
    const kept = accounts.list().filter(isKept);
    const sids = new Set([...kept, ...added].map(({ sid }) => sid));
    for (const { sid, owner_account_sid: owner } of kept) {
      if (owner === null || sids.has(owner)) continue;
      throw new ControlError(
        409,
        `the import keeps account ${sid}, whose parent ${owner} is not in accounts; add ${owner} to accounts`,
      );
    }
    const present = new Map(kept.flatMap(({ sid }) => accounts.keysOf(sid)).map((key) => [key.sid, key]));
    return keys.filter((key) => {
      const other = present.get(key.sid);
      if (other === undefined || other.account_sid === key.account_sid) return other === undefined;
      throw new ControlError(
        409,
        `the import keeps account ${other.account_sid}, which already has the key ${key.sid}`,
      );
    });
  }

  /**
   * Yields all fixtures in batches. Rows that change meanwhile appear as before or after the change; an add-on result
   * appears only with its recording, and a payload only with its result.
   */
  async function* exported(account: string | undefined): AsyncGenerator<Partial<FixtureSet>> {
    const [{ accountFixture }, functions] = await Promise.all([
      import("../resources/accounts/fixture.js"),
      loadFixtureFunctions(),
    ]);
    const all = accounts.list();
    const keys = all.flatMap(({ sid }) => accounts.keysOf(sid));
    const entries = all.flatMap((row) => accountFixture(row, keys) ?? []);
    if (account === undefined) yield { accounts: entries };
    const chosen = account === undefined ? all.map(({ sid }) => sid) : [account];
    const written = new Set<string>();
    for (const name of LIST_NAMES) {
      const parent = parentOf(name);
      const isParent = LIST_NAMES.some((other) => parentOf(other)?.list === name);
      for (const sid of chosen) {
        for (const rows of batches(storeOf(database, name), sid)) {
          const fixtures = rows
            .filter((row) => parent === undefined || written.has(`${sid} ${row[parent.column as keyof ListedRow]}`))
            .flatMap((row) => functions[name].toFixture(row) ?? []);
          if (isParent) for (const fixture of fixtures) written.add(`${sid} ${fixture.sid}`);
          yield { [name]: fixtures };
          await setImmediate();
        }
      }
    }
  }

  /** Replaces everything while the emulator serves: stages the rows, then swaps the tables' content. */
  async function replaceInBatches(batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<void> {
    await withLargeCache(database, async () => {
      const staging = openStaging(database, Object.values(RESOURCES));
      try {
        const staged = await stage(staging, batches);
        const replaceAll = () => replacement.replace(undefined, CAUSE, () => replaceAccounts(staging, staged));
        await note(staging, () => staging.swap(replaceAll));
        revisions.touch();
      } finally {
        for (const _ of dropping(database)) await setImmediate();
      }
    });
  }

  interface Staged {
    accounts: AccountRow[];
    keys: KeyRow[];
    /** The accounts of the rows. */
    owners: Set<string>;
  }

  async function stage(staging: Staging, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<Staged> {
    const staged: Staged = { accounts: [], keys: [], owners: new Set() };
    const part = await read.inParts({
      hasAccount: (sid) => staged.accounts.some((row) => row.sid === sid) || isKeptSid(sid),
      find: (list, account, sid) => staging.get(list, account, sid) as ListedRow | undefined,
    });
    const add = database.transaction((rows: Rows, offset: number) => {
      for (const name of LIST_NAMES) {
        for (const [index, row] of rows[name].entries()) {
          staged.owners.add(row.account_sid);
          if (!staging.insert(name, row)) part.refuseDuplicate(`${name}[${offset + index}]`, row.sid);
        }
      }
      // Their own lists come before these rows.
      const derived = derivedFrom(rows);
      for (const row of derived.calls) staging.insert("calls", row);
      for (const row of derived.conferences) staging.insert("conferences", row);
    });
    for await (const batch of batches) {
      const rows = part.complete(batch);
      for (const row of rows.accounts) staged.accounts.push(row);
      for (const key of rows.keys) staged.keys.push(key);
      add(rows, batch.offset);
      if (part.isFull()) break;
      await setImmediate();
    }
    part.end();
    return staged;
  }

  function isKeptSid(sid: string): boolean {
    const row = accounts.find(sid);
    return row !== undefined && isKept(row);
  }

  /** Notes the changes of the swap, then swaps in the same turn of the event loop, so that no request intervenes. */
  async function note(staging: Staging, swap: () => void): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const epoch = changes.epoch();
      for (const _ of staging.note()) {
        await setImmediate();
        if (epoch !== changes.epoch()) break;
      }
      if (epoch === changes.epoch()) return swap();
    }
    throw new ControlError(409, `${MAX_ATTEMPTS} resets or new accounts interrupted the import; nothing was imported`);
  }

  function replaceAccounts(staging: Staging, staged: Staged): void {
    const keys = newKeys(staged);
    timeline.events.clear();
    calls.settings.clear();
    const removed = accounts.list().filter((row) => !isKept(row));
    for (const { sid } of removed) accounts.removeAlone(sid);
    const created = removed.filter(({ sid }) => changes.disown(sid));
    accounts.add(staged.accounts, keys);
    for (const { sid } of created) staging.noteAccount(sid);
    for (const sid of staged.owners) {
      if (accounts.find(sid) === undefined)
        throw new ControlError(409, `account ${sid} was removed during the import; nothing was imported`);
    }
    adoptNew(staged.accounts);
  }

  function count(content: object): number {
    const present = Object.values(countsOf(database)).reduce((sum, rows) => sum + rows, 0);
    const given = LISTS.map((name) => (content as Partial<Record<List, unknown[]>>)[name]?.length ?? 0);
    return present + given.reduce((sum, length) => sum + length, 0);
  }

  async function importNow(given: unknown, account: string | undefined): Promise<void> {
    const body = given instanceof Readable ? await readBody(given) : { content: given };
    if ("batches" in body && account === undefined) return await replaceInBatches(body.batches);
    const content = "batches" in body ? await whole(body.batches) : body.content;
    const isLarge =
      typeof content === "object" && content !== null && !Array.isArray(content) && count(content) > MAX_AT_ONCE;
    if (isLarge && account === undefined) await replaceInBatches(slicesOf(content as Record<string, unknown>));
    else {
      const rows = await read.replacement(content, account);
      replacement.replace(account, CAUSE, () => replace(rows, account));
    }
  }

  return {
    /** Exports everything, or the resources of one account without the account. */
    async export(account: string | undefined): Promise<FixtureSet> {
      const set: FixtureSet = { accounts: [], ...eachResource(() => []) };
      for await (const part of exported(account)) {
        for (const name of LISTS) for (const entry of part[name] ?? []) set[name].push(entry as never);
      }
      return set;
    },

    operations: {
      export: operation({
        method: "GET",
        url: "/export",
        id: "exportFixtures",
        summary: "Export everything as fixtures",
        inProcess: "`export()`",
        docs: { answer: "a fixture file" },
        scope: "all",
        answer: FIXTURES,
        run: ({ account }) => Readable.from(textOf(exported(account))) as never,
      }),

      import: operation({
        method: "POST",
        url: "/import",
        id: "importFixtures",
        summary: "Replace everything by the fixtures",
        description: "Takes any size, in batches while other requests are answered. A reset undoes it.",
        inProcess: "`import(…)`",
        docs: { input: "a fixture file" },
        scope: "all",
        body: FIXTURES,
        checksBody: true,
        isStreamed: true,
        errors: [409],
        async run({ account, body }) {
          const result = importing.then(() => importNow(body, account));
          importing = result.catch(() => {});
          await result;
        },
      }),
    },
  };
}

function* batches<Row extends { sid: string }>(
  { after }: { after(account: string, sid: string, limit: number): Row[] },
  account: string,
): Generator<Row[]> {
  for (let rows = after(account, "", BATCH); rows.length > 0; rows = after(account, (rows.at(-1) as Row).sid, BATCH)) {
    yield rows;
  }
}

async function* textOf(parts: AsyncIterable<Partial<FixtureSet>>): AsyncGenerator<string> {
  let open = -1;
  let isFirst = true;
  // Writes every list in order, empty ones too.
  const upTo = (list: number) => {
    let text = "";
    for (; open < list; open++) {
      text += `${open === -1 ? "{" : "],"}"${LISTS[open + 1]}":[`;
      isFirst = true;
    }
    return text;
  };
  for await (const part of parts) {
    const [[name, entries]] = Object.entries(part) as [[List, unknown[]]];
    let text = upTo(LISTS.indexOf(name));
    for (const entry of entries) {
      text += `${isFirst ? "" : ","}${JSON.stringify(entry)}`;
      isFirst = false;
    }
    yield text;
  }
  yield `${upTo(LISTS.length - 1)}]}`;
}

async function whole(batches: AsyncIterable<Batch>): Promise<Record<string, unknown>> {
  const lists: Record<string, unknown[]> = {};
  let others: Record<string, unknown> = {};
  for await (const { list, content } of batches) {
    if (list === undefined) others = content;
    else {
      lists[list] ??= [];
      for (const entry of content[list] as unknown[]) lists[list].push(entry);
    }
  }
  return { ...others, ...lists };
}
