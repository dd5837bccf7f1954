/**
 * Returns Twilio's price of a call: one and a half US cents for each minute begun; null for a call without a duration.
 *
 * @param duration - whole seconds.
 */
export function callPriceOf(duration: number | null): string | null {
  if (duration === null || duration === 0) return null;
  return `-${(0.015 * Math.ceil(duration / 60)).toFixed(5)}`;
}
