import { join } from "node:path";
import type { Callbacks } from "../callbacks/callbacks.js";
import type { RecordingStyle } from "../resources/recordings/representation.js";
import { relationsOf } from "../resources/relations.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import type { State } from "../state/state.js";
import { accountCapability } from "./accounts.js";
import { callListCapability } from "./call-lists.js";
import { callbackCapability } from "./callbacks.js";
import { callCapability } from "./calls.js";
import { clockCapability } from "./clock.js";
import { conferenceCapability } from "./conferences.js";
import { eventCapability } from "./events.js";
import { faultCapability } from "./faults.js";
import { generationCapability } from "./generation.js";
import { healthCapability } from "./health.js";
import { historyCapability } from "./history.js";
import type { OperationNames } from "./operation-names.js";
import { recordingMediaCapability } from "./recording-media.js";
import { recordingCapability } from "./recordings.js";
import { replacementOf } from "./replacement.js";
import { requestCapability } from "./requests.js";
import { resetCapability } from "./reset.js";
import { scopeOf } from "./scope.js";
import { sessionCapability } from "./session.js";
import { snapshotCapability } from "./snapshots.js";
import { transferCapability } from "./transfer.js";

/** The operations of each capability, in the order of the documents. */
export type Operations = ReturnType<typeof createCapabilities>["operations"];

/** Creates the operations of the control API, and the functions that the emulator itself needs. */
export function createCapabilities(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  sending: Callbacks,
  config: RecordingStyle & { version: string; publicUrl: string | undefined; controlToken: string | undefined },
  operationNames: OperationNames,
) {
  const scope = scopeOf(rules.accounts);
  const replacement = replacementOf(state, rules.accounts, sending);
  const health = healthCapability(state, rules, scope, config.version);
  const recordings = recordingCapability(state, rules, folder, config);
  const relations = relationsOf(state.database, rules.recordings, rules.calls);
  const accounts = accountCapability(state, rules, folder, scope, replacement);
  const callbacks = callbackCapability(sending, rules, config.publicUrl);
  const requests = requestCapability(state.journal, operationNames, config.version);
  const events = eventCapability(state, sending);
  const session = sessionCapability(config.controlToken);
  const transfer = transferCapability(state, rules, folder, replacement);
  return {
    scope,
    replacement,
    health,
    accounts,
    requests,
    callbacks,
    events,
    session,
    transfer,
    operations: {
      health: health.operations,
      reset: resetCapability(state, rules.accounts, replacement, sending),
      clock: clockCapability(state, sending.outbox),
      recordings: {
        ...recordings.operations,
        ...recordingMediaCapability(rules.recordings, join(folder.path, "media")),
        ...generationCapability(state, rules, folder, recordings.view, replacement),
      },
      calls: {
        ...callListCapability(rules.calls, relations),
        ...callCapability(state, rules, folder, recordings.view, config.publicUrl),
      },
      conferences: conferenceCapability(state, rules, relations, config.publicUrl),
      history: historyCapability(state),
      callbacks: callbacks.operations,
      accounts: accounts.operations,
      faults: faultCapability(state.faults, operationNames),
      requests: requests.operations,
      events: events.operations,
      session: session.operations,
      snapshots: snapshotCapability(state, replacement),
      transfer: transfer.operations,
    },
  };
}
