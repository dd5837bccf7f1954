import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { writeCodeCache } from "./code-cache.mjs";
import { compiledSchema } from "./compiled-schema.mjs";

// Makes of src what is run and published, the program and the library's entry, in dist or the folder that is named. Their
// types are tsc's.
const folder = resolve(process.argv[2] ?? source("dist"));
/** What is loaded only where it is needed, as files of their own: a start would read them for nothing. */
const SELDOM = {
  "@peculiar/x509": "x509",
  "light-my-request": "light-my-request",
  "@fastify/swagger": "swagger",
  "@faker-js/faker/locale/en": "faker",
  "csv-stringify/sync": "csv-stringify",
  "pino-pretty": "pino-pretty",
  "wasm-media-encoders/esnext": "media-encoders",
};
// What an earlier build made has names that this one may not have.
for (const name of await readdir(folder)) if (/\.c?js$/.test(name)) await rm(`${folder}/${name}`);
const shared = { bundle: true, platform: "node", target: "node20.19", outdir: folder, logLevel: "warning" };

// The program is one file with all that every start needs, as each file that is looked for and read takes its time. It is
// CommonJS, because Node takes a code cache for scripts only.
await build({
  ...shared,
  entryPoints: {
    program: source("src/main.ts"),
    ...Object.fromEntries(Object.entries(SELDOM).map(([name, file]) => [file, name])),
  },
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  minifyWhitespace: true,
  // Short enough for a stack trace to say where.
  lineLimit: 120,
  // It is native.
  external: ["better-sqlite3"],
  plugins: [compiledSchema, { name: "seldom", setup: leaveApart }],
  // A script from a code cache has lost what import() needs.
  supported: { "dynamic-import": false },
  // jsonc-parser's CommonJS form cannot be bundled.
  mainFields: ["module", "main"],
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "importMetaUrl" },
});
await build({
  ...shared,
  entryPoints: { index: source("src/index.ts") },
  format: "esm",
  packages: "external",
  plugins: [compiledSchema],
  splitting: true,
});
await mkdir(`${folder}/fixtures`, { recursive: true });
await copyFile(source("src/fixtures/fixture.schema.json"), `${folder}/fixtures/fixture.schema.json`);
await copyFile(source("src/build/main.mjs"), `${folder}/main.js`);
await writeCodeCache(folder);

function leaveApart({ onResolve }) {
  onResolve({ filter: /./ }, ({ kind, path }) =>
    kind !== "entry-point" && path in SELDOM ? { path: `./${SELDOM[path]}.cjs`, external: true } : undefined,
  );
}

/** A path from the project's root. */
function source(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
