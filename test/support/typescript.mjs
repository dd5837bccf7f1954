// Node.js strips the types and keeps every position, so that coverage is exact. The sources import each other as .js.
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  resolve(specifier, context, next) {
    // t.mockImport adds a query.
    const isSource = /\.ts(\?.*)?$/.test(context.parentURL) || specifier.includes("?tapmock=");
    const isFile = /^(\.{1,2}\/|file:)/.test(specifier) && !specifier.includes("/node_modules/");
    const source = specifier.replace(/\.js(?=$|\?)/, ".ts");
    // Files of dist are JavaScript.
    const isThere = isSource && isFile && existsSync(fileURLToPath(new URL(source.split("?")[0], context.parentURL)));
    return next(isThere ? source : specifier, context);
  },
});
