import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// npm runs this after `npm ci`, before it packs, and when it installs the emulator from git. Without development dependencies
// (`npm ci --omit=dev`) there is nothing to build with.
const root = fileURLToPath(new URL("../..", import.meta.url));
if (["typescript", "esbuild", "tsx"].every((name) => existsSync(`${root}/node_modules/${name}`))) {
  const { status } = spawnSync("npm run --silent build", { cwd: root, stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
