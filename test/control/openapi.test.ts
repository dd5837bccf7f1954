import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import openapi, { astToString } from "openapi-typescript";
import t from "tap";
import { ACCOUNT, EXAMPLE, emulator } from "../support/emulator.js";

interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>;
}
interface Response {
  content?: Record<string, { schema: object }>;
}

t.test("every operation: unique operationId, schema for its success responses", async (t) => {
  const { steer } = await emulator(t);
  const { paths } = (await steer("GET", "/openapi.json")).body as Document;
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  const isDescribed = ({ content }: Response) =>
    content !== undefined && Object.values(content).every(({ schema }) => Object.keys(schema).length > 0);
  const incomplete = operations.filter(({ responses }) => {
    const successes = Object.entries(responses).filter(([status]) => /^20[01]/.test(status));
    return !successes.every(([, response]) => isDescribed(response));
  });
  // The document does not describe itself.
  t.same(
    incomplete.map(({ operationId }) => operationId),
    ["openapi"],
  );
});

t.test("responses: valid against the schemas of the document, no additional properties", async (t) => {
  const { steer } = await emulator(t);
  const { paths } = (await steer("GET", "/openapi.json")).body as Document;
  const ajv = new Ajv({ strict: false, formats: { "date-time": true } });
  const statuses = async (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    path: string,
    body?: unknown,
  ) => {
    const answer = await steer(method, url, body);
    const described = paths[`/_emulator${path}`]?.[method.toLowerCase()]?.responses[answer.status];
    const schema = described?.content?.["application/json"]?.schema;
    t.ok(described !== undefined, `${method} ${path} ${answer.status}`);
    if (schema !== undefined && answer.body !== undefined) {
      t.ok(ajv.validate(closed(schema), answer.body), `${method} ${path}: ${ajv.errorsText()}`);
    }
    return answer.status;
  };
  const recording = `/recordings/${EXAMPLE}`;
  t.equal(await statuses("GET", "/", "/"), 200);
  t.equal(await statuses("GET", "/health", "/health"), 200);
  t.equal(await statuses("GET", "/health/live", "/health/live"), 200);
  t.equal(await statuses("POST", "/clock", "/clock", { frozen: true }), 200);
  t.equal(await statuses("GET", "/clock", "/clock"), 200);
  t.equal(await statuses("DELETE", "/clock", "/clock"), 200);
  t.equal(await statuses("POST", "/recordings", "/recordings", {}), 201);
  t.equal(await statuses("POST", "/recordings", "/recordings", [{}, {}]), 201);
  t.equal(await statuses("POST", "/recordings/generate", "/recordings/generate", { count: 20, seed: 1 }), 201);
  t.equal(await statuses("GET", "/recordings?limit=1000", "/recordings"), 200);
  t.equal(await statuses("GET", `${recording}/peaks`, "/recordings/{Sid}/peaks"), 200);
  t.equal(await statuses("PATCH", `${recording}/live`, "/recordings/{Sid}/live", { status: "paused" }), 409);
  t.equal(await statuses("PATCH", recording, "/recordings/{Sid}", { status: "deleted" }), 200);
  t.equal(await statuses("GET", recording, "/recordings/{Sid}"), 200);
  t.equal(await statuses("DELETE", recording, "/recordings/{Sid}"), 204);
  t.equal(await statuses("GET", recording, "/recordings/{Sid}"), 404);
  t.equal(await statuses("POST", "/conferences", "/conferences", { recording: true }), 201);
  t.equal(await statuses("GET", "/conferences", "/conferences"), 200);
  t.equal(await statuses("GET", "/calls?limit=1000", "/calls"), 200);
  t.equal(await statuses("GET", "/callbacks", "/callbacks"), 200);
  t.equal(await statuses("POST", "/accounts", "/accounts", {}), 201);
  t.equal(await statuses("GET", "/accounts", "/accounts"), 200);
  const fault = { error: { code: 20001, status: 400, message: "" }, delay: [0, 1], retry_after: 1 };
  t.equal(await statuses("POST", `/faults?account=${ACCOUNT}`, "/faults", fault), 201);
  t.equal(await statuses("GET", "/faults", "/faults"), 200);
  t.equal(await statuses("GET", "/requests", "/requests"), 200);
  t.equal(await statuses("POST", "/calls", "/calls", { twiml: "<Response><Say>Hello</Say></Response>" }), 201);
  t.equal(await statuses("GET", "/history", "/history"), 200);
  t.equal(await statuses("GET", "/requests/wait?timeout=0", "/requests/wait"), 408);
  t.equal(await statuses("PUT", "/snapshots/one", "/snapshots/{name}"), 200);
  t.equal(await statuses("GET", "/snapshots", "/snapshots"), 200);
  t.equal(await statuses("POST", "/snapshots/one/restore", "/snapshots/{name}/restore"), 204);
  t.equal(await statuses("GET", "/export", "/export"), 200);
  t.equal(await statuses("POST", "/reset", "/reset", { to: "nowhere" }), 400);
});

/** Returns the schema with additionalProperties: false on every object. */
function closed(schema: object): object {
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? closed(value)
      : key === "anyOf"
        ? (value as object[]).map(closed)
        : value,
  ]);
  const isObject = "type" in schema && schema.type === "object" && "properties" in schema;
  return { ...Object.fromEntries(entries), ...(isObject && { additionalProperties: false }) };
}

t.test("types of openapi-typescript: valid program compiles, wrong values do not", async (t) => {
  const { steer } = await emulator(t);
  const { body } = await steer("GET", "/openapi.json");
  const folder = t.testdir({ "package.json": '{ "type": "module" }' });
  writeFileSync(join(folder, "control.ts"), astToString(await openapi(JSON.stringify(body))));
  writeFileSync(
    join(folder, "program.ts"),
    `import type { operations } from "./control.js";
     type Body<Name extends keyof operations> = operations[Name] extends
       { requestBody?: { content: { "application/json": infer Json } } } ? Json : never;
     type Answer<Name extends keyof operations, Status extends number> = operations[Name]["responses"] extends
       { [Key in Status]: { content: { "application/json": infer Json } } } ? Json : never;
     export const fault: Body<"armFault"> = { error: 20503, times: 1 };
     export const clock: Body<"changeClock"> = { advance: "P41D" };
     export const query: operations["waitForRequests"]["parameters"]["query"] = { count: 2, timeout: 1.5 };
     export const path: operations["getRecording"]["parameters"]["path"] = { Sid: "RE" };
     export function read(
       list: Answer<"listRecordings", 200>,
       requests: Answer<"listRequests", 200>,
       health: Answer<"health", 200>,
       created: Answer<"createAccount", 201>,
       refused: Answer<"armFault", 400>,
     ): string {
       const [recording] = list.recordings;
       const left: number | null | undefined = recording?.days_left;
       const status: "completed" | undefined = recording?.status === "completed" ? recording.status : undefined;
       const codes: (number | null)[] = requests.requests.map(({ code }) => code);
       return [left, status, codes, health.counts.add_on_results, created.auth_token, refused.error].join();
     }
     // @ts-expect-error
     export const misspelt: Body<"changeClock"> = { advanc: "P41D" };
     // @ts-expect-error
     export const text: Body<"armFault"> = { error: 20503, times: "1" };
     // @ts-expect-error
     export const wrong = (list: Answer<"listRecordings", 200>): number => list.next;`,
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "program.ts"];
  const compile = () => execFileSync(process.execPath, [tsc, ...options], { cwd: folder, encoding: "utf8" });
  t.doesNotThrow(() => {
    try {
      compile();
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout);
    }
  });
});
