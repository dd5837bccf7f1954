// Takes the screenshots of docs/inspector.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { run } from "../../src/emulator.js";
import { ACCOUNT, AUTHORIZED, basic, configWith, EXAMPLE, numbered } from "./emulator.js";

const folder = new URL("../../docs/images/", import.meta.url);
mkdirSync(folder, { recursive: true });
const { url, control, close } = await run(configWith({ journalAnswers: true }), { notice() {} });
const controls = control.for(undefined, url);
await controls.clock.freeze("2030-01-31T12:00:00Z");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

const first = await opened("light", "#/requests", "No request came yet");
await save(first, "inspector-first-use");
await fill();
const [call] = (await controls.calls.list({ status: "completed", limit: 1 })).calls;
for (const scheme of ["light", "dark"] as const) {
  for (const [name, hash, text] of [
    ["requests", "#/requests/4", "Answer headers"],
    ["recording", `#/recordings/${numbered("10")}`, "Timeline"],
    ["call", `#/calls/${call?.sid}`, "call.completed"],
  ] as const) {
    const page = await opened(scheme, hash, text);
    await page.locator("svg.lane, .code, .timeline").first().waitFor();
    await save(page, `inspector-${name}-${scheme}`);
  }
}
await browser.close();
await close();

/** Makes requests, a call and a conference. */
async function fill(): Promise<void> {
  const api = `${url}/2010-04-01/Accounts/${ACCOUNT}`;
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { ...AUTHORIZED, "user-agent": "twilio-node/6.2.0 (linux x64) node/24.21.0", ...init.headers };
    await (await fetch(api + path, { ...init, headers }).catch(() => undefined))?.arrayBuffer();
  };
  await send("/Recordings.json?PageSize=5");
  await send(`/Recordings/${EXAMPLE}.json`);
  await send(`/Recordings/${numbered("10")}.wav`);
  const To = "+12025550100";
  const body = new URLSearchParams({
    To,
    From: "+12015550111",
    Twiml: "<Response><Hangup/></Response>",
    Record: "true",
  });
  await send("/Calls.json", { method: "POST", body });
  await send(`/Recordings/${numbered("99")}.json`);
  await send("/Recordings.json", { headers: { authorization: basic(ACCOUNT, "wrong") } });
  await controls.faults.arm({ error: 20429, retryAfter: 1, times: 2, operation: "FetchRecording" });
  for (let sent = 0; sent < 3; sent++) await send(`/Recordings/${numbered("05")}.json`);
  await send(`/Recordings/${numbered("12")}.json`, { method: "DELETE" });
  const { sid } = await controls.calls.place({ status: "ringing" });
  for (const step of [
    () => controls.calls.answer(sid),
    () => controls.calls.record(sid, { source: "StartCallRecordingAPI", channels: 2 }),
    () => controls.calls.hangUp(sid),
  ]) {
    await controls.clock.advance("PT4S");
    await step();
  }
  await controls.clock.advance("PT4S");
}

async function opened(colorScheme: "light" | "dark", hash: string, text: string): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 720 } });
  await page.goto(`${url}/_emulator/${hash}`);
  await page.locator(".connection-open").waitFor();
  await page.locator("main").getByText(text).first().waitFor();
  return page;
}

/** Saves a screenshot as WebP, which the browser encodes. */
async function save(page: Page, name: string): Promise<void> {
  const png = (await page.screenshot()).toString("base64");
  await page.close();
  const encoder = await browser.newPage();
  const webp = (await encoder.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png}";
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.8).split(",")[1];
  })()`)) as string;
  await encoder.close();
  writeFileSync(new URL(`${name}.webp`, folder), Buffer.from(webp, "base64"));
  process.stdout.write(`docs/images/${name}.webp\n`);
}
