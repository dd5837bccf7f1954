import { detailsOf, inBrowser, inspected, press, rowCount, rows, shows, until } from "../support/browser.js";
import { receiver } from "../support/receiver.js";

inBrowser("calls and conferences", async (t, browser) => {
  await t.test("call: rings, is answered and recorded, with a timeline", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/calls" });
    await press(page, "New call");
    await page.getByRole("dialog").getByLabel("Status").selectOption("ringing");
    await press(page, "Place");
    await press(page, "Answer");
    await press(page, "Record");
    await press(page, "Start");
    await press(page, "Pause");
    await press(page, "Resume");
    await press(page, "Pause");
    const [call] = (await controls.calls.list({ limit: 1 })).calls;
    const sid = call?.recording_sids[0] ?? "";
    await until(page, async () => (await controls.recordings.get(sid)).detailed_status === "paused");
    await press(page, "Resume");
    await press(page, "Stop");
    await press(page, "Hang up");
    await rows(page)
      .filter({ hasText: "completed" })
      .filter({ hasText: String(call?.sid) })
      .waitFor();
    for (const event of [
      "call.ringing",
      "call.answered",
      "recording.in-progress",
      "recording.paused",
      "call.completed",
    ]) {
      await page.locator(".timeline", { hasText: event }).waitFor();
    }
    await press(page, "busy");
    await shows(page, "No call is busy.");
  });

  await t.test("call that is placed elsewhere: shown live, its outcomes by a click", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/calls?status=ringing" });
    await shows(page, "No call is ringing.");
    for (const outcome of ["Busy", "No answer", "Cancel"]) {
      const { sid } = await controls.calls.place({ status: "ringing" });
      await rows(page).filter({ hasText: sid }).click();
      await press(page, outcome);
      await rowCount(page, 0);
    }
    const { sid } = await controls.calls.place({ script: { ringsAfter: 3600, answeredAfter: 7200 } });
    await page.evaluate(`location.hash = "#/calls/${sid}"`);
    await press(page, "Ring");
    await page.getByRole("heading", { name: "ringing" }).waitFor();
  });

  await t.test("conference: opened, recorded, ended; its participants and timeline", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/conferences" });
    await press(page, "New conference");
    await page.getByLabel("Name").fill("room");
    await page.getByLabel("Calls in it").fill("3");
    await press(page, "Open");
    const details = detailsOf(page);
    await details.getByRole("heading", { name: "room" }).waitFor();
    t.equal(await details.locator("li", { hasText: "connected" }).count(), 3);
    await press(page, "Record");
    await details.locator("li", { hasText: "Conference" }).filter({ hasText: /RE/ }).waitFor();
    await press(page, "End");
    await details.getByText("Nobody is in it.").waitFor();
    await page.locator(".timeline", { hasText: "conference" }).waitFor();
    await rows(page).filter({ hasText: "completed" }).filter({ hasText: "room" }).waitFor();
    t.match((await controls.conferences.list()).conferences[0], { friendly_name: "room", status: "completed" });
  });
});

inBrowser("callbacks", async (t, browser) => {
  await t.test("delivery: attempts, signed text, signature, answer; again, twice, with a bad signature", async (t) => {
    const { url, received } = await receiver(t, (_request, response) => response.end("<Response/>"));
    const { page, controls } = await inspected(t, browser, { hash: "#/callbacks" });
    await shows(page, "No callback was sent yet.");
    await controls.calls.place({ status: "in-progress", callback: { url, events: ["answered"] } });
    await rows(page).filter({ hasText: "delivered" }).click();
    const details = detailsOf(page);
    const text = String(await details.textContent());
    const [first] = received;
    for (const part of ["200", "<Response/>", String(first?.headers["x-twilio-signature"]), `${url}AccountSidAC`]) {
      t.match(text, part);
    }
    const token = first?.headers["i-twilio-idempotency-token"];
    for (const [button, notice] of [
      ["Redeliver", "Delivered again."],
      ["Duplicate", "Delivered a duplicate."],
      ["Bad signature", "Delivered with a bad signature."],
    ] as const) {
      await rows(page).last().click();
      await press(page, button);
      await shows(page, notice);
    }
    await rowCount(page, 4);
    await rows(page).nth(3).waitFor();
    await until(page, async () => (await rows(page).filter({ hasText: "delivered" }).count()) === 4);
    const [, again, twice, bad] = received;
    t.not(again?.headers["i-twilio-idempotency-token"], token);
    t.equal(twice?.headers["i-twilio-idempotency-token"], token);
    t.not(bad?.headers["x-twilio-signature"], first?.headers["x-twilio-signature"]);
    await page.getByLabel("Filter callbacks").fill("nothing");
    await shows(page, "No callback matches.");
    await press(page, "Remove the filters");
    await press(page, "failed");
    await shows(page, "No callback matches.");
    await press(page, "Clear");
    await shows(page, "No callback was sent yet.");
  });

  await t.test("pause all: held back until the release", async (t) => {
    const { url, received } = await receiver(t);
    const { page, controls } = await inspected(t, browser, { hash: "#/callbacks" });
    await press(page, "Pause all");
    await shows(page, "Callbacks of all accounts are held back.");
    await controls.calls.place({ status: "in-progress", callback: { url, events: ["answered"] } });
    await rows(page).filter({ hasText: "pending" }).waitFor();
    t.equal(received.length, 0);
    await page.getByLabel("Account", { exact: true }).selectOption({ index: 1 });
    await press(page, "Release");
    await rows(page).filter({ hasText: "delivered" }).waitFor();
    await page.getByRole("button", { name: "Pause all" }).waitFor();
    t.equal(await page.getByRole("button", { name: "Release" }).count(), 0);
  });
});
