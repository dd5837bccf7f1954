import fc from "fast-check";
import t from "tap";
import schema from "../../src/seeding/fixture.schema.json" with { type: "json" };
import { FixtureError } from "../../src/seeding/fixture-error.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { ACCOUNT, configWith, EXAMPLE, emulator, numbered, SUBACCOUNT } from "../support/emulator.js";
import { readFixtures } from "../support/fixtures.js";

const RUNS = { numRuns: 300 };

/** A call in progress, in a conference. */
const CALL = `CA${"1".repeat(32)}`;

/** A callback. The log numbers them from 1. */
const CALLBACK = `CB${"0".repeat(31)}1`;

/** Placeholder for a deeply nested array: the array itself would overflow the stack of JSON.stringify and of the reporter. */
const DEEP = "<5000 levels>";
/** Edge-case values that JSON can express. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    0.5,
    1e19,
    -1e300,
    2 ** 53,
    2 ** 31,
    "",
    "\0",
    "a\0b",
    "\ud800",
    "x\udfff",
    "1e5",
    "-P",
    "P",
  ),
  fc.constantFrom(
    "-P999999D",
    "P99999999Y",
    "+275760-09-13",
    "9999-12-31T23:59:59Z",
    "0000-01-01",
    "http://\0",
    "http://a/\ud800",
  ),
  fc.constantFrom(
    "deleted",
    "paused",
    "absent",
    "empty",
    "seeded",
    "in-progress",
    "completed",
    "Room",
    "+12025550100",
    "client:\ud800",
    "PT1H",
    CALL,
    CALLBACK,
    `CF${"a".repeat(32)}`,
    "http://127.0.0.1:1/",
    "recording.completed",
    EXAMPLE,
    ACCOUNT,
    SUBACCOUNT,
    numbered("99"),
    "100000",
  ),
  fc.constantFrom([], {}, [[]], [null], [[{}]], DEEP, { data: DEEP }),
  fc.double(),
  fc.string({ unit: "binary" }),
);
const key = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "sid",
    "account_sid",
    "$schema",
    "\0",
    "",
  ),
  fc.string(),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    odd,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.replaceAll(JSON.stringify(DEEP), "[".repeat(5000) + "]".repeat(5000));
}

type Properties = Record<string, unknown>;
const { account, recording, transcription, addOnResult, payload, encryptionDetails, key: apiKey } = schema.definitions;
const { call, conference, participant } = schema.definitions;
const tail = "1".repeat(32);
/** A valid entry of each list; the tests replace single keys. */
const ENTRIES = [
  ["accounts", account, { sid: `AC${tail}`, auth_token: "x", keys: [{ sid: `SK${tail}`, secret: "x" }] }],
  ["recordings", recording, { sid: `RE${tail}`, account_sid: ACCOUNT }],
  ["transcriptions", transcription, { sid: `TR${tail}`, account_sid: ACCOUNT }],
  ["add_on_results", addOnResult, { sid: `XR${tail}`, account_sid: ACCOUNT, reference_sid: EXAMPLE }],
  ["payloads", payload, { sid: `XH${tail}`, account_sid: ACCOUNT, add_on_result_sid: `XR${tail}` }],
  ["calls", call, { sid: `CA${tail}`, account_sid: ACCOUNT }],
  ["conferences", conference, { sid: `CF${tail}`, account_sid: ACCOUNT }],
  ["participants", participant, { account_sid: ACCOUNT, conference_sid: `CF${tail}`, call_sid: `CA${tail}` }],
] as const;

/** Generates objects with random values for some known and some unknown keys. */
function spoilt(properties: Properties, sound: object = {}): fc.Arbitrary<object> {
  const value = fc.oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: anything });
  const known = Object.entries(properties).map(([name, property]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 2, arbitrary: value }, { weight: 1, arbitrary: allowedBy(property as Property, value) }),
    ),
  );
  const pair = fc.oneof(...(known.length === 0 ? [] : [{ weight: 5, arbitrary: fc.oneof(...known) }]), {
    weight: 1,
    arbitrary: fc.tuple(key, value),
  });
  return fc.array(pair, { maxLength: 4 }).map((entries) => Object.fromEntries([...Object.entries(sound), ...entries]));
}

interface Property {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  anyOf?: readonly Property[];
  properties?: Properties;
  minimum?: number;
  maximum?: number;
}

/** Generates values that a schema allows, and objects with some of its keys. */
function allowedBy(property: Property, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { enum: values, anyOf, properties, minimum = 0, maximum = 100 } = property;
  if (values !== undefined) return fc.constantFrom(...values);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => allowedBy(one, otherwise)));
  if (properties !== undefined) return spoilt(properties);
  const types = [property.type].flat();
  if (types.includes("boolean")) return fc.boolean();
  if (types.includes("integer")) return fc.integer({ min: minimum, max: maximum });
  return types.includes("number") ? fc.double({ min: minimum, max: maximum, noNaN: true }) : otherwise;
}

const entry = fc.oneof(
  ...ENTRIES.map(([list, { properties }, sound]) => spoilt(properties, sound).map((value) => [list, [value]] as const)),
  spoilt(encryptionDetails.properties).map(
    (encryption_details) => ["recordings", [{ ...ENTRIES[1][2], encryption_details }]] as const,
  ),
  spoilt(apiKey.properties, { sid: `SK${tail}`, secret: "x" }).map(
    (one) => ["accounts", [{ ...ENTRIES[0][2], keys: [one] }]] as const,
  ),
);
const documents = fc.oneof(
  { weight: 4, arbitrary: fc.array(entry, { maxLength: 3 }).map((entries) => Object.fromEntries(entries)) },
  { weight: 2, arbitrary: entry.map(([, [one]]) => one) },
  { weight: 1, arbitrary: spoilt(schema.definitions.file.properties) },
  { weight: 1, arbitrary: anything },
);

t.test("random fixture files: fixtures or a FixtureError", async () => {
  const files = openFixtureFolder(configWith({}).fixtures);
  const sound = (content: unknown) => {
    const text = jsonOf(content);
    try {
      readFixtures({ ...files, files: [{ name: "a.json", text }] }, Date.UTC(2026, 0, 1), ACCOUNT);
      return true;
    } catch (error) {
      // Each error is one line.
      return (
        error instanceof FixtureError && error.messages.every((line) => line.length < 4000 && !line.includes("\n"))
      );
    }
  };
  fc.assert(fc.property(documents, sound), { numRuns: 2000 });
});

t.test("random input of control calls: a documented status, never 500", async (t) => {
  const { app, steer, control } = await emulator(t, { controlToken: undefined });
  interface Described {
    requestBody?: { content: Record<string, { schema: { properties?: Properties } }> };
    parameters?: { in: string; name: string }[];
    responses: Record<string, unknown>;
  }
  const paths = (await steer("GET", "/openapi.json")).body.paths as Record<string, Record<string, Described>>;
  const name = fc.oneof(
    fc.constantFrom(EXAMPLE, numbered("05"), ACCOUNT, "F1", "one", "%00", "%ud800", "%zz", "__proto__", ".."),
    fc.constantFrom(CALL, CALLBACK, `CA${"a".repeat(32)}`, `CF${"a".repeat(32)}`),
    fc.string(),
  );
  const bounded = { numRuns: RUNS.numRuns };
  for (const [path, operations] of Object.entries(paths)) {
    const isEndless = path.endsWith("/events");
    const running = { sid: CALL, status: "in-progress", conference: { friendly_name: "Room" } };
    if ((await steer("POST", "/calls", running)).status !== 201) throw new Error("no call");
    const callback = { event: "recording.completed", sid: EXAMPLE, url: "http://127.0.0.1:1/" };
    if ((await steer("POST", "/callbacks", callback)).status !== 202) throw new Error("no callback");
    for (const [method, described] of Object.entries(operations)) {
      const own = Object.values(described.requestBody?.content ?? {})[0]?.schema;
      const isDocument = own !== undefined && (own.properties === undefined || path.endsWith("/import"));
      const body =
        own === undefined
          ? fc.constant(undefined)
          : isDocument
            ? fc.oneof(
                documents,
                documents.map((one) => [one]),
                spoilt(recording.properties),
              )
            : fc.oneof(
                { weight: 4, arbitrary: spoilt(own.properties as Properties) },
                { weight: 1, arbitrary: anything },
              );
      const parameters = (described.parameters ?? []).filter((one) => one.in === "query").map((one) => one.name);
      const queryName = parameters.length === 0 ? key : fc.oneof(fc.constantFrom(...parameters), key);
      const query = fc.array(
        fc.tuple(
          queryName,
          fc.oneof(
            odd.map((value) => (typeof value === "object" ? "[]" : String(value))),
            fc.string(),
          ),
        ),
        { maxLength: 2 },
      );
      const call = fc.tuple(
        name,
        fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: query }),
        body,
      );
      await fc.assert(
        fc.asyncProperty(call, async ([one, pairs, given]) => {
          // Large counts and timeouts are valid, but would slow the test.
          const { count, participants } = Object(given) as { count?: unknown; participants?: unknown };
          if (path.endsWith("/generate") && typeof count === "number" && count > 50) return true;
          if (path.endsWith("/conferences") && typeof participants === "number" && participants > 10) return true;
          if (pairs.some(([parameter, value]) => parameter === "timeout" && Number(value) > 0.1)) return true;
          const all = path.endsWith("/wait") ? [["timeout", "0"] as const, ...pairs] : pairs;
          const search = [...new Map<string, string>(all)]
            .map(([parameter, value]) => `${encode(parameter)}=${encode(value)}`)
            .join("&");
          const at = path.replace(/\{\w+\}/, /^%/.test(one) ? one : encode(one).replaceAll("..", "%2E%2E"));
          const answer = await app.inject({
            method: method.toUpperCase() as "GET",
            url: search === "" ? at : `${at}?${search}`,
            ...(given !== undefined && { payload: jsonOf(given) }),
            payloadAsStream: isEndless,
          });
          const { statusCode } = answer;
          if (isEndless) answer.stream().destroy();
          // A random name in the path may match another route or none.
          const isKnown =
            String(statusCode) in described.responses || (path.includes("{") && [400, 404].includes(statusCode));
          if (!isKnown) throw new Error(`${method} ${at} ${jsonOf(given)}: ${statusCode} ${answer.body}`);
          return isEndless || statusCode < 400 || typeof answer.json().error === "string";
        }),
        { ...bounded, timeout: 60_000 },
      );
    }
    await control.for().import(await control.for().export());
    await control.for().faults.clear();
    await steer("POST", "/reset");
    await steer("DELETE", "/clock");
  }
});

/** Percent-encodes the text; lone surrogates become U+FFFD, as encodeURIComponent throws on them. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
