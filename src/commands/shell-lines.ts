import type { SHELLS } from "../config/commands.js";

type Shell = (typeof SHELLS)[number];

const FORMS: Readonly<Record<Shell, (variables: Readonly<Record<string, string>>) => string>> = {
  sh: lines((name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
  fish: lines((name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}'`),
  powershell: lines((name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`),
  json: (variables) => `${JSON.stringify(variables, null, 2)}\n`,
};

/** Returns variables as commands of a shell, or as JSON. */
export function shellLines(shell: Shell, variables: Readonly<Record<string, string>>): string {
  return FORMS[shell](variables);
}

function lines(line: (name: string, value: string) => string) {
  return (variables: Readonly<Record<string, string>>) =>
    Object.entries(variables)
      .map(([name, value]) => `${line(name, value)}\n`)
      .join("");
}
