import type { FastifyReply } from "fastify";
import { toXml } from "./xml.js";

/** The forms of an answer. The path's extension asks for one, and XML is what a path without one gets. */
export type Face = "json" | "xml" | "csv";

/** The extensions of a list. */
export const LIST_EXTENSIONS = [".json", ".xml", ".csv", ""] as const;

/** The extensions of a single resource. */
export const RESOURCE_EXTENSIONS = [".json", ".xml", ""] as const;

/** @param path - the request's path. */
export function faceOf(path: string): Face {
  return path.endsWith(".json") ? "json" : path.endsWith(".csv") ? "csv" : "xml";
}

const CONTENT_TYPES = { xml: "application/xml", csv: "text/csv; charset=utf-8" } as const;

/**
 * Sends one resource, or an error.
 *
 * @param element - its name in XML, `Recording`.
 * @param resource - as JSON has it; in XML its keys become CamelCase.
 * @returns what a route's handler returns.
 */
export function sendResource(reply: FastifyReply, face: Face, element: string, resource: object): object {
  if (face === "json") return resource;
  return send(reply, face, () => ({ [element]: elementsOf(resource) }), [resource]);
}

/**
 * Sends a page of a list. In XML the envelope becomes attributes; CSV has none.
 *
 * @param key - the list's name in JSON, `recordings`.
 * @param element - one resource's name in XML, `Recording`.
 * @returns what a route's handler returns.
 */
export function sendList(
  reply: FastifyReply,
  face: Face,
  { key, element }: { key: string; element: string },
  envelope: object,
  resources: readonly object[],
): object {
  if (face === "json") return { ...envelope, [key]: resources };
  return send(reply, face, listElement, resources);

  function listElement(): object {
    const attributes = Object.entries(envelope).map(([name, value]) => [`@_${name.replaceAll("_", "")}`, value ?? ""]);
    return { [`${element}s`]: { ...Object.fromEntries(attributes), [element]: resources.map(elementsOf) } };
  }
}

function send(reply: FastifyReply, face: "xml" | "csv", element: () => object, rows: readonly object[]): object {
  reply.type(CONTENT_TYPES[face]);
  return face === "xml" ? reply.send(toXml(element())) : toCsv(rows);
}

/** A resource with CamelCase keys. XML addresses are without extension, so that they lead to XML. */
function elementsOf(resource: object): object {
  return Object.fromEntries(
    Object.entries(resource).map(([key, value]: [string, unknown]) => {
      const name = key.replace(/(^|_)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
      if (value === null) return [name, ""];
      if (typeof value === "object") return [name, elementsOf(value)];
      return [
        name,
        typeof value === "string" && value.startsWith("/2010-04-01/") ? value.replace(/\.json$/, "") : value,
      ];
    }),
  );
}

/** A line of keys and a line for each resource; what is an object in JSON stays JSON. */
async function toCsv(resources: readonly object[]): Promise<string> {
  // Seldom asked for, so loaded only then.
  const { stringify } = await import("csv-stringify/sync");
  return stringify([...resources], { header: true, cast: { object: (value) => JSON.stringify(value) } });
}
