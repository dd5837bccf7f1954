import { resolve } from "node:path";
import fc from "fast-check";
import t from "tap";
import { checkOptions } from "../../src/config/check.js";
import type { Config } from "../../src/config/config.js";
import { OPTION_ROWS, OPTIONS } from "../../src/config/options.js";
import { readConfig } from "../../src/config/read.js";
import { EARLIEST, LATEST } from "../../src/state/clock.js";
import { StartupError } from "../../src/state/startup-error.js";
import { ACCOUNT } from "../support/emulator.js";

const check = (options: Record<string, unknown>): Config => checkOptions(options, "1.2.3");

function faultsOf(options: Record<string, unknown>): readonly string[] {
  try {
    check(options);
    return [];
  } catch (error) {
    if (error instanceof StartupError) return error.messages;
    throw error;
  }
}

t.test("defaults in process: those of the command line, but a free port, in memory and silent", async (t) => {
  const { config } = readConfig({}, [], false, "1.2.3");
  t.same(check({}), { ...config, port: 0, data: ":memory:", logLevel: "silent" });
  t.same(check({ host: undefined, account: undefined }), check({}), "undefined counts as omitted");
});

t.test("numbers, booleans and arrays as values: accepted", async (t) => {
  t.match(
    check({
      port: 2010,
      data: "elsewhere",
      reset: true,
      noCors: false,
      clock: "2030-01-31",
      controlHosts: ["A.example", "b"],
      tlsNames: ["Twilio", "10.1.2.3"],
      encryptionDetails: "2018",
      logLevel: "auto",
      caCert: "ca.pem",
      caKey: "ca.key",
      account: { sid: `AC${"A".repeat(32)}`, authToken: "token" },
    }),
    {
      port: 2010,
      data: resolve("elsewhere"),
      reset: true,
      noCors: false,
      clock: Date.UTC(2030, 0, 31),
      controlHosts: ["a.example", "b"],
      tlsNames: ["twilio", "10.1.2.3"],
      encryptionDetails: "2018",
      logLevel: "warn",
      ca: { cert: resolve("ca.pem"), key: resolve("ca.key") },
      account: { sid: ACCOUNT, authToken: "token" },
    },
  );
  t.same(check({ controlHosts: [], tlsNames: [] }).controlHosts, []);
});

t.test("invalid value: error with the option, the value and the allowed values", async (t) => {
  for (const [options, fault] of [
    [{ port: "1" }, 'port is "1"; expected: a whole number from 0 to 65535'],
    [{ port: -1 }, "port is -1; expected: a whole number from 0 to 65535"],
    [{ port: 1.5 }, "port is 1.5; expected: a whole number from 0 to 65535"],
    [{ generate: 1n }, "generate is 1n; expected: a whole number from 0 to 100000000"],
    [{ reset: "true" }, 'reset is "true"; expected: true or false'],
    [{ host: "" }, 'host is ""; expected: a string that is not empty'],
    [{ data: null }, undefined],
    [{ clock: new Date(0) }, /^clock is 1970-01-01T00:00:00.000Z; expected: a date from 1900 to 9999/],
    [{ tlsNames: "a,b" }, 'tlsNames is "a,b"; expected: an array of domain names and IP addresses'],
    [{ tlsNames: ["*.b"] }, "tlsNames is [ '*.b' ]; expected: an array of domain names and IP addresses"],
    [{ controlHosts: ["a", 1] }, "controlHosts is [ 'a', 1 ]; expected: an array of names that are not empty"],
    [{ logLevel: "loud" }, 'logLevel is "loud"; expected: silent, error, warn, info, debug, auto'],
    [{ caKey: "ca.key" }, "caCert and caKey must be given together"],
    [{ prot: 1 }, 'unknown option "prot"; did you mean port?'],
    [{ "random-seed": 1 }, 'unknown option "random-seed"; did you mean randomSeed?'],
    [{ toString: 1 }, 'unknown option "toString"'],
    [{ account: { sid: "AC1", authToken: "x" } }, 'account.sid is "AC1"; expected: AC and 32 hexadecimal digits'],
    [{ account: { sid: ACCOUNT, authToken: 7 } }, "account.authToken is wrong; expected: a string that is not empty"],
    [{ account: { sid: ACCOUNT } }, "account.authToken is wrong; expected: a string that is not empty"],
  ] as const) {
    const faults = faultsOf(options);
    if (fault === undefined) t.same(faults, []);
    else t.match(faults, [fault]);
    t.ok(faults.length <= 1);
  }
  t.equal(faultsOf({ port: -1, nope: 1, account: {} }).length, 4, "all at once");
});

t.test("tlsNames: domain names without wildcards, and IP addresses", async (t) => {
  const { check } = OPTIONS.tlsNames;
  for (const name of ["twilio", "a.example", "1.2.3.4", "::1", "a-b", "A"]) {
    t.same(check([name]), [name.toLowerCase()], name);
  }
  for (const name of ["", "*.example", "a b", "-a", "a..b", `${"a".repeat(64)}`, "a/b"]) {
    t.equal(check([name]), undefined, name);
  }
});

t.test("first and last time of the option clock: those of the clock", async (t) => {
  for (const time of [EARLIEST, LATEST]) t.equal(OPTIONS.clock.check(new Date(time).toISOString()), time);
  t.equal(OPTIONS.clock.check("1899-12-31T23:59:59.999Z"), undefined);
});

t.test("random values of all options: a config or a list of errors", async () => {
  const names = fc.constantFrom(...OPTION_ROWS.map(([name]) => name), "account");
  fc.assert(fc.property(fc.dictionary(names, fc.anything()), (options) => Array.isArray(faultsOf(options))));
});
