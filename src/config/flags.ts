import { parseArgs } from "node:util";
import { suggestion } from "./nearest.js";
import { flagName, OPTION_ROWS } from "./options.js";

export type Env = Readonly<Record<string, string | undefined>>;

const COMMANDS = ["health", "ca", "sign", "verify"] as const;
/** Their words are their arguments. */
const WITH_ARGUMENTS: ReadonlySet<string | undefined> = new Set(["sign", "verify"]);

export type CommandName = "serve" | (typeof COMMANDS)[number] | "help" | "version";

/** Reads the command and the text of each flag, without checking the texts. */
export function readFlags(argv: readonly string[], env: Env, errors: string[], notices: string[]) {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  };
  for (const [name, { placeholder }] of OPTION_ROWS) {
    options[flagName(name)] = { type: placeholder === undefined ? "boolean" : "string" };
  }
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string>();
  const words: string[] = [];
  /** Indexes of words that may be the value of an unknown flag. */
  const strays = new Set<number>();
  for (const token of tokens) {
    if (token.kind === "positional" && !(strays.has(token.index) && !isCommand(token.value))) words.push(token.value);
    if (token.kind !== "option") continue;
    const type = options[token.name]?.type;
    if (type === undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      errors.push(`unknown flag ${token.rawName}${suggestion(token.rawName, known)}`);
      if (token.inlineValue !== true) strays.add(token.index + 1);
    } else if (type === "string" && !hasValue(token)) errors.push(`${token.rawName} has no value`);
    else flags.set(token.name, token.value ?? "true");
  }
  const named = COMMANDS.find((name) => name === words[0]);
  const rest = words.slice(named === undefined ? 0 : 1);
  const [args, unknown] = WITH_ARGUMENTS.has(named) ? [rest, []] : [[], rest];
  const kept = keptByNpm(env);
  if (kept === undefined) {
    const commands = COMMANDS.join(", ");
    errors.push(...unknown.map((word) => `unknown command ${JSON.stringify(word)}; expected: ${commands}`));
  } else (unknown.length > 0 ? errors : notices).push(kept);
  const command: CommandName = flags.has("help") ? "help" : flags.has("version") ? "version" : (named ?? "serve");
  return { flags, command, args };
}

/** A value that starts with a dash is more likely the next flag, unless it is a number or follows an equals sign. */
function hasValue({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && (inlineValue === true || /^(?!-)|^-\d/.test(value));
}

function isCommand(word: string): boolean {
  return COMMANDS.some((name) => name === word);
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
