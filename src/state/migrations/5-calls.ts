/**
 * Adds calls, conferences, participants, call settings and timed events. Recordings that exist, in the tables, the undo log
 * or a snapshot, get the completed call and conference that later seedings derive for them.
 */
export const ADD_CALLS = `
  CREATE TABLE calls (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    parent_call_sid TEXT,
    to_address TEXT NOT NULL,
    from_address TEXT NOT NULL,
    phone_number_sid TEXT,
    status TEXT NOT NULL,
    direction TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    start_time INTEGER,
    end_time INTEGER,
    duration INTEGER,
    price TEXT,
    answered_by TEXT,
    caller_name TEXT,
    forwarded_from TEXT,
    group_sid TEXT,
    trunk_sid TEXT,
    script TEXT,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX calls_by_date ON calls (account_sid, date_created, sid, date_deleted);
  CREATE INDEX calls_by_parent ON calls (account_sid, parent_call_sid, date_created, sid, date_deleted)
    WHERE parent_call_sid IS NOT NULL;
  CREATE INDEX calls_by_deletion ON calls (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE conferences (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    friendly_name TEXT NOT NULL,
    region TEXT NOT NULL,
    status TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    reason_conference_ended TEXT,
    call_sid_ending_conference TEXT,
    script TEXT,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX conferences_by_date ON conferences (account_sid, date_created, sid, date_deleted);
  CREATE INDEX conferences_by_name ON conferences (account_sid, friendly_name, date_created, sid, date_deleted);
  CREATE INDEX conferences_by_deletion ON conferences (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE participants (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    conference_sid TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    label TEXT,
    status TEXT NOT NULL,
    date_created INTEGER NOT NULL,
    date_updated INTEGER NOT NULL,
    muted INTEGER NOT NULL,
    hold INTEGER NOT NULL,
    coaching INTEGER NOT NULL,
    start_conference_on_enter INTEGER NOT NULL,
    end_conference_on_exit INTEGER NOT NULL,
    call_sid_to_coach TEXT,
    date_deleted INTEGER,
    PRIMARY KEY (account_sid, sid),
    FOREIGN KEY (account_sid, conference_sid) REFERENCES conferences (account_sid, sid) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX participants_by_conference ON participants (account_sid, conference_sid, date_created, sid, date_deleted);
  CREATE INDEX participants_by_call ON participants (account_sid, call_sid, date_created, sid, date_deleted);
  CREATE INDEX participants_by_deletion ON participants (date_deleted) WHERE date_deleted IS NOT NULL;

  CREATE TABLE call_settings (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (account_sid, sid)
  ) STRICT;

  CREATE TABLE timed_events (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    due INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject_sid TEXT NOT NULL,
    data TEXT,
    PRIMARY KEY (account_sid, sid)
  ) STRICT;
  CREATE INDEX timed_events_by_account ON timed_events (account_sid, due, sid);
  CREATE INDEX timed_events_by_due ON timed_events (due, account_sid, sid);
  CREATE INDEX timed_events_by_subject ON timed_events (account_sid, subject_sid);

  ALTER TABLE recordings ADD COLUMN live TEXT;

  CREATE TEMP TABLE known_recordings AS
    SELECT account_sid, call_sid, conference_sid, status, source, coalesce(start_time, date_created) AS start,
      coalesce(duration, 0) AS duration
    FROM recordings
    UNION
    SELECT account_sid, json_extract(image, '$.call_sid'), json_extract(image, '$.conference_sid'),
      json_extract(image, '$.status'), json_extract(image, '$.source'),
      coalesce(json_extract(image, '$.start_time'), json_extract(image, '$.date_created')),
      coalesce(json_extract(image, '$.duration'), 0)
    FROM (SELECT account_sid, relation, image FROM changes UNION ALL SELECT account_sid, relation, image FROM snapshot_rows)
    WHERE relation = 'recordings' AND image IS NOT NULL AND account_sid IN (SELECT sid FROM accounts);
  INSERT OR IGNORE INTO calls (account_sid, sid, to_address, from_address, status, direction, date_created, date_updated,
      start_time, end_time, duration, price)
    SELECT account_sid, call_sid, '+12025550101', '+12025550100',
      CASE WHEN status IN ('in-progress', 'paused') THEN 'in-progress' ELSE 'completed' END,
      CASE WHEN source IN ('OutboundAPI', 'StartCallRecordingAPI') THEN 'outbound-api' ELSE 'inbound' END,
      start, start + duration * 1000, start,
      CASE WHEN status IN ('in-progress', 'paused') THEN NULL ELSE start + duration * 1000 END,
      CASE WHEN status IN ('in-progress', 'paused') THEN NULL ELSE duration END,
      CASE WHEN status IN ('in-progress', 'paused') THEN NULL ELSE format('-%.5f', 0.015 * max(1, (duration + 59) / 60)) END
    FROM known_recordings WHERE call_sid IS NOT NULL ORDER BY duration DESC;
  INSERT OR IGNORE INTO conferences (account_sid, sid, friendly_name, region, status, date_created, date_updated,
      reason_conference_ended)
    SELECT account_sid, conference_sid, conference_sid, 'us1',
      CASE WHEN status IN ('in-progress', 'paused') THEN 'in-progress' ELSE 'completed' END,
      start, start + duration * 1000,
      CASE WHEN status IN ('in-progress', 'paused') THEN NULL ELSE 'last-participant-left' END
    FROM known_recordings WHERE conference_sid IS NOT NULL ORDER BY duration DESC;
  DROP TABLE known_recordings;
`;
