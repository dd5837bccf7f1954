import { FIRST_MIGRATIONS } from "./migrations/1-to-4.js";
import { ADD_CALLS } from "./migrations/5-calls.js";
import { ADD_CALLBACKS } from "./migrations/6-callbacks.js";

/** Marks a database file as the emulator's ("TREm"), so that it does not open another program's SQLite file. */
export const APPLICATION_ID = 0x5452_456d;

/**
 * The schema's history: entry n brings a database from `user_version` n to n + 1. An entry that was released never changes.
 *
 * Times are milliseconds since the Unix epoch, columns that Twilio shows carry Twilio's names, and a value that
 * follows from others (uri, subresource_uris, most media_urls) is not stored.
 */
export const MIGRATIONS: readonly string[] = [...FIRST_MIGRATIONS, ADD_CALLS, ADD_CALLBACKS];
