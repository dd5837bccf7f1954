import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isLoopback } from "../listener/address.js";
import { isCertifiable } from "../listener/names.js";
import { packagePath } from "../package-path.js";
import type { GivenAccount } from "../resources/accounts/rules.js";
import { ENCRYPTION_DETAILS, type EncryptionDetails } from "../resources/recordings/representation.js";
import { EARLIEST, LATEST } from "../state/clock.js";
import { StartupError } from "../state/startup-error.js";
import { parseSid } from "../twilio-api/request/sids.js";

/** How much is logged. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/** How an emulator runs. */
export interface Config {
  /** Address to listen on. */
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** The folder of the database, or `:memory:`. */
  data: string;
  /** The folder of the fixtures. */
  fixtures: string;
  /** Seed the database again. */
  reset: boolean;
  /** How many recordings to generate when seeding. */
  generate: number;
  randomSeed: number;
  /** Days for which a deleted recording's metadata stays. */
  retentionDays: number;
  encryptionDetails: EncryptionDetails;
  /** Whether media can be downloaded without credentials, as it was with Twilio until 2023. */
  publicMedia: boolean;
  /** Whether the CORS headers are left out. */
  noCors: boolean;
  /** Names in certificates, and that their authority vouches for, beside Twilio's and this machine's. */
  tlsNames: readonly string[];
  /** Where a certificate authority of the user's own lies, PEM files, instead of one that the emulator makes. */
  ca: { cert: string; key: string } | undefined;
  /** Whether CONNECT leads to hosts that are not Twilio's. */
  tunnelOthers: boolean;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Whether the log is read by a person. */
  terminal: boolean;
  /** Whether any AccountSid is let in with any token. */
  anyAccount: boolean;
  /** When the emulator's clock starts, in milliseconds since the Unix epoch; undefined for real time. */
  clock: number | undefined;
  /** How many requests of each account the journal keeps; 0 turns it off. */
  journal: number;
  /** What control calls must carry as a bearer token; undefined if anybody on the network may control. */
  controlToken: string | undefined;
  /** Names, beside the usual ones, by which the control API may be reached. */
  controlHosts: readonly string[];
  /** An account beside those of the fixtures. */
  account: GivenAccount | undefined;
  version: string;
}

/** What the command line asks for, and what its reader should know. */
export interface Command {
  name: "serve" | "health" | "ca" | "help" | "version";
  config: Config;
  notices: string[];
}

interface Option<T> {
  /** What stands behind the flag in the help, for instance `<folder>`; a flag without it takes no value. */
  value?: string;
  help: string;
  default: T;
  /** The value of the option's text, or undefined if it is not what `expected` says. */
  parse(text: string): T | undefined;
  expected: string;
}

const BOOLEANS = new Map([
  ...["true", "1", "yes", "on"].map((text) => [text, true] as const),
  ...["false", "0", "no", "off"].map((text) => [text, false] as const),
]);
const PACKAGE_FIXTURES = packagePath("fixtures");

const OPTIONS = {
  host: text("<address>", "127.0.0.1", "address to listen on"),
  port: integer("<number>", 2010, 65_535, "port to listen on, 0 for any free one"),
  data: text("<folder>", "data", "folder of the database, or :memory: for none"),
  fixtures: text("<folder>", PACKAGE_FIXTURES, "folder of the fixtures that a new database is seeded with"),
  reset: flag("seed the database again"),
  generate: integer("<number>", 0, 100_000_000, "recordings to generate when seeding"),
  "random-seed": integer("<number>", 1, 4_294_967_295, "where all random numbers start"),
  "retention-days": integer("<days>", 40, 36_500, "how long a deleted recording's metadata stays"),
  "encryption-details": choice(ENCRYPTION_DETAILS, "documented", "keys of encryption_details"),
  "any-account": flag("let any AccountSid in with any token, with the default recordings"),
  clock: date("when the emulator's clock starts, such as 2026-01-31T12:00:00Z; it runs on from there"),
  journal: integer("<number>", 1000, 1_000_000, "requests of each account that the journal keeps, 0 for none"),
  "control-token": text("<token>", "", "what control calls must carry as a bearer token"),
  "control-hosts": text(
    "<names>",
    "host.docker.internal",
    "names by which the control API may be reached, with commas",
  ),
  "public-media": flag("let media be downloaded without credentials, as it was until 2023"),
  "no-cors": flag("leave out the CORS headers, which let any web page call the API"),
  "tls-names": names("names, separated by commas, that certificates name as well"),
  "ca-cert": text("<file>", "", "certificate authority of your own, instead of one that is made"),
  "ca-key": text("<file>", "", "its private key"),
  "tunnel-others": flag("let CONNECT through to hosts that are not Twilio's"),
  "log-level": choice<Config["logLevel"] | "auto">(
    [...LOG_LEVELS, "auto"],
    "auto",
    "auto is info on a terminal, else warn",
  ),
} satisfies Record<string, Option<unknown>>;

/** The names of all options. */
export const OPTION_NAMES = Object.keys(OPTIONS);

const COMMANDS = ["health", "ca"] as const;

type Options = { [name in keyof typeof OPTIONS]: (typeof OPTIONS)[name]["default"] };
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the command line and the environment; a flag wins over its environment twin, an empty variable counts as unset.
 *
 * @param argv - without the program's own name.
 * @param terminal - whether the log is read by a person.
 * @throws StartupError that lists every faulty option.
 */
export function readConfig(env: Env, argv: readonly string[], terminal: boolean, version: string): Command {
  const faults: string[] = [];
  const notices: string[] = [];
  const given = readFlags(argv, env, faults, notices);
  const options = {} as Record<string, unknown>;
  for (const [name, option] of Object.entries<Option<unknown>>(OPTIONS)) {
    const variable = environmentName(name);
    const [source, value] = given.flags.has(name)
      ? ([`--${name}`, given.flags.get(name)] as const)
      : ([variable, env[variable] || undefined] as const);
    const parsed = value === undefined ? option.default : option.parse(value);
    if (parsed === undefined) faults.push(`${source} is ${JSON.stringify(value)}; expected: ${option.expected}`);
    options[name] = parsed ?? option.default;
  }
  notices.push(...unknownVariables(env));
  const account = readAccount(env, faults, notices);
  if ((options["ca-cert"] === "") !== (options["ca-key"] === "")) {
    faults.push("--ca-cert and --ca-key are a certificate authority only together");
  }
  if (options["tunnel-others"] === true && !isLoopback(String(options.host))) {
    notices.push(
      `--tunnel-others with --host ${options.host} is an open proxy: each machine that reaches it reaches the network through it`,
    );
  }
  const asksForWords = given.command === "help" || given.command === "version";
  if (faults.length > 0 && !asksForWords) throw new StartupError([...faults, "see --help"]);

  const { "random-seed": randomSeed, "retention-days": retentionDays, ...read } = options as Options;
  const {
    "encryption-details": encryptionDetails,
    "public-media": publicMedia,
    "no-cors": noCors,
    "any-account": anyAccount,
    clock,
    "control-token": controlToken,
    "control-hosts": controlHosts,
    "tls-names": tlsNames,
    "ca-cert": cert,
    "ca-key": key,
    "tunnel-others": tunnelOthers,
    "log-level": level,
    data,
    ...rest
  } = read;
  const config: Config = {
    ...rest,
    data: data === ":memory:" ? data : resolve(data),
    fixtures: resolve(rest.fixtures),
    randomSeed,
    retentionDays,
    encryptionDetails,
    publicMedia,
    noCors,
    anyAccount,
    clock: clock === "" ? undefined : Date.parse(clock),
    controlToken: controlToken || undefined,
    controlHosts: controlHosts
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
    tlsNames,
    ca: cert === "" ? undefined : { cert: resolve(cert), key: resolve(key) },
    tunnelOthers,
    logLevel: level === "auto" ? (terminal ? "info" : "warn") : level,
    terminal,
    account,
    version,
  };
  return { name: given.command, config, notices };
}

/** The text that --help prints. */
export function helpText(): string {
  const rows = Object.entries<Option<unknown>>(OPTIONS).map(([name, option]) => {
    const shown = option.default === PACKAGE_FIXTURES ? "the emulator's own" : String(option.default) || "none";
    return [`  --${name} ${option.value ?? ""}`, environmentName(name), `${option.help} (default: ${shown})`] as const;
  });
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return `Usage: twilio-recordings-emulator [options]         serve until SIGINT or SIGTERM
       twilio-recordings-emulator health [options]  ask a running one, exit 0 if it is ready
       twilio-recordings-emulator ca [options]      print the certificate authority, for clients to trust

Options, and the environment variables that stand for them (a flag wins):
${rows.map(([flag, variable, help]) => `${flag.padEnd(width(0))}  ${variable.padEnd(width(1))}  ${help}`).join("\n")}
  --help, --version

TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN adds an account with these credentials.
`;
}

function readFlags(argv: readonly string[], env: Env, faults: string[], notices: string[]) {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  };
  for (const [name, option] of Object.entries<Option<unknown>>(OPTIONS)) {
    options[name] = { type: option.value === undefined ? "boolean" : "string" };
  }
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string>();
  const words: string[] = [];
  /** Where the value of an unknown flag may be. */
  const strays = new Set<number>();
  for (const token of tokens) {
    if (token.kind === "positional" && !(strays.has(token.index) && !isCommand(token.value))) words.push(token.value);
    if (token.kind !== "option") continue;
    const type = options[token.name]?.type;
    if (type === undefined) {
      faults.push(`${token.rawName} is unknown${suggestion(token.rawName, Object.keys(options).map(flagOf))}`);
      if (token.inlineValue !== true) strays.add(token.index + 1);
    } else if (type === "string" && !hasValue(token)) faults.push(`${token.rawName} has no value`);
    else flags.set(token.name, token.value ?? "true");
  }
  const named = COMMANDS.find((name) => name === words[0]);
  const strange = words.slice(named === undefined ? 0 : 1);
  const kept = keptByNpm(env);
  if (kept === undefined) {
    for (const word of strange)
      faults.push(`${JSON.stringify(word)} is no command; expected: ${COMMANDS.join(" or ")}`);
  } else (strange.length > 0 ? faults : notices).push(kept);
  const command: Command["name"] = flags.has("help") ? "help" : flags.has("version") ? "version" : (named ?? "serve");
  return { flags, command };
}

/** A value that starts with a dash is more likely the next flag, unless it is a number or follows an equals sign. */
function hasValue({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && (inlineValue === true || /^(?!-)|^-\d/.test(value));
}

function isCommand(word: string): boolean {
  return COMMANDS.some((name) => name === word);
}

/**
 * Returns how to pass the flags that npm has kept: `npm start --port 3000` sets npm_config_port, and only 3000 reaches the
 * program.
 */
function keptByNpm(env: Env): string | undefined {
  const { npm_lifecycle_event: script } = env;
  const kept = OPTION_NAMES.filter((name) => env[npmVariable(name)] !== undefined).map(flagOf);
  if (script === undefined || kept.length === 0) return undefined;
  const command = script === "start" ? "npm start" : `npm run ${script}`;
  return `npm kept ${kept.join(", ")} for itself; flags follow two dashes: ${command} -- ${kept[0]} …`;
}

function npmVariable(option: string): string {
  return `npm_config_${option.replaceAll("-", "_")}`;
}

function flagOf(name: string): string {
  return `--${name}`;
}

function readAccount(env: Env, faults: string[], notices: string[]): GivenAccount | undefined {
  const { TWILIO_ACCOUNT_SID: given = "", TWILIO_AUTH_TOKEN: token = "" } = env;
  if (given === "" || token === "") {
    // Programs that use API keys set the one without the other.
    if (given !== token) notices.push("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN add an account only together");
    return undefined;
  }
  const sid = parseSid("AC", given);
  if (sid !== undefined) return { sid, authToken: token };
  faults.push(`TWILIO_ACCOUNT_SID is ${JSON.stringify(given)}; expected: AC and 32 hexadecimal digits`);
  return undefined;
}

/** Only a notice: other programs may have such variables, and container platforms invent some. */
function unknownVariables(env: Env): string[] {
  const known = new Set(OPTION_NAMES.map(environmentName));
  return Object.keys(env)
    .filter((name) => name.startsWith("EMULATOR_") && !known.has(name))
    .map((name) => `${name} is no option of the emulator${suggestion(name, [...known])}`);
}

/** The words of an error that name the nearest of what is known, if it is near enough to be a typing error. */
function suggestion(given: string, known: readonly string[]): string {
  const distances = known.map((name) => [distance(given, name), name] as const).sort(([one], [other]) => one - other);
  const [least, nearest] = distances[0] as readonly [number, string];
  return least <= 2 ? `; did you mean ${nearest}?` : "";
}

/** The Levenshtein distance: how many letters must be added, removed or replaced. */
function distance(one: string, other: string): number {
  let row = [...Array(other.length + 1).keys()];
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (let column = 0; column < other.length; column++) {
      const [corner, above, left] = [row[column], row[column + 1], next[column]] as [number, number, number];
      next.push(Math.min(above + 1, left + 1, corner + (letter === other[column] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) as number;
}

function environmentName(option: string): string {
  return `EMULATOR_${option.toUpperCase().replaceAll("-", "_")}`;
}

function text(value: string, preset: string, help: string): Option<string> {
  return { value, help, default: preset, parse: (given) => given || undefined, expected: value };
}

function date(help: string): Option<string> {
  const pattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
  const isInRange = (time: number) => time >= EARLIEST && time <= LATEST;
  const parse = (given: string) => (pattern.test(given) && isInRange(Date.parse(given)) ? given : undefined);
  const expected = "a date from 1900 to 9999 such as 2026-01-31, or with a time and its zone, 2026-01-31T12:00:00Z";
  return { value: "<date>", help, default: "", parse, expected };
}

function names(help: string): Option<readonly string[]> {
  const parse = (given: string) => {
    const list = given.split(",").map((name) => name.trim().toLowerCase());
    return list.every(isCertifiable) ? list : undefined;
  };
  return { value: "<names>", help, default: [], parse, expected: "domain names and IP addresses, separated by commas" };
}

function flag(help: string): Option<boolean> {
  const parse = (given: string) => BOOLEANS.get(given.toLowerCase());
  return { help, default: false, parse, expected: [...BOOLEANS.keys()].join(", ") };
}

function integer(value: string, preset: number, most: number, help: string): Option<number> {
  const parse = (given: string) => (/^\d{1,12}$/.test(given) && Number(given) <= most ? Number(given) : undefined);
  return { value, help, default: preset, parse, expected: `a whole number from 0 to ${most}` };
}

function choice<T extends string>(choices: readonly T[], preset: T, help: string): Option<T> {
  const value = `<${choices.join("|")}>`;
  return { value, help, default: preset, parse: (given) => choices.find((one) => one === given), expected: value };
}
