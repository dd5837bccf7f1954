import type { Database } from "../../state/database.js";
import { columnNames, type Table } from "../../state/table.js";
import { type AccountRow, accounts, type KeyRow, keys as keyTable } from "./table.js";

export function accountStore(database: Database) {
  const columns = columnNames(accounts).join(", ");
  const keyColumns = columnNames(keyTable).join(", ");
  const put = database.prepare<[AccountRow]>(
    `INSERT INTO accounts (${columns}) VALUES (${parameters(accounts)}) ON CONFLICT (sid) DO NOTHING`,
  );
  const putKey = database.prepare<[KeyRow]>(`INSERT INTO keys (${keyColumns}) VALUES (${parameters(keyTable)})`);
  const owner = database
    .prepare<[string], string | null>("SELECT owner_account_sid FROM accounts WHERE sid = ?")
    .pluck();
  const credentials = database.prepare<[string, string], { accountSid: string; secret: string | null }>(
    `SELECT sid AS accountSid, auth_token AS secret FROM accounts WHERE sid = ?
     UNION ALL SELECT account_sid, secret FROM keys WHERE sid = ?`,
  );
  const get = database.prepare<[string], AccountRow>(`SELECT ${columns} FROM accounts WHERE sid = ?`);
  const list = database.prepare<[], AccountRow>(`SELECT ${columns} FROM accounts ORDER BY rowid`);
  const family = database.prepare<[string, string], AccountRow>(
    `SELECT ${columns} FROM accounts WHERE sid = ? OR owner_account_sid = ? ORDER BY date_created DESC, sid DESC`,
  );
  const subaccounts = database
    .prepare<[string], string>("SELECT sid FROM accounts WHERE owner_account_sid = ?")
    .pluck();
  const keys = database.prepare<[string], KeyRow>(`SELECT ${keyColumns} FROM keys WHERE account_sid = ?`);
  const key = database.prepare<[string], KeyRow>(`SELECT ${keyColumns} FROM keys WHERE sid = ?`);
  const removeKeys = database.prepare<[string]>("DELETE FROM keys WHERE account_sid = ?");
  const remove = database.prepare<[string]>("DELETE FROM accounts WHERE sid = ?");
  return {
    /** Adds an account. An existing one is not changed. */
    put: (row: AccountRow): void => void put.run(row),
    putKey: (row: KeyRow): void => void putKey.run(row),
    /** Returns the parent's SID; null for a main account, undefined for an unknown one. */
    owner: (sid: string): string | null | undefined => owner.get(sid),
    /** Returns the account and the secret of a user name, which is the SID of an account or of a key. */
    credentials: (username: string) => credentials.get(username, username),
    get: (sid: string): AccountRow | undefined => get.get(sid),
    /** Returns all accounts in the order of insertion. */
    list: (): AccountRow[] => list.all(),
    /** Returns an account and its subaccounts, newest first. */
    family: (sid: string): AccountRow[] => family.all(sid, sid),
    subaccounts: (sid: string): string[] => subaccounts.all(sid),
    keys: (accountSid: string): KeyRow[] => keys.all(accountSid),
    key: (sid: string): KeyRow | undefined => key.get(sid),
    /** Removes an account and its keys, without its resources. */
    remove(sid: string): void {
      removeKeys.run(sid);
      remove.run(sid);
    },
  };
}

function parameters(table: Table): string {
  return columnNames(table)
    .map((column) => `@${column}`)
    .join(", ");
}
