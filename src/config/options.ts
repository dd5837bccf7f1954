import { packagePath } from "../package-path.js";
import { certifiableNames, choice, date, flag, integer, mappings, names, type Option, origin, text } from "./kinds.js";

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/**
 * All options. The flag (`--random-seed`), the variable (`EMULATOR_RANDOM_SEED`), the property in `startEmulator(options)`
 * (`randomSeed`), the help and the table of docs/options.md follow from a row.
 */
export const OPTIONS = {
  host: text({ placeholder: "<address>", default: "127.0.0.1", help: "address to listen on" }),
  port: integer(65_535, { default: 2010, help: "port to listen on; 0 picks a free one and prints it" }),
  data: text({ placeholder: "<folder>", default: "data", help: "folder of the database, or `:memory:`" }),
  fixtures: text({
    placeholder: "<folder>",
    default: packagePath("fixtures"),
    shown: "the emulator's own",
    help: "folder of the fixtures that a new database is seeded with",
  }),
  reset: flag("seed the database again"),
  generate: integer(100_000_000, { default: 0, help: "recordings to generate when seeding" }),
  randomSeed: integer(4_294_967_295, { default: 1, help: "start of all random numbers, request ids included" }),
  retentionDays: integer(36_500, {
    placeholder: "<days>",
    default: 40,
    help: "days for which a soft-deleted recording's metadata remains",
  }),
  encryptionDetails: choice(["documented", "2018"], {
    default: "documented",
    help: "keys of `encryption_details`: the documented ones, or those of a response recorded in 2018",
  }),
  liveStatus: choice(["documented", "detailed"], {
    default: "documented",
    help: "status of a recording under way in fetch and list: `processing`, as documented, or the detailed one",
  }),
  instantCalls: flag("let calls and recordings take no time: they end, and are processed, as soon as they begin"),
  publicUrl: origin({
    default: undefined,
    shown: "those of the request",
    help: "scheme and host of the emulator in the URLs of callbacks, such as `https://twilio.example.com`",
  }),
  publicCallbacks: flag("send callbacks to public hosts too, except link-local addresses and metadata services"),
  callbackMap: mappings({
    default: [],
    shown: "none",
    help: "callback URLs to request elsewhere, separated by commas: `https://app.example.com=http://localhost:3000`",
  }),
  trustReceivers: flag("accept any certificate of the receivers of callbacks"),
  anyAccount: flag("accept any AccountSid with any token; a new one gets the default recordings"),
  clock: date({
    default: undefined,
    shown: "real time",
    help: "start of the emulator's clock, such as `2026-01-31T12:00:00Z`, from 1900 to 9999; it runs on from there",
  }),
  journal: integer(1_000_000, {
    default: 1000,
    help: "requests that the request log keeps for each account; 0 turns it off",
  }),
  journalAnswers: flag("keep answers in the request log, also while no inspector is open"),
  controlToken: text<string | undefined>({
    placeholder: "<token>",
    default: undefined,
    shown: "none",
    help: "bearer token that control calls must send; the variable keeps it out of the process list",
  }),
  controlHosts: names({
    default: ["host.docker.internal"],
    help: "host names that reach the control API, separated by commas",
  }),
  publicMedia: flag("serve media without credentials, as for accounts from before 2023"),
  noCors: flag("omit the CORS headers, which let any web page call the API"),
  tlsNames: certifiableNames({
    default: [],
    shown: "none",
    help: "more names for certificates, separated by commas: `twilio,10.1.2.3`",
  }),
  caCert: text<string | undefined>({
    placeholder: "<file>",
    default: undefined,
    shown: "made in the data folder",
    help: "certificate authority of your own, a PEM file",
  }),
  caKey: text<string | undefined>({
    placeholder: "<file>",
    default: undefined,
    shown: "made in the data folder",
    help: "its private key, a PEM file",
  }),
  tunnelOthers: flag(
    "as a proxy, connect to hosts other than Twilio's API, except link-local addresses and metadata services",
  ),
  logLevel: choice([...LOG_LEVELS, "auto"], {
    placeholder: "<level>",
    default: "auto",
    help: "`silent`, `error`, `warn`, `info` (one line per request) or `debug`; `auto` is `info` on a terminal, else `warn`",
  }),
} satisfies Record<string, Option<unknown>>;

type Options = typeof OPTIONS;
export type OptionName = keyof Options;

export type OptionValues = { [Name in OptionName]: Options[Name]["default"] };

/** The values as a TypeScript program passes them. */
export type GivenOptions = { [Name in OptionName]?: NonNullable<ReturnType<Options[Name]["fromText"]>> };

export const OPTION_ROWS = Object.entries(OPTIONS) as [OptionName, Option<unknown>][];

/** Returns the name of an option without the dashes before it: `random-seed`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the name of an option's environment variable: `EMULATOR_RANDOM_SEED`. */
export function variableName(option: string): string {
  return `EMULATOR_${flagName(option).toUpperCase().replaceAll("-", "_")}`;
}
