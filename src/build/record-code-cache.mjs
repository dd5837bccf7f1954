import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The program, in a process that writes its code cache when it is told to, and ends.
const folder = process.env.PROGRAM;
const { script } = await import(pathToFileURL(join(folder, "main.cjs")).href);
process.once("message", () => {
  writeFileSync(join(folder, "program.cjs.cache"), script.createCachedData());
  process.disconnect();
  process.kill(process.pid, "SIGTERM");
});
// A program that does not start shall end, and not wait for a message.
process.channel.unref();
