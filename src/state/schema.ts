/** Marks a database file as ours, so that no other program's SQLite file is ever taken for one ("TREm"). */
export const APPLICATION_ID = 0x5452_456d;

/**
 * The schema's history: entry n brings a database from `user_version` n to n + 1. An entry that was released never changes.
 *
 * Times are milliseconds since the Unix epoch, columns that Twilio shows carry Twilio's names, and a value that
 * follows from others (uri, subresource_uris, most media_urls) is not stored.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE seeding (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seeded_at INTEGER NOT NULL,
    fixtures_digest TEXT NOT NULL,
    generate INTEGER NOT NULL,
    random_seed INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE accounts (
    sid TEXT PRIMARY KEY,
    auth_token TEXT NOT NULL,
    friendly_name TEXT NOT NULL,
    owner_account_sid TEXT REFERENCES accounts (sid) DEFERRABLE INITIALLY DEFERRED
  ) STRICT;

  CREATE TABLE keys (
    sid TEXT PRIMARY KEY,
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    secret TEXT NOT NULL
  ) STRICT;

  CREATE TABLE recordings (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    call_sid TEXT,
    conference_sid TEXT,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    start_time INTEGER,
    duration INTEGER,
    price TEXT,
    price_unit TEXT,
    status TEXT NOT NULL,
    channels INTEGER,
    source TEXT NOT NULL,
    error_code INTEGER,
    encryption_public_key_sid TEXT,
    encryption_cek TEXT,
    encryption_iv TEXT,
    external_media_url TEXT,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid),
    CHECK ((status = 'deleted') = (date_deleted IS NOT NULL))
  ) STRICT;
  CREATE INDEX recordings_by_deletion ON recordings (date_deleted) WHERE date_deleted IS NOT NULL;
  `,
];
