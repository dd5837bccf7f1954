import type { State } from "../state/state.js";

/**
 * Purges expired rows while time passes.
 *
 * @param notice - called once when the database file is removed or replaced; nothing is purged then.
 * @returns a function that stops it.
 */
export function purgeAsTimePasses(
  { clock, file }: State,
  purgeExpired: () => void,
  notice: (line: string) => void,
): () => void {
  let wasLost = false;
  return clock.onPassing(() => {
    const lost = file.check();
    if (lost === undefined) purgeExpired();
    else if (!wasLost) notice(lost.message);
    wasLost = lost !== undefined;
  });
}
