import { resolve } from "node:path";
import fc from "fast-check";
import t from "tap";
import { COMMAND_NAMES, commandRow } from "../../src/config/commands.js";
import { runsProgram } from "../../src/config/flags.js";
import { helpText } from "../../src/config/help.js";
import { flagName, OPTION_ROWS } from "../../src/config/options.js";
import { readConfig } from "../../src/config/read.js";
import { StartupError } from "../../src/state/startup-error.js";
import { ACCOUNT } from "../support/emulator.js";

const read = (argv: string[], env: Record<string, string> = {}, terminal = false) =>
  readConfig(env, argv, terminal, "1.2.3");

function faultsOf(argv: string[], env: Record<string, string> = {}): readonly string[] {
  try {
    read(argv, env);
    return [];
  } catch (error) {
    if (error instanceof StartupError) return error.messages;
    throw error;
  }
}

t.test("defaults", async (t) => {
  t.same(read([]), {
    name: "serve",
    args: [],
    own: {},
    notices: [],
    config: {
      host: "127.0.0.1",
      port: 2010,
      data: resolve("data"),
      fixtures: resolve("fixtures"),
      reset: false,
      generate: 0,
      randomSeed: 1,
      retentionDays: 40,
      encryptionDetails: "documented",
      liveStatus: "documented",
      instantCalls: false,
      publicUrl: undefined,
      publicCallbacks: false,
      callbackMap: [],
      trustReceivers: false,
      publicMedia: false,
      noCors: false,
      anyAccount: false,
      clock: undefined,
      journal: 1000,
      journalAnswers: false,
      controlToken: undefined,
      controlHosts: ["host.docker.internal"],
      tlsNames: [],
      ca: undefined,
      tunnelOthers: false,
      logLevel: "warn",
      terminal: false,
      account: undefined,
      version: "1.2.3",
    },
  });
  t.equal(read([], {}, true).config.logLevel, "info", "on a terminal");
});

t.test("each option: read from its flag and its variable", async (t) => {
  for (const [option, value, key, expected] of [
    ["host", "::1", "host", "::1"],
    ["port", "0", "port", 0],
    ["data", ":memory:", "data", ":memory:"],
    ["data", "elsewhere", "data", resolve("elsewhere")],
    ["fixtures", "mine", "fixtures", resolve("mine")],
    ["generate", "1000000", "generate", 1_000_000],
    ["random-seed", "7", "randomSeed", 7],
    ["retention-days", "1", "retentionDays", 1],
    ["encryption-details", "2018", "encryptionDetails", "2018"],
    ["live-status", "detailed", "liveStatus", "detailed"],
    ["instant-calls", "true", "instantCalls", true],
    ["public-url", "https://twilio.example.com", "publicUrl", "https://twilio.example.com"],
    ["public-callbacks", "true", "publicCallbacks", true],
    [
      "callback-map",
      "https://a.example/x=http://localhost:1,http://b.example=https://c.example",
      "callbackMap",
      ["https://a.example/x=http://localhost:1", "http://b.example=https://c.example"],
    ],
    ["trust-receivers", "true", "trustReceivers", true],
    ["public-media", "true", "publicMedia", true],
    ["no-cors", "true", "noCors", true],
    ["any-account", "true", "anyAccount", true],
    ["clock", "2030-01-31", "clock", Date.UTC(2030, 0, 31)],
    ["clock", "2030-01-31T12:00:00.5+01:00", "clock", Date.UTC(2030, 0, 31, 11, 0, 0, 500)],
    ["journal", "0", "journal", 0],
    ["journal-answers", "true", "journalAnswers", true],
    ["control-token", "open sesame", "controlToken", "open sesame"],
    ["control-hosts", "A.example, b.example", "controlHosts", ["a.example", "b.example"]],
    ["tls-names", " Twilio, 10.1.2.3", "tlsNames", ["twilio", "10.1.2.3"]],
    ["tunnel-others", "true", "tunnelOthers", true],
    ["log-level", "silent", "logLevel", "silent"],
    ["reset", "TRUE", "reset", true],
    ["reset", "false", "reset", false],
    ["any-account", "yes", "anyAccount", true],
    ["any-account", "1", "anyAccount", true],
    ["any-account", "On", "anyAccount", true],
    ["any-account", "no", "anyAccount", false],
    ["any-account", "0", "anyAccount", false],
    ["any-account", "off", "anyAccount", false],
  ] as const) {
    const variable = `EMULATOR_${option.toUpperCase().replaceAll("-", "_")}`;
    t.same(read([`--${option}=${value}`]).config[key], expected, `--${option}=${value}`);
    t.same(read([], { [variable]: value }).config[key], expected, `${variable}=${value}`);
  }
  t.equal(read(["--reset"]).config.reset, true);
  t.equal(read(["--port", "1"], { EMULATOR_PORT: "2" }).config.port, 1, "the flag wins");
  t.equal(read([], { EMULATOR_PORT: "" }).config.port, 2010, "an empty variable counts as unset");
});

t.test("--help and --version beside invalid values: no error", async (t) => {
  t.equal(read(["--port", "x", "--help"]).name, "help");
  t.equal(read(["--version"], { EMULATOR_PORT: "x" }).name, "version");
});

t.test("commands", async (t) => {
  t.equal(read(["--help"]).name, "help");
  t.equal(read(["-h"]).name, "help");
  t.equal(read(["--version"]).name, "version");
  t.equal(read(["health", "--port", "1"]).name, "health");
  t.equal(read(["health", "--port", "1"]).config.port, 1);
  t.equal(read(["ca", "--data", "x"]).name, "ca");
});

t.test("run: options before the program are the emulator's, all after them the program's", async (t) => {
  for (const [argv, args, port] of [
    [["run", "--", "npm", "test"], ["npm", "test"], 0],
    [["run", "npm", "test", "--port", "1", "--help"], ["npm", "test", "--port", "1", "--help"], 0],
    [["run", "--port", "3", "--", "--port", "-x"], ["--port", "-x"], 3],
    [["--port", "3", "run", "make", "--", "all"], ["make", "--", "all"], 3],
    [["run", "--port=3", "--", "run", "--", "x"], ["run", "--", "x"], 3],
    [["--", "run", "--", "x"], ["x"], 0],
  ] as const) {
    const { name, args: program, config, own } = read([...argv]);
    t.same([name, program, config.port, config.data, config.logLevel], ["run", args, port, ":memory:", "warn"]);
    t.same(own, { har: undefined, journalOut: undefined });
  }
  t.equal(read(["run", "x"], { EMULATOR_PORT: "5" }).config.port, 5);
  t.equal(read(["run", "x"], {}, true).config.logLevel, "warn", "on a terminal");
});

t.test("flags of a command: read; elsewhere: error", async (t) => {
  t.same(read(["run", "--har", "a.har", "--journal-out=b.json", "x"]).own, { har: "a.har", journalOut: "b.json" });
  t.same(read(["env"]).own, { shell: "sh", folder: undefined });
  t.same(read(["env", "--shell", "fish"]).own, { shell: "fish", folder: undefined });
  for (const [argv, fault] of [
    [["--har", "x"], "--har is a flag of run alone"],
    [["health", "--shell=fish"], "--shell is a flag of env alone"],
    [["run", "--har=", "x"], '--har is ""; expected: a string that is not empty'],
    [["run", "--har", "--", "x"], "--har has no value"],
    [["env", "--shell", "zsh"], '--shell is "zsh"; expected: sh, fish, powershell, json'],
    [["run"], "run has no program; expected: run [options] -- <program> [argument ...]"],
    [["run", "--"], "run has no program; expected: run [options] -- <program> [argument ...]"],
    [["run", "--prot", "3", "x"], "unknown flag --prot; did you mean --port?"],
    [["rum", "--", "npm", "test"], 'unknown command "rum"; did you mean run?'],
  ] as const) {
    t.equal(faultsOf([...argv])[0], fault);
  }
});

t.test("command line that runs a program: recognized, also with errors", async (t) => {
  t.ok(runsProgram(["--nope", "run"]));
  t.notOk(runsProgram(["run", "--help"]));
  t.notOk(runsProgram(["--port", "run"]));
});

t.test("help of a command: its usage, flags, options and exit codes", async (t) => {
  t.same(read(["run", "--help"]).args, ["run"]);
  for (const name of COMMAND_NAMES) {
    const { usage, flags, options, exits } = commandRow(name);
    const help = helpText(name);
    t.ok(help.startsWith(`Usage: twilio-recordings-emulator ${usage}\n\n`), name);
    for (const flag of Object.keys(flags)) t.match(help, `  --${flagName(flag)} `);
    if (options !== "all") for (const option of options) t.match(help, `  --${flagName(option)} `);
    for (const [code, meaning] of exits)
      t.match(help, new RegExp(`^ {2}${code.replace("+", "\\+")} +${meaning}$`, "m"));
    t.match(helpText(), new RegExp(`^ {2}${name} +\\S`, "m"));
    t.notMatch(help, "`");
  }
  t.match(helpText("run"), "Other defaults here: --port 0, --data :memory:, --log-level warn\n");
});

t.test("help text: contains every option and its variable", async (t) => {
  t.equal(OPTION_ROWS.length, 28);
  for (const [name] of OPTION_ROWS) {
    const option = name.replace(/[A-Z]/g, "-$&");
    t.match(helpText(), `--${option.toLowerCase()} `);
    t.match(helpText(), `EMULATOR_${option.toUpperCase().replaceAll("-", "_")} `);
  }
  t.notMatch(helpText(), "`");
});

t.test("TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN: account added", async (t) => {
  t.same(read([], { TWILIO_ACCOUNT_SID: `AC${"A".repeat(32)}`, TWILIO_AUTH_TOKEN: "token" }).config.account, {
    sid: ACCOUNT,
    authToken: "token",
  });
});

t.test("--ca-cert with --ca-key: certificate authority; one of them alone: error", async (t) => {
  const ca = { cert: resolve("ca.pem"), key: resolve("ca.key") };
  t.same(read(["--ca-cert", "ca.pem"], { EMULATOR_CA_KEY: "ca.key" }).config.ca, ca);
  const fault = "--ca-cert and --ca-key must be given together";
  t.same(faultsOf(["--ca-cert", "ca.pem"]), [fault, "see --help"]);
  t.same(faultsOf([], { EMULATOR_CA_KEY: "ca.key" }), [fault, "see --help"]);
});

t.test("notices", async (t) => {
  t.test("TWILIO_ACCOUNT_SID without TWILIO_AUTH_TOKEN: no account, notice", async (t) => {
    const { config, notices } = read([], { TWILIO_ACCOUNT_SID: ACCOUNT });
    t.equal(config.account, undefined);
    t.same(notices, ["TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together to add an account"]);
  });
  t.test("unknown variable: notice", async (t) => {
    t.same(read([], { EMULATOR_OWNER: "1", OTHER: "2" }).notices, ["unknown variable EMULATOR_OWNER"]);
  });
  t.test("misspelt variable: notice with the nearest name", async (t) => {
    for (const [given, meant] of [
      ["EMULATOR_PROT", "EMULATOR_PORT"],
      ["EMULATOR_LOGLEVEL", "EMULATOR_LOG_LEVEL"],
      ["EMULATOR_RETENTION_DAY", "EMULATOR_RETENTION_DAYS"],
    ] as const) {
      t.same(read([], { [given]: "1" }).notices, [`unknown variable ${given}; did you mean ${meant}?`]);
    }
  });
  t.test("flags that npm consumed: one error with the correct command line", async (t) => {
    const npm = { npm_lifecycle_event: "start", npm_config_port: "true", npm_config_any_account: "true" };
    const kept = "npm took --port, --any-account as its own; put two dashes before flags: npm start -- --port …";
    t.same(faultsOf(["3000"], npm), [kept, "see --help"]);
    t.same(read([], npm).notices, [kept]);
    t.same(read([], { ...npm, npm_lifecycle_event: "emulator" }).notices, [
      "npm took --port, --any-account as its own; put two dashes before flags: npm run emulator -- --port …",
    ]);
    t.same(read([], { npm_config_port: "1" }).notices, [], "not started by npm");
    t.same(read([], { npm_lifecycle_event: "start", npm_config_loglevel: "warn" }).notices, [], "an npm option");
  });
});

t.test("errors", async (t) => {
  t.test("several errors: all reported, each with the value and the allowed values", async (t) => {
    const argv = [
      "serve",
      "--port",
      "70000",
      "--nope",
      "--encryption-details",
      "2019",
      "--log-level=loud",
      "--clock=2030-13-01",
      "--host",
      "--reset",
      "--data",
    ];
    t.same(
      faultsOf(argv, {
        EMULATOR_GENERATE: "many",
        EMULATOR_RESET: "maybe",
        TWILIO_ACCOUNT_SID: "AC1",
        TWILIO_AUTH_TOKEN: "x",
      }),
      [
        "unknown flag --nope",
        "--host has no value",
        "--data has no value",
        'unknown command "serve"; expected: run, env, health, ca, sign, verify',
        '--port is "70000"; expected: a whole number from 0 to 65535',
        'EMULATOR_RESET is "maybe"; expected: true, 1, yes, on, false, 0, no, off',
        'EMULATOR_GENERATE is "many"; expected: a whole number from 0 to 100000000',
        '--encryption-details is "2019"; expected: documented, 2018',
        '--clock is "2030-13-01"; expected: a date from 1900 to 9999 such as 2026-01-31, or with a time and its zone, 2026-01-31T12:00:00Z',
        '--log-level is "loud"; expected: silent, error, warn, info, debug, auto',
        'TWILIO_ACCOUNT_SID is "AC1"; expected: AC and 32 hexadecimal digits',
        "see --help",
      ],
    );
  });
  for (const [argv, fault] of [
    [["--host="], '--host is ""; expected: a string that is not empty'],
    [["--host", "--reset"], "--host has no value"],
    [["--port=-1"], '--port is "-1"; expected: a whole number from 0 to 65535'],
    [["--port=1.5"], '--port is "1.5"; expected: a whole number from 0 to 65535'],
    [["-x"], "unknown flag -x"],
    [["--prot", "3000"], "unknown flag --prot; did you mean --port?"],
    [["--prot=3000"], "unknown flag --prot; did you mean --port?"],
    [["health", "--prot", "3000"], "unknown flag --prot; did you mean --port?"],
    [["--prot", "health"], "unknown flag --prot; did you mean --port?"],
    [["--generate", "-5"], '--generate is "-5"; expected: a whole number from 0 to 100000000'],
    [["--any-account=maybe"], '--any-account is "maybe"; expected: true, 1, yes, on, false, 0, no, off'],
    [
      ["--clock=1899-12-31"],
      '--clock is "1899-12-31"; expected: a date from 1900 to 9999 such as 2026-01-31, or with a time and its zone, 2026-01-31T12:00:00Z',
    ],
    [
      ["--clock=9999-12-31T23:59:59-01:00"],
      '--clock is "9999-12-31T23:59:59-01:00"; expected: a date from 1900 to 9999 such as 2026-01-31, or with a time and its zone, 2026-01-31T12:00:00Z',
    ],
    [["--control-hosts=a,,b"], '--control-hosts is "a,,b"; expected: names that are not empty, separated by commas'],
    [["--tls-names=a,*.b"], '--tls-names is "a,*.b"; expected: domain names and IP addresses, separated by commas'],
    [["health", "more"], 'unknown command "more"; expected: run, env, health, ca, sign, verify'],
  ] as const) {
    t.test(argv.join(" "), async (t) => t.same(faultsOf([...argv]), [fault, "see --help"]));
  }
  t.test("random command lines: a command or a list of errors", async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("--port", "--reset", "--data=", "health", "run", "--har", "--", "-h", "--no-reset"),
    );
    fc.assert(fc.property(fc.array(word), (argv) => Array.isArray(faultsOf(argv))));
  });
});

t.test("URLs and mappings that are none: error with the option, the value and what is allowed", async (t) => {
  for (const [option, text, expected] of [
    ["public-url", "twilio.example.com", "a scheme and a host such as https://twilio.example.com"],
    ["public-url", "https://a.example/path", "a scheme and a host such as https://twilio.example.com"],
    ["public-url", "https://a:b", "a scheme and a host such as https://twilio.example.com"],
    ["callback-map", "https://a.example", "mappings such as https://app.example.com=http://localhost:3000"],
    ["callback-map", "https:///x=http://a", "mappings such as https://app.example.com=http://localhost:3000"],
    ["callback-map", "https://a=ftp://b", "mappings such as https://app.example.com=http://localhost:3000"],
  ] as const) {
    t.throws(() => read([`--${option}=${text}`]), { message: new RegExp(`--${option} is .*; expected: ${expected}`) });
  }
});
