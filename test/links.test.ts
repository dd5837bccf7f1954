import { Ajv } from "ajv";
import t, { type Test } from "tap";
import type { Config } from "../src/config/config.js";
import { ACCOUNT, emulator, SUBACCOUNT } from "./support/emulator.js";
import {
  accountSchema,
  addOnResultSchema,
  callRecordingSchema,
  callSchema,
  conferenceRecordingSchema,
  conferenceSchema,
  listSchema,
  participantSchema,
  payloadDataSchema,
  payloadSchema,
  recordingSchema,
  strict,
  transcriptionSchema,
} from "./support/schemas.js";

/** The schema of a response, by its path. */
const SCHEMAS: [path: RegExp, schema: object][] = [
  [/\/Calls\/CA\w+\/Recordings\.json$/, listSchema("recordings", callRecordingSchema)],
  [/\/Calls\/CA\w+\/Recordings\/RE\w+\.json$/, callRecordingSchema],
  [/\/Conferences\/CF\w+\/Recordings\.json$/, listSchema("recordings", conferenceRecordingSchema)],
  [/\/Conferences\/CF\w+\/Recordings\/RE\w+\.json$/, conferenceRecordingSchema],
  [/\/Conferences\/CF\w+\/Participants\.json$/, listSchema("participants", participantSchema)],
  [/\/Calls\.json$/, listSchema("calls", callSchema)],
  [/\/Calls\/CA\w+\.json$/, callSchema],
  [/\/Conferences\.json$/, listSchema("conferences", conferenceSchema)],
  [/\/Conferences\/CF\w+\.json$/, conferenceSchema],
  [/\/Recordings\.json$/, listSchema("recordings", recordingSchema)],
  [/\/Transcriptions\.json$/, listSchema("transcriptions", transcriptionSchema)],
  [/\/AddOnResults\.json$/, listSchema("add_on_results", addOnResultSchema)],
  [/\/Payloads\.json$/, listSchema("payloads", payloadSchema)],
  [/\/Recordings\/RE\w+\.json$/, recordingSchema],
  [/\/Transcriptions\/TR\w+\.json$/, transcriptionSchema],
  [/\/AddOnResults\/XR\w+\.json$/, addOnResultSchema],
  [/\/Payloads\/XH\w+\.json$/, payloadSchema],
  [/\/Data\.json$/, payloadDataSchema],
];
const ACCOUNT_SCHEMAS: typeof SCHEMAS = [
  [/\/Accounts\.json$/, listSchema("accounts", accountSchema)],
  [/\/Accounts\/AC\w+\.json$/, accountSchema],
];
/** The links that the emulator serves, of resources that have others. */
const IMPLEMENTED: [path: RegExp, keys: RegExp][] = [
  [/\/Accounts(\/AC\w+)?\.json$/, /uri$|^(calls|conferences|recordings|transcriptions)$/],
  [/\/Calls(\/CA\w+)?\.json$/, /uri$|^recordings$/],
];
const ajv = new Ajv({ allowUnionTypes: true });
const VALIDATORS = [...SCHEMAS, ...ACCOUNT_SCHEMAS].map(
  ([path, schema]) => [path, ajv.compile(strict(schema))] as const,
);

/** Returns every string in `value` that is a link into the emulator, with its key. */
function linksIn(value: unknown, key = ""): [key: string, link: string][] {
  if (typeof value === "string")
    return value.startsWith("/2010-04-01/") || value.startsWith("http://a/") ? [[key, value]] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) => linksIn(inner, name));
}

/** Follows every link, beginning with these lists. */
async function crawl(t: Test, changes: Partial<Config>, starts: string[]) {
  const { send, state } = await emulator(t, changes);
  const queue = new Map<string, string>(starts.map((url) => [url, "start"]));
  const media = new Set<string>();
  const kinds = new Map<string, number>();
  for (const [url, from] of queue) {
    const isMedia = from === "media_url";
    const answer = await send(url, { method: isMedia ? "HEAD" : "GET", headers: { host: "a" } });
    const path = (url.split("?")[0] ?? "").replace("http://a", "");
    if (isMedia) {
      media.add(path);
      // Only completed recordings have media.
      const sid = path.slice(-34);
      const status = state.database.prepare("SELECT status FROM recordings WHERE sid = ?").pluck().get(sid);
      if (answer.statusCode !== (status === "completed" ? 200 : 404)) t.fail(`${url} answers ${answer.statusCode}`);
      continue;
    }
    if (answer.statusCode !== 200 && answer.statusCode !== 307) t.fail(`${url} answers ${answer.statusCode}`, { from });
    if (path.startsWith("/_storage/")) {
      kinds.set("storage", (kinds.get("storage") ?? 0) + 1);
      continue;
    }
    const [pattern, validate] = VALIDATORS.find(([pattern]) => pattern.test(path)) ?? [];
    if (pattern === undefined || validate === undefined || !validate(answer.json())) {
      t.fail(`${url} does not fit its schema`, { errors: validate?.errors });
    }
    kinds.set(String(pattern), (kinds.get(String(pattern)) ?? 0) + 1);
    const body = answer.json();
    const { location } = answer.headers;
    const implemented = IMPLEMENTED.find(([pattern]) => pattern.test(path))?.[1];
    for (const [key, link] of linksIn({ body, location })) {
      if (queue.has(link) || (implemented && !implemented.test(key))) continue;
      queue.set(link, key);
    }
    // Add-on results and payloads have no uri.
    for (const { sid } of [...(body.add_on_results ?? []), ...(body.payloads ?? [])]) {
      queue.set(path.replace(".json", `/${sid}.json`), "list");
    }
  }
  return { links: queue.size, media: media.size, kinds };
}

const starts = (account: string) =>
  ["Calls", "Conferences", "Recordings", "Transcriptions"].flatMap((list) => [
    `/2010-04-01/Accounts/${account}/${list}.json?PageSize=7`,
    `/2010-04-01/Accounts/${account}/${list}.json`,
  ]);

t.test("default fixtures: every link resolves, every response is valid against its schema", async (t) => {
  const lists = [ACCOUNT, SUBACCOUNT].flatMap(starts);
  const { links, media, kinds } = await crawl(t, {}, ["/2010-04-01/Accounts.json?PageSize=1", ...lists]);
  t.ok(links > 80, `${links} links`);
  t.equal(media, 11, "one per recording that is not in external storage");
  for (const [pattern] of VALIDATORS) t.ok(kinds.get(String(pattern)), `${pattern} was seen`);
  t.ok(kinds.get("storage"));
});

t.test("generated set: every link resolves, every response is valid against its schema", async (t) => {
  const { links, kinds } = await crawl(t, { generate: 300 }, starts(ACCOUNT));
  t.ok(links > 1500, `${links} links`);
  for (const [pattern] of SCHEMAS) t.ok((kinds.get(String(pattern)) ?? 0) > 10, `${pattern} was seen`);
});

t.test("listed soft-deleted recordings: uri with IncludeSoftDeleted returns the same recording", async (t) => {
  const { send } = await emulator(t, { generate: 300 });
  const list = (
    await send(`/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?PageSize=1000&IncludeSoftDeleted=true`)
  ).json();
  const deleted = list.recordings.filter(({ status }: { status: string }) => status === "deleted");
  t.ok(deleted.length > 5);
  for (const recording of deleted) {
    t.same((await send(`${recording.uri}?IncludeSoftDeleted=true`)).json(), recording);
  }
});

t.test("XML: every link resolves", async (t) => {
  const { send } = await emulator(t);
  const queue = new Set(
    ["Calls", "Conferences", "Recordings", "Transcriptions"].map(
      (list) => `/2010-04-01/Accounts/${ACCOUNT}/${list}?PageSize=3`,
    ),
  );
  for (const url of queue) {
    const answer = await send(url, { headers: { host: "a" } });
    const expected = url.endsWith("/Data") ? 307 : 200;
    if (answer.statusCode !== expected) t.fail(`${url} answers ${answer.statusCode}`);
    // The URI of a recording without an extension is its media; the other subresources of a call are 501.
    const links = answer.body.matchAll(/[">](\/2010-04-01\/[^"<]+)/g);
    for (const [, link = ""] of links)
      if (!/AC\w+\/Recordings\/RE\w{32}$|\/CA\w+\/(?!Recordings)/.test(link)) queue.add(link.replaceAll("&amp;", "&"));
  }
  t.ok(queue.size > 30, `${queue.size} links`);
});
