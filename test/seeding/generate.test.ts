import { generateKeyPairSync } from "node:crypto";
import t from "tap";
import { type RecordingRow, SOURCES, STATUSES } from "../../src/resources/recordings/table.js";
import { type Generation, generateRecordings } from "../../src/seeding/generate.js";
import { ACCOUNT, DAY } from "../support/emulator.js";

const NOW = Date.UTC(2026, 0, 31, 12);
const publicKeys = new Map([[`CR${"1".repeat(32)}`, generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey]]);

async function generate(changes: Partial<Generation> = {}) {
  const all = await generateRecordings({ accountSid: ACCOUNT, count: 2000, seed: 5, now: NOW, publicKeys, ...changes });
  return [...all].map(({ recordings, transcriptions, add_on_results, payloads }) => ({
    recording: recordings[0] as RecordingRow,
    transcription: transcriptions[0],
    addOnResult: add_on_results[0],
    payload: payloads[0],
  }));
}

t.test("equal seeds: equal recordings; other seeds: other recordings", async (t) => {
  const first = await generate({ count: 50 });
  t.same(await generate({ count: 50 }), first);
  t.notSame(await generate({ count: 50, seed: 6 }), first);
});

t.test("generated set: one year, every status, some deleted, encrypted or dual-channel", async (t) => {
  const generated = await generate();
  const rows = generated.map(({ recording }) => recording);
  t.equal(new Set(rows.map(({ sid }) => sid)).size, rows.length);
  t.same(new Set(rows.map(({ status }) => status)), new Set(STATUSES));
  t.same(
    new Set(rows.map(({ source }) => source)),
    new Set(SOURCES.filter((source) => source !== "StartCallRecordingTwiML")),
    "every documented source, and no other",
  );
  t.ok(rows.filter(({ status }) => status === "completed").length > rows.length * 0.8);
  t.ok(rows.some(({ channels }) => channels === 2));
  t.ok(rows.some(({ encryption_cek }) => encryption_cek !== null));
  for (const row of rows) {
    if (row.date_created < NOW - 367 * DAY || row.date_updated > NOW) t.fail("date outside the year", row);
    if (row.date_deleted !== null && (row.date_deleted > NOW || row.date_deleted < row.date_updated)) {
      t.fail("a deletion out of order", row);
    }
    if (
      row.price !== null &&
      Math.round(Number(row.price) * -400) !== Math.max(1, Math.ceil((row.duration ?? 0) / 60))
    ) {
      t.fail("a price that does not follow from the duration", row);
    }
    if ((row.status === "absent") !== (row.error_code !== null)) t.fail("an error code without absence", row);
    if (row.source.includes("Conference") !== (row.conference_sid !== null)) t.fail("a conference without SID", row);
  }
});

t.test("no public key: no encrypted recordings", async (t) => {
  t.notOk(
    (await generate({ publicKeys: new Map() })).some(({ recording: { encryption_cek } }) => encryption_cek !== null),
  );
});

t.test("generated set: some transcriptions, some add-on results with a payload", async (t) => {
  const rows = await generate();
  t.match(rows.find(({ transcription }) => transcription?.status === "completed")?.transcription, {
    sid: /^TR[0-9a-f]{32}$/,
    transcription_text: /\w/,
    price: /^-\d\.\d{5}$/,
  });
  t.match(rows.find(({ transcription }) => transcription?.status === "failed")?.transcription, {
    transcription_text: "(blank)",
    price: /^-\d\.\d{5}$/,
  });
  for (const { recording, transcription, addOnResult } of rows) {
    if (addOnResult !== undefined && addOnResult.date_created <= NOW - 30 * DAY) t.fail("result older than 30 days");
    if (transcription === undefined) continue;
    t.match(recording, { source: "RecordVerb", encryption_cek: null });
    if ((recording.duration ?? 0) > 120) t.fail("a transcription of a long recording", recording);
    const minutes = Math.ceil((recording.duration ?? 0) / 60);
    if (Math.round(Number(transcription.price) * -20) !== minutes) t.fail(`wrong price: ${transcription.sid}`);
    const seconds = (transcription.date_updated - transcription.date_created) / 1000;
    if (transcription.date_updated !== NOW && (seconds < 12 || seconds > 25))
      t.fail(`wrong date: ${transcription.sid}`);
  }
  for (const { recording, addOnResult, payload } of rows) {
    if (addOnResult !== undefined && addOnResult.reference_sid !== recording.sid) t.fail("result of another recording");
    if (addOnResult?.sid !== payload?.add_on_result_sid) t.fail("payload of another result");
  }
  t.ok(rows.some(({ payload }) => payload !== undefined));
});
