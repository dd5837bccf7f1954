/**
 * Returns Twilio's price of a transcription: five US cents for each minute begun, also of a failed one.
 *
 * @param duration - whole seconds; null before the transcription ends.
 * @see https://www.twilio.com/voice/pricing
 */
export function transcriptionPriceOf(duration: number | null): string {
  const minutes = Math.ceil((duration ?? 0) / 60);
  return `${minutes > 0 ? "-" : ""}${(0.05 * minutes).toFixed(5)}`;
}
