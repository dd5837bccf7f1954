import type { Plugin } from "esbuild";

/** Modules that the sources import at the top of a file, and that few runs of the program use. */
const LAZY_MODULES = [
  "https",
  "http2",
  "tls",
  "dns",
  "worker_threads",
  "stream/consumers",
  "timers/promises",
  "zlib",
  "fast-xml-parser",
  "jsonc-parser",
  "luxon",
];
const NAMESPACE = "lazy";

/** An esbuild plugin: replaces each lazy module by getters that require it at the first use of an export. */
export const lazyModules: Plugin = {
  name: "lazy-modules",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:)?(${LAZY_MODULES.join("|")})$`);
    onResolve({ filter }, ({ kind, path, namespace }) =>
      // The getters themselves need the real module, and so does the bundle that contains it.
      kind === "entry-point" || namespace === NAMESPACE ? undefined : { path, namespace: NAMESPACE },
    );
    onLoad({ filter: /./, namespace: NAMESPACE }, async ({ path }) => ({
      contents: Object.keys(await import(path))
        .map((name) => `Object.defineProperty(exports, "${name}", { get: () => require("${path}").${name} });`)
        .join(""),
    }));
  },
};
