import { constants, createPrivateKey, privateDecrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import t from "tap";
import { SOURCES } from "../../src/resources/recordings/table.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { ACCOUNT, configWith, numbered, SUBACCOUNT } from "../support/emulator.js";
import { readFixtures } from "../support/fixtures.js";

const fixtures = readFixtures(openFixtureFolder(configWith({}).fixtures), Date.now(), undefined);
const recording = (digits: string) => fixtures.recordings.find(({ sid }) => sid === numbered(digits));

t.test("default fixtures: a recording of every documented source", async (t) => {
  const documented = SOURCES.filter((source) => source !== "StartCallRecordingTwiML");
  t.same(new Set(fixtures.recordings.map(({ source }) => source)), new Set(documented));
});

t.test("transcriptions: only of <Record> recordings, unencrypted, two minutes at most", async (t) => {
  t.ok(fixtures.transcriptions.length > 0);
  for (const { sid, account_sid, recording_sid } of fixtures.transcriptions) {
    const row = fixtures.recordings.find((one) => one.sid === recording_sid && one.account_sid === account_sid);
    t.match(row, { source: "RecordVerb", encryption_cek: null }, sid);
    t.ok((row?.duration ?? Number.POSITIVE_INFINITY) <= 120, sid);
  }
});

t.test("default fixtures: account, subaccount with a recording, API key", async (t) => {
  t.same(
    fixtures.accounts.map(({ sid, owner_account_sid }) => [sid, owner_account_sid]),
    [
      [ACCOUNT, null],
      [SUBACCOUNT, ACCOUNT],
    ],
  );
  t.ok(fixtures.recordings.some(({ account_sid }) => account_sid === SUBACCOUNT));
  t.equal(fixtures.keys[0]?.account_sid, ACCOUNT);
});

t.test("key of the encrypted recording: unwrapped with the private key of the fixtures", async (t) => {
  const row = recording("09");
  const file = new URL(`../../fixtures/keys/${row?.encryption_public_key_sid}.private.pem`, import.meta.url);
  const key = createPrivateKey(readFileSync(file));
  const cek = privateDecrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    Buffer.from(row?.encryption_cek ?? "", "base64"),
  );
  t.equal(cek.length, 32);
  t.equal(Buffer.from(row?.encryption_iv ?? "", "base64").length, 12);
});

t.test("fixture.schema.json: valid JSON Schema", async (t) => {
  const file = new URL("../../src/seeding/fixture.schema.json", import.meta.url);
  t.ok(new Ajv({ strict: false }).validateSchema(JSON.parse(readFileSync(file, "utf8"))));
});
