import { fileURLToPath } from "node:url";
import t from "tap";
import { LISTED, needs, reached, runProgram } from "../support/client-program.js";
import { ACCOUNT, numbered } from "../support/emulator.js";

const TWILIO = fileURLToPath(new URL("../../.clients/twilio-cli/node_modules/.bin/twilio", import.meta.url));

t.test("twilio-cli: HTTP_PROXY and NODE_EXTRA_CA_CERTS", needs("twilio-cli", ["test", "-x", TWILIO]), async (t) => {
  const { url, caFile, base } = await reached(t);
  const env = { ...base, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: caFile };
  const sid = numbered("05");
  const twilio = async (args: string, more = {}) => {
    const { code, stdout, stderr } = await runProgram([TWILIO, ...`api:core:recordings:${args}`.split(" ")], {
      ...env,
      ...more,
    });
    return { code, stdout: String(stdout), stderr };
  };
  const status = ({ stdout }: { stdout: string }) => JSON.parse(stdout)[0].status;

  // The first run creates its settings; parallel runs would create them too.
  t.equal(JSON.parse((await twilio("list -o json")).stdout).length, LISTED);
  const [fetched, unknown, unauthorized] = await Promise.all([
    twilio(`fetch --sid ${sid} -o json`),
    twilio(`fetch --sid RE${"f".repeat(32)}`),
    twilio(`fetch --sid ${sid}`, { TWILIO_AUTH_TOKEN: "wrong" }),
  ]);
  t.equal(status(fetched), "completed");
  t.match(unknown, {
    code: 20,
    stderr: `Error code 20404 from Twilio: The requested resource /2010-04-01/Accounts/${ACCOUNT}`,
  });
  t.match(unauthorized, { code: 20, stderr: "Error code 20003 from Twilio: Authenticate" });
  t.equal((await twilio(`remove --sid ${sid}`)).code, 0);
  const [missing, deleted] = await Promise.all([
    twilio(`fetch --sid ${sid}`),
    twilio(`fetch --sid ${sid} --include-soft-deleted -o json`),
  ]);
  t.match(missing, { code: 20, stderr: "Error code 20404 from Twilio" });
  t.equal(status(deleted), "deleted");
});
