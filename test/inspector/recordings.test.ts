import { detailsOf, inBrowser, inspected, press, rowCount, rows, shows, until } from "../support/browser.js";
import { EXAMPLE, numbered } from "../support/emulator.js";

inBrowser("recordings", async (t, browser) => {
  await t.test("list: status chips, days left, search, filters by status, source and call", async (t) => {
    const { page } = await inspected(t, browser, { hash: "#/recordings" });
    await rowCount(page, 12);
    const deleted = rows(page).filter({ hasText: numbered("07") });
    t.match(await deleted.textContent(), "deleted");
    t.match(await deleted.textContent(), "30 d left");
    await press(page, "deleted");
    await rowCount(page, 1);
    await press(page, "all");
    await page.getByLabel("Search recordings").fill(EXAMPLE.slice(0, 12));
    await rowCount(page, 1);
    await page.getByLabel("Search recordings").fill("RE9");
    await shows(page, "No recording matches.");
    await press(page, "Remove the filters");
    await page.getByLabel("Source").selectOption("OutboundAPI");
    await until(page, async () => (await rows(page).filter({ hasNotText: "OutboundAPI" }).count()) === 0);
    t.ok((await rows(page).count()) > 0);
    await page.getByLabel("Source").selectOption("");
    await rows(page)
      .filter({ hasText: numbered("05") })
      .click();
    await page.getByText("All recordings of this call").click();
    await rowCount(page, 1);
  });

  await t.test("details: every attribute, transcriptions, add-on results, call", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: `#/recordings/${numbered("05")}` });
    const details = detailsOf(page);
    await details.getByText("Add-on results").waitFor();
    const text = String(await details.textContent());
    for (const name of Object.keys(await controls.recordings.get(numbered("05")))) {
      if (!["transcriptions", "add_on_results", "has_key"].includes(name)) t.match(text, name);
    }
    t.match(text, /TR0+/);
    t.match(text, /XR0+/);
    await details.getByText(/^Call CA/).click();
    await page.waitForURL(({ hash }) => hash.startsWith("#/calls/CA"));
  });

  await t.test("player: a lane for each channel, plays, seeks, downloads", async (t) => {
    const { page } = await inspected(t, browser, { hash: `#/recordings/${numbered("10")}` });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.locator("svg.lane").nth(1).waitFor();
    t.notOk(asked.some((url) => url.endsWith("player.js")));
    await press(page, "Play");
    await press(page, "Pause");
    t.ok(asked.some((url) => url.endsWith("player.js")));
    await page.locator("canvas").nth(1).waitFor();
    const position = page.getByLabel("Position");
    await position.fill("10");
    await until(page, async () => Number(await position.inputValue()) >= 10);
    await shows(page, "0:10 / 0:20");
    await page.locator(".lanes").click({ position: { x: 5, y: 20 } });
    await until(page, async () => Number(await position.inputValue()) < 2);
    await position.focus();
    await page.keyboard.press("ArrowRight");
    for (const [name, ending] of [
      ["WAV", "wav"],
      ["MP3", "mp3"],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByText(name, { exact: true }).click(),
      ]);
      t.equal(download.suggestedFilename(), `${numbered("10")}.${ending}`);
    }
  });

  await t.test("encrypted: plays, with a note; in external storage or absent: says so", async (t) => {
    const { page } = await inspected(t, browser, { hash: `#/recordings/${numbered("09")}` });
    await shows(page, "Encrypted. The emulator has the key");
    await press(page, "Play");
    await press(page, "Pause");
    await page.goto(page.url().replace(numbered("09"), EXAMPLE));
    await shows(page, "Twilio has no such key");
    await page.goto(page.url().replace(EXAMPLE, numbered("11")));
    await shows(page, "In external storage");
    await page.goto(page.url().replace(numbered("11"), numbered("06")));
    await shows(page, "None: the recording is absent.");
  });

  await t.test("create, change the status, soft-delete, hard-delete", async (t) => {
    const { page, controls } = await inspected(t, browser, {
      hash: "#/recordings",
      // The deleted recording is read once more.
      expected: /Failed to load resource/,
    });
    await press(page, "New recording");
    await page.getByLabel("Length, in seconds").fill("61");
    await press(page, "Create");
    await page.waitForURL(({ hash }) => /^#\/recordings\/RE/.test(hash));
    const sid = page.url().slice(-34);
    t.match(await controls.recordings.get(sid), { duration: "61", status: "completed" });
    await detailsOf(page).getByLabel("Status").selectOption("absent");
    await shows(page, "Changed the status.");
    t.equal((await controls.recordings.get(sid)).status, "absent");
    await press(page, "Soft-delete");
    await shows(page, "40 of 40 days are left");
    await press(page, "Hard-delete");
    await page.getByRole("dialog").getByRole("button", { name: "Hard-delete" }).click();
    await shows(page, "Hard-deleted the recording.");
    await t.rejects(controls.recordings.get(sid), { message: /has no recording/ });
    await until(page, async () => (await rows(page).filter({ hasText: sid }).count()) === 0);
  });

  await t.test("more than a page: the rest is read at the end of the list", async (t) => {
    const { page, controls } = await inspected(t, browser, { hash: "#/recordings" });
    await controls.recordings.generate({ count: 250, seed: 7 });
    await shows(page, "the last 100 recordings");
    const list = page.getByRole("listbox");
    await list.focus();
    for (const count of [200, 262]) {
      await page.keyboard.press("End");
      await shows(page, `${count} recordings`);
    }
  });

  await t.test("error of the control API: shown", async (t) => {
    const { page } = await inspected(t, browser, { hash: "#/recordings", expected: /Failed to load resource/ });
    await press(page, "New recording");
    await page.getByLabel("Call SID").fill("CA1");
    await press(page, "Create");
    await shows(page, /call_sid is "CA1"/);
  });
});
