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
  "./x509.js": "x509",
  ajv: "ajv",
  "jsonc-parser": "jsonc-parser",
  "light-my-request": "light-my-request",
  luxon: "luxon",
  "@fastify/swagger": "swagger",
  "@faker-js/faker/locale/en": "faker",
  "csv-stringify/sync": "csv-stringify",
  "pino-pretty": "pino-pretty",
  "wasm-media-encoders/esnext": "media-encoders",
};
/** What files import at their top that every start loads, but few starts use. */
const LATER = [
  "https",
  "http2",
  "tls",
  "dns",
  "worker_threads",
  "stream/consumers",
  "timers/promises",
  "jsonc-parser",
  "luxon",
];
// What an earlier build made has names that this one may not have.
for (const name of await readdir(folder)) if (/\.c?js$/.test(name)) await rm(`${folder}/${name}`);
const shared = { bundle: true, platform: "node", target: "node22.14", outdir: folder, logLevel: "warning" };
const commonJs = {
  ...shared,
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  minifyWhitespace: true,
  // Short enough for a stack trace to say where.
  lineLimit: 120,
  // Nobody uses Fastify's compilers of schemas; better-sqlite3 finds its binary beside its own files.
  external: ["better-sqlite3", "@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler"],
  plugins: [compiledSchema, { name: "later", setup: loadLater }, { name: "seldom", setup: leaveApart }],
  // A script from a code cache has lost what import() needs.
  supported: { "dynamic-import": false },
  // jsonc-parser's CommonJS form cannot be bundled.
  mainFields: ["module", "main"],
  define: { "import.meta.url": "importMetaUrl" },
};
const importMetaUrl = 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;';

// The program is one file with all that every start needs, as each file that is looked for and read takes its time. It is
// CommonJS, because Node takes a code cache for scripts only; main.cjs calls its function, as Node calls a module's.
await build({
  ...commonJs,
  entryPoints: { program: source("src/main.ts") },
  banner: { js: `(function (require, __filename) { ${importMetaUrl}` },
  footer: { js: "})" },
});
await build({
  ...shared,
  entryPoints: { main: source("src/build/launcher.ts") },
  format: "cjs",
  // An old Node must be able to read it, to say that it is too old.
  target: "node12",
  outExtension: { ".js": ".cjs" },
});
await build({
  ...commonJs,
  entryPoints: Object.entries(SELDOM).map(([path, out]) => ({
    in: path.startsWith("./") ? source(`src/listener/${out}.ts`) : path,
    out,
  })),
  banner: { js: importMetaUrl },
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
await writeCodeCache(folder);

function leaveApart({ onResolve }) {
  onResolve({ filter: /./ }, ({ kind, path }) =>
    kind !== "entry-point" && path in SELDOM ? { path: `./${SELDOM[path]}.cjs`, external: true } : undefined,
  );
}

/** Loads modules when they are first used, not when they are imported. */
function loadLater({ onResolve, onLoad }) {
  const later = new RegExp(`^(node:)?(${LATER.join("|")})$`);
  onResolve({ filter: later }, ({ kind, path, namespace }) =>
    kind === "entry-point" || namespace === "later" ? undefined : { path, namespace: "later" },
  );
  onLoad({ filter: /./, namespace: "later" }, async ({ path }) => ({
    contents: Object.keys(await import(path))
      .map((key) => `Object.defineProperty(exports, "${key}", { get: () => require("${path}").${key} });`)
      .join(""),
  }));
}

/** A path from the project's root. */
function source(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
