import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The documents for users and contributors: paths from the root. */
export const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...globSync("docs/**/*.md", { cwd: ROOT }).sort(),
];

export interface Document {
  /** The text outside code blocks. */
  prose: string;
  blocks: Block[];
  lines: number;
}

/** A fenced code block. */
export interface Block {
  language: string;
  code: string;
  /** The paragraph before the block. */
  introduction: string;
}

/** @param path - from the root. */
export function readDocument(path: string): Document {
  const text = readFileSync(join(ROOT, path), "utf8");
  // Even parts are prose, odd parts are blocks.
  const parts = text.split(/^```/m);
  const blocks = parts.flatMap((part, index) => {
    if (index % 2 === 0) return [];
    const [language = "", ...code] = part.split("\n");
    const introduction = parts[index - 1]?.trimEnd().split("\n\n").at(-1) ?? "";
    return [{ language, code: code.join("\n"), introduction }];
  });
  const prose = parts.filter((_, index) => index % 2 === 0).join("");
  return { prose, blocks, lines: text.split("\n").length - 1 };
}
