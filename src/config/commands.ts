import { choice, type Option, text } from "./kinds.js";
import type { OptionName, OptionValues } from "./options.js";

/** The texts of a command, its flags, and what it takes. */
export interface CommandRow {
  /** The words of the usage line. */
  usage: string;
  help: string;
  /** Further lines of its help. */
  details: readonly string[];
  /** Flags of the command alone; the names are in camelCase. They have no variables. */
  flags: Readonly<Record<string, Option<unknown>>>;
  /** The options of the emulator that have an effect. */
  options: readonly OptionName[] | "all";
  /** Defaults that differ from those of the emulator. */
  defaults: Partial<OptionValues>;
  /** `program`: all words from the first one on, its flags included. */
  takes: "nothing" | "words" | "program";
  exits: readonly (readonly [code: string, meaning: string])[];
}

export const SHELLS = ["sh", "fish", "powershell", "json"] as const;

const FAILURE = ["1", "an error, such as an invalid option: one line each on standard error"] as const;
const NONE = { details: [], flags: {}, options: [], defaults: {}, takes: "nothing" } as const;
const artefact = (help: string) =>
  text<string | undefined>({ placeholder: "<file>", default: undefined, shown: "none", help });

/** The emulator itself: the command line without a command. */
export const SERVE: CommandRow = {
  ...NONE,
  usage: "[options]",
  help: "serves until SIGINT or SIGTERM; requests in progress finish. A second signal exits at once",
  options: "all",
  exits: [
    ["0", "ended by a signal"],
    ["1", `a second signal, or ${FAILURE[1]}`],
  ],
};

/** All commands. Their help and the tables of docs/options.md follow from a row. */
export const COMMANDS = {
  run: {
    ...NONE,
    usage: "run [options] -- <program> [argument ...]",
    help: "runs a program with an emulator of its own, to which the environment leads Twilio's clients",
    details: [
      "The emulator's notices and log go to standard error.",
      "Hosts other than Twilio's and this machine's get 403 from the proxy, unless NO_PROXY names them or --tunnel-others allows them.",
    ],
    flags: {
      har: artefact("HTTP archive of all requests, written at the end, also if the program fails"),
      journalOut: artefact("the same requests as JSON, as the request log shows them"),
    },
    options: "all",
    defaults: { port: 0, data: ":memory:", logLevel: "warn" },
    takes: "program",
    exits: [
      ["the program's", "the program ended by itself"],
      ["128 + n", "signal n ended the program, or the start of the emulator"],
      ["125", "an invalid option, the emulator did not start, or a file of --har or --journal-out was not written"],
      ["126", "the program cannot be executed"],
      ["127", "the program was not found"],
    ],
  },
  env: {
    ...NONE,
    usage: "env [options]",
    help: "prints the environment that leads Twilio's clients to a running emulator, for a shell to evaluate",
    details: ['For example: eval "$(twilio-recordings-emulator env)". Repeat it after a restart in memory.'],
    flags: {
      shell: choice(SHELLS, { default: "sh", help: "form of the output" }),
      folder: text<string | undefined>({
        placeholder: "<folder>",
        default: undefined,
        shown: "in the user's cache",
        help: "folder of the certificate files, which remain",
      }),
    },
    options: ["host", "port", "controlToken"],
    exits: [["0", "printed"], FAILURE],
  },
  health: {
    ...NONE,
    usage: "health [options]",
    help: "checks a running emulator",
    options: ["host", "port"],
    exits: [
      ["0", "ready"],
      ["1", "not ready, or an error"],
    ],
  },
  ca: {
    ...NONE,
    usage: "ca [options]",
    help: "prints the certificate authority, for clients to trust",
    options: ["data", "tlsNames", "caCert", "caKey"],
    exits: [["0", "printed"], FAILURE],
  },
  sign: {
    ...NONE,
    usage: "sign <url> [Name=value ...]",
    help: "prints Twilio's signature of a request, made with TWILIO_AUTH_TOKEN",
    takes: "words",
    exits: [["0", "printed"], FAILURE],
  },
  verify: {
    ...NONE,
    usage: "verify <signature> <url> [Name=value ...]",
    help: "checks a signature with TWILIO_AUTH_TOKEN, and prints the differences",
    takes: "words",
    exits: [
      ["0", "the signature of the request"],
      ["1", "another signature, or an error"],
    ],
  },
} as const satisfies Record<string, CommandRow>;

export type Subcommand = keyof typeof COMMANDS;
export type CommandName = "serve" | Subcommand | "help" | "version";

export const COMMAND_NAMES = Object.keys(COMMANDS) as Subcommand[];

/** Returns the row of a command; that of the emulator itself for every other name. */
export function commandRow(name: string | undefined): CommandRow {
  return COMMAND_NAMES.includes(name as Subcommand) ? COMMANDS[name as Subcommand] : SERVE;
}
