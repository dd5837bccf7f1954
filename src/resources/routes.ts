import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { State } from "../state/state.js";
import { refuseOtherMethods } from "../twilio-api/access/methods.js";
import { originOf } from "../twilio-api/request/origin.js";
import { accountFetchRoutes, accountListRoutes } from "./accounts/routes.js";
import { addOnResultRoutes, payloadStorageRoutes } from "./add-on-results/routes.js";
import { callRecordingRoutes } from "./call-recordings/routes.js";
import type { OriginOf } from "./callback-order.js";
import { callRoutes } from "./calls/routes.js";
import { conferenceRecordingRoutes } from "./conference-recordings/routes.js";
import { conferenceRoutes } from "./conferences/routes.js";
import { participantRoutes } from "./participants/routes.js";
import { mediaRoutes } from "./recordings/media-routes.js";
import type { RecordingStyle } from "./recordings/representation.js";
import { recordingRoutes } from "./recordings/routes.js";
import type { Rules } from "./rules.js";
import { transcriptionRoutes } from "./transcriptions/routes.js";

/** Options of the routes. */
export interface RouteConfig extends RecordingStyle {
  /** The folder of the fixtures, with media files in its folder `media`. */
  fixtures: string;
  publicMedia: boolean;
  /** Scheme and host of the emulator in callbacks; undefined for those of the request. */
  publicUrl: string | undefined;
}

/** Adds the routes of all resources. */
export function allRoutes(api: FastifyInstance, state: State, rules: Rules, config: RouteConfig): void {
  const { fixtures, publicMedia, publicUrl } = config;
  const originForCallbacks: OriginOf = (request) => publicUrl ?? originOf(request);
  payloadStorageRoutes(api, rules);
  accountListRoutes(api, rules.accounts);
  accountFetchRoutes(api, rules.accounts);
  api.register(
    async (account) => {
      callRoutes(account, rules.calls, originForCallbacks);
      conferenceRoutes(account, rules.conferences);
      participantRoutes(account, rules.participants, rules.calls, originForCallbacks);
      callRecordingRoutes(account, rules.placedRecordings, rules.calls, config, originForCallbacks);
      conferenceRecordingRoutes(account, rules.placedRecordings, rules.conferences, config);
      recordingRoutes(account, rules.recordings, config);
      mediaRoutes(account, rules.recordings, join(fixtures, "media"), publicMedia);
      transcriptionRoutes(account, state, rules.recordings);
      addOnResultRoutes(account, rules);
      refuseOtherMethods(account);
    },
    { prefix: "/2010-04-01/Accounts/:AccountSid" },
  );
}
