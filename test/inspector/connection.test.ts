import { inBrowser, inspected, open, press, rowCount, rows, shows } from "../support/browser.js";
import { ACCOUNT, AUTHORIZED, basic, EXAMPLE, pathOf, SUBACCOUNT, SUBACCOUNT_TOKEN } from "../support/emulator.js";
import { running } from "../support/running.js";

inBrowser("connection", async (t, browser) => {
  await t.test("emulator that restarts beneath the page: says so, and picks up again", async (t) => {
    const { page, port, send, close } = await inspected(t, browser, { expected: /ERR_|Failed to load/ });
    await page.locator(".connection-open").waitFor();
    for (let sent = 0; sent < 3; sent++) await send(`/Recordings/${EXAMPLE}.json`);
    await rowCount(page, 3);
    await close();
    await shows(page, "connection lost, trying again");
    await rowCount(page, 3);
    await press(page, "Clear");
    await shows(page, "The emulator does not answer.");
    const { url } = await running(t, { port });
    await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED });
    await page.locator(".connection-open").waitFor();
    await rowCount(page, 1);
    await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED });
    await rowCount(page, 2);
  });

  await t.test("two pages on two accounts at once: each shows its own, live", async (t) => {
    const { page, url, send, controls } = await inspected(t, browser, { hash: `#/requests?account=${ACCOUNT}` });
    const other = await open(t, browser, url, { hash: `#/requests?account=${SUBACCOUNT}` });
    for (const one of [page, other]) await one.locator(".connection-open").waitFor();
    await send(`/Recordings/${EXAMPLE}.json`);
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    for (let sent = 0; sent < 2; sent++) await fetch(url + pathOf(EXAMPLE, SUBACCOUNT), { headers });
    await rowCount(page, 1);
    await rowCount(other, 2);
    t.match(await rows(page).first().textContent(), "200");
    t.match(await rows(other).first().textContent(), "404");
    await other.evaluate(`location.hash = "#/clock?account=${SUBACCOUNT}"`);
    await press(other, "Freeze");
    await other.locator(".now", { hasText: "frozen" }).waitFor();
    t.match(await controls.clock.read(), { frozen: false });
    await page.locator(".now", { hasText: "real" }).waitFor();
  });

  await t.test("control token: a login once, in a cookie that scripts cannot read", async (t) => {
    const { url } = await running(t, { controlToken: "let me in" });
    const page = await open(t, browser, url, { expected: /Failed to load resource/ });
    await page.getByLabel("Control token").fill("wrong");
    await press(page, "Log in");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Control token").fill("let me in");
    await press(page, "Log in");
    await page.locator(".connection-open").waitFor();
    await shows(page, "No request came yet");
    const [cookie] = await page.context().cookies();
    t.match(cookie, { httpOnly: true, sameSite: "Strict", path: "/_emulator" });
    t.notMatch(cookie?.value, "let me in");
    t.equal(await page.evaluate("document.cookie"), "");
    await page.reload();
    await page.locator(".connection-open").waitFor();
  });
});
