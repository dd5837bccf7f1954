import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { DOCUMENTS, ROOT, readDocument } from "./support/documents.js";

/** Returns the anchors that GitHub generates for the headings of a document. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of readDocument(path).prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = text.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Returns the relative links of a document. */
function linksOf(path: string): string[] {
  const prose = readDocument(path).prose.replace(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: *(\S+)/gm)];
  return links
    .map(([, inline, reference]) => inline ?? reference ?? "")
    .filter((link) => !/^(https?|mailto):/.test(link));
}

/** Returns why a link is broken; undefined for a valid link. */
function faultOf(link: string, path: string): string | undefined {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : join(dirname(path), decodeURIComponent(file));
  if (!existsSync(join(ROOT, target))) return `${link}: no such file`;
  if (anchor === undefined) return undefined;
  if (statSync(join(ROOT, target)).isDirectory() || !target.endsWith(".md"))
    return `${link}: no document, so no heading`;
  return anchorsOf(target).has(anchor) ? undefined : `${link}: no such heading`;
}

t.test("relative links and anchors of the documents: valid", async (t) => {
  for (const path of DOCUMENTS) {
    t.same(
      linksOf(path)
        .map((link) => faultOf(link, path))
        .filter((fault) => fault !== undefined),
      [],
      path,
    );
  }
  t.ok(DOCUMENTS.flatMap(linksOf).length > 20);
});

t.test("link to a missing file or heading: reported", async (t) => {
  t.equal(faultOf("none.md", "docs/limits.md"), "none.md: no such file");
  t.equal(faultOf("../README.md#none", "docs/limits.md"), "../README.md#none: no such heading");
  t.equal(faultOf("../src#none", "docs/limits.md"), "../src#none: no document, so no heading");
  t.equal(faultOf("../LICENSE#none", "docs/limits.md"), "../LICENSE#none: no document, so no heading");
  t.equal(faultOf("#the-name-apitwiliocom", "docs/clients.md"), undefined);
});

t.test("README: at most 180 lines", async (t) => {
  const { lines } = readDocument("README.md");
  t.ok(lines <= 180, `${lines} lines`);
});
