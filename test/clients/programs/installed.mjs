// Runs the installed program, sends requests with Twilio's library, connects to it, stops the program and prints the outcome.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import twilio from "twilio";
import { connect } from "twilio-recordings-emulator";

const program = createRequire(import.meta.url).resolve("twilio-recordings-emulator/package.json");
const argv = [join(program, "../dist/main.cjs"), "--port", "0", "--data", process.argv[2]];
const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
// Stops the emulator even if this process fails.
process.on("exit", () => child.kill("SIGKILL"));
const ended = once(child, "close");
const [line] = await once(child.stdout.setEncoding("utf8"), "data");
const client = twilio();
client.api.baseUrl = /listening on (\S+)/.exec(line)[1];
const emulator = await connect(client.api.baseUrl);
const recording = client.recordings("RE00000000000000000000000000000005");
const outcome = { fetched: (await recording.fetch()).status, removed: await recording.remove() };
outcome.deleted = (await recording.fetch({ includeSoftDeleted: true })).status;
outcome.daysLeft = (await emulator.recordings.get("RE00000000000000000000000000000005")).days_left;
child.kill("SIGTERM");
[outcome.exit] = await ended;
console.log(JSON.stringify(outcome));
