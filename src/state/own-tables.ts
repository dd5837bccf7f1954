/** SQL of the tables that belong to no resource. A scope is an account's SID, or empty for all accounts. */
export const OWN_TABLES = `
  CREATE TABLE seeding (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seeded_at INTEGER NOT NULL,
    fixtures_digest TEXT NOT NULL,
    generate INTEGER NOT NULL,
    random_seed INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE changes (
    account_sid TEXT NOT NULL,
    relation TEXT NOT NULL,
    sid TEXT NOT NULL,
    image TEXT,
    PRIMARY KEY (account_sid, relation, sid)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE created_accounts (sid TEXT PRIMARY KEY) STRICT;

  CREATE TABLE snapshots (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    clock TEXT NOT NULL,
    created_accounts TEXT NOT NULL,
    PRIMARY KEY (scope, name)
  ) STRICT;

  CREATE TABLE snapshot_rows (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    account_sid TEXT NOT NULL,
    relation TEXT NOT NULL,
    sid TEXT NOT NULL,
    image TEXT,
    PRIMARY KEY (scope, name, account_sid, relation, sid),
    FOREIGN KEY (scope, name) REFERENCES snapshots (scope, name) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
`;
