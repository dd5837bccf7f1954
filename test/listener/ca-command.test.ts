import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeAuthority } from "../../src/listener/x509.js";
import { run } from "../support/process.js";

// Each test starts processes.
t.jobs = 2;

t.test("ca: certificate authority of an emulator on the same folder, exit 0", async (t) => {
  const folder = join(t.testdir({}), "data");
  const first = run(t, ["ca", "--data", folder]);
  t.equal(await first.ended, 0);
  t.match(first.output.stdout, /^-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n$/);
  const url = await run(t, ["--port", "0", "--data", folder]).ready;
  t.equal(await (await fetch(`${url}/_emulator/ca.pem`)).text(), first.output.stdout);
  const other = run(t, ["ca", "--data", folder, "--tls-names", "twilio"]);
  t.equal(await other.ended, 0);
  t.not(other.output.stdout, first.output.stdout);
  t.match(other.output.stderr, /^notice: new certificate authority in .*: clients must trust it again/);
});

t.test("ca with --data :memory:: one line with the operation, exit 1; with --ca-cert: that certificate", async (t) => {
  const folder = t.testdir({});
  const { output, ended } = run(t, ["ca", "--data", ":memory:"]);
  t.equal(await ended, 1);
  t.equal(
    output.stderr,
    "error: an in-memory certificate authority can only be read from the running emulator: GET /_emulator/ca.pem\n",
  );
  const { certificate, key } = await makeAuthority(["localhost"], Date.now());
  writeFileSync(join(folder, "ca.pem"), certificate);
  writeFileSync(join(folder, "ca.key"), key);
  const own = run(t, ["ca", "--data", ":memory:", "--ca-cert", join(folder, "ca.pem")], {
    EMULATOR_CA_KEY: join(folder, "ca.key"),
  });
  t.equal(await own.ended, 0);
  t.equal(own.output.stdout, certificate);
});
