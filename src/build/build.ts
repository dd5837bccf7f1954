import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { recordCodeCache } from "./code-cache.js";
import { compiledSchema } from "./compiled-schema.js";
import { buildInspector } from "./inspector.js";
import { lazyModules } from "./lazy-modules.js";
import { projectPath } from "./project-path.js";
import { separateBundleEntries, separateBundles } from "./separate-bundles.js";

const dist = resolve(process.argv[2] ?? projectPath("dist"));

const common = {
  bundle: true,
  platform: "node",
  target: "node22.14",
  outdir: dist,
  logLevel: "warning",
} satisfies BuildOptions;

const commonJs = {
  ...common,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  minifyWhitespace: true,
  // Short lines, so that the positions in stack traces are useful.
  lineLimit: 120,
  external: [
    // It looks for its native binary beside its own files.
    "better-sqlite3",
    // The app replaces these compilers, so Fastify never requires them.
    "@fastify/ajv-compiler",
    "@fastify/fast-json-stringify-compiler",
  ],
  plugins: [compiledSchema, lazyModules, separateBundles],
  // import() fails in a script that V8 restores from a code cache, so esbuild compiles it to require().
  supported: { "dynamic-import": false },
  // The CommonJS form of jsonc-parser cannot be bundled.
  mainFields: ["module", "main"],
  define: { "import.meta.url": "importMetaUrl" },
} satisfies BuildOptions;
const importMetaUrl = 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;';

// Chunks and code caches of an earlier build have other names.
for (const name of await readdir(dist)) if (/\.(c?js|cache)$/.test(name)) await rm(join(dist, name));

// The program is one CommonJS script: each further file costs time at start, and Node accepts a code cache for scripts only.
// The launcher calls its wrapper function, as Node does for a CommonJS module.
await build({
  ...commonJs,
  entryPoints: { program: projectPath("src/main.ts") },
  banner: { js: `(function (require, __filename) { ${importMetaUrl}` },
  footer: { js: "})" },
});
await build({
  ...common,
  entryPoints: { main: projectPath("src/build/launcher.ts") },
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  // A Node that is too old must parse the launcher, which then prints the error.
  target: "node12",
});
await build({ ...commonJs, entryPoints: separateBundleEntries, banner: { js: importMetaUrl } });
await build({
  ...common,
  entryPoints: { index: projectPath("src/index.ts") },
  format: "esm",
  packages: "external",
  plugins: [compiledSchema],
  splitting: true,
});
await mkdir(join(dist, "fixtures"), { recursive: true });
await copyFile(projectPath("src/seeding/fixture.schema.json"), join(dist, "fixtures/fixture.schema.json"));
for (const name of ["index.cjs", "index.d.cts"]) await copyFile(projectPath(`src/build/${name}`), join(dist, name));
await buildInspector(join(dist, "inspector"));
await recordCodeCache(dist);
