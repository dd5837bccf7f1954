import type { Plugin } from "esbuild";
import { projectPath } from "./project-path.js";

/** Modules of the sources: the import, and the file from the project's root. */
const OWN_MODULES: Readonly<Record<string, string>> = {
  "./x509.js": "src/listener/x509.ts",
  "./commands/run.js": "src/commands/run.ts",
  "./commands/env.js": "src/commands/env.ts",
};

/** Imports that most starts do not execute, and the file in dist that contains each: without them a start reads less. */
const SEPARATE_BUNDLES: Readonly<Record<string, string>> = {
  "./x509.js": "x509",
  "./commands/run.js": "run",
  "./commands/env.js": "env",
  ajv: "ajv",
  "fast-xml-parser": "fast-xml-parser",
  "jsonc-parser": "jsonc-parser",
  "light-my-request": "light-my-request",
  luxon: "luxon",
  "@fastify/swagger": "swagger",
  "@streamparser/json": "streamparser-json",
  "@faker-js/faker/locale/en": "faker",
  "csv-stringify/sync": "csv-stringify",
  "pino-pretty": "pino-pretty",
  undici: "undici",
  "wasm-media-encoders/esnext": "media-encoders",
};

/** The entry points of the separate bundles, for esbuild. */
export const separateBundleEntries = Object.entries(SEPARATE_BUNDLES).map(([path, out]) => ({
  in: path in OWN_MODULES ? projectPath(OWN_MODULES[path] as string) : path,
  out,
}));

/** An esbuild plugin: compiles an import of such a module to a require of its file in dist. */
export const separateBundles: Plugin = {
  name: "separate-bundles",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => {
      const out = kind === "entry-point" ? undefined : SEPARATE_BUNDLES[path];
      return out === undefined ? undefined : { path: `./${out}.cjs`, external: true };
    });
  },
};
