import { execFileSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { shellLines } from "../../src/commands/shell-lines.js";
import { needs } from "../support/client-program.js";

const HARD = { A: "it's", B: 'a "b" $HOME `c` \\ \\\' \\\\', C: "" };

for (const [shell, command, options] of [
  ["sh", "sh", { skip: false }],
  ["fish", "fish", needs("fish", ["fish", "--version"])],
] as const) {
  t.test(`${shell}: sets the values exactly`, options, async (t) => {
    const code = `${shellLines(shell, HARD)}printf '%s\\0' "$A" "$B" "$C"`;
    t.same(execFileSync(command, ["-c", code], { encoding: "utf8" }).split("\0").slice(0, 3), Object.values(HARD));
  });
}

t.test("sh, any values: sets them exactly", async () => {
  const value = fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "a", " ", "\n", "é", "!") });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const names = values.map((_, index) => `V${index}`);
      const set = Object.fromEntries(names.map((name, index) => [name, values[index] as string]));
      const code = `${shellLines("sh", set)}printf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
      const printed = execFileSync("sh", ["-c", code], { encoding: "utf8" }).split("\0").slice(0, -1);
      return printed.every((one, index) => one === values[index]) && printed.length === values.length;
    }),
    { numRuns: 20 },
  );
});

t.test("PowerShell: quotes doubled; JSON: an object", async (t) => {
  t.equal(shellLines("powershell", { A: "it's", B: "$b" }), "$env:A = 'it''s'\n$env:B = '$b'\n");
  t.same(JSON.parse(shellLines("json", HARD)), HARD);
});
