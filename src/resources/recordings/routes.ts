import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { originOf } from "../../conventions/origin.js";
import { booleanParameter, type Query } from "../../conventions/parameters.js";
import { type EncryptionDetails, recordingSchema, representRecording } from "./representation.js";
import type { RecordingRules } from "./rules.js";

interface OneRecording {
  Params: { Sid: string };
  Querystring: Query;
}

/** `/Accounts/{AccountSid}/Recordings`: the account's view of its recordings. */
export function recordingRoutes(
  app: FastifyInstance,
  recordings: RecordingRules,
  encryptionDetails: EncryptionDetails,
): void {
  app.route({
    method: "GET",
    url: "/Recordings/:Sid.json",
    schema: { response: { 200: recordingSchema } },
    handler: fetch,
  });
  app.route({ method: "DELETE", url: "/Recordings/:Sid.json", handler: remove });

  function fetch(request: FastifyRequest<OneRecording>) {
    const includeSoftDeleted = booleanParameter(request.query, "IncludeSoftDeleted");
    const recording = recordings.fetch(request.accountSid, request.params.Sid, includeSoftDeleted);
    return representRecording(recording, originOf(request), encryptionDetails);
  }

  function remove(request: FastifyRequest<OneRecording>, reply: FastifyReply) {
    recordings.remove(request.accountSid, request.params.Sid);
    return reply.code(204).send();
  }
}
