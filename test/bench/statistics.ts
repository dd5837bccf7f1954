/** Returns the median, the upper one of an even number of values; NaN without values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Returns the median of the ratios of two series measured in pairs, with the lowest and the highest. */
export function showRatio(values: readonly number[], beside: readonly number[]): string {
  const ratios = values.map((value, turn) => value / (beside[turn] ?? Number.NaN));
  const middle = median(ratios).toFixed(2);
  return ratios.length === 1
    ? middle
    : `${middle} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

export function showNumber(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
