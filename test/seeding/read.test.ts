import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import type { RecordingRow } from "../../src/resources/recordings/table.js";
import { atStart, FixtureError } from "../../src/seeding/fixture-error.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { attempt } from "../../src/state/startup-error.js";
import { ACCOUNT, EXAMPLE, numbered, SUBACCOUNT } from "../support/emulator.js";
import { readFixtures } from "../support/fixtures.js";

const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const SID = numbered("01");
const account = { sid: ACCOUNT, auth_token: "token" };

type Files = Parameters<Test["testdir"]>[0];

function read(t: Test, files: Files, extra?: string) {
  return readFixtures(openFixtureFolder(t.testdir(files)), NOW, extra);
}

/** Returns the lines of the FixtureError, trimmed; empty if the files are valid. */
function faultsOf(t: Test, files: Files): string[] {
  try {
    read(t, files);
    return [];
  } catch (error) {
    t.ok(error instanceof FixtureError);
    return (error as FixtureError).messages.map((line) => line.trim());
  }
}

/** Returns arrays nested to this depth. */
function nested(depth: number): unknown {
  return JSON.parse("[".repeat(depth) + "]".repeat(depth));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function complete(t: Test, fixture: object): RecordingRow | undefined {
  const recording = { sid: SID, account_sid: ACCOUNT, ...fixture };
  return read(t, { "a.json": JSON.stringify({ accounts: [account], recordings: [recording] }) }).recordings[0];
}

t.test("recording with sid and account_sid only: defaults", async (t) => {
  t.same(complete(t, {}), {
    account_sid: ACCOUNT,
    sid: SID,
    call_sid: `CA${SID.slice(2)}`,
    conference_sid: null,
    date_created: NOW - HOUR - 10_000,
    date_updated: NOW - HOUR,
    start_time: NOW - HOUR - 10_000,
    duration: 10,
    price: "-0.00250",
    price_unit: "USD",
    status: "completed",
    channels: 1,
    source: "RecordVerb",
    track: null,
    error_code: null,
    encryption_public_key_sid: null,
    encryption_cek: null,
    encryption_iv: null,
    external_media_url: null,
    date_deleted: null,
    live: null,
  });
});

t.test("omitted values of a recording are derived", async (t) => {
  for (const [name, fixture, expected] of [
    [
      "in-progress: no duration, no price",
      { status: "in-progress", date_created: "-PT5M" },
      { duration: null, price: null, price_unit: null, date_updated: NOW - 300_000 },
    ],
    ["paused: no duration, no price", { status: "paused" }, { duration: null, price: null, price_unit: null }],
    ["processing: no price", { status: "processing" }, { duration: null, price: null, price_unit: "USD" }],
    ["stopped: duration, no price", { status: "stopped" }, { duration: 10, price: null }],
    ["absent: duration 0, error_code 16101", { status: "absent" }, { duration: 0, price: null, error_code: 16101 }],
    ["error_code: status absent", { error_code: 16102 }, { status: "absent" }],
    [
      "date_deleted: status deleted",
      { date_deleted: "-P10D" },
      { status: "deleted", date_deleted: NOW - 240 * HOUR, price: "-0.00250", date_updated: NOW - 241 * HOUR },
    ],
    ["status deleted: date_deleted is now", { status: "deleted", date_created: "2022-02-14" }, { date_deleted: NOW }],
    ["duration: price per started minute", { duration: "61" }, { price: "-0.00500" }],
    ["duration null: price null", { duration: null }, { duration: null, price: null }],
    [
      "start_time and date_updated: duration",
      { start_time: "2026-01-01T00:00:00Z", date_updated: "2026-01-01T00:01:15Z" },
      { duration: 75, date_created: Date.UTC(2026, 0, 1) },
    ],
    [
      "date_updated: date_created",
      { date_updated: "2026-01-01T00:00:10Z" },
      { date_created: Date.UTC(2026, 0, 1), duration: 10 },
    ],
    [
      "start_time and duration: date_updated",
      { start_time: "2026-01-01T00:00:00Z", duration: "30" },
      { date_updated: Date.UTC(2026, 0, 1, 0, 0, 30) },
    ],
    ["start_time null: null", { start_time: null }, { start_time: null }],
    [
      "conference_sid: source Conference",
      { conference_sid: `CF${"A".repeat(32)}` },
      { source: "Conference", conference_sid: `CF${"a".repeat(32)}` },
    ],
    [
      "source of a conference: conference_sid",
      { source: "StartConferenceRecordingAPI" },
      { conference_sid: `CF${SID.slice(2)}` },
    ],
    [
      "SIDs with upper-case digits: lower case",
      { sid: `RE${"A".repeat(32)}`, call_sid: null },
      { sid: EXAMPLE, call_sid: null },
    ],
    [
      "media_url of api.twilio.com: not stored",
      { media_url: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${SID}` },
      { external_media_url: null },
    ],
    [
      "other media_url: external storage",
      { media_url: "https://a.example/b" },
      { external_media_url: "https://a.example/b" },
    ],
    [
      "encryption_details with the keys of 2018: accepted",
      {
        encryption_details: {
          public_key_sid: `CR${"B".repeat(32)}`,
          encrypted_cek: "AAAA",
          type: "rsa-aes",
          iv: "BBBB",
        },
      },
      { encryption_public_key_sid: `CR${"b".repeat(32)}`, encryption_cek: "AAAA", encryption_iv: "BBBB" },
    ],
    ["track inbound: kept", { track: "inbound" }, { track: "inbound" }],
    ["track both: null", { track: "both" }, { track: null }],
    [
      "given values: kept",
      { price: "0.04", price_unit: "EUR", channels: null, duration: "0" },
      { price: "0.04", price_unit: "EUR", channels: null, duration: 0 },
    ],
  ] as const) {
    t.test(name, async (t) => t.match(complete(t, fixture), expected));
  }
});

t.test("transcriptions, add-on results and payloads", async (t) => {
  const TR = `TR${SID.slice(2)}`;
  const XR = `XR${SID.slice(2)}`;
  const XH = `XH${SID.slice(2)}`;
  const files = (lists: object) => ({
    "a.json": JSON.stringify({ accounts: [account], recordings: [{ sid: SID, account_sid: ACCOUNT }], ...lists }),
  });
  const [oneHourAgo, yesterday] = [NOW - HOUR, NOW - 24 * HOUR];
  for (const [name, fixture, expected] of [
    [
      "all omitted: defaults",
      {},
      {
        recording_sid: SID,
        date_created: oneHourAgo,
        date_updated: oneHourAgo,
        duration: 10,
        price: "-0.05000",
        price_unit: "USD",
        status: "completed",
        transcription_text: "(blank)",
        type: "fast",
      },
    ],
    [
      "in progress: no text, no duration, price 0",
      { status: "in-progress" },
      { transcription_text: null, duration: null, price: "0.00000" },
    ],
    ["in progress with a duration: price 0", { status: "in-progress", duration: "10" }, { price: "0.00000" }],
    ["failed: charged", { status: "failed" }, { duration: 10, price: "-0.05000", transcription_text: "(blank)" }],
    ["failed with duration 0: price 0", { status: "failed", duration: "0" }, { price: "0.00000" }],
    ["duration 61: price of two minutes", { duration: "61" }, { price: "-0.10000" }],
    ["duration null: price 0", { duration: null }, { duration: null, price: "0.00000" }],
    ["price as a number, as documented: a string", { price: -0.05 }, { price: "-0.05000" }],
    [
      "given values: kept",
      { duration: "61", price: null, price_unit: null, type: null, transcription_text: "Hi", recording_sid: EXAMPLE },
      { duration: 61, price: null, price_unit: null, type: null, transcription_text: "Hi", recording_sid: EXAMPLE },
    ],
    [
      "one date given: the other date is equal",
      { date_updated: "-P1D" },
      { date_created: yesterday, date_updated: yesterday },
    ],
  ] as const) {
    t.test(`transcription, ${name}`, async (t) => {
      const transcriptions = [{ sid: TR, account_sid: ACCOUNT, ...fixture }];
      t.match(read(t, files({ transcriptions })).transcriptions[0], { sid: TR, ...expected });
    });
  }
  for (const [name, fixture, expected] of [
    [
      "all omitted: defaults",
      {},
      {
        status: "completed",
        add_on_sid: `XB${SID.slice(2)}`,
        add_on_configuration_sid: `XE${SID.slice(2)}`,
        date_completed: oneHourAgo,
      },
    ],
    ["in progress: date_completed null", { status: "in-progress" }, { date_completed: null }],
    [
      "given values: kept",
      { date_completed: "-P1D", add_on_sid: `XB${"A".repeat(32)}`, add_on_configuration_sid: `XE${"B".repeat(32)}` },
      { date_completed: yesterday, add_on_sid: `XB${"a".repeat(32)}`, add_on_configuration_sid: `XE${"b".repeat(32)}` },
    ],
    ["date_completed null: null", { date_completed: null }, { date_completed: null }],
  ] as const) {
    t.test(`add-on result, ${name}`, async (t) => {
      const add_on_results = [{ sid: XR, account_sid: ACCOUNT, reference_sid: SID, ...fixture }];
      t.match(read(t, files({ add_on_results })).add_on_results[0], { sid: XR, reference_sid: SID, ...expected });
    });
  }
  const result = { sid: XR, account_sid: ACCOUNT, reference_sid: SID };
  for (const [name, fixture, expected] of [
    [
      "all omitted: defaults",
      {},
      { label: XH, content_type: "application/json", data: "{}", reference_sid: SID, add_on_sid: `XB${SID.slice(2)}` },
    ],
    ["data as a JSON value: stored as JSON text", { data: { a: [1] } }, { data: '{"a":[1]}' }],
    ["data as text: text/plain", { data: "a", label: null }, { data: "a", content_type: "text/plain", label: null }],
  ] as const) {
    t.test(`payload, ${name}`, async (t) => {
      const payloads = [{ sid: XH, account_sid: ACCOUNT, add_on_result_sid: XR, ...fixture }];
      t.match(read(t, files({ add_on_results: [result], payloads })).payloads[0], { sid: XH, ...expected });
    });
  }
  t.test("one resource per file: all read", async (t) => {
    const {
      transcriptions,
      add_on_results: addOnResults,
      payloads,
    } = read(t, {
      ...files({}),
      "b.json": JSON.stringify({ sid: TR, account_sid: ACCOUNT }),
      "c.json": JSON.stringify(result),
      "d.json": JSON.stringify({ sid: XH, account_sid: ACCOUNT, add_on_result_sid: XR }),
    });
    t.same([transcriptions.length, addOnResults.length, payloads.length], [1, 1, 1]);
  });
  t.test("unknown reference_sid or add_on_result_sid: error for each", async (t) => {
    const faults = faultsOf(
      t,
      files({
        add_on_results: [{ ...result, reference_sid: EXAMPLE }],
        payloads: [{ sid: XH, account_sid: ACCOUNT, add_on_result_sid: `XR${"9".repeat(32)}` }],
      }),
    );
    t.same(faults.slice(1), [
      `a.json add_on_results[0] (${XR}): reference_sid is "${EXAMPLE}"; expected: the SID of a recording of this account in these fixtures`,
      `a.json payloads[0] (${XH}): add_on_result_sid is "XR${"9".repeat(32)}"; expected: the SID of an add-on result of this account in these fixtures`,
    ]);
  });
});

t.test("text that JSON.parse rejects: error with line and column", async () => {
  const wrong = fc.constantFrom(
    ",",
    ":",
    "{",
    "]",
    '"',
    "'",
    "\\",
    "\\u00",
    "//",
    "/**/",
    "01",
    "-",
    "+1",
    "1.",
    "nul",
    "NaN",
  );
  const odd = fc.constantFrom("\n", "\t", "\0", "\v", "\u00a0", "\u2028", "\ufeff", "\ud800", '"__proto__":');
  const spoilt = fc
    .tuple(fc.json(), fc.nat(), fc.nat(2), fc.oneof(wrong, odd, fc.string({ maxLength: 3 })))
    .map(([json, place, removed, added]) => {
      const at = place % (json.length + 1);
      return json.slice(0, at) + added + json.slice(at + removed);
    });
  fc.assert(
    fc.property(spoilt, (text) => {
      const folder = { path: "fixtures", files: [{ name: "a.json", text }], publicKeys: [], digest: "" };
      const faults: string[] = [];
      attempt(faults, () => atStart(() => readFixtures(folder, NOW, undefined)));
      const [, line] = /^ {2}a\.json line (\d+) column \d+: is not JSON/.exec(faults[1] ?? "") ?? [];
      return isJson(text) ? line === undefined : Number(line) <= text.split("\n").length;
    }),
  );
});

t.test("shapes of a fixture file", async (t) => {
  const files = (content: unknown) => ({ "a.json": JSON.stringify(content), "b.json": JSON.stringify(account) });
  const recording = { sid: SID, account_sid: ACCOUNT };
  t.test("single resource: read", async (t) => t.equal(read(t, files(recording)).recordings.length, 1));
  t.test("list response: read", async (t) => {
    const envelope = { first_page_uri: "/", end: 0, previous_page_uri: null, uri: "/", page_size: 50, start: 0 };
    const answer = { ...envelope, recordings: [recording], next_page_uri: null, page: 0 };
    t.equal(read(t, files(answer)).recordings.length, 1);
  });
  t.test("byte order mark: ignored", async (t) => {
    t.equal(read(t, { "a.json": `\uFEFF${JSON.stringify(account)}` }).accounts.length, 1);
  });
  t.test("recording of the account of the options: read", async (t) => {
    t.equal(read(t, { "a.json": JSON.stringify(recording) }, ACCOUNT).recordings.length, 1);
  });
  t.test("account with its own SID as owner_account_sid: main account", async (t) => {
    const own = { ...account, owner_account_sid: ACCOUNT, friendly_name: "Mine", status: "active", type: "Full" };
    t.same(read(t, { "a.json": JSON.stringify(own) }).accounts, [
      {
        sid: ACCOUNT,
        auth_token: "token",
        friendly_name: "Mine",
        owner_account_sid: null,
        date_created: NOW,
        date_updated: NOW,
      },
    ]);
  });
  t.test("dates of an account: as given, else equal to the other date, else the time of seeding", async (t) => {
    const [created, updated] = [Date.UTC(2016, 9, 14, 21, 56, 34), NOW - 24 * HOUR];
    const given = { date_created: "Fri, 14 Oct 2016 21:56:34 +0000", date_updated: "-P1D" };
    for (const [dates, expected] of [
      [given, { date_created: created, date_updated: updated }],
      [{ date_created: given.date_created }, { date_created: created, date_updated: created }],
      [{ date_updated: given.date_updated }, { date_created: updated, date_updated: updated }],
      [{}, { date_created: NOW, date_updated: NOW }],
    ]) {
      t.match(read(t, { "a.json": JSON.stringify({ ...account, ...dates }) }).accounts[0], expected);
    }
    t.match(faultsOf(t, { "a.json": JSON.stringify({ ...account, date_created: "soon" }) }), [
      /have 1 error/,
      /^a\.json \(ACa+\): date_created is "soon"; expected: Date: RFC 2822/,
    ]);
  });
});

t.test("recordings in the emulator's responses are valid fixtures", async (t) => {
  const { emulator, pathOf } = await import("../support/emulator.js");
  const { send } = await emulator(t);
  for (const digits of ["01", "04", "05", "06", "09", "11"]) {
    const answer = await send(pathOf(numbered(digits)));
    const row = read(t, { "a.json": answer.body, "b.json": JSON.stringify(account) }).recordings[0];
    t.equal(row?.sid, numbered(digits));
    t.equal(row?.status, answer.json().status);
    t.equal(row?.external_media_url === null, digits !== "11", "external_media_url for external storage only");
  }
});

t.test("errors", async (t) => {
  const one = (fixture: object) => ({
    "a.json": JSON.stringify({ accounts: [account], recordings: [{ sid: SID, account_sid: ACCOUNT, ...fixture }] }),
  });
  const at = `a.json recordings[0] (${SID})`;
  for (const [name, fixture, fault] of [
    [
      "value of the wrong form",
      { duration: "four" },
      `${at}: duration is "four"; expected: String of whole seconds such as "4"; or null. Default: the time from start_time to date_updated, or "10"; "0" if absent; null before the recording ends.`,
    ],
    ["value of the wrong type", { duration: 4 }, `${at}: duration is 4; expected: String of whole seconds`],
    [
      "value not in the enumeration",
      { status: "complete" },
      `${at}: status is "complete"; expected: One of in-progress, paused`,
    ],
    [
      "long value: truncated in the message",
      { price: "x".repeat(99) },
      `${at}: price is "${"x".repeat(79)}…; expected: String with a decimal number`,
    ],
    ["unknown key", { satus: "completed" }, `${at}: satus is unknown; expected one of $schema, account_sid`],
    [
      "invalid date",
      { date_created: "yesterday" },
      `${at}: date_created is "yesterday"; expected: Date: RFC 2822, ISO 8601`,
    ],
    [
      "invalid URL",
      { media_url: "file:///etc/passwd" },
      `${at}: media_url is "file:///etc/passwd"; expected: Absolute URL.`,
    ],
    ["nested key", { encryption_details: { iv: "!" } }, `${at}: encryption_details.iv is "!"; expected: Base64 text.`],
    [
      "incomplete encryption_details",
      { encryption_details: { iv: "AAAA" } },
      `${at}: encryption_details has iv; expected: all of them, or the public key's SID alone`,
    ],
    [
      "empty encryption_details",
      { encryption_details: {} },
      `${at}: encryption_details has no key; expected: all of them`,
    ],
    [
      "public key without its file",
      { encryption_details: { public_key_sid: `CR${"1".repeat(32)}` } },
      `${at}: encryption_details names the public key CR${"1".repeat(32)}; expected: its file keys/CR${"1".repeat(32)}.public.pem, or encryption_cek and encryption_iv`,
    ],
    [
      "duration of an in-progress recording",
      { status: "in-progress", duration: "4" },
      `${at}: duration is "4" and status in-progress; expected: null before the recording ends`,
    ],
    [
      "error_code of a completed recording",
      { status: "completed", error_code: 16101 },
      `${at}: error_code is 16101 and status completed; expected: null unless the status is absent`,
    ],
    [
      "date_deleted of a completed recording",
      { status: "completed", date_deleted: "-P1D" },
      `${at}: date_deleted is "-P1D" and status completed; expected: only with status deleted`,
    ],
    [
      "date_deleted before date_created",
      { date_created: "-P1D", date_deleted: "-P2D" },
      `${at}: date_deleted is 2026-01-29T12:00:00.000Z; expected: not before the date_created, 2026-01-30T12:00:00.000Z`,
    ],
    [
      "unknown account",
      { account_sid: SUBACCOUNT },
      `${at}: account_sid is "${SUBACCOUNT}", and there is no such account; add the account to a fixture file with its auth_token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN`,
    ],
    [
      "error_code beyond the integers",
      { error_code: 1e19 },
      `${at}: error_code is 10000000000000000000; expected: Int`,
    ],
    ["$schema that is not a string", { $schema: 5 }, `${at}: $schema is 5; expected: String: the path of this schema`],
    [
      "unknown key of 1,000,000 characters: truncated in the message",
      { ["x".repeat(1e6)]: 1 },
      `${at}: ${"x".repeat(80)}… is unknown; expected one of $schema`,
    ],
  ] as const) {
    t.test(name, async (t) => {
      const faults = faultsOf(t, one(fixture));
      t.match(faults[0], /^the fixtures in .* have 1 error\(s\):$/);
      t.equal(faults.length, 2);
      t.ok(faults[1]?.startsWith(fault), faults.join("\n"));
    });
  }
  for (const [name, files, fault] of [
    [
      "not JSON",
      { "a.json": '{\n "sid": }' },
      "a.json line 2 column 9: is not JSON (ValueExpected); expected: a JSON object",
    ],
    [
      "truncated JSON",
      { "a.json": "{" },
      "a.json line 1 column 2: is not JSON (CloseBraceExpected); expected: a JSON object",
    ],
    [
      "not an object",
      { "a.json": "[]" },
      /^a\.json: is \[\]; expected: An object with accounts, calls, conferences, participants, recordings, /,
    ],
    [
      "missing key",
      { "a.json": `{"accounts": [{"sid": "${ACCOUNT}"}]}` },
      `a.json accounts[0] (${ACCOUNT}): auth_token is missing; expected: String without control characters, not empty.`,
    ],
    [
      "list item that is not an object",
      { "a.json": '{"recordings": [null]}' },
      /^a\.json recordings\[0\]: is null; expected: A recording in the JSON of Twilio's API/,
    ],
    [
      "API key without a secret",
      { "a.json": JSON.stringify({ ...account, keys: [{ sid: `SK${"a".repeat(32)}` }] }) },
      /^a\.json keys\[0\] \(SKa+\): secret is missing/,
    ],
    [
      "invalid JSON, nested too deep",
      { "a.json": "[".repeat(1e5) },
      "a.json: is not JSON, and nested too deep to locate the error; expected: a JSON object",
    ],
    [
      "array of arrays",
      { "a.json": "[[]]" },
      "a.json: is [[]]; expected: An object with accounts, calls, conferences, participants, recordings",
    ],
    [
      "array as a recording",
      { "a.json": '{"recordings": [[]]}' },
      "a.json recordings[0]: is []; expected: A recording in the JSON of Twilio's API",
    ],
    [
      "$schema that is not a string",
      { "a.json": '{"$schema": 5}' },
      "a.json: $schema is 5; expected: String: the path",
    ],
    [
      "SID of 1,000,000 characters: truncated in the message",
      { "a.json": JSON.stringify({ recordings: [{ sid: "x".repeat(1e6), account_sid: ACCOUNT }] }) },
      `a.json recordings[0] ("${"x".repeat(79)}…): sid is "${"x".repeat(79)}…; expected: SID of a recording`,
    ],
    [
      "1,000,000 API keys",
      { "a.json": JSON.stringify({ ...account, keys: Array(1e6).fill({ sid: `SK${"a".repeat(32)}`, secret: "x" }) }) },
      new RegExp(`^a\\.json \\(${ACCOUNT}\\): keys is .*; expected: Array of the account's API keys, at most 1000\\.$`),
    ],
    [
      "arrays nested 5000 deep: truncated in the message",
      { "a.json": `{"accounts": ${"[".repeat(5000)}${"]".repeat(5000)}}` },
      `a.json accounts[0]: is [${"[".repeat(79)}…; expected: An account`,
    ],
    [
      "array of 100,000 items: truncated in the message",
      { "a.json": JSON.stringify({ sid: SID, account_sid: ACCOUNT, duration: Array(1e5).fill("x") }) },
      `a.json (${SID}): duration is ["x","x"`,
    ],
    ["no account", { "a.json": "{}" }, "no account in any file; expected: at least one"],
    [
      "owner_account_sid of an unknown account",
      { "a.json": JSON.stringify({ ...account, owner_account_sid: SUBACCOUNT }) },
      `a.json (${ACCOUNT}): owner_account_sid is "${SUBACCOUNT}"; expected: the SID of an account that is no subaccount in these fixtures`,
    ],
    [
      "account twice",
      { "a.json": JSON.stringify(account), "b.json": JSON.stringify({ accounts: [account] }) },
      `b.json accounts[0] (${ACCOUNT}): sid "${ACCOUNT}" is a duplicate of a.json (${ACCOUNT}); expected: a unique SID`,
    ],
    [
      "key file that is not PEM",
      { "a.json": JSON.stringify(account), keys: { [`CR${"1".repeat(32)}.public.pem`]: "x" } },
      /^keys\/CR1+\.public\.pem: .*; expected: an RSA public key of 2048 bits or more/,
    ],
    [
      "key file whose name is not a SID",
      { "a.json": JSON.stringify(account), keys: { "mine.public.pem": "x" } },
      /^keys\/mine\.public\.pem: the file name is not the SID of a key; expected/,
    ],
  ] as const) {
    t.test(name, async (t) => {
      const faults = faultsOf(t, files as Files);
      t.equal(faults.length, 2, faults.join("\n"));
      t.match(faults[1], fault);
    });
  }
  t.test("public key too short, or not RSA", async (t) => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const curve = generateKeyPairSync("ed25519").publicKey;
    const pem = (key: typeof publicKey) => key.export({ type: "spki", format: "pem" }).toString();
    const names = [`CR${"1".repeat(32)}.public.pem`, `CR${"2".repeat(32)}.public.pem`] as const;
    const keys = { [names[0]]: pem(publicKey), [names[1]]: pem(curve) };
    const faults = faultsOf(t, { "a.json": JSON.stringify(account), keys });
    t.match(faults[1], `keys/${names[0]}: it is rsa of 1024 bits; expected: an RSA public key`);
    t.match(faults[2], `keys/${names[1]}: it is ed25519 of 0 bits; expected: an RSA public key`);
  });
  t.test("recording and API key twice, SIDs in upper and lower case", async (t) => {
    const recordings = [EXAMPLE, `RE${"A".repeat(32)}`].map((sid) => ({ sid, account_sid: ACCOUNT }));
    const keys = [1, 2].map(() => ({ sid: `SK${"a".repeat(32)}`, secret: "x" }));
    const faults = faultsOf(t, { "a.json": JSON.stringify({ accounts: [{ ...account, keys }], recordings }) });
    t.match(faults[1], /keys: sid "SKa+" is a duplicate of /);
    t.match(
      faults[2],
      /recordings\[1\] \(REA+\): sid "REA+" is a duplicate of a\.json recordings\[0\] \(REa+\); expected: a unique SID$/,
    );
  });
  t.test("19 recordings of an unknown account: one error, with two remedies", async (t) => {
    const recordings = Array.from({ length: 19 }, (_, index) => ({
      sid: numbered(`${10 + index}`),
      account_sid: ACCOUNT,
    }));
    t.same(faultsOf(t, { "a.json": JSON.stringify({ recordings, page: 0 }) }).slice(1), [
      `a.json recordings[0] (${numbered("10")}) and 18 more: account_sid is "${ACCOUNT}", and there is no such account; add the account to a fixture file with its auth_token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN`,
    ]);
  });
  t.test("100,000 invalid entries: the first 100 errors and a line for the rest", async (t) => {
    const recordings = Array(100_000).fill({ sid: 1, duration: 4, nope: 5 });
    const faults = faultsOf(t, { "a.json": JSON.stringify({ accounts: [account], recordings }) });
    t.match(faults[0], / have more than 100 error\(s\):$/);
    t.match(faults[1], "a.json recordings[0]: account_sid is missing");
    t.equal(faults.length, 102);
    t.equal(faults.at(-1), "and more: only the first 100 errors are listed");
  });
  t.test("invalid entry after 250 valid ones: error with its index", async (t) => {
    const recordings = Array.from({ length: 301 }, (_, index) => ({
      sid: `RE${index.toString(16).padStart(32, "0")}`,
      account_sid: ACCOUNT,
    }));
    Object.assign(recordings[250] as object, { status: "gone" });
    const [, fault] = faultsOf(t, { "a.json": JSON.stringify({ accounts: [account], recordings }) });
    t.match(fault, `a.json recordings[250] (${recordings[250]?.sid}): status is "gone"; expected`);
  });
  t.test("1000 contradictory entries: the first 100 errors and a line for the rest", async (t) => {
    const recordings = Array.from({ length: 1000 }, (_, index) => ({
      sid: `RE${index.toString(16).padStart(32, "0")}`,
      account_sid: ACCOUNT,
      status: "paused",
      duration: "4",
    }));
    const faults = faultsOf(t, { "a.json": JSON.stringify({ accounts: [account], recordings }) });
    t.match(faults.slice(-2), [/^a\.json recordings\[99\]/, "and more: only the first 100 errors are listed"]);
  });
  t.test("payload data nested too deep for JSON.stringify: error", async (t) => {
    const own = { account_sid: ACCOUNT };
    const data = (depth: number) => ({
      "a.json": JSON.stringify({
        accounts: [account],
        recordings: [{ sid: SID, ...own }],
        add_on_results: [{ sid: `XR${SID.slice(2)}`, reference_sid: SID, ...own }],
        payloads: [{ sid: `XH${SID.slice(2)}`, add_on_result_sid: `XR${SID.slice(2)}`, ...own, data: "?" }],
      }).replace('"?"', JSON.stringify(nested(1)).replace("[]", "[".repeat(depth) + "]".repeat(depth))),
    });
    t.equal(faultsOf(t, data(500)).length, 0);
    const [, fault] = faultsOf(t, data(5000));
    t.equal(fault, `a.json payloads[0] (XH${SID.slice(2)}): data is nested too deep; expected: at most 500 levels`);
  });
  t.test("errors in several files: all reported", async (t) => {
    const faults = faultsOf(t, {
      "a.json": JSON.stringify({ accounts: [account], recordings: [{ sid: "x", account_sid: 1, nope: 1 }] }),
      "b.json": "nope",
    });
    t.equal(faults.length, 5, faults.join("\n"));
    t.match(faults[0], "have 4 error(s):");
  });
  t.test("random JSON and text: fixtures or a FixtureError", async (t) => {
    const folder = (text: string) => ({ path: "x", files: [{ name: "a.json", text }], publicKeys: [], digest: "" });
    const key = fc.constantFrom(
      "sid",
      "accounts",
      "recordings",
      "duration",
      "status",
      "encryption_details",
      "keys",
      "x",
    );
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.constantFrom(null, true, SID, ACCOUNT, "-P1D", "deleted"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      ),
    })).value;
    const sound = (text: string) => {
      try {
        readFixtures(folder(text), NOW, undefined);
      } catch (error) {
        if (!(error instanceof FixtureError)) throw error;
      }
    };
    fc.assert(
      fc.property(value, (content) => sound(JSON.stringify(content))),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string(), sound));
    t.pass("no crash");
  });
});

t.test("130,000 recordings in one file: read", async (t) => {
  const recordings = Array.from({ length: 130_000 }, (_, index) => ({
    sid: `RE${index.toString(16).padStart(32, "0")}`,
    account_sid: ACCOUNT,
  }));
  t.equal(read(t, { "a.json": JSON.stringify({ accounts: [account], recordings }) }).recordings.length, 130_000);
});

t.test("dates derived from a duration: within the years 0 to 9999", async (t) => {
  const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  t.equal(complete(t, { start_time: "9999-12-31T23:59:50Z", duration: "3600" })?.date_updated, last);
  const first = Date.parse("0000-01-01T00:00:00Z");
  t.equal(complete(t, { date_updated: "0000-01-01T00:00:10Z", duration: "3600" })?.date_created, first);
});

t.test("fixture folder", async (t) => {
  t.test("FIFO or folder with the name of a file: one error for each, without blocking", async (t) => {
    const fixtures = t.testdir({ "a.json": JSON.stringify(account), "b.json": {}, keys: {}, media: {} });
    const key = `keys/CR${"1".repeat(32)}.public.pem`;
    const refused = (name: string) =>
      `${name} in ${fixtures} is not a regular file; expected: a file, or a link to one`;
    const lines = () => {
      const faults: string[] = [];
      attempt(faults, () => atStart(() => openFixtureFolder(fixtures)));
      return faults;
    };
    execFileSync("mkfifo", [join(fixtures, "c.json")]);
    t.same(lines(), [refused("b.json"), refused("c.json")]);
    for (const name of ["b.json", "c.json"]) rmSync(join(fixtures, name), { recursive: true });
    for (const name of [key, "media/a.WAV", "media/a.mp3"]) {
      execFileSync("mkfifo", [join(fixtures, name)]);
      t.same(lines(), [refused(name)]);
      rmSync(join(fixtures, name));
    }
    symlinkSync(join(fixtures, "gone"), join(fixtures, "d.json"));
    t.same(lines(), [refused("d.json")]);
    rmSync(join(fixtures, "d.json"));
    symlinkSync("e.json", join(fixtures, "e.json"));
    t.match(lines(), [/cannot be read \(ELOOP/]);
  });
  t.test("links to files: read", async (t) => {
    const fixtures = t.testdir({
      "a.json": JSON.stringify(account),
      other: { b: JSON.stringify({ sid: SID, account_sid: ACCOUNT }) },
    });
    symlinkSync(join(fixtures, "other", "b"), join(fixtures, "b.json"));
    t.equal(readFixtures(openFixtureFolder(fixtures), NOW, undefined).recordings.length, 1);
  });
  t.test("missing folder: error", async (t) => {
    t.throws(() => openFixtureFolder(join(t.testdir({}), "no")), /^the fixtures in .*no cannot be read \(ENOENT/);
  });
  t.test("no *.json file: error", async (t) => {
    t.throws(
      () => openFixtureFolder(t.testdir({ "a.txt": "" })),
      /has no \*\.json file; expected: at least one, with an account/,
    );
  });
  t.test("unreadable keys folder: error", async (t) => {
    t.throws(
      () => openFixtureFolder(t.testdir({ "a.json": "{}", keys: "not a folder" })),
      /keys cannot be read \(ENOTDIR/,
    );
  });
  t.test("digest: differs for another text or file name", async (t) => {
    const digest = (files: Files) => openFixtureFolder(t.testdir(files)).digest;
    const first = digest({ "a.json": "{}" });
    t.equal(digest({ "a.json": "{}" }), first);
    t.not(digest({ "a.json": "{ }" }), first);
    t.not(digest({ "b.json": "{}" }), first);
  });
});

t.test("Twilio's documented examples are valid fixtures", async (t) => {
  const documented = JSON.parse(readFileSync(new URL("../../fixtures/recordings.json", import.meta.url), "utf8"))
    .recordings[0];
  const deleted = { ...documented, status: "deleted", date_created: "Mon, 14 Feb 2022 22:23:00 +0100", price: "0.04" };
  t.match(complete(t, documented), { sid: EXAMPLE, status: "completed", duration: 4 });
  t.match(complete(t, deleted), { status: "deleted", date_deleted: NOW, price: "0.04" });
});
