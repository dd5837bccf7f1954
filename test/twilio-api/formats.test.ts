import t from "tap";
import { ACCOUNT, emulator, numbered } from "../support/emulator.js";

const ROOT = `/2010-04-01/Accounts/${ACCOUNT}`;
const RECORDING = `${ROOT}/Recordings/${numbered("12")}`;

t.test("recording in XML: 200, CamelCase, null as an empty element, URIs without extension", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(`${RECORDING}.xml`, { headers: { host: "a" } });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-type"], "application/xml");
  const json = (await send(`${RECORDING}.json`)).json();
  t.equal(
    answer.body,
    `<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recording><AccountSid>${ACCOUNT}</AccountSid><ApiVersion>2010-04-01</ApiVersion>\
<CallSid>CA${numbered("12").slice(2)}</CallSid><ConferenceSid/><DateCreated>${json.date_created}</DateCreated>\
<DateUpdated>${json.date_updated}</DateUpdated><StartTime>${json.start_time}</StartTime><Duration>61</Duration>\
<Sid>${numbered("12")}</Sid><Price>-0.00500</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels>\
<Source>OutboundAPI</Source><ErrorCode/><Uri>${RECORDING}</Uri><EncryptionDetails/><SubresourceUris>\
<AddOnResults>${RECORDING}/AddOnResults</AddOnResults><Transcriptions>${RECORDING}/Transcriptions</Transcriptions>\
</SubresourceUris><MediaUrl>http://a${RECORDING}</MediaUrl></Recording></TwilioResponse>`,
  );
});

t.test("list in XML, with .xml and without an extension: 200, envelope as attributes", async (t) => {
  const { send } = await emulator(t);
  for (const path of [`${ROOT}/Recordings`, `${ROOT}/Recordings.xml`]) {
    const answer = await send(`${path}?PageSize=2`);
    t.equal(answer.headers["content-type"], "application/xml");
    t.match(
      answer.body,
      `<TwilioResponse><Recordings firstpageuri="${path}?PageSize=2&amp;Page=0" end="1" previouspageuri="" ` +
        `uri="${path}?PageSize=2&amp;Page=0" pagesize="2" start="0" ` +
        `nextpageuri="${path}?PageSize=2&amp;Page=1&amp;PageToken=PA${numbered("02")}" page="0">` +
        `<Recording><AccountSid>`,
    );
    t.equal(answer.body.match(/<Recording>/g)?.length, 2);
  }
});

t.test("empty list in XML: 200", async (t) => {
  const { send } = await emulator(t);
  t.match((await send(`${RECORDING}/AddOnResults.xml`)).body, /<AddOnResults [^<]* page="0"\/><\/TwilioResponse>$/);
});

t.test("list in CSV: 200, header line with the names of XML, one line per row, uri with .json", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(`${RECORDING.replace("12", "05")}/AddOnResults.csv`);
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
  const lines = answer.body.split("\n");
  t.equal(
    lines[0],
    "Sid,AccountSid,Status,AddOnSid,AddOnConfigurationSid,DateCreated,DateUpdated,DateCompleted,ReferenceSid",
  );
  t.equal(lines.length, 4, "header, two rows, and the empty text after the last line end");
  t.match(lines[2], /^XR\d+,ACa+,completed,XB\d+,XE\d+,"\w{3}, \d\d /);
});

t.test("recordings in CSV: 200, null is empty, no columns for JSON objects", async (t) => {
  const { send } = await emulator(t);
  const [names = "", ...lines] = (await send(`${ROOT}/Recordings.csv`, { headers: { host: "a" } })).body.split("\n");
  t.equal(
    names,
    "AccountSid,ApiVersion,CallSid,ConferenceSid,DateCreated,DateUpdated,StartTime,Duration,Sid,Price,PriceUnit,Status," +
      "Channels,Source,ErrorCode,Uri,MediaUrl",
  );
  const { recordings } = (await send(`${ROOT}/Recordings.json`, { headers: { host: "a" } })).json();
  const quoted = (value: unknown) => (/,/.test(String(value)) ? `"${value}"` : String(value ?? ""));
  const expected = recordings.map((recording: Record<string, unknown>) => {
    const { encryption_details, subresource_uris, ...flat } = recording;
    return Object.values(flat).map(quoted).join();
  });
  t.same(lines, [...expected, ""]);
});

t.test("empty list in CSV: 200, header line", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(`${RECORDING}/AddOnResults.csv`);
  t.equal(answer.statusCode, 200);
  t.equal(
    answer.body,
    "Sid,AccountSid,Status,AddOnSid,AddOnConfigurationSid,DateCreated,DateUpdated,DateCompleted,ReferenceSid\n",
  );
});

t.test("special characters: the same text in every format", async (t) => {
  const { send, state } = await emulator(t);
  const result = `${RECORDING.replace("12", "05")}/AddOnResults/XR${numbered("01").slice(2)}`;
  const path = `${result}/Payloads/XH${numbered("01").slice(2)}`;
  const store = state.database.prepare("UPDATE payloads SET label = ? WHERE sid LIKE '%1'");
  for (const [name, text, xml, csv] of [
    [
      "mark-up",
      `<a href="b">&amp;</a> it's`,
      "&lt;a href=&quot;b&quot;&gt;&amp;amp;&lt;/a&gt; it&apos;s",
      `"<a href=""b"">&amp;</a> it's"`,
    ],
    ["line ends", "a\r\nb\rc\nd", "a&#13;\nb&#13;c\nd", '"a\r\nb\rc\nd"'],
    ["text that looks like a URI", "/2010-04-01/x.json", "/2010-04-01/x.json", "/2010-04-01/x.json"],
    ["character that XML does not allow", "a\u0001b", "a\uFFFDb", "a\u0001b"],
    ["spreadsheet formula", "=1+1", "=1+1", "=1+1"],
    ["leading plus sign", "+1 @a -b", "+1 @a -b", "+1 @a -b"],
    ["leading dash", "-2", "-2", "-2"],
    ["leading at sign", "@SUM(A1)", "@SUM(A1)", "@SUM(A1)"],
    ["other scripts", "é 漢 🎙", "é 漢 🎙", "é 漢 🎙"],
  ] as const) {
    t.test(name, async (t) => {
      store.run(text);
      t.equal((await send(`${path}.json`)).json().label, text);
      t.ok((await send(path)).body.includes(`<Label>${xml}</Label>`));
      t.ok((await send(`${result}/Payloads.csv`)).body.includes(`,${csv},XB`));
    });
  }
});

t.test("every resource in XML: 200", async (t) => {
  const { send } = await emulator(t);
  const digits = numbered("01").slice(2);
  const result = `${RECORDING.replace("12", "05")}/AddOnResults/XR${digits}`;
  for (const [path, element] of [
    [`${ROOT}/Transcriptions/TR${digits}`, "Transcription"],
    [result, "AddOnResult"],
    [`${result}/Payloads/XH${digits}`, "Payload"],
  ] as const) {
    for (const extension of ["", ".xml"]) {
      const answer = await send(path + extension);
      t.equal(answer.statusCode, 200, path + extension);
      t.match(answer.body, `<TwilioResponse><${element}><`);
    }
  }
});

t.test("404 in the format of the path's extension", async (t) => {
  const { send } = await emulator(t);
  const message = (extension: string) => `The requested resource /nope${extension} was not found`;
  const more = "https://www.twilio.com/docs/errors/20404";
  t.match((await send("/nope.xml")).body, `<Message>${message(".xml")}</Message>`);
  t.match((await send("/nope")).body, `<Message>${message("")}</Message>`);
  const csv = await send("/nope.csv");
  t.equal(csv.statusCode, 404);
  t.equal(csv.headers["content-type"], "text/csv; charset=utf-8");
  t.equal(csv.body, `Code,Message,MoreInfo,Status\n20404,${message(".csv")},${more},404\n`);
});

t.test("DELETE with every extension: 204", async (t) => {
  const { send } = await emulator(t);
  t.equal((await send(`${RECORDING}.xml`, { method: "DELETE" })).statusCode, 204);
  t.equal((await send(`${RECORDING}.json`)).statusCode, 404);
});
