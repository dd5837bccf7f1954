import { StartupError } from "../state/startup-error.js";
import { type CommandName, commandRow, type SHELLS } from "./commands.js";
import { accountSidOf, type Config, completeConfig, type GivenAccount } from "./config.js";
import { type Env, readFlags } from "./flags.js";
import type { Option } from "./kinds.js";
import { suggestion } from "./nearest.js";
import { flagName, OPTION_ROWS, type OptionValues, variableName } from "./options.js";

export interface Command {
  name: CommandName;
  /** The words after the command; for `help`, the command that it explains. */
  args: string[];
  /** The values of the flags that the command alone has. */
  own: OwnValues;
  config: Config;
  notices: string[];
}

/** The values of the flags of all commands; a command has its own ones only. */
export interface OwnValues {
  har?: string;
  journalOut?: string;
  shell?: (typeof SHELLS)[number];
  folder?: string;
}

/**
 * Reads the command line and the environment. A flag overrides its variable; an empty variable counts as unset.
 *
 * @param argv - without the name of the program.
 * @throws StartupError that lists every invalid option, unless the command is `help` or `version`.
 */
export function readConfig(env: Env, argv: readonly string[], terminal: boolean, version: string): Command {
  const errors: string[] = [];
  const notices: string[] = [];
  const { flags, command: name, named, args } = readFlags(argv, env, errors, notices);
  const row = commandRow(named);
  const checked = (source: string, text: string | undefined, option: Option<unknown>, fallback: unknown) => {
    if (text === undefined) return fallback;
    const value = option.check(option.fromText(text));
    if (value === undefined) {
      errors.push(`${source} is ${JSON.stringify(text)}; expected: ${option.expectedText ?? option.expected}`);
    }
    return value ?? fallback;
  };
  const values = OPTION_ROWS.map(([name, option]) => {
    const flag = flagName(name);
    const variable = variableName(name);
    const [source, text] = flags.has(flag) ? [`--${flag}`, flags.get(flag)] : [variable, env[variable] || undefined];
    return [name, checked(source, text, option, row.defaults[name] ?? option.default)] as const;
  });
  const own = Object.entries(row.flags).map(([name, option]) => {
    const flag = flagName(name);
    return [name, checked(`--${flag}`, flags.get(flag), option, option.default)] as const;
  });
  notices.push(...unknownVariables(env));
  const added = { terminal, account: readAccount(env, errors, notices), version };
  const complete = Object.fromEntries(values) as OptionValues;
  const config = completeConfig(complete, added, errors, (name) => `--${flagName(name)}`);
  if (errors.length > 0 && name !== "help" && name !== "version") throw new StartupError([...errors, "see --help"]);
  const subject = name === "help" && named !== undefined ? [named] : args;
  return { name, args: subject, own: Object.fromEntries(own), config, notices };
}

function readAccount(env: Env, errors: string[], notices: string[]): GivenAccount | undefined {
  const { TWILIO_ACCOUNT_SID: given = "", TWILIO_AUTH_TOKEN: authToken = "" } = env;
  if (given === "" || authToken === "") {
    // Only a notice: programs that use API keys set one without the other.
    if (given !== authToken)
      notices.push("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together to add an account");
    return undefined;
  }
  const sid = accountSidOf(given);
  if (sid !== undefined) return { sid, authToken };
  errors.push(`TWILIO_ACCOUNT_SID is ${JSON.stringify(given)}; expected: AC and 32 hexadecimal digits`);
  return undefined;
}

/** Notices, not errors: other programs may use such variables, and container platforms add some. */
function unknownVariables(env: Env): string[] {
  const known = OPTION_ROWS.map(([name]) => variableName(name));
  return Object.keys(env)
    .filter((name) => name.startsWith("EMULATOR_") && !known.includes(name))
    .map((name) => `unknown variable ${name}${suggestion(name, known)}`);
}
