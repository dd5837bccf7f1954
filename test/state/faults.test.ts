import fc from "fast-check";
import t from "tap";
import { matchesPattern } from "../../src/state/faults.js";

/** Reference implementation: `*` matches nothing, or one more character. */
function slowlyMatches(pattern: string, path: string): boolean {
  if (pattern === "") return path === "";
  if (pattern.startsWith("*")) {
    return slowlyMatches(pattern.slice(1), path) || (path !== "" && slowlyMatches(pattern, path.slice(1)));
  }
  return path !== "" && pattern[0] === path[0] && slowlyMatches(pattern.slice(1), path.slice(1));
}

t.test("short path patterns and paths: same result as the reference implementation", async () => {
  const text = (alphabet: string[]) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });
  fc.assert(
    fc.property(
      text(["a", "b", "*"]),
      text(["a", "b"]),
      (pattern, path) => matchesPattern(pattern, path) === slowlyMatches(pattern, path),
    ),
    { numRuns: 5000 },
  );
  // Most of the pairs above do not match; here a path is the pattern with its stars replaced.
  fc.assert(
    fc.property(
      fc.array(text(["a", "b"]), { maxLength: 5 }),
      fc.array(text(["a", "b"]), { minLength: 5 }),
      (parts, texts) =>
        matchesPattern(
          parts.join("*"),
          parts.map((part, index) => (index === 0 ? part : `${texts[index - 1]}${part}`)).join(""),
        ),
    ),
  );
});

t.test("path pattern without a star: matches the equal path only, no special characters", async (t) => {
  t.ok(matchesPattern("/a.b", "/a.b"));
  t.notOk(matchesPattern("/a.b", "/axb"));
  t.notOk(matchesPattern("/a", "/a/"));
  t.ok(matchesPattern("/*", "/\n"));
  t.notOk(matchesPattern("/ab*ba", "/aba"), "the parts around a star do not overlap");
});

t.test("path pattern with 200 stars, long path: no backtracking", async (t) => {
  t.notOk(matchesPattern(`/${"*a".repeat(200)}*!`, `/${"a".repeat(16_000)}`));
  t.ok(matchesPattern(`/${"*a".repeat(200)}*!`, `/${"a".repeat(16_000)}!`));
});
