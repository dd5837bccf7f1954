import { dirname } from "node:path";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { Plugin } from "esbuild";
import { ajv, validate } from "../seeding/compiled-schema.js";

/** An esbuild plugin: replaces the module that compiles the fixtures' JSON Schema at start by the compiled code. */
export const compiledSchema: Plugin = {
  name: "compiled-schema",
  setup({ onLoad }) {
    const contents = standaloneCode.default(ajv, validate);
    onLoad({ filter: /[\\/]compiled-schema\.ts$/ }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
  },
};
