import type { InjectOptions } from "fastify";
import type { Test } from "tap";
import { buildApp } from "../../src/app.js";
import type { Config } from "../../src/config/config.js";
import { readConfig } from "../../src/config/read.js";
import { TABLES } from "../../src/resources/register.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { openState, type State } from "../../src/state/state.js";

/** The default fixtures' main account, its subaccount and its API key. */
export const ACCOUNT = `AC${"a".repeat(32)}`;
export const TOKEN = "0123456789abcdef0123456789abcdef";
export const SUBACCOUNT = `AC${"b".repeat(32)}`;
export const SUBACCOUNT_TOKEN = "fedcba9876543210fedcba9876543210";
export const KEY = `SK${"a".repeat(32)}`;
export const KEY_SECRET = "abcdefghijklmnopqrstuvwxyz012345";

/** The documented example among the default fixtures. */
export const EXAMPLE = `RE${"a".repeat(32)}`;

export const DAY = 86_400_000;

/** The SID of a default fixture: `RE`, 30 zeros, two digits. */
export const numbered = (digits: string) => `RE${"0".repeat(30)}${digits}`;

export const pathOf = (sid: string, account = ACCOUNT) => `/2010-04-01/Accounts/${account}/Recordings/${sid}.json`;

export const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

export const AUTHORIZED = { authorization: basic(ACCOUNT, TOKEN) };

export function configWith(overrides: Partial<Config>): Config {
  const { config } = readConfig({}, ["--data", ":memory:", "--log-level", "silent", "--port", "0"], false, "1.2.3");
  return { ...config, ...overrides };
}

/** Starts a new in-memory emulator without a socket; closed when the test ends. */
export async function emulator(t: Test, overrides: Partial<Config> = {}) {
  const config = configWith(overrides);
  const state = openState(config, TABLES);
  const notices: string[] = [];
  const { app, control } = await buildApp(config, state, openFixtureFolder(config.fixtures), {
    notice: (line) => notices.push(line),
  });
  t.teardown(() => app.close());

  /** Sends a request; default credentials: the main account's. */
  const send = (url: string, options: Omit<InjectOptions, "url"> = {}) =>
    app.inject({ method: "GET", url, ...options, headers: { ...AUTHORIZED, ...options.headers } });
  /** Sends a form; a parameter with several values is repeated. */
  const post = (
    url: string,
    form: Readonly<Record<string, string | readonly string[]>> = {},
    options: Omit<InjectOptions, "url"> = {},
  ) => {
    const pairs = Object.entries(form).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one] as [string, string]),
    );
    const headers = { "content-type": "application/x-www-form-urlencoded", ...options.headers };
    return send(url, { method: "POST", payload: new URLSearchParams(pairs).toString(), ...options, headers });
  };
  /** Calls the control API. */
  const steer = async (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: unknown) => {
    const payload = body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await app.inject({ method, url: `/_emulator${url}`, ...payload });
    return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json() };
  };
  return { app, control, state, notices, send, post, steer };
}

/** Returns Twilio's error body for an unknown path. */
export const notFound = (path: string) => ({
  code: 20404,
  message: `The requested resource ${path} was not found`,
  more_info: "https://www.twilio.com/docs/errors/20404",
  status: 404,
});

/** Returns the rows of all tables. */
export function dumpOf({ database }: State): Record<string, string[]> {
  const tables = database
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
  return Object.fromEntries(tables.map((table) => [table, sorted(database.prepare(`SELECT * FROM ${table}`).all())]));
}
