import { inspect } from "node:util";
import { StartupError } from "../state/startup-error.js";
import { accountSidOf, type Config, completeConfig, type GivenAccount } from "./config.js";
import { suggestion } from "./nearest.js";
import { type GivenOptions, OPTION_ROWS, OPTIONS, type OptionValues } from "./options.js";

const DEFAULTS: GivenOptions = { port: 0, data: ":memory:", logLevel: "silent" };

/**
 * Checks the options of an emulator in this process.
 *
 * @throws StartupError that lists every invalid option.
 */
export function checkOptions(given: GivenOptions & { account?: GivenAccount }, version: string): Config {
  const errors: string[] = [];
  const { account, ...options } = given;
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      errors.push(`unknown option ${JSON.stringify(name)}${suggestion(name, Object.keys(OPTIONS))}`);
    }
  }
  const values = OPTION_ROWS.map(([name, option]) => {
    const value = options[name] ?? DEFAULTS[name];
    if (value === undefined) return [name, option.default] as const;
    const checked = option.check(value);
    if (checked === undefined) errors.push(`${name} is ${printed(value)}; expected: ${option.expected}`);
    return [name, checked ?? option.default] as const;
  });
  const added = { terminal: false, account: account && checkAccount(account, errors), version };
  const config = completeConfig(Object.fromEntries(values) as OptionValues, added, errors, (name) => name);
  if (errors.length > 0) throw new StartupError(errors);
  return config;
}

function checkAccount({ sid: given, authToken }: GivenAccount, errors: string[]): GivenAccount | undefined {
  const sid = accountSidOf(given);
  if (sid === undefined) errors.push(`account.sid is ${printed(given)}; expected: AC and 32 hexadecimal digits`);
  // The value is not printed: it may be a credential.
  const hasToken = typeof authToken === "string" && authToken !== "";
  if (!hasToken) errors.push("account.authToken is wrong; expected: a string that is not empty");
  return sid === undefined || !hasToken ? undefined : { sid, authToken };
}

function printed(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity });
}
