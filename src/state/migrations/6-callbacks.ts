/** Adds callbacks that are still to be delivered. */
export const ADD_CALLBACKS = `
  CREATE TABLE pending_callbacks (
    account_sid TEXT NOT NULL REFERENCES accounts (sid),
    sid TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    subject_sid TEXT NOT NULL,
    url TEXT NOT NULL,
    method TEXT NOT NULL,
    parameters TEXT NOT NULL,
    idempotency_token TEXT NOT NULL,
    PRIMARY KEY (account_sid, sid)
  ) STRICT;
`;
