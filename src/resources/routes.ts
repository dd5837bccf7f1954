import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { State } from "../state/state.js";
import { refuseOtherMethods } from "../twilio-api/access/methods.js";
import { accountFetchRoutes, accountListRoutes } from "./accounts/routes.js";
import { addOnResultRoutes, payloadStorageRoutes } from "./add-on-results/routes.js";
import { notYetRoutes } from "./not-yet.js";
import { mediaRoutes } from "./recordings/media-routes.js";
import type { EncryptionDetails } from "./recordings/representation.js";
import { recordingRoutes } from "./recordings/routes.js";
import type { Rules } from "./rules.js";
import { transcriptionRoutes } from "./transcriptions/routes.js";

/** Options of the routes. */
export interface RouteConfig {
  encryptionDetails: EncryptionDetails;
  /** The folder of the fixtures, with media files in its folder `media`. */
  fixtures: string;
  publicMedia: boolean;
}

/** Adds the routes of all resources. */
export function allRoutes(
  api: FastifyInstance,
  state: State,
  rules: Rules,
  { encryptionDetails, fixtures, publicMedia }: RouteConfig,
): void {
  payloadStorageRoutes(api, rules);
  accountListRoutes(api, rules.accounts);
  accountFetchRoutes(api, rules.accounts);
  api.register(
    async (account) => {
      recordingRoutes(account, rules.recordings, encryptionDetails);
      mediaRoutes(account, rules.recordings, join(fixtures, "media"), publicMedia);
      transcriptionRoutes(account, state, rules.recordings);
      addOnResultRoutes(account, rules);
      notYetRoutes(account);
      refuseOtherMethods(account);
    },
    { prefix: "/2010-04-01/Accounts/:AccountSid" },
  );
}
