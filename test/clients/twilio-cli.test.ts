import { fileURLToPath } from "node:url";
import t from "tap";
import { LISTED, needs, reached, reachedFrozen, runProgram } from "../support/client-program.js";
import { ACCOUNT, numbered } from "../support/emulator.js";

const TWILIO = fileURLToPath(new URL("../../.clients/twilio-cli/node_modules/.bin/twilio", import.meta.url));

const CLI = needs("twilio-cli", ["test", "-x", TWILIO]);

/** Returns the function that runs a command of the API. */
function commandsOf({ url, caFile, base }: Pick<Awaited<ReturnType<typeof reached>>, "url" | "caFile" | "base">) {
  return async (command: string, more = {}) => {
    const env = { ...base, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: caFile, ...more };
    const { code, stdout, stderr } = await runProgram([TWILIO, ...`api:core:${command}`.split(" ")], env);
    return { code, stdout: String(stdout), stderr };
  };
}

/** Returns what a command printed with `-o json`. */
function printed({ stdout, stderr }: { stdout: string; stderr: string }): Record<string, unknown>[] {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test("twilio-cli: HTTP_PROXY and NODE_EXTRA_CA_CERTS", CLI, async (t) => {
  const twilio = commandsOf(await reached(t));
  const sid = numbered("05");

  // The first run creates its settings; parallel runs would create them too.
  t.equal(printed(await twilio("recordings:list -o json")).length, LISTED);
  const [fetched, unknown, unauthorized] = await Promise.all([
    twilio(`recordings:fetch --sid ${sid} -o json`),
    twilio(`recordings:fetch --sid RE${"f".repeat(32)}`),
    twilio(`recordings:fetch --sid ${sid}`, { TWILIO_AUTH_TOKEN: "wrong" }),
  ]);
  t.match(printed(fetched), [{ status: "completed" }]);
  t.match(unknown, {
    code: 20,
    stderr: `Error code 20404 from Twilio: The requested resource /2010-04-01/Accounts/${ACCOUNT}`,
  });
  t.match(unauthorized, { code: 20, stderr: "Error code 20003 from Twilio: Authenticate" });
  t.equal((await twilio(`recordings:remove --sid ${sid}`)).code, 0);
  const [missing, deleted] = await Promise.all([
    twilio(`recordings:fetch --sid ${sid}`),
    twilio(`recordings:fetch --sid ${sid} --include-soft-deleted -o json`),
  ]);
  t.match(missing, { code: 20, stderr: "Error code 20404 from Twilio" });
  t.match(printed(deleted), [{ status: "deleted" }]);
});

t.test("twilio-cli: live call, recorded", CLI, async (t) => {
  const { turn, ...emulator } = await reachedFrozen(t);
  const twilio = commandsOf(emulator);
  const create = "calls:create --to +14155551212 --from +12025550100 --url https://example.com/voice.xml -o json";
  const [call] = printed(await twilio(create));
  t.match(call, { sid: /^CA/, status: "queued" });
  const of = `--call-sid ${call?.sid}`;
  t.match(await twilio(`calls:recordings:create ${of}`), {
    code: 21,
    stderr: "Error code 21220 from Twilio: Requested resource is not eligible for recording",
  });

  await turn({ advance: "PT2S" });
  const [started] = printed(await twilio(`calls:recordings:create ${of} --recording-channels dual -o json`));
  t.match(started, { sid: /^RE/, status: "in-progress", channels: 2 });
  await turn({ advance: "PT4S" });
  const stop = `calls:recordings:update ${of} --sid Twilio.CURRENT --status stopped -o json`;
  t.match(printed(await twilio(stop)), [{ sid: started?.sid, status: "stopped" }]);
  await turn({ advance: "PT3S" });
  const list = `calls:recordings:list ${of} -o json`;
  t.match(printed(await twilio(list)), [{ sid: started?.sid, status: "completed", duration: "4" }]);
});
