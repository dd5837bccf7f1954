import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Har } from "../../src/index.js";
import { detailsOf, inBrowser, inspected, press, rowCount, rows, shows } from "../support/browser.js";
import { ACCOUNT, AUTHORIZED, EXAMPLE, numbered, pathOf, SUBACCOUNT, TOKEN } from "../support/emulator.js";

/** Sends requests over one connection, without waiting for the answers in between. */
async function sendMany(port: number, path: string, count: number): Promise<void> {
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${AUTHORIZED.authorization}\r\n`;
  const socket = connect(port, "127.0.0.1").resume();
  for (let sent = 1; sent < count; sent++) socket.write(`${head}\r\n`);
  socket.write(`${head}Connection: close\r\n\r\n`);
  await once(socket, "close");
}

const recording = (sid: string) => `/Recordings/${sid}.json`;

inBrowser("requests", async (t, browser) => {
  await t.test("none yet: three ways to connect, with the real address, account and token", async (t) => {
    const { page, url, send } = await inspected(t, browser);
    await shows(page, "No request came yet");
    await shows(page, url);
    await shows(page, ACCOUNT);
    t.equal(await page.getByText(TOKEN).count(), 0, "masked");
    await press(page, "Show the auth token");
    await shows(page, TOKEN);
    t.equal(await page.locator("pre", { hasText: TOKEN }).count(), 0);
    await press(page, "Show the token in the snippets");
    t.equal(await page.locator("pre", { hasText: TOKEN }).count(), 3);
    t.equal(await page.locator("pre", { hasText: url.replace("http://", "") }).count(), 3);
    await send(recording(EXAMPLE));
    await rowCount(page, 1);
  });

  await t.test("token given at start: not shown", async (t) => {
    const account = { sid: ACCOUNT, authToken: "real" };
    const { page } = await inspected(t, browser, {}, { account });
    await shows(page, "given at start");
    t.notMatch(await page.content(), 'real"');
    t.equal(await page.getByRole("button", { name: "Show the auth token" }).count(), 0);
  });

  await t.test("live: a row with method, operation, status, code, duration, account and fault", async (t) => {
    const { page, send, controls } = await inspected(t, browser, { hash: "#/requests" });
    await send(recording(EXAMPLE));
    await rowCount(page, 1);
    await controls.faults.arm({ error: 20404, times: 1 });
    await send(recording(numbered("05")));
    await rowCount(page, 2);
    const text = await rows(page).first().textContent();
    for (const part of ["404", "GET", "FetchRecording", "20404", "ACaaaaaa…", "fault", numbered("05")]) {
      t.match(text, part);
    }
    t.match(text, /\d ms/);
    t.match(await rows(page).nth(1).textContent(), "200");
  });

  await t.test("filter by typing: status:404, sid:RE…, op:FetchRecording, words; kept in the address", async (t) => {
    const { page, send } = await inspected(t, browser);
    await shows(page, "No request came yet");
    await send(recording(EXAMPLE));
    await send(recording(numbered("99")));
    await send("/Recordings.json?PageSize=5");
    await rowCount(page, 3);
    const filter = page.getByLabel("Filter requests");
    for (const [typed, count] of [
      ["status:404", 1],
      [`sid:${EXAMPLE}`, 1],
      ["op:FetchRecording", 2],
      ["pagesize", 1],
      ["-op:fetch", 1],
    ] as const) {
      await filter.fill(typed);
      await rowCount(page, count);
    }
    await filter.fill("status:500");
    await shows(page, "No request matches the filter.");
    await press(page, "Remove the filter");
    await rowCount(page, 3);
    await filter.fill("status:404");
    await page.reload();
    await rowCount(page, 1);
    t.equal(await filter.inputValue(), "status:404");
    await shows(page, "1 of 3 requests");
  });

  await t.test("details: headers with masked credentials, form, answer", async (t) => {
    const { page, send } = await inspected(t, browser);
    await page.locator(".connection-open").waitFor();
    await send("/Calls.json", {
      method: "POST",
      body: new URLSearchParams({ To: "+12025550100", From: "+12015550111", Url: "http://user:secret@localhost:9/x" }),
    });
    await rows(page).first().click();
    const details = detailsOf(page);
    await details.getByText("Answer headers").waitFor();
    const text = await details.textContent();
    for (const part of [
      "CreateCall",
      "+12015550111",
      `Basic ${ACCOUNT}:***`,
      '"status": "queued"',
      "application/json",
    ]) {
      t.match(text, part);
    }
    t.notMatch(text, TOKEN);
    t.notMatch(text, "secret");
    await page.goBack();
    await details.waitFor({ state: "detached" });
  });

  await t.test("copy as curl, fixture, fault and assertion; arm as fault", async (t) => {
    const { page, send, controls, url } = await inspected(t, browser, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.locator(".connection-open").waitFor();
    await send(recording(EXAMPLE));
    await rows(page).first().click();
    const copied = async (name: string) => {
      await press(page, name);
      await shows(page, "Copied");
      const text = (await page.evaluate("navigator.clipboard.readText()")) as string;
      await press(page, "Close the notice");
      return text;
    };
    t.match(await copied("Copy the curl command"), `'${url}${pathOf(EXAMPLE)}'`);
    t.match(JSON.parse(await copied("Copy the fixture")), { recordings: [{ sid: EXAMPLE, status: "completed" }] });
    t.same(JSON.parse(await copied("Copy the fault")), { error: 20503, times: 1, operation: "FetchRecording" });
    t.match(await copied("Copy the assertion"), `requests.waitFor({ operation: "FetchRecording", sid: "${EXAMPLE}"`);
    await press(page, "Arm as fault");
    await shows(page, "The fault is armed");
    t.match(await controls.faults.list(), [{ error: 20503, operation: "FetchRecording", account: ACCOUNT }]);
    await press(page, "Show recording");
    await page.waitForURL((address) => address.hash === `#/recordings/${EXAMPLE}`);
  });

  await t.test("export: a HAR of the requests that are shown", async (t) => {
    const { page, send } = await inspected(t, browser, { hash: "#/requests?q=status%3A404" });
    await page.locator(".connection-open").waitFor();
    for (const sid of [EXAMPLE, numbered("99")]) await send(recording(sid));
    await rowCount(page, 1);
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Export HAR")]);
    const { log } = JSON.parse(readFileSync(await download.path(), "utf8")) as Har;
    t.match(log, { version: "1.2", entries: [{ response: { status: 404 } }] });
    t.equal(log.entries.length, 1);
    await press(page, "Clear");
    await shows(page, "No request came yet");
  });

  await t.test("10,000 requests: only the visible rows are in the document; scrolling keeps its place", async (t) => {
    const { page, port, send, controls } = await inspected(t, browser, {}, { journal: 20_000 });
    await page.locator(".connection-open").waitFor();
    await sendMany(port, pathOf(EXAMPLE), 10_000);
    await shows(page, "10,000 requests");
    t.ok((await rows(page).count()) < 60);
    const list = page.getByRole("listbox", { name: "Requests" });
    await list.focus();
    await page.keyboard.press("End");
    await page.locator('[aria-selected="true"][aria-posinset="10000"]').waitFor();
    t.match(page.url(), "#/requests/1");
    const frames = (await page.evaluate(`new Promise((resolve) => {
      const box = document.querySelector('[role="listbox"]');
      const times = [];
      let last = performance.now();
      const step = (now) => {
        times.push(now - last);
        last = now;
        box.scrollTop -= 1500;
        if (times.length < 120) requestAnimationFrame(step);
        else resolve(times.sort((a, b) => a - b)[60]);
      };
      requestAnimationFrame(step);
    })`)) as number;
    t.comment(`median frame: ${frames.toFixed(1)} ms`);
    const before = await page.evaluate("document.querySelector('[role=\"listbox\"]').scrollTop");
    const [firstVisible] = await rows(page).allTextContents();
    t.ok(firstVisible);
    await send(recording(EXAMPLE));
    await shows(page, "10,001 requests");
    t.equal(await page.evaluate("document.querySelector('[role=\"listbox\"]').scrollTop"), Number(before) + 32);
    await controls.requests.clear();
    await shows(page, "No request came yet");
  });

  await t.test("requests of an unknown account: shown under all accounts only", async (t) => {
    const { page, url, send } = await inspected(t, browser, { hash: `#/requests?account=${SUBACCOUNT}` });
    await page.locator(".connection-open").waitFor();
    await fetch(url + pathOf(EXAMPLE));
    await send(recording(EXAMPLE));
    await shows(page, "No request came yet");
    await page.getByLabel("Account", { exact: true }).selectOption("");
    await rowCount(page, 2);
    await shows(page, "none");
  });
});
