import { detailsOf, inBrowser, inspected, press, rows, shows } from "../support/browser.js";
import { AUTHORIZED, EXAMPLE, numbered } from "../support/emulator.js";
import { receiver } from "../support/receiver.js";

const MARKUP = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

inBrowser("markup in values is shown as text", async (t, browser) => {
  await t.test("headers, query, form and answer of a request", async (t) => {
    const { page, send } = await inspected(t, browser);
    await page.locator(".connection-open").waitFor();
    await send(`/Recordings/${EXAMPLE}.json?x=${encodeURIComponent(MARKUP)}`, {
      headers: { ...AUTHORIZED, "user-agent": MARKUP, "x-markup": MARKUP },
    });
    await send("/Calls.json", { method: "POST", body: new URLSearchParams({ To: MARKUP }) });
    for (const index of [0, 1]) {
      await rows(page).nth(index).click();
      await detailsOf(page).getByText("Answer headers").waitFor();
      await detailsOf(page).getByText(MARKUP).first().waitFor();
      t.equal(await detailsOf(page).locator("img, script").count(), 0);
    }
    t.not(await page.title(), "run");
  });

  await t.test("names of accounts, conferences, snapshots and texts of transcriptions", async (t) => {
    const { page, url, controls, control } = await inspected(t, browser);
    await control.call(control.operations.accounts.create, { body: { friendly_name: MARKUP } });
    const { sid } = await controls.conferences.open({ friendlyName: MARKUP });
    await fetch(`${url}/_emulator/recordings`, {
      method: "POST",
      body: JSON.stringify({
        recordings: [],
        transcriptions: [
          {
            sid: `TR${"9".repeat(32)}`,
            recording_sid: numbered("05"),
            transcription_text: MARKUP,
            status: "completed",
          },
        ],
      }),
    });
    for (const [place, reveal] of [
      ["accounts", ""],
      [`conferences/${sid}`, ""],
      [`recordings/${numbered("05")}`, `TR${"9".repeat(32)}`],
    ] as const) {
      await page.evaluate(`location.hash = "#/${place}"`);
      if (reveal !== "") await page.locator("summary", { hasText: reveal }).click();
      await page.locator("main").getByText(MARKUP).first().waitFor();
      t.equal(await page.locator("img, body script").count(), 0, place);
    }
    t.not(await page.title(), "run");
  });

  await t.test("answer of a callback's receiver, message of an error", async (t) => {
    const { url } = await receiver(t, (_request, response) => response.end(MARKUP));
    const { page, controls } = await inspected(t, browser, {
      hash: "#/callbacks",
      expected: /Failed to load resource/,
    });
    await controls.calls.place({ status: "in-progress", callback: { url, events: ["answered"] } });
    await rows(page).filter({ hasText: "delivered" }).click();
    await detailsOf(page).getByText(MARKUP).first().waitFor();
    await page.evaluate('location.hash = "#/clock"');
    await press(page, "Set");
    await page.getByRole("dialog").getByRole("textbox").fill(MARKUP);
    await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
    await shows(page, /now is .*onerror/);
    t.equal(await page.locator("img, body script").count(), 0);
  });
});
