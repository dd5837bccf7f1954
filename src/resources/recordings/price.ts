/**
 * Returns Twilio's price of a recording: a quarter of a US cent for each minute begun.
 *
 * @param duration - whole seconds.
 * @see https://www.twilio.com/voice/pricing
 */
export function priceOf(duration: number): string {
  return `-${(0.0025 * Math.max(1, Math.ceil(duration / 60))).toFixed(5)}`;
}
