import { resolve } from "node:path";
import type { LOG_LEVELS, OptionValues } from "./options.js";

/** Credentials of an account that is added to those of the fixtures. */
export interface GivenAccount {
  sid: string;
  authToken: string;
}

/** The checked options, with properties of the process. */
export interface Config extends Omit<OptionValues, "caCert" | "caKey" | "logLevel"> {
  /** PEM files of the user's own certificate authority; without them the emulator makes one. */
  ca: { cert: string; key: string } | undefined;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Whether the log goes to a terminal. */
  terminal: boolean;
  /** File descriptor of the log: standard error for `run`, whose standard output is the program's. Omitted: standard output. */
  logFile?: 2;
  account: GivenAccount | undefined;
  version: string;
}

/**
 * Combines options that belong together and makes paths absolute.
 *
 * @param errors - gets the errors of combinations.
 * @param nameOf - returns an option's name for error messages.
 */
export function completeConfig(
  { caCert, caKey, logLevel, ...values }: OptionValues,
  added: Pick<Config, "terminal" | "account" | "version">,
  errors: string[],
  nameOf: (option: string) => string,
): Config {
  if ((caCert === undefined) !== (caKey === undefined)) {
    errors.push(`${nameOf("caCert")} and ${nameOf("caKey")} must be given together`);
  }
  return {
    ...values,
    data: values.data === ":memory:" ? values.data : resolve(values.data),
    fixtures: resolve(values.fixtures),
    ca: caCert === undefined || caKey === undefined ? undefined : { cert: resolve(caCert), key: resolve(caKey) },
    logLevel: logLevel === "auto" ? (added.terminal ? "info" : "warn") : logLevel,
    ...added,
  };
}

/** Returns an AccountSid as Twilio writes it, with lower-case digits; undefined if `text` is not one. */
export function accountSidOf(text: unknown): string | undefined {
  if (typeof text !== "string" || !/^AC[0-9a-fA-F]{32}$/.test(text)) return undefined;
  return `AC${text.slice(2).toLowerCase()}`;
}
