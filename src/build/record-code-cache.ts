import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Runs the program in a process of its own. A message writes the code cache and ends the process.
const launcher = pathToFileURL(join(String(process.env.PROGRAM_FOLDER), "main.cjs")).href;
const { codeCacheFile, program } = (await import(launcher)) as typeof import("./launcher.js");

process.once("message", () => {
  writeFileSync(codeCacheFile, program.createCachedData());
  process.disconnect?.();
  process.kill(process.pid, "SIGTERM");
});
// Without this, a program that fails to start would wait for the message.
process.channel?.unref();
