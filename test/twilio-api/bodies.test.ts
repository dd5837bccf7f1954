import Fastify from "fastify";
import t, { type Test } from "tap";
import { ignoreOtherBodies, parseForms } from "../../src/twilio-api/request/bodies.js";
import { handleErrors } from "../../src/twilio-api/response/error-handler.js";
import { EXAMPLE, emulator, pathOf } from "../support/emulator.js";

/** Starts an app that returns the parsed body of a request. */
async function echo(t: Test) {
  const app = Fastify();
  t.teardown(() => app.close());
  handleErrors(app);
  await parseForms(app);
  app.decorateRequest("format", "json");
  app.decorateRequest("path", "/echo");
  app.addHook("onRequest", ignoreOtherBodies);
  app.route({ method: ["POST", "DELETE"], url: "/echo", handler: async ({ body }) => ({ body: body ?? null }) });
  return async (payload: string, type?: string, method: "POST" | "DELETE" = "POST", more: object = {}) => {
    const headers = { ...(type !== undefined && { "content-type": type }), ...more };
    return (await app.inject({ method, url: "/echo", payload, headers })).json();
  };
}

const FORM = "application/x-www-form-urlencoded";

t.test("form of a POST: a text for each parameter, an array for a repeated one", async (t) => {
  const post = await echo(t);
  const form = "Status=paused&Url=https%3A%2F%2Fa.test%2F%3Fx%3D1%2B2&Event=a&Event=b+c&Empty=&%E2%82%AC=%F0%9F%8E%A7";
  const body = {
    Status: "paused",
    Url: "https://a.test/?x=1+2",
    Event: ["a", "b c"],
    Empty: "",
    "€": "🎧",
  };
  t.same(await post(form, FORM), { body });
  t.same(await post(form, `${FORM}; charset=UTF-8`), { body });
  t.same(await post(form, ` Application/X-WWW-Form-Urlencoded;charset="`), { body });
});

t.test("malformed percent-encoding and names of Object.prototype: texts", async (t) => {
  const post = await echo(t);
  t.same(await post("a=%zz&b=%", FORM), { body: { a: "%zz", b: "%" } });
  t.strictSame(await post("__proto__=1&toString=2&constructor=3", FORM), {
    body: JSON.parse('{"__proto__":"1","toString":"2","constructor":"3"}'),
  });
});

t.test("body that is not a form, or not of a POST: ignored", async (t) => {
  const post = await echo(t);
  for (const type of [undefined, "application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense"]) {
    t.same(await post('{"Status":"paused"}', type), { body: null }, String(type));
  }
  t.same(await post("Status=paused", FORM, "DELETE"), { body: null });
});

t.test("form beyond 1 MiB: 400, 20001", async (t) => {
  const post = await echo(t);
  t.match(await post(`a=${"b".repeat(2 ** 20)}`, FORM), {
    code: 20001,
    status: 400,
    message: "Malformed request: the body is larger than 1 MiB",
  });
});

t.test("Content-Length that differs from the body: 400, 20001", async (t) => {
  const post = await echo(t);
  t.match(await post("a=bc", FORM, "POST", { "content-length": "3" }), { code: 20001, status: 400 });
});

t.test("DELETE with a malformed body of any type: 204", async (t) => {
  for (const type of ["application/json", FORM, "nonsense;;"]) {
    const { send } = await emulator(t);
    const answer = await send(pathOf(EXAMPLE), {
      method: "DELETE",
      payload: "{",
      headers: { "content-type": type },
    });
    t.equal(answer.statusCode, 204, type);
  }
});
