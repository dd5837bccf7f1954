import { COMMAND_NAMES, COMMANDS, type CommandRow, commandRow, SERVE } from "./commands.js";
import type { Option } from "./kinds.js";
import { flagName, OPTION_ROWS, OPTIONS, variableName } from "./options.js";

const PROGRAM = "twilio-recordings-emulator";

/**
 * Returns the text that --help prints.
 *
 * @param command - the name of a command; omitted: the emulator itself.
 */
export function helpText(command?: string): string {
  return command === undefined ? emulatorHelp() : commandHelp(commandRow(command));
}

function emulatorHelp(): string {
  const commands = COMMAND_NAMES.map((name) => [name, COMMANDS[name].help]);
  return `Usage: ${PROGRAM} ${SERVE.usage}
       ${PROGRAM} <command> [options]

Without a command, it ${SERVE.help}.

Commands (${PROGRAM} <command> --help explains one):
${columns(commands)}

Options, and their environment variables (a flag overrides its variable):
${optionColumns(OPTION_ROWS)}
  --help, --version

TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN adds an account with these credentials.

Exit codes:
${columns(SERVE.exits)}
`;
}

function commandHelp({ usage, help, details, flags, options, defaults, exits }: CommandRow): string {
  const own = Object.entries(flags).map(([name, option]) => [flagUsage(name, option), meaningOf(option)]);
  const changed = Object.entries(defaults).map(([name, value]) => `--${flagName(name)} ${value}`);
  const rows = options === "all" ? [] : options.map((name) => [name, OPTIONS[name]] as const);
  const parts = [
    `Usage: ${PROGRAM} ${usage}`,
    [`${help.charAt(0).toUpperCase()}${help.slice(1)}.`, ...details].join("\n"),
    ...(own.length > 0 ? [`Options of this command:\n${columns(own)}`] : []),
    ...(options === "all"
      ? [`Options of the emulator: see ${PROGRAM} --help. Other defaults here: ${changed.join(", ")}`]
      : []),
    ...(rows.length > 0
      ? [`Options, and their environment variables (a flag overrides its variable):\n${optionColumns(rows)}`]
      : []),
    `Exit codes:\n${columns(exits)}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function optionColumns(rows: readonly (readonly [string, Option<unknown>])[]): string {
  return columns(rows.map(([name, option]) => [flagUsage(name, option), variableName(name), meaningOf(option)]));
}

/** Indents rows, and aligns all columns but the last. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  ) as number[];
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] as number))).join("  "),
  );
  return lines.map((line) => `  ${line}`).join("\n");
}

function meaningOf(option: Option<unknown>): string {
  return `${option.help} (default: ${shownDefault(option)})`.replaceAll("`", "");
}

/** Returns a flag with its value: `--data <folder>`. */
export function flagUsage(name: string, { placeholder }: Option<unknown>): string {
  return `--${flagName(name)}${placeholder === undefined ? "" : ` ${placeholder}`}`;
}

/** Returns the default in words, or as code if it is a value. */
export function shownDefault(option: Option<unknown>): string {
  return option.shown ?? `\`${option.default}\``;
}
