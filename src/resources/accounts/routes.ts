import type { FastifyInstance, FastifyReply } from "fastify";
import { refuseMethod } from "../../twilio-api/access/methods.js";
import { givenTexts, type Query, textParameter } from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { LIST_EXTENSION, RESOURCE_EXTENSION, sendResource } from "../../twilio-api/response/formats.js";
import { type Collection, type CollectionRequest, listRoutes } from "../collection-routes.js";
import { ACCOUNT_KEYS, representAccount } from "./representation.js";
import type { AccountRules } from "./rules.js";
import type { AccountRow } from "./table.js";

/** The emulator's accounts are all active. */
const STATUSES = ["active", "suspended", "closed"];

/** Adds the list `/Accounts`. Faults, clock and request log of the caller's account apply to its requests. */
export function accountListRoutes(app: FastifyInstance, accounts: AccountRules): void {
  const collection: Collection<AccountRow> = {
    key: "accounts",
    element: "Account",
    noun: "Account",
    prefix: "AC",
    keys: ACCOUNT_KEYS,
    represent: (row) => representAccount(row, accounts.tokenOf(row)),
  };
  const url = "/2010-04-01/Accounts";
  listRoutes(
    app,
    url,
    collection,
    ({ accountSid, query }, page) => accounts.page(accountSid, chosenBy(query), page),
    (query) => givenTexts(query, ["FriendlyName", "Status"]),
  );
  refuseOthers(app, url + LIST_EXTENSION);
}

/** Adds `/Accounts/{AccountSid}`. */
export function accountFetchRoutes(app: FastifyInstance, accounts: AccountRules): void {
  const url = `/2010-04-01/Accounts/:AccountSid(^[^.]*)${RESOURCE_EXTENSION}`;
  app.route({ method: ["GET", "HEAD"], url, config: { operation: "FetchAccount" }, handler: fetch });
  refuseOthers(app, url);

  function fetch(request: CollectionRequest, reply: FastifyReply): object {
    // It exists: the pipeline has authorized the request.
    const row = accounts.find(request.accountSid) as AccountRow;
    return sendResource(reply, request.format, "Account", representAccount(row, accounts.tokenOf(row)));
  }
}

function refuseOthers(app: FastifyInstance, url: string): void {
  app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url, handler: refuseMethod });
}

/** @throws TwilioError 20001 for an unknown Status. */
function chosenBy(query: Query): (account: AccountRow) => boolean {
  const name = textParameter(query, "FriendlyName");
  const status = textParameter(query, "Status") ?? "active";
  if (!STATUSES.includes(status)) {
    throw new TwilioError({
      code: 20001,
      parameter: "Status",
      value: status,
      expected: `one of ${STATUSES.join(", ")}`,
    });
  }
  return ({ friendly_name }) => status === "active" && (name === undefined || friendly_name === name);
}
