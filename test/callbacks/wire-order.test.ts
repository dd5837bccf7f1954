import fc from "fast-check";
import t from "tap";
import { encodeForm } from "../../src/callbacks/form.js";
import { inWireOrder, type Parameter } from "../../src/callbacks/wire-order.js";
import { voiceParameters } from "../../src/resources/calls/status-callback.js";
import type { CallRow } from "../../src/resources/calls/table.js";
import { recordingParameters } from "../../src/resources/recordings/status-callback.js";
import type { RecordingRow } from "../../src/resources/recordings/table.js";
import { transcriptionParameters } from "../../src/resources/transcriptions/callback.js";
import type { TranscriptionRow } from "../../src/resources/transcriptions/table.js";
import { VOICE_KEYS } from "../support/callbacks.js";
import { ACCOUNT, EXAMPLE } from "../support/emulator.js";

const CALL_SID = `CA${"c".repeat(32)}`;
const CONFERENCE_SID = `CF${"d".repeat(32)}`;
const TRANSCRIPTION_SID = `TR${"e".repeat(32)}`;
const ORIGIN = "https://api.twilio.com";
const RECORDING_URL = `${ORIGIN}/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}`;

const recording = {
  account_sid: ACCOUNT,
  sid: EXAMPLE,
  source: "StartCallRecordingAPI",
  track: "both",
  call_sid: CALL_SID,
  conference_sid: null,
  status: "completed",
  channels: 2,
  error_code: null,
  start_time: Date.parse("2026-01-31T12:00:02Z"),
  duration: 10,
  encryption_public_key_sid: null,
  encryption_cek: null,
  encryption_iv: null,
} as unknown as RecordingRow;
const encrypted: RecordingRow = {
  ...recording,
  encryption_public_key_sid: `CR${"f".repeat(32)}`,
  encryption_cek: "a+b/c==",
  encryption_iv: "d+e/f==",
};
const call = {
  account_sid: ACCOUNT,
  sid: CALL_SID,
  to_address: "+14155551212",
  from_address: "+12025550100",
  direction: "outbound-api",
  status: "in-progress",
  parent_call_sid: null,
} as CallRow;

/** Bodies as they were recorded: their keys, in the order of the wire. */
const RECORDED: [title: string, parameters: Parameter[], keys: string[]][] = [
  [
    "recording of a call, 11 keys",
    recordingParameters(recording, ORIGIN),
    [
      ...["RecordingSource", "RecordingTrack", "RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingChannels"],
      ...["ErrorCode", "CallSid", "RecordingStartTime", "AccountSid", "RecordingDuration"],
    ],
  ],
  [
    "in-progress, 10 keys",
    recordingParameters({ ...recording, status: "in-progress" }, ORIGIN),
    [
      ...["RecordingSource", "RecordingTrack", "RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingChannels"],
      ...["ErrorCode", "CallSid", "RecordingStartTime", "AccountSid"],
    ],
  ],
  [
    "encrypted recording, 12 keys",
    recordingParameters(encrypted, ORIGIN),
    [
      ...["RecordingSource", "RecordingTrack", "EncryptionDetails", "RecordingSid", "RecordingUrl", "RecordingStatus"],
      ...["RecordingChannels", "ErrorCode", "CallSid", "RecordingStartTime", "AccountSid", "RecordingDuration"],
    ],
  ],
  [
    "recording of a conference, 11 keys",
    recordingParameters({ ...recording, conference_sid: CONFERENCE_SID }, ORIGIN),
    [
      ...["RecordingSource", "RecordingTrack", "RecordingSid", "ConferenceSid", "RecordingUrl", "RecordingStatus"],
      ...["RecordingChannels", "ErrorCode", "RecordingStartTime", "AccountSid", "RecordingDuration"],
    ],
  ],
  ["voice, 25 keys", voiceParameters(call), VOICE_KEYS],
  [
    "transcribeCallback, 17 keys",
    transcriptionParameters(
      {
        account_sid: ACCOUNT,
        sid: TRANSCRIPTION_SID,
        recording_sid: EXAMPLE,
        status: "completed",
        transcription_text: "Hello",
      } as TranscriptionRow,
      call,
      "https://user:secret@app.example.com/t?x=1#ct=100",
      ORIGIN,
    ),
    [
      ...["ApiVersion", "TranscriptionType", "TranscriptionUrl", "TranscriptionSid", "Called", "RecordingSid"],
      ...["CallStatus", "RecordingUrl", "From", "Direction", "url", "AccountSid", "TranscriptionText", "Caller"],
      ...["TranscriptionStatus", "CallSid", "To"],
    ],
  ],
];

/** Bodies, byte for byte. */
const BODIES: Record<string, string> = {
  "recording of a call, 11 keys": `RecordingSource=StartCallRecordingAPI&RecordingTrack=both&RecordingSid=${EXAMPLE}&RecordingUrl=${encodeURIComponent(RECORDING_URL)}&RecordingStatus=completed&RecordingChannels=2&ErrorCode=0&CallSid=${CALL_SID}&RecordingStartTime=Sat%2C%2031%20Jan%202026%2012%3A00%3A02%20%2B0000&AccountSid=${ACCOUNT}&RecordingDuration=10`,
  "encrypted recording, 12 keys": `RecordingSource=StartCallRecordingAPI&RecordingTrack=both&EncryptionDetails=%7B%22type%22%3A%22rsa-aes%22%2C%22public_key_sid%22%3A%22CR${"f".repeat(32)}%22%2C%22encrypted_cek%22%3A%22a%2Bb%2Fc%3D%3D%22%2C%22iv%22%3A%22d%2Be%2Ff%3D%3D%22%7D&RecordingSid=${EXAMPLE}&RecordingUrl=${encodeURIComponent(RECORDING_URL)}&RecordingStatus=completed&RecordingChannels=2&ErrorCode=0&CallSid=${CALL_SID}&RecordingStartTime=Sat%2C%2031%20Jan%202026%2012%3A00%3A02%20%2B0000&AccountSid=${ACCOUNT}&RecordingDuration=10`,
  "recording of a conference, 11 keys": `RecordingSource=StartCallRecordingAPI&RecordingTrack=both&RecordingSid=${EXAMPLE}&ConferenceSid=${CONFERENCE_SID}&RecordingUrl=${encodeURIComponent(RECORDING_URL)}&RecordingStatus=completed&RecordingChannels=2&ErrorCode=0&RecordingStartTime=Sat%2C%2031%20Jan%202026%2012%3A00%3A02%20%2B0000&AccountSid=${ACCOUNT}&RecordingDuration=10`,
  "voice, 25 keys": `Called=%2B14155551212&ToState=&CallerCountry=&Direction=outbound-api&CallerState=&ToZip=&CallSid=${CALL_SID}&To=%2B14155551212&CallerZip=&ToCountry=&CalledZip=&ApiVersion=2010-04-01&CalledCity=&CallStatus=in-progress&From=%2B12025550100&AccountSid=${ACCOUNT}&CalledCountry=&CallerCity=&ToCity=&FromCountry=&Caller=%2B12025550100&FromCity=&CalledState=&FromZip=&FromState=`,
  "transcribeCallback, 17 keys": `ApiVersion=2010-04-01&TranscriptionType=fast&TranscriptionUrl=${encodeURIComponent(RECORDING_URL)}%2FTranscriptions%2F${TRANSCRIPTION_SID}&TranscriptionSid=${TRANSCRIPTION_SID}&Called=%2B14155551212&RecordingSid=${EXAMPLE}&CallStatus=in-progress&RecordingUrl=${encodeURIComponent(RECORDING_URL)}&From=%2B12025550100&Direction=outbound-api&url=https%3A%2F%2Fapp.example.com%2Ft%3Fx%3D1&AccountSid=${ACCOUNT}&TranscriptionText=Hello&Caller=%2B12025550100&TranscriptionStatus=completed&CallSid=${CALL_SID}&To=%2B14155551212`,
};

for (const [title, parameters, keys] of RECORDED) {
  t.test(`${title}: the recorded order, byte for byte`, async (t) => {
    const sorted = inWireOrder(parameters);
    t.same(
      sorted.map(([name]) => name),
      keys,
    );
    const body = encodeForm(sorted);
    t.equal(
      body,
      keys.map((key) => `${key}=${encodeURIComponent(Object.fromEntries(parameters)[key] ?? "")}`).join("&"),
    );
    if (title in BODIES) t.equal(body, BODIES[title]);
  });
}

t.test(
  "keys of one bucket: the order of insertion; buckets: doubled beyond three quarters of as many keys",
  async (t) => {
    const names = (parameters: Parameter[]) => inWireOrder(parameters).map(([name]) => name);
    // Java: "Aa".hashCode() equals "BB".hashCode().
    const pairs = (...all: string[]) => all.map((name): Parameter => [name, ""]);
    t.same(names(pairs("Aa", "BB")), ["Aa", "BB"]);
    t.same(names(pairs("BB", "Aa")), ["BB", "Aa"]);
    // The hash of one character is its code: 65 is in bucket 1 of 16 and of 32, 80 in bucket 0 of 16 and in bucket 16 of 32.
    const twelve = [..."ABCDEFGHIJKP"];
    t.same(names(pairs(...twelve)), [..."PABCDEFGHIJK"], "12 keys in 16 buckets");
    t.same(names(pairs(...twelve, "L")), [..."ABCDEFGHIJKLP"], "13 keys in 32 buckets");
    t.same(names([]), []);
  },
);

t.test("any insertion: the same keys, and a second sort changes nothing", async (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([name]) => name }), (pairs) => {
      const sorted = inWireOrder(pairs);
      t.same(inWireOrder(sorted), sorted);
      t.same(new Set(sorted), new Set(pairs));
    }),
  );
});
