import { parseArgs } from "node:util";
import { COMMAND_NAMES, COMMANDS, type CommandName, commandRow, type Subcommand } from "./commands.js";
import { suggestion } from "./nearest.js";
import { flagName, OPTION_ROWS } from "./options.js";

export type Env = Readonly<Record<string, string | undefined>>;

type Token = ReturnType<typeof tokensOf>[number];

/** Reads the command and the text of each flag, without checking the texts. */
export function readFlags(argv: readonly string[], env: Env, errors: string[], notices: string[]) {
  const types = flagTypes();
  const { tokens, program } = splitProgram(tokensOf(argv, types), argv, types);
  const flags = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const type = types[token.name]?.type;
    if (type === undefined) {
      const known = Object.keys(types).map((name) => `--${name}`);
      errors.push(`unknown flag ${token.rawName}${suggestion(token.rawName, known)}`);
    } else if (type === "string" && !hasValue(token)) errors.push(`${token.rawName} has no value`);
    else flags.set(token.name, token.value ?? "true");
  }
  const words = wordsOf(tokens, types);
  const named = COMMAND_NAMES.find((name) => name === words[0]);
  const { takes, usage } = commandRow(named);
  const rest = words.slice(named === undefined ? 0 : 1);
  const unknown = takes === "nothing" ? rest[0] : undefined;
  if (takes === "program" && program.length === 0) errors.push(`${named} has no program; expected: ${usage}`);
  errors.push(...foreignFlags(flags, named));
  const kept = keptByNpm(env);
  if (kept !== undefined) (unknown === undefined ? notices : errors).push(kept);
  else if (unknown !== undefined) errors.push(unknownCommand(unknown));
  const command: CommandName = flags.has("help") ? "help" : flags.has("version") ? "version" : (named ?? "serve");
  return { flags, command, named, args: takes === "program" ? program : takes === "words" ? rest : [] };
}

/** Returns whether a command line runs a program, whose exit codes must differ from the emulator's. */
export function runsProgram(argv: readonly string[]): boolean {
  return readFlags(argv, {}, [], []).command === "run";
}

function flagTypes(): Record<string, { type: "string" | "boolean"; short?: string }> {
  const own = Object.values(COMMANDS).flatMap(({ flags }) => Object.entries(flags));
  const rows = [...OPTION_ROWS, ...own].map(
    ([name, { placeholder }]) =>
      [flagName(name), { type: placeholder === undefined ? "boolean" : "string" } as const] as const,
  );
  return { help: { type: "boolean", short: "h" }, version: { type: "boolean" }, ...Object.fromEntries(rows) };
}

function tokensOf(argv: readonly string[], options: ReturnType<typeof flagTypes>) {
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** Ends the tokens before the program of a command that takes one: it begins after two dashes, or at the first word. */
function splitProgram(tokens: Token[], argv: readonly string[], types: ReturnType<typeof flagTypes>) {
  const words = positionals(tokens, types);
  const named = words[0];
  if (named === undefined || commandRow(named.value).takes !== "program") return { tokens, program: [] };
  const dashes = tokens.find(({ kind, index }) => kind === "option-terminator" && index > named.index);
  const end = Math.min(dashes?.index ?? argv.length, words[1]?.index ?? argv.length);
  return {
    tokens: tokens.filter(({ index }) => index < end),
    program: argv.slice(argv[end] === "--" ? end + 1 : end),
  };
}

function wordsOf(tokens: Token[], types: ReturnType<typeof flagTypes>): string[] {
  return positionals(tokens, types).map(({ value }) => value);
}

/** Returns the words, without those that may be the value of an unknown flag. */
function positionals(tokens: Token[], types: ReturnType<typeof flagTypes>) {
  const strays = new Set(
    tokens.flatMap((token) =>
      token.kind === "option" && types[token.name] === undefined && token.inlineValue !== true ? [token.index + 1] : [],
    ),
  );
  return tokens
    .filter((token) => token.kind === "positional")
    .filter(({ index, value }) => !strays.has(index) || COMMAND_NAMES.includes(value as Subcommand));
}

/** A value that starts with a dash is more likely the next flag, unless it is a number or follows an equals sign. */
function hasValue({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && (inlineValue === true || /^(?!-)|^-\d/.test(value));
}

/** Returns an error for each flag of another command. */
function foreignFlags(flags: ReadonlyMap<string, string>, named: Subcommand | undefined): string[] {
  const isOwn = (name: string, command: Subcommand) =>
    Object.keys(COMMANDS[command].flags).map(flagName).includes(name);
  return [...flags.keys()].flatMap((name) => {
    const owners = COMMAND_NAMES.filter((command) => isOwn(name, command));
    if (owners.length === 0 || owners.some((owner) => owner === named)) return [];
    return [`--${name} is a flag of ${owners.join(" and ")} alone`];
  });
}

function unknownCommand(word: string): string {
  const nearest = suggestion(word, COMMAND_NAMES);
  return `unknown command ${JSON.stringify(word)}${nearest || `; expected: ${COMMAND_NAMES.join(", ")}`}`;
}

/** `npm start --port 3000` sets npm_config_port, and only 3000 reaches the program. */
function keptByNpm(env: Env): string | undefined {
  const { npm_lifecycle_event: script } = env;
  const kept = OPTION_ROWS.map(([name]) => flagName(name)).filter(
    (flag) => env[`npm_config_${flag.replaceAll("-", "_")}`] !== undefined,
  );
  if (script === undefined || kept.length === 0) return undefined;
  const command = script === "start" ? "npm start" : `npm run ${script}`;
  const flags = kept.map((flag) => `--${flag}`);
  return `npm took ${flags.join(", ")} as its own; put two dashes before flags: ${command} -- ${flags[0]} …`;
}
