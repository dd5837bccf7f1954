import type { FastifyInstance, FastifyReply } from "fastify";
import { refuseMethod } from "../../twilio-api/access/methods.js";
import { originOf } from "../../twilio-api/request/origin.js";
import { RESOURCE_EXTENSION, sendResource } from "../../twilio-api/response/formats.js";
import { type Collection, type CollectionRequest, collectionRoutes } from "../collection-routes.js";
import type { PayloadRow } from "../payloads/table.js";
import type { Rules } from "../rules.js";
import { ADD_ON_RESULT_KEYS, PAYLOAD_KEYS, representAddOnResult, representPayload } from "./representation.js";
import type { AddOnResultRow } from "./table.js";

const RESULTS: Collection<AddOnResultRow> = {
  key: "add_on_results",
  element: "AddOnResult",
  noun: "RecordingAddOnResult",
  prefix: "XR",
  keys: ADD_ON_RESULT_KEYS,
  represent: representAddOnResult,
};
const PAYLOADS: Collection<PayloadRow> = {
  key: "payloads",
  element: "Payload",
  noun: "RecordingAddOnResultPayload",
  prefix: "XH",
  keys: PAYLOAD_KEYS,
  represent: representPayload,
};

/** Adds `/Recordings/{ReferenceSid}/AddOnResults`, its `/Payloads`, and the redirects to their data. */
export function addOnResultRoutes(app: FastifyInstance, { addOnResults: results, payloads, recordings }: Rules): void {
  const ofRecording = ({ accountSid, params }: CollectionRequest) => ({
    account_sid: accountSid,
    reference_sid: recordings.fetch(accountSid, params.ReferenceSid as string, false).sid,
  });
  const ofResult = (request: CollectionRequest) => ({
    account_sid: request.accountSid,
    add_on_result_sid: results.fetch(ofRecording(request), request.params.AddOnResultSid as string).sid,
  });

  const url = "/Recordings/:ReferenceSid/AddOnResults";
  const payloadsUrl = `${url}/:AddOnResultSid/Payloads`;
  collectionRoutes(app, url, RESULTS, ofRecording, results);
  collectionRoutes(app, payloadsUrl, PAYLOADS, ofResult, payloads);
  app.route({
    method: ["GET", "HEAD"],
    url: `${payloadsUrl}/:PayloadSid/Data${RESOURCE_EXTENSION}`,
    config: { operation: "FetchRecordingAddOnResultPayloadData" },
    handler: redirect,
  });

  /** Twilio redirects to its storage, the emulator to `/_storage`. */
  function redirect(request: CollectionRequest, reply: FastifyReply): object {
    const { account_sid, sid } = payloads.fetch(ofResult(request), request.params.PayloadSid as string);
    const location = `${originOf(request)}/_storage/${account_sid}/${sid}`;
    reply.code(307).header("Location", location);
    return sendResource(reply, request.format, "Data", { redirect_to: location });
  }
}

/** Adds the storage of payload data. Like Twilio's, it needs no credentials. */
export function payloadStorageRoutes(
  app: FastifyInstance,
  { accounts, addOnResults: results, payloads, recordings }: Rules,
): void {
  const config = { open: true, findAccount: (pathSid: string) => accounts.find(pathSid)?.sid ?? "" };
  const url = "/_storage/:AccountSid/:Sid";
  app.route({ method: ["GET", "HEAD"], url, config, handler: read });
  app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url, config, handler: refuseMethod });

  function read({ params }: { params: unknown }, reply: FastifyReply): FastifyReply {
    const { AccountSid, Sid } = params as { AccountSid: string; Sid: string };
    const account_sid = AccountSid;
    const payload = payloads.fetch({ account_sid }, Sid);
    const result = results.fetch({ account_sid }, payload.add_on_result_sid);
    recordings.fetch(account_sid, result.reference_sid, false);
    return reply.type(payload.content_type).send(payload.data);
  }
}
