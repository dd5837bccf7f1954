/** The schema of 0.1.0 up to its live recordings. */
export const FIRST_MIGRATIONS: readonly string[] = [
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
    auth_token TEXT,
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
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX recordings_by_date ON recordings (account_sid, date_created, sid, date_deleted);
  CREATE INDEX recordings_by_call ON recordings (account_sid, call_sid, date_created, sid, date_deleted);
  CREATE INDEX recordings_by_conference ON recordings (account_sid, conference_sid, date_created, sid, date_deleted)
    WHERE conference_sid IS NOT NULL;
  CREATE INDEX recordings_by_deletion ON recordings (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE transcriptions (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    recording_sid TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    duration INTEGER,
    price TEXT,
    price_unit TEXT,
    status TEXT NOT NULL,
    transcription_text TEXT,
    type TEXT,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid)
  ) STRICT;
  CREATE INDEX transcriptions_by_date ON transcriptions (account_sid, date_created, sid, date_deleted);
  CREATE INDEX transcriptions_by_recording ON transcriptions (account_sid, recording_sid, date_created, sid, date_deleted);
  CREATE INDEX transcriptions_by_deletion ON transcriptions (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE add_on_results (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    reference_sid TEXT NOT NULL,
    status TEXT NOT NULL,
    add_on_sid TEXT NOT NULL,
    add_on_configuration_sid TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    date_completed INTEGER,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid),
    FOREIGN KEY (account_sid, reference_sid) REFERENCES recordings (account_sid, sid) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX add_on_results_by_recording ON add_on_results (account_sid, reference_sid, date_created, sid, date_deleted);
  CREATE INDEX add_on_results_by_deletion ON add_on_results (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE payloads (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    add_on_result_sid TEXT NOT NULL,
    reference_sid TEXT NOT NULL,
    label TEXT,
    add_on_sid TEXT NOT NULL,
    add_on_configuration_sid TEXT NOT NULL,
    content_type TEXT NOT NULL,
    data TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid),
    FOREIGN KEY (account_sid, add_on_result_sid) REFERENCES add_on_results (account_sid, sid) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX payloads_by_result ON payloads (account_sid, add_on_result_sid, date_created, sid, date_deleted);
  CREATE INDEX payloads_by_deletion ON payloads (date_deleted) WHERE date_deleted IS NOT NULL;
  `,
  // What tests change, so that it can be undone, and what they have saved. A scope is an account's sid, or empty for all.
  `
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
  `,
  // Accounts get dates: those of the seeding for rows, and images of rows, that have none. Transcriptions are listed by
  // date_updated. Add-on results lapse by date_created. A null track means both.
  `
  ALTER TABLE accounts ADD COLUMN date_created INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN date_updated INTEGER NOT NULL DEFAULT 0;
  UPDATE accounts SET (date_created, date_updated) = (SELECT seeded_at, seeded_at FROM seeding);
  UPDATE changes SET image = (SELECT json_set(image, '$.date_created', seeded_at, '$.date_updated', seeded_at) FROM seeding)
    WHERE relation = 'accounts';
  UPDATE snapshot_rows SET image = (SELECT json_set(image, '$.date_created', seeded_at, '$.date_updated', seeded_at) FROM seeding)
    WHERE relation = 'accounts';
  CREATE INDEX accounts_by_owner ON accounts (owner_account_sid) WHERE owner_account_sid IS NOT NULL;

  ALTER TABLE recordings ADD COLUMN track TEXT;

  DROP INDEX transcriptions_by_date;
  DROP INDEX transcriptions_by_recording;
  CREATE INDEX transcriptions_by_update ON transcriptions (account_sid, date_updated, sid, date_deleted);
  CREATE INDEX transcriptions_by_recording ON transcriptions (account_sid, recording_sid, date_updated, sid, date_deleted);

  CREATE INDEX add_on_results_by_date ON add_on_results (date_created);
  `,
  // The foreign key that the removal of an account looks up.
  `
  CREATE INDEX keys_by_account ON keys (account_sid);
  `,
];
