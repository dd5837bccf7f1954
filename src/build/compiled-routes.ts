import type { Plugin } from "esbuild";
import { ROUTES } from "../client/routes.js";

/** An esbuild plugin: replaces the module that reads the operations from an emulator by the operations. */
export const compiledRoutes: Plugin = {
  name: "compiled-routes",
  setup({ onLoad }) {
    const contents = `export const ROUTES = ${JSON.stringify(ROUTES)};`;
    onLoad({ filter: /[\\/]client[\\/]routes\.ts$/ }, () => ({ contents }));
  },
};
