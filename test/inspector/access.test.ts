import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import type { Test } from "tap";
import { detailsOf, inBrowser, inspected, open, press, rowCount, rows, until } from "../support/browser.js";
import { EXAMPLE, numbered } from "../support/emulator.js";
import { receiver } from "../support/receiver.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails for each violation that axe finds. */
async function accessible(t: Test, page: Page, name: string): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(", ")))`);
  t.same(violations, [], name);
}

inBrowser("accessibility", async (t, browser) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await t.test(`axe: no violation in any tab, ${colorScheme}`, async (t) => {
      const { url: target } = await receiver(t);
      const { page, url, controls, send } = await inspected(t, browser, { colorScheme });
      await page.getByText("No request came yet").waitFor();
      await accessible(t, page, "first use");
      await send(`/Recordings/${EXAMPLE}.json`);
      await send(`/Recordings/${numbered("99")}.json`);
      const { sid } = await controls.calls.place({
        status: "in-progress",
        recording: {},
        callback: { url: target, events: ["answered"] },
      });
      await controls.callbacks.waitFor({ event: "call.answered" });
      const conference = await controls.conferences.open({ friendlyName: "room", recording: true });
      await controls.faults.arm({ error: 20503, operation: "DeleteRecording" });
      await controls.callbacks.arm({ fault: "drop" });
      await controls.snapshots.save("before");
      const [callback] = await controls.callbacks.list();
      await rowCount(page, 2);
      for (const [place, settled] of [
        ["requests/2", "Answer headers"],
        [`recordings/${numbered("05")}`, "Timeline"],
        [`recordings/${numbered("07")}`, "40 days"],
        [`recordings/${numbered("09")}`, "Twilio has no such key"],
        [`calls/${sid}`, "call.answered"],
        [`conferences/${conference.sid}`, "connected"],
        [`callbacks/${callback?.id}`, "Signature"],
        ["clock", "Due next"],
        ["faults", "20503"],
        ["snapshots", "before"],
        ["accounts", "Subaccount"],
        ["connect", "A proxy"],
      ] as const) {
        await page.evaluate(`location.hash = "#/${place}"`);
        await page.locator("main").getByText(settled).first().waitFor();
        await accessible(t, page, place);
      }
      await page.goto(`${url}/_emulator/#/recordings`);
      await press(page, "New recording");
      await accessible(t, page, "dialog");
    });
  }

  await t.test("keyboard alone: /, arrows, Escape, dialogs", async (t) => {
    const { page, send } = await inspected(t, browser);
    await page.getByText("No request came yet").waitFor();
    for (const digits of ["05", "10", "11"]) await send(`/Recordings/${numbered(digits)}.json`);
    await rowCount(page, 3);
    await page.keyboard.press("/");
    await page.keyboard.type("op:fetch/");
    t.equal(await page.getByLabel("Filter requests").inputValue(), "op:fetch/");
    await page.keyboard.press("Backspace");
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
    while ((await focused()) !== "Requests") await page.keyboard.press("Tab");
    for (const [key, number] of [
      ["ArrowDown", 3],
      ["ArrowDown", 2],
      ["End", 1],
      ["ArrowUp", 2],
      ["Home", 3],
      ["PageDown", 1],
      ["PageUp", 3],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForURL(({ hash }) => hash.startsWith(`#/requests/${number}?`));
    }
    await rows(page).and(page.locator('[aria-selected="true"]')).waitFor();
    t.equal(await page.getByRole("listbox").getAttribute("aria-activedescendant"), "row-3");
    const outline = "getComputedStyle(document.activeElement).outlineStyle";
    t.equal(await page.evaluate(outline), "solid", "the focus is visible");
    await page.keyboard.press("Escape");
    await detailsOf(page).waitFor({ state: "detached" });
    t.equal(await focused(), "Requests");
    await page.getByRole("link", { name: "Recordings" }).focus();
    await page.keyboard.press("Enter");
    const create = page.getByRole("button", { name: "New recording" });
    await create.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await until(page, async () => (await page.evaluate("document.activeElement.textContent")) === "New recording");
  });

  for (const [name, viewport] of [
    ["320 px wide", { width: 320, height: 640 }],
    ["400 % zoom of 1280 x 1024", { width: 320, height: 256 }],
  ] as const) {
    await t.test(`${name}: nothing is cut off sideways; details below the list`, async (t) => {
      const { page, url, send } = await inspected(t, browser, { viewport });
      await page.locator(".connection-open").waitFor();
      await send(`/Recordings/${EXAMPLE}.json`);
      for (const place of [
        "requests/1",
        `recordings/${numbered("10")}`,
        "calls",
        "conferences",
        "callbacks",
        "clock",
        "faults",
        "snapshots",
        "accounts",
        "connect",
      ]) {
        await page.goto(`${url}/_emulator/#/${place}`);
        await page.locator("main > *").first().waitFor();
        const width = await page.evaluate("document.documentElement.scrollWidth");
        t.ok(Number(width) <= 320, `${place}: ${width}`);
      }
      await page.goto(`${url}/_emulator/#/recordings/${numbered("10")}`);
      await detailsOf(page).getByText("Attributes").waitFor();
      const list = await page.getByRole("listbox").boundingBox();
      const pane = await detailsOf(page).boundingBox();
      t.ok(list !== null && pane !== null && pane.y >= list.y + list.height);
    });
  }

  await t.test("details open: the rows do not move", async (t) => {
    const { url } = await inspected(t, browser);
    const page = await open(t, browser, url, { hash: "#/recordings" });
    await rows(page).first().waitFor();
    const before = await rows(page).first().boundingBox();
    await rows(page).first().click();
    await detailsOf(page).waitFor();
    const after = await rows(page).first().boundingBox();
    t.same([after?.x, after?.y, after?.height], [before?.x, before?.y, before?.height]);
  });
});
