import type { Plugin } from "esbuild";

/** An esbuild plugin: compiles an import of the library's entry to a require of its CommonJS entry. */
export const commonJsEntry: Plugin = {
  name: "common-js-entry",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: "./index.cjs", external: true }));
  },
};
