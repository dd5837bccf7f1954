// The layers of src, outermost first. Imports run downwards only: main, testcontainers > commands > index > client > emulator > app >
// inspector > config, control > seeding > resources > callbacks, media > twilio-api, listener > state. Within a resource: routes >
// representation > rules > store > table.
const layers = [
  ["main", "^src/(main|testcontainers)\\.ts$"],
  ["commands", "^src/commands/"],
  ["library entry", "^src/index\\.ts$"],
  ["client", "^src/client/"],
  ["emulator", "^src/emulator\\.ts$"],
  ["app", "^src/(app|background|server|logging)\\.ts$"],
  ["inspector", "^src/inspector/"],
  ["config", "^src/config/"],
  ["control", "^src/control/"],
  ["seeding", "^src/seeding/"],
  ["resources", "^src/resources/"],
  ["callbacks and media", "^src/(callbacks|media)/"],
  ["twilio-api", "^src/(twilio-api|listener)/"],
  ["state", "^src/(state/|package-path\\.ts)"],
];
const files = ["routes", "representation", "rules", "store", "table"];

/** For each entry: it may import nothing that stands above it. */
const downwards = (kind, ranks, from = (path) => path) =>
  ranks.slice(1).map(([name, path], index) => ({
    name: `${kind}-${name}-imports-upwards`.replaceAll(" ", "-"),
    severity: "error",
    from: { path: from(path) },
    to: { path: ranks.slice(0, index + 1).map(([, above]) => above) },
  }));

module.exports = {
  forbidden: [
    ...downwards("layer", layers),
    ...downwards(
      "resource",
      files.map((file) => [file, `^src/resources/[^/]+/${file}\\.ts$`]),
    ),
    {
      name: "store-is-private-to-its-resource",
      severity: "error",
      from: { path: "^src/resources/([^/]+)/" },
      to: { path: "^src/resources/[^/]+/store\\.ts$", pathNot: "^src/resources/$1/" },
    },
    {
      // It shows recordings as Twilio does, so it may also represent them.
      name: "control-reaches-rules-never-routes",
      severity: "error",
      from: { path: "^src/control/" },
      to: { path: "^src/resources/[^/]+/(routes|store)\\.ts$" },
    },
    {
      name: "config-is-a-leaf",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^src/", pathNot: "^src/(config/|package-path\\.ts|node-version\\.ts|state/startup-error\\.ts)" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      // It is browser code.
      name: "page-imports-only-types",
      severity: "error",
      from: { path: "^src/inspector/page/" },
      to: { path: "^src/", pathNot: "^src/inspector/page/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "nothing-imports-the-page",
      severity: "error",
      from: { pathNot: "^src/inspector/page/" },
      to: { path: "^src/inspector/page/" },
    },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: "\\.d\\.ts$" }, to: {} },
    {
      // The build bundles the libraries of the page. The optional peer dependency is a development dependency as well.
      name: "not-to-dev-dep",
      severity: "error",
      from: { pathNot: "^src/inspector/page/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer", "npm-optional"] },
    },
    { name: "not-to-unlisted", severity: "error", from: {}, to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] } },
  ],
  options: {
    // What builds is no part of what is built, and uses development dependencies.
    exclude: { path: "^src/build/" },
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
