import type { FastifyInstance } from "fastify";
import {
  choiceParameter,
  dateFilter,
  formOf,
  givenDates,
  givenTexts,
  type Query,
  sidParameter,
  textParameter,
} from "../../twilio-api/request/parameters.js";
import { LIST_EXTENSION, RESOURCE_EXTENSION, SID } from "../../twilio-api/response/formats.js";
import type { OriginOf } from "../callback-order.js";
import {
  type Collection,
  type CollectionRequest,
  createRoute,
  deleteRoute,
  fetchRoutes,
  listRoutes,
  updateRoute,
} from "../collection-routes.js";
import { notYet } from "../not-yet.js";
import { parseAddress } from "./addresses.js";
import { checkRedirect, readCall, readCallCallback, readInstructions, readTimeLimit } from "./parameters.js";
import { CALL_KEYS, CALL_SUBRESOURCES, representCall } from "./representation.js";
import type { CallRules } from "./rules.js";
import { CALL_STATUSES, type CallRow } from "./table.js";

const COLLECTION: Collection<CallRow> = {
  key: "calls",
  element: "Call",
  noun: "Call",
  prefix: "CA",
  keys: CALL_KEYS,
  represent: representCall,
};

/** Returns the filters of a list request, in the documented order. */
const givenFilters = (query: Query) => [
  ...givenTexts(query, ["To", "From", "ParentCallSid", "Status"]),
  ...givenDates(query, "StartTime"),
  ...givenDates(query, "EndTime"),
];

/** Adds `/Calls`: create, list, fetch, update and delete. */
export function callRoutes(app: FastifyInstance, calls: CallRules, originOf: OriginOf): void {
  listRoutes(app, "/Calls", COLLECTION, list, givenFilters);
  fetchRoutes(app, "/Calls", COLLECTION, ({ accountSid, params }) => calls.fetch(accountSid, params.Sid as string));
  createRoute(app, "/Calls", COLLECTION, (request) =>
    calls.place(
      readCall(formOf(request), request.accountSid, calls.settings.of(request.accountSid), originOf(request)),
    ),
  );
  updateRoute(app, "/Calls", COLLECTION, update);
  deleteRoute(app, "/Calls", "Call", ({ accountSid, params }) => calls.remove(accountSid, params.Sid as string));
  const others = Object.values(CALL_SUBRESOURCES).filter((name) => name !== "Recordings");
  const subresource = `:subresource(^(?:${others.join("|")})`;
  notYet(app, `/Calls/:CallSid/${subresource})${LIST_EXTENSION}`);
  notYet(app, `/Calls/:CallSid/${subresource}$)/${SID}${RESOURCE_EXTENSION}`);

  function list({ accountSid, query }: CollectionRequest, page: Parameters<CallRules["list"]>[2]) {
    const address = (name: string) => {
      const text = textParameter(query, name);
      return text === undefined ? undefined : (parseAddress(text) ?? text);
    };
    const [to_address, from_address] = [address("To"), address("From")];
    const status = choiceParameter(query, "Status", CALL_STATUSES);
    const parent_call_sid = sidParameter(query, "ParentCallSid", "CA");
    const where = {
      ...(to_address !== undefined && { to_address }),
      ...(from_address !== undefined && { from_address }),
      ...(status !== undefined && { status }),
      ...(parent_call_sid !== undefined && { parent_call_sid }),
    };
    const filter = { where, startTime: dateFilter(query, "StartTime"), endTime: dateFilter(query, "EndTime") };
    return calls.list(accountSid, filter, page);
  }

  function update(request: CollectionRequest): CallRow {
    const { accountSid, params } = request;
    const row = calls.fetch(accountSid, params.Sid as string);
    const form = formOf(request);
    const status = choiceParameter(form, "Status", ["completed", "canceled"]);
    const [url, twiml] = [textParameter(form, "Url"), textParameter(form, "Twiml")];
    checkRedirect(url, twiml);
    const timeLimit = readTimeLimit(form);
    const callback = readCallCallback(form, originOf(request));
    const instructions = readInstructions(form, originOf(request));
    return calls.update(row, { status, instructions, timeLimit, callback });
  }
}
