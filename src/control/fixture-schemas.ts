import { eachResource } from "../resources/register.js";

const entry = { type: "object", additionalProperties: {} } as const;
const list = { type: "array", items: entry } as const;

/**
 * Fixtures, for the OpenAPI document only: seeding validates them against its own JSON Schema, which the package exports as
 * `fixture.schema.json`.
 */
export const FIXTURES = {
  title: "Fixtures",
  type: "object",
  description: "The content of a fixture file: fixture.schema.json describes the entries.",
  properties: { accounts: list, ...eachResource(() => list) },
} as const;

export const NEW_RECORDINGS = {
  description: "One recording, an array of them, or an object with lists, as in a fixture file.",
  anyOf: [entry, { type: "array", items: entry }],
} as const;

export const RECORDING_CHANGES = { ...entry, description: "Any key of a recording in a fixture file." } as const;
