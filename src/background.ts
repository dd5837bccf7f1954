import type { FastifyInstance } from "fastify";
import type { Callbacks } from "./callbacks/callbacks.js";
import type { Control } from "./control/control.js";
import { purgeAsTimePasses } from "./resources/purging.js";
import type { Rules } from "./resources/rules.js";
import type { State } from "./state/state.js";

/** Starts what happens without a request: timed events, callbacks and purges. Closing the app ends it, and closes the state. */
export function runInBackground(
  app: FastifyInstance,
  state: State,
  rules: Rules,
  { outbox }: Callbacks,
  control: Control,
  notice: (line: string) => void,
): void {
  state.timeline.onEvent(outbox.settled);
  state.timeline.start((error) => app.log.error(error));
  outbox.start();
  const stopPurging = purgeAsTimePasses(state, rules.purgeExpired, notice);
  app.addHook("preClose", async () => {
    control.requests.close();
    control.callbacks.close();
    control.events.close();
    await outbox.close();
  });
  app.addHook("onClose", async () => {
    stopPurging();
    state.timeline.close();
    control.recordings.close();
    state.database.close();
  });
}
