import { dirname } from "node:path";
import standaloneCode from "ajv/dist/standalone/index.js";
import { ajv, validate } from "../fixtures/compiled-schema.js";

/** For esbuild: in the place of the module that compiles the fixtures' JSON Schema, the code that ajv makes of it. */
export const compiledSchema = {
  name: "compiled-schema",
  setup({ onLoad }) {
    const contents = standaloneCode.default(ajv, validate);
    onLoad({ filter: /[\\/]compiled-schema\.ts$/ }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
  },
};
