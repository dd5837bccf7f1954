import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import t from "tap";
import { buildInspector, withoutStyleElement } from "../../src/build/inspector.js";

const BUDGET = 60 * 1024;

t.test("build: three files, at most 60 KiB of gzip, nothing inline", async (t) => {
  const folder = join(t.testdir({}), "inspector");
  await buildInspector(folder);
  const names = readdirSync(folder).sort();
  t.same(names, ["index.html", "inspector.js", "player.js"]);
  const contents = names.map((name) => readFileSync(join(folder, name)));
  const size = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
  t.ok(size <= BUDGET, `${size} bytes`);
  const [html = "", inspector = "", player = ""] = contents.map(String);
  t.notMatch(html, /<style|<script(?![^>]* src=)|\son\w+=|\sstyle=/);
  t.notMatch(player, "<style");
  t.match(inspector, 'import("./player.js")', "loaded at the first play");
});

t.test("player: its style element is removed; one that is missing fails the build", async (t) => {
  t.equal(withoutStyleElement(["a`<style$", "{nonce}>b</style>c`"].join("")), "a`c`");
  t.throws(() => withoutStyleElement("a`c`"), { message: "no <style> element found in wavesurfer.js" });
});
