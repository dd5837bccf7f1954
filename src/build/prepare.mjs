import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// npm runs this before it packs, when it installs the emulator from git, and after `npm ci` and `npm install`. Nothing is built
// after `npm ci`, since `npm start` and `npm test` build anyway, nor without development dependencies (`--omit=dev`).
const root = fileURLToPath(new URL("../..", import.meta.url));
const isNeeded = process.env.npm_command !== "ci";
if (isNeeded && ["typescript", "esbuild", "tsx"].every((name) => existsSync(`${root}/node_modules/${name}`))) {
  const { status } = spawnSync("npm run --silent build", { cwd: root, stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
