/** Returns `; did you mean …?` with the nearest known name if it is within a typing error, else nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  const distances = known.map((name) => [distance(given, name), name] as const).sort(([one], [other]) => one - other);
  const [least, nearest] = distances[0] as readonly [number, string];
  return least <= 2 ? `; did you mean ${nearest}?` : "";
}

/** The Levenshtein distance: the number of letters to add, remove or replace. */
function distance(one: string, other: string): number {
  let row = [...Array(other.length + 1).keys()];
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (let column = 0; column < other.length; column++) {
      const [corner, above, left] = [row[column], row[column + 1], next[column]] as [number, number, number];
      next.push(Math.min(above + 1, left + 1, corner + (letter === other[column] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) as number;
}
