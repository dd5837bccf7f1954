import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { needs } from "./client-program.js";
import { ACCOUNT, AUTHORIZED } from "./emulator.js";
import { running } from "./running.js";

/** Milliseconds before a test gives up. */
const PATIENCE = 10_000;
const EXECUTABLE = "/usr/bin/chromium";

/** Options of a test that needs the browser. */
export const CHROMIUM = needs("chromium", [EXECUTABLE, "--version"]);

/** The problems of the pages of a browser. */
const problemsOf = new WeakMap<Browser, string[]>();

/**
 * Runs tests that share a browser. It fails if a console showed an error, or if a page asked another host. Without the browser
 * they are skipped by name.
 */
export function inBrowser(title: string, run: (t: Test, browser: Browser) => Promise<void>): void {
  t.test(title, CHROMIUM, async (t) => {
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
    t.teardown(() => browser.close());
    const problems: string[] = [];
    problemsOf.set(browser, problems);
    await run(t, browser);
    t.same(problems, [], "no error in the console, no request to another host");
  });
}

export interface Opening extends BrowserContextOptions {
  /** The place in the page, such as `#/recordings`. */
  hash?: string;
  /** Messages of the console to expect, such as those of a lost connection. */
  expected?: RegExp;
}

/** Opens the inspector. */
export async function open(t: Test, browser: Browser, url: string, opening: Opening = {}): Promise<Page> {
  const { hash = "", expected, ...options } = opening;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const report = (problem: string) => problemsOf.get(browser)?.push(`${t.name}: ${problem}`);
  page.on("console", (message) => {
    const text = `${message.type()}: ${message.text()}`;
    if (["error", "warning"].includes(message.type()) && !expected?.test(text)) report(text);
  });
  page.on("pageerror", (error) => report(error.message));
  page.on("request", (request) => {
    if (/^(http|ws)/.test(request.url()) && new URL(request.url()).host !== new URL(url).host) {
      report(`asks ${request.url()}`);
    }
  });
  t.teardown(() => context.close());
  await page.goto(`${url}/_emulator/${hash}`);
  return page;
}

/** Starts an emulator, and opens its inspector. */
export async function inspected(t: Test, browser: Browser, opening: Opening = {}, overrides: Partial<Config> = {}) {
  const emulator = await running(t, overrides);
  const { url, control } = emulator;
  const page = await open(t, browser, url, opening);
  /** Sends a request to Twilio's API. */
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT}${path}`, { headers: AUTHORIZED, ...init });
    await answer.arrayBuffer();
    return answer;
  };
  return { ...emulator, page, controls: control.for(undefined, url), send };
}

/** The rows of the list that is shown. */
export const rows = (page: Page) => page.locator('[role="option"]');

/** Waits, frame by frame, until a condition holds. */
export async function until(page: Page, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`the condition does not hold: ${holds}`);
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}

/** Waits until the list has this many rows. */
export async function rowCount(page: Page, count: number): Promise<void> {
  await until(page, async () => (await rows(page).count()) === count);
}

/** Clicks the button of this name. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

/** Waits for a text that is shown. */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** The details of the selected row. */
export const detailsOf = (page: Page) => page.getByLabel("Details", { exact: true });
