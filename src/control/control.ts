import type { EncryptionDetails } from "../resources/recordings/representation.js";
import { countsOf, type ListName } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import type { State } from "../state/state.js";
import { accountControl } from "./accounts.js";
import { type ClockView, clockControl } from "./clock.js";
import { faultControl } from "./faults.js";
import type { Operations } from "./operations.js";
import { recordingControl } from "./recordings.js";
import { replacementOf } from "./replacement.js";
import { requestControl } from "./requests.js";
import { resetControl } from "./reset.js";
import { scopeOf } from "./scope.js";
import { snapshotControl } from "./snapshots.js";
import { transferControl } from "./transfer.js";

/** How the emulator is. */
export interface Health {
  /** lost: the file of the database was removed or replaced, and no change can be stored. */
  status: "ok" | "lost";
  /** What is wrong, unless the status is ok. */
  error?: string;
  version: string;
  clock: ClockView;
  /** How many there are, deleted ones included. */
  counts: { accounts: number } & Record<ListName, number>;
}

/** What answers at an address, and where there is more. */
export interface About {
  name: string;
  version: string;
  /** The SID of the main account; null if there is no account. */
  account_sid: string | null;
  /** The URL of the control API, of its OpenAPI document, and of health. */
  control: string;
  openapi: string;
  health: string;
}

export type Control = ReturnType<typeof createControl>;

/**
 * All that a tester needs and Twilio cannot give. The control API and the library both call it.
 *
 * @param operations - the names of Twilio's operations, which faults and looks into the journal may name.
 */
export function createControl(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  { encryptionDetails, version }: { encryptionDetails: EncryptionDetails; version: string },
  operations: Operations,
) {
  const { accounts } = rules;
  const scope = scopeOf(accounts);
  const clock = clockControl(state.clock, scope);
  const replacement = replacementOf(state, accounts);
  return {
    /** @param origin - scheme and host of the emulator. */
    about: (origin: string): About => ({
      name: "twilio-recordings-emulator",
      version,
      account_sid: scope.main() ?? null,
      control: `${origin}/_emulator`,
      openapi: `${origin}/_emulator/openapi.json`,
      health: `${origin}/_emulator/health`,
    }),
    /** The emulator listens only once it is ready, so an answer means that it is. */
    health(): Health {
      const lost = state.file.check();
      return {
        ...(lost === undefined ? { status: "ok" } : { status: "lost", error: lost.message }),
        version,
        clock: clock.read(),
        counts: {
          accounts: accounts.list().length,
          ...countsOf(state.database),
        },
      };
    },
    reset: resetControl(state, accounts, scope, replacement),
    clock,
    snapshots: snapshotControl(state, scope, replacement),
    transfer: transferControl(state, rules, folder, scope, replacement),
    recordings: recordingControl(state, rules, folder, encryptionDetails, scope, replacement),
    accounts: accountControl(state, rules, folder, scope, replacement),
    faults: faultControl(state.faults, scope, operations),
    requests: requestControl(state.journal, scope, operations),
    /** The main account, the first that is no subaccount, and its token if that is known. */
    mainAccount() {
      const sid = scope.one(undefined);
      return { sid, authToken: accounts.findCredentials(sid)?.secret };
    },
  };
}
