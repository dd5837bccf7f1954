import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the page, in both encodings. */
export interface PageFile {
  name: string;
  plain: Encoded;
  zipped: Encoded;
}

interface Encoded {
  /** The entity tag, in quotes. */
  tag: string;
  content: Buffer;
}

/** Returns a function that returns a file of a folder; undefined if there is none. Each is read when first asked for. */
export function pageFiles(folder: string): (name: string) => PageFile | undefined {
  const files = new Map<string, PageFile>();
  return (name) => {
    const file = files.get(name) ?? read(folder, name);
    if (file !== undefined) files.set(name, file);
    return file;
  };
}

function read(folder: string, name: string): PageFile | undefined {
  let content: Buffer;
  try {
    content = readFileSync(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const hash = createHash("sha256").update(content).digest("base64url");
  return {
    name,
    plain: { tag: `"${hash}"`, content },
    zipped: { tag: `"${hash}-gzip"`, content: gzipSync(content, { level: 9 }) },
  };
}
