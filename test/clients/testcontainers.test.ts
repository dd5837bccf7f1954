import t from "tap";
import twilio from "twilio";
import { TwilioRecordingsEmulatorContainer } from "../../src/testcontainers.js";

// Needs a container engine, which not every machine has: EMULATOR_IMAGE names the image of the emulator that it has.
const { EMULATOR_IMAGE = "" } = process.env;
const skip = EMULATOR_IMAGE === "" && "not run: EMULATOR_IMAGE does not name an image of the emulator";

t.test("container with a token: starts, two tests with an account each, stops", { skip }, async (t) => {
  const container = await new TwilioRecordingsEmulatorContainer(EMULATOR_IMAGE).withControlToken("token").start();
  t.teardown(() => container.stop());
  t.match(await container.getCertificateAuthority(), /^-----BEGIN CERTIFICATE-----/);
  await Promise.all(
    ["61", "62"].map(async (duration) => {
      const account = await container.createAccount({ recordings: "none" });
      const client = twilio(account.accountSid, account.authToken);
      client.api.baseUrl = container.getUrl();
      const { sid } = await account.recordings.create({ duration });
      t.match(await client.recordings.list(), [{ sid, duration }]);
      await client.recordings(sid).remove();
      await account.clock.advance("P41D");
      const { status } = await client
        .recordings(sid)
        .fetch({ includeSoftDeleted: true })
        .catch((error) => error);
      t.equal(status, 404);
    }),
  );
  const emulator = await container.connect();
  t.equal((await emulator.accounts.list()).length, 4);
});

t.test("container with own fixtures: seeded with them", { skip }, async (t) => {
  const sid = `AC${"1".repeat(32)}`;
  const fixtures = t.testdir({ "accounts.json": JSON.stringify({ accounts: [{ sid, auth_token: "mine" }] }) });
  const container = await new TwilioRecordingsEmulatorContainer(EMULATOR_IMAGE).withFixtures(fixtures).start();
  t.teardown(() => container.stop());
  const { accountSid, authToken } = await container.connect();
  t.same([accountSid, authToken], [sid, "mine"]);
});
