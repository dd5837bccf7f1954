import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import t from "tap";
import { sha256 } from "./support/byte-source.js";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  EXAMPLE,
  emulator,
  KEY,
  KEY_SECRET,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
  TOKEN,
} from "./support/emulator.js";

// Every response byte for byte, as recorded in answers.snapshot.cjs. When a response changes on purpose,
// `npx tap --snapshot test/answers.test.ts --disable-coverage` records them again; commit the difference.

t.snapshotFile = fileURLToPath(new URL("answers.snapshot.cjs", import.meta.url));

/** A request: method, path (below the main account or from the root) and headers. */
type Asked = [line: string, headers?: Record<string, string>];

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
const THEIRS = `/2010-04-01/Accounts/${SUBACCOUNT}/Recordings/${numbered("13")}.json`;
const OWN = `/2010-04-01/Accounts/${ACCOUNT}`;
const SUB = `/2010-04-01/Accounts/${SUBACCOUNT}`;
const media = (digits: string, extension = "") => `/Recordings/${numbered(digits)}${extension}`;
const [transcription, failed] = [`TR${"0".repeat(30)}01`, `TR${"0".repeat(30)}02`];
const result = `/Recordings/${numbered("05")}/AddOnResults`;
const [resultSid, payloadSid] = [`XR${"0".repeat(30)}01`, `XH${"0".repeat(30)}01`];
const payloads = `${result}/${resultSid}/Payloads`;
const unauthorized = { authorization: "" };

const SCRIPTS: Record<string, Asked[]> = {
  "a recording": [
    ...["01", "04", "05", "06", "09", "10", "11"].map((digits): Asked => [`GET ${media(digits, ".json")}`]),
    [`GET /Recordings/${EXAMPLE}.json`],
    [`GET /Recordings/RE${"A".repeat(32)}.json?Unknown=1`],
    [`GET /Recordings/${EXAMPLE}.xml`],
    [`GET ${media("09", ".xml")}`],
    [`HEAD /Recordings/${EXAMPLE}.json`],
    [`HEAD /Recordings/${EXAMPLE}.xml`],
    [`GET /Recordings/${EXAMPLE}.json`, { host: "api.twilio.com" }],
    [`GET /Recordings/${EXAMPLE}.json`, { host: "" }],
    [`GET /Recordings/${EXAMPLE}.json`, { "content-type": "application/json", "content-length": "0" }],
    [`GET http://api.twilio.com${pathOf(EXAMPLE)}`],
    [`GET ${media("07", ".json")}?IncludeSoftDeleted=true`],
    [`GET ${media("07", ".xml")}?IncludeSoftDeleted=TRUE`],
    [`GET ${THEIRS}`],
    [`GET ${THEIRS}`, { authorization: basic(KEY, KEY_SECRET) }],
    [`GET ${THEIRS}`, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
  ],
  "a recording refused": [
    [`GET ${media("99", ".json")}`],
    [`GET ${media("99", ".xml")}`],
    [`GET ${media("07", ".json")}`],
    [`GET ${media("07", ".json")}?IncludeSoftDeleted=false`],
    [`GET ${media("08", ".json")}?IncludeSoftDeleted=true`],
    [`GET /Recordings/RE1.json`],
    [`GET /Recordings/re${"a".repeat(32)}.json`],
    [`GET /Recordings/a%2Fb%20%C3%A4%22.json`],
    [`GET ${media("13", ".json")}`],
    [`GET ${media("05", ".json")}?IncludeSoftDeleted=yes`],
    [`GET ${media("05", ".json")}?IncludeSoftDeleted=%22%C3%A4`],
    [`GET ${media("05", ".json")}?IncludeSoftDeleted=`],
    [`POST ${media("05", ".json")}`],
    [`PUT ${media("05")}`],
    [`PATCH ${media("05", ".xml")}`],
    [`PROPFIND ${media("05", ".json")}`],
    [`GET /2010-04-01/Accounts/AC1/Recordings/${EXAMPLE}.json`],
    [`GET /2010-04-01/Accounts/AC${"9".repeat(32)}/Recordings/${EXAMPLE}.json`],
  ],
  credentials: [
    [`GET ${media("05", ".json")}`, unauthorized],
    [`GET ${media("05", ".json")}`, { authorization: "Bearer x" }],
    [`GET ${media("05", ".json")}`, { authorization: "Basic !" }],
    [`GET ${media("05", ".json")}`, { authorization: basic(ACCOUNT, TOKEN.toUpperCase()) }],
    [`GET ${media("05", ".json")}`, { authorization: basic(ACCOUNT, "") }],
    [`GET ${media("05", ".json")}`, { authorization: basic(ACCOUNT, `${TOKEN}:`) }],
    [`GET ${media("05", ".json")}`, { authorization: basic(` ${ACCOUNT}`, TOKEN) }],
    [`GET ${media("05", ".json")}`, { authorization: basic(KEY, TOKEN) }],
    [`GET ${media("05", ".json")}`, { authorization: basic(KEY, KEY_SECRET) }],
    [`GET ${media("05", ".xml")}`, unauthorized],
    [`GET ${media("05", ".json")}`, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
    [`PROPFIND ${media("05", ".json")}`, unauthorized],
    ["GET /unknown", unauthorized],
  ],
  "the list of recordings": [
    ...[".json", ".xml", ".csv", ""].map((extension): Asked => [`GET /Recordings${extension}`]),
    ["GET /Recordings.json?PageSize=3"],
    [`GET /Recordings.json?PageSize=3&Page=1&PageToken=PA${numbered("02")}`],
    [`GET /Recordings.json?PageSize=3&Page=1&PageToken=PB${numbered("05")}`],
    ["GET /Recordings.json?PageSize=3&Page=2"],
    ["GET /Recordings.json?PageSize=3&Page=99"],
    ["GET /Recordings.xml?PageSize=2&Page=1"],
    ["GET /Recordings.csv?PageSize=2&Page=1"],
    ["GET /Recordings.json?IncludeSoftDeleted=true&PageSize=4&Page=2"],
    ["GET /Recordings.json?DateCreated=2016-10-14"],
    ["GET /Recordings.json?DateCreated%3E=2026-01-25T12:00:00Z&DateCreated%3C=2026-01-27&PageSize=2"],
    [`GET /Recordings.json?CallSid=CA${"a".repeat(32)}`],
    [`GET /Recordings.json?ConferenceSid=CF${"A".repeat(32)}&PageSize=1`],
    [`GET /Recordings.json?CallSid=CA${"9".repeat(32)}`],
    [`GET /Recordings.xml?CallSid=CA${"9".repeat(32)}`],
    [`GET /Recordings.csv?CallSid=CA${"9".repeat(32)}`],
    [`GET /2010-04-01/Accounts/${SUBACCOUNT}/Recordings.json`],
    ["HEAD /Recordings.json"],
    ["HEAD /Recordings.csv"],
    ["GET /Recordings.json?PageSize=1001"],
    ["GET /Recordings.json?PageSize=0"],
    ["GET /Recordings.xml?Page=x"],
    ["GET /Recordings.json?PageToken=PAx"],
    [`GET /Recordings.json?PageToken=PA${numbered("99")}`],
    ["GET /Recordings.json?DateCreated=yesterday"],
    ["GET /Recordings.json?CallSid=x"],
    ["POST /Recordings.json"],
    ["DELETE /Recordings"],
  ],
  accounts: [
    ...[".json", ".xml", "", ".csv"].map((extension): Asked => [`GET ${OWN}${extension}`]),
    [`HEAD ${OWN}.json`],
    [`GET ${OWN}.json`, { authorization: basic(KEY, KEY_SECRET) }],
    [`GET ${SUB}.json`],
    [`GET ${SUB}.json`, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
    [`GET ${OWN}.json`, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
    [`GET /2010-04-01/Accounts/AC${"9".repeat(32)}.json`],
    [`GET ${OWN}.json`, unauthorized],
    [`POST ${OWN}.json`],
    ...[".json", ".xml", ".csv", ""].map((extension): Asked => [`GET /2010-04-01/Accounts${extension}`]),
    ["GET /2010-04-01/Accounts.json?FriendlyName=Main%20account&Status=active&PageSize=1"],
    [`GET /2010-04-01/Accounts.json?PageSize=1&Page=1&PageToken=PA${SUBACCOUNT}`],
    ["GET /2010-04-01/Accounts.json", { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
    ["GET /2010-04-01/Accounts.json?Status=open"],
    ["HEAD /2010-04-01/Accounts.json"],
    ["POST /2010-04-01/Accounts.json"],
  ],
  deletion: [
    [`DELETE ${media("05", ".json")}`],
    [`DELETE ${media("05", ".json")}`],
    [`GET ${media("05", ".json")}`],
    [`GET ${media("05")}`],
    [`GET ${media("05", ".json")}?IncludeSoftDeleted=true`],
    [`GET ${result}.json`],
    [`GET /Transcriptions/${transcription}.json`],
    [`DELETE ${media("10")}`],
    [`DELETE ${media("12", ".xml")}`],
    ...["01", "04", "06", "07"].map((digits): Asked => [`DELETE ${media(digits, ".json")}`]),
    [`DELETE ${media("03", ".xml")}`],
    ["GET /Recordings.json?IncludeSoftDeleted=true"],
    [`DELETE /Transcriptions/${transcription}.json`],
    [`GET /Transcriptions/${transcription}.json`],
    ["GET /Transcriptions.json"],
  ],
  transcriptions: [
    ...[".json", ".xml", ".csv", ""].map((extension): Asked => [`GET /Transcriptions${extension}`]),
    [`GET /Transcriptions/${transcription}.json`],
    [`GET /Transcriptions/${transcription}.xml`],
    [`GET /Transcriptions/${transcription}`],
    [`GET ${media("05")}/Transcriptions.json?PageSize=1`],
    [`GET ${media("05")}/Transcriptions/${transcription}.json`],
    [`GET ${media("10")}/Transcriptions/${transcription}.json`],
    [`GET ${media("99")}/Transcriptions.json`],
    [`DELETE ${media("05")}/Transcriptions/${transcription}`],
    [`DELETE ${media("05")}/Transcriptions/${transcription}`],
    [`GET ${media("05")}/Transcriptions/${failed}.txt`],
    [`GET /Transcriptions/${failed}.txt`],
    [`HEAD /Transcriptions/${failed}.txt`],
    [`GET /Transcriptions/${transcription}.txt`],
    ...[".csv", ".html"].map((extension): Asked => [`GET /Transcriptions/${failed}${extension}`]),
    ["GET /Transcriptions.html"],
  ],
  "add-on results": [
    ...[".json", ".xml", ".csv", ""].map((extension): Asked => [`GET ${result}${extension}`]),
    [`GET ${result}/${resultSid}.json`],
    [`GET ${result}/${resultSid}.xml`],
    ...[".json", ".xml", ".csv"].map((extension): Asked => [`GET ${payloads}${extension}`]),
    [`GET ${payloads}/${payloadSid}.json`],
    [`GET ${payloads}/${payloadSid}`],
    [`GET ${payloads}/${payloadSid}/Data.json`],
    [`GET ${payloads}/${payloadSid}/Data.xml`],
    [`HEAD ${payloads}/${payloadSid}/Data`],
    [`GET /_storage/${ACCOUNT}/${payloadSid}`, unauthorized],
    [`HEAD /_storage/${ACCOUNT}/${payloadSid}`, unauthorized],
    [`GET /_storage/${ACCOUNT}/XH1`, unauthorized],
    [`POST /_storage/${ACCOUNT}/${payloadSid}`, unauthorized],
    [`GET ${result}/XR1.json`],
    [`GET ${payloads}/XH1/Data.json`],
    [`DELETE ${payloads}/${payloadSid}.json`],
    [`DELETE ${result}/${resultSid}.json`],
    [`GET ${payloads}.json`],
  ],
  media: [
    [`GET /Recordings/${EXAMPLE}`],
    ...["", ".wav", ".mp3"].map((extension): Asked => [`GET ${media("09", extension)}`]),
    ...["", ".wav", ".mp3"].map((extension): Asked => [`GET ${media("10", extension)}`]),
    [`GET ${media("10", ".wav")}?RequestedChannels=1`],
    [`GET ${media("10", ".mp3")}?RequestedChannels=1`],
    [`GET ${media("05")}?RequestedChannels=2`],
    [`GET ${media("05")}?RequestedChannels=3`],
    [`HEAD ${media("10", ".wav")}`],
    [`HEAD ${media("10", ".mp3")}`],
    [`GET ${media("10", ".wav")}`, { range: "bytes=0-99" }],
    [`GET ${media("10", ".wav")}`, { range: "bytes=-100" }],
    [`GET ${media("10", ".wav")}`, { range: "bytes=0-9,20-29" }],
    [`GET ${media("10", ".wav")}`, { range: "bytes=99999999-" }],
    [`GET ${media("11")}`],
    [`GET ${media("04")}`],
    [`GET ${media("07", ".wav")}`],
    ...["09", "10", "12"].map((digits): Asked => [`GET ${media(digits)}?RequestedChannels=2`]),
  ],
  "no resource": [
    [`OPTIONS ${media("05", ".json")}`, unauthorized],
    ["OPTIONS *", unauthorized],
    ["OPTIONS /unknown", unauthorized],
    ["GET /unknown"],
    ["GET /unknown.json"],
    ["GET /unknown.csv"],
    ["GET /%zz.json"],
    ["DELETE /2010-04-01.json"],
    ["GET /Calls/CA1/Recordings.json"],
    ["POST /Calls/CA1/Recordings/RE1"],
    ["GET /Conferences/CF1/Recordings.csv"],
    ["DELETE /Conferences/CF1/Recordings.json"],
    ["GET /_emulator/health", unauthorized],
    ["GET /_emulator/unknown", unauthorized],
    ["not HTTP", unauthorized],
  ],
};

for (const [title, script] of Object.entries(SCRIPTS)) {
  t.test(`${title}: the recorded answers, byte for byte`, async (t) => {
    const { app, state } = await emulator(t, { version: "0.0.0", clock: NOW });
    state.clock.freeze(NOW);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    for (const [line, headers] of script) {
      t.matchSnapshot(readable(await answerOf(port, line, headers)), [line, JSON.stringify(headers)].join(" ").trim());
    }
  });
}

/** Sends a request on a new connection and returns all bytes of the response. */
async function answerOf(port: number, line: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const [method, target = ""] = line.split(" ");
  const isBelowAccount = /^\/(Recordings|Transcriptions|Calls|Conferences)\b/.test(target);
  const path = isBelowAccount ? `/2010-04-01/Accounts/${ACCOUNT}${target}` : target;
  const sent = Object.entries({ host: "localhost:2010", ...AUTHORIZED, connection: "close", ...headers });
  const fields = sent.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(`${method} ${path} HTTP/1.1\r\n${fields.join("")}\r\n`);
  return buffer(socket);
}

/** Returns a response as text, without the parts that vary, and with a digest in place of binary content. */
function readable(answer: Buffer): string {
  const end = answer.indexOf("\r\n\r\n") + 4;
  const [head, body] = [answer.toString("latin1", 0, end), answer.subarray(end)];
  const shown = /^content-type: audio/im.test(head) ? `${body.length} bytes, sha256 ${sha256(body)}` : body.toString();
  return (
    head
      .replace(/^(Date): .*\r$/m, "$1: <now>\r")
      .replace(/^(twilio-request-duration): \d+\.\d{3}\r$/im, "$1: <seconds>\r")
      .replaceAll("\r\n", "\n") + shown.replace(/127\.0\.0\.1:\d{5}/, "<address>")
  );
}
