import { inBrowser, inspected, press, shows, until } from "../support/browser.js";
import { ACCOUNT, EXAMPLE, SUBACCOUNT } from "../support/emulator.js";

inBrowser("steering", async (t, browser) => {
  await t.test("clock: steps, set, freeze, real time, due next", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/clock" });
    await controls.clock.freeze("2030-01-31T12:00:00Z");
    const shown = (text: string) => page.locator(".clock-face", { hasText: text }).waitFor();
    await shown("2030-01-31 12:00:00");
    for (const [button, time] of [
      ["+1 minute", "2030-01-31 12:01:00"],
      ["+1 day", "2030-02-01 12:01:00"],
      ["+40 days", "2030-03-13 12:01:00"],
    ] as const) {
      await press(page, button);
      await shown(time);
    }
    await controls.calls.place({});
    await page.locator(".timeline", { hasText: "call.ring" }).waitFor();
    await press(page, "Set");
    await page.getByRole("dialog").getByRole("textbox").fill("2031-01-01T00:00:00Z");
    await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
    await shown("2031-01-01 00:00:00");
    await shows(page, "Nothing is due.");
    await press(page, "Unfreeze");
    await shown("offset");
    await press(page, "Freeze");
    await shown("frozen");
    await press(page, "Real time");
    await shown("real");
    t.match(await controls.clock.read(), { real: true, frozen: false });
  });

  await t.test("faults: the usual ones by a click, counts, one from JSON, removal; those of callbacks", async (t) => {
    const { page, controls, send } = await inspected(t, browser, { hash: "#/faults" });
    for (const name of ["Burst of 429", "503", "Slow", "Dropped connection", "Media 404"]) {
      await page.locator(".story", { hasText: name }).click();
    }
    await until(page, async () => (await controls.faults.list()).length === 5);
    t.equal((await send(`/Recordings/${EXAMPLE}.json`)).status, 429);
    await shows(page, "struck 1 of 1");
    await page.getByRole("button", { name: "Remove all" }).first().click();
    await shows(page, "No fault is armed.");
    await press(page, "Arm another");
    await page.getByLabel("The fault, as JSON").fill("{");
    await press(page, "Arm");
    await page.locator(".notice-error").waitFor();
    await page.getByLabel("The fault, as JSON").fill('{"delay": 5, "operation": "FetchRecording"}');
    await press(page, "Arm");
    await shows(page, '{"delay":5,"operation":"FetchRecording"}');
    await page.getByRole("button", { name: /^Remove the fault/ }).click();
    await shows(page, "No fault is armed.");
    await press(page, "bad-signature");
    await shows(page, "struck 0, 1 to go");
    t.match(await controls.callbacks.faults(), [{ fault: "bad-signature" }]);
    await page.getByRole("button", { name: "Remove all" }).last().click();
    await until(page, async () => (await controls.callbacks.faults()).length === 0);
  });

  await t.test("snapshots: saved, restored, removed; reset", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/snapshots" });
    await shows(page, "No snapshot yet.");
    await page.getByLabel("Name of the snapshot").fill("before");
    await press(page, "Save");
    await shows(page, "Saved before.");
    await controls.recordings.hardDelete(EXAMPLE);
    await press(page, "Restore");
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await shows(page, "Restored before.");
    t.match(await controls.recordings.get(EXAMPLE), { sid: EXAMPLE });
    await press(page, "Remove the snapshot before");
    await shows(page, "No snapshot yet.");
    await press(page, "Reset to empty");
    await press(page, "Cancel");
    await press(page, "Reset to empty");
    await page.getByRole("dialog").getByRole("button", { name: "Reset" }).click();
    await until(page, async () => (await controls.recordings.list()).recordings.length === 0);
    await press(page, "Reset to the seeded state");
    await page.getByRole("dialog").getByRole("button", { name: "Reset" }).click();
    await until(page, async () => (await controls.recordings.list()).recordings.length === 12);
  });

  await t.test("accounts: switch, create with masked secrets, remove", async (t) => {
    const { page, control } = await inspected(t, browser, { hash: "#/accounts" });
    const list = async () => (await control.call(control.operations.accounts.list, {})).accounts;
    await press(page, "Switch to Subaccount");
    await page.waitForURL(({ hash }) => hash.includes(SUBACCOUNT));
    await press(page, "Show all accounts");
    await press(page, "New account");
    await page.getByLabel("Name").fill("Suite");
    await page.getByLabel("Recordings").selectOption("none");
    await page.getByLabel(/^Parent/).selectOption(ACCOUNT);
    await press(page, "Create");
    await shows(page, "The new account");
    const [, , made] = await list();
    t.match(made, { friendly_name: "Suite", owner_account_sid: ACCOUNT });
    const { auth_token } = await control.call(control.operations.accounts.get, { key: String(made?.sid) });
    t.equal(await page.getByText(String(auth_token)).count(), 0);
    await press(page, "Show the auth token");
    await shows(page, String(auth_token));
    await press(page, "Switch to Suite");
    await page.locator("li", { hasText: "Suite" }).getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await shows(page, "Removed Suite.");
    t.equal((await list()).length, 2);
    await page.waitForURL(({ hash }) => !hash.includes("account="));
  });
});
