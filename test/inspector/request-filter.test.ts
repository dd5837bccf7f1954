import t from "tap";
import { requestFilter } from "../../src/inspector/page/request-filter.js";
import { ACCOUNT, EXAMPLE, pathOf } from "../support/emulator.js";

const REQUEST = {
  number: 1,
  time: "2030-01-31T12:00:00.000Z",
  method: "GET",
  path: pathOf(EXAMPLE),
  query: "PageSize=5",
  operation: "FetchRecording",
  account: ACCOUNT,
  user_agent: "twilio-node/6",
  request_id: "RQ1",
  status: 404,
  code: 20404,
  duration: 1,
  fault: null,
};

for (const [filter, matches] of [
  ["", true],
  ["status:404", true],
  ["status:4xx", true],
  ["status:4", true],
  ["status:200", false],
  ["code:20404", true],
  ["code:20003", false],
  ["method:get", true],
  ["op:FetchRecording", true],
  ["operation:delete", false],
  [`sid:${EXAMPLE}`, true],
  ["sid:RE9", false],
  ["path:recordings", true],
  ["account:ACaaaa", true],
  ["agent:node", true],
  ["agent:python", false],
  ["fault:any", false],
  ["fault:", false],
  ["fault:1", false],
  ["-fault:any", true],
  ["pagesize", true],
  ["fetch -method:POST", true],
  ["fetch -status:404", false],
  ["-", true],
  ["unknown:key", false],
  ["constructor:x", false],
] as const) {
  t.equal(requestFilter(filter)(REQUEST), matches, filter || "empty");
}

t.test("without status, code, operation or fault", async (t) => {
  const closed = { ...REQUEST, status: null, code: null, operation: null, fault: "1" };
  t.equal(requestFilter("status:closed")(closed), true);
  t.equal(requestFilter("code:2")(closed), false);
  t.equal(requestFilter("op:fetch")(closed), false);
  t.equal(requestFilter("fault:any")(closed), true);
  t.equal(requestFilter("fault:1")(closed), true);
});
