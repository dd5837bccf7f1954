import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin, transform } from "esbuild";
import { projectPath } from "./project-path.js";

/** An esbuild plugin: imports a stylesheet as its minified text, for a constructable stylesheet. */
const styleText: Plugin = {
  name: "style-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

/**
 * An esbuild plugin: removes the `<style>` element of wavesurfer.js, which the page's Content-Security-Policy forbids. The player
 * adopts a stylesheet with the same rules.
 */
const playerWithoutInlineStyle: Plugin = {
  name: "player-without-inline-style",
  setup({ onLoad }) {
    onLoad({ filter: /wavesurfer\.esm\.js$/ }, async ({ path }) => ({
      contents: withoutStyleElement(await readFile(path, "utf8")),
    }));
  },
};

/** @throws Error if there is no `<style>` element in a template. */
export function withoutStyleElement(source: string): string {
  const rest = source.replace(/<style\$\{.*?<\/style>/s, "");
  if (rest === source) throw new Error("no <style> element found in wavesurfer.js");
  return rest;
}

/** Bundles the page: at most three files, none of them inline. */
export async function buildInspector(folder: string): Promise<void> {
  const page = (name: string) => projectPath(`src/inspector/page/${name}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { inspector: page("inspector.tsx"), player: page("player.ts") },
    outdir: folder,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16.4"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    tsconfig: page("tsconfig.json"),
    plugins: [styleText, playerWithoutInlineStyle],
    // The player is a file of its own, loaded at the first play.
    external: ["./player.js"],
  });
  await copyFile(page("index.html"), join(folder, "index.html"));
}
