import type { FastifyReply } from "fastify";
import type { Envelope } from "../request/paging.js";
import { toXml } from "./xml.js";

/** The forms of an answer. The path's extension asks for one, and XML is what a path without one gets. */
export type Format = "json" | "xml" | "csv";

// Ends of paths as the router takes them, one for all extensions: a route takes as long to make as a short request.

/** The end of a list's path: an extension, or none. */
export const LIST_EXTENSION = extensionOf("json", "xml", "csv");

/** The end of a single resource's path: an extension, or none. */
export const RESOURCE_EXTENSION = extensionOf("json", "xml");

/** A resource's SID in a path, before an extension: whatever has no dot. */
export const SID = ":Sid(^[^.]*)";

/** The end of a path as the router takes it: one of these extensions, or none. */
export function extensionOf(...extensions: string[]): string {
  return `:extension(^(?:\\.(?:${extensions.join("|")}))?$)`;
}

/** @param path - the request's path. */
export function formatOf(path: string): Format {
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
export function sendResource(reply: FastifyReply, face: Format, element: string, resource: object): object {
  if (face === "json") return resource;
  return send(reply, face, () => ({ [element]: elementsOf(resource) }), [resource], Object.keys(resource));
}

/**
 * Sends a page of a list, its keys in Twilio's order. In XML the envelope becomes attributes; CSV has none.
 *
 * @param key - the list's name in JSON, `recordings`.
 * @param element - one resource's name in XML, `Recording`.
 * @param keys - of a resource, for the columns of CSV.
 * @returns what a route's handler returns.
 */
export function sendList(
  reply: FastifyReply,
  face: Format,
  { key, element, keys }: { key: string; element: string; keys: readonly string[] },
  envelope: Envelope,
  resources: readonly object[],
): object {
  if (face !== "json") return send(reply, face, listElement, resources, keys);
  const { first_page_uri, end, previous_page_uri, uri, page_size, start, next_page_uri, page } = envelope;
  return { first_page_uri, end, previous_page_uri, uri, page_size, start, [key]: resources, next_page_uri, page };

  function listElement(): object {
    const attributes = Object.entries(envelope).map(([name, value]) => [`@_${name.replaceAll("_", "")}`, value ?? ""]);
    return {
      [`${element}s`]: {
        ...Object.fromEntries(attributes),
        [element]: resources.map((resource) => elementsOf(resource)),
      },
    };
  }
}

function send(
  reply: FastifyReply,
  face: "xml" | "csv",
  element: () => object,
  rows: readonly object[],
  columns: readonly string[],
): object {
  reply.type(CONTENT_TYPES[face]);
  return face === "xml" ? reply.send(toXml(element())) : toCsv(rows, columns);
}

/** A resource with CamelCase keys. The addresses in it are without extension, so that they lead to XML. */
function elementsOf(resource: object, areAddresses = false): object {
  return Object.fromEntries(
    Object.entries(resource).map(([key, value]: [string, unknown]) => {
      const name = elementName(key);
      if (value === null) return [name, ""];
      if (typeof value === "object") return [name, elementsOf(value, key === "subresource_uris")];
      return [name, areAddresses || key === "uri" ? String(value).replace(/\.json$/, "") : value];
    }),
  );
}

/** Returns a key's name in XML and CSV: `date_created` becomes `DateCreated`. */
function elementName(key: string): string {
  return key.replace(/(^|_)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

/**
 * A line of names and a line for each resource. Values stay as they are, also where a spreadsheet would take one that
 * begins with `=`, `+`, `-` or `@` for a formula: so does Twilio's CSV.
 *
 * @see https://www.twilio.com/docs/usage/troubleshooting/data-types#csv
 */
async function toCsv(rows: readonly object[], columns: readonly string[]): Promise<string> {
  // Seldom asked for, so loaded only then.
  const { stringify } = await import("csv-stringify/sync");
  return stringify([...rows], {
    header: true,
    columns: columns.map((key) => ({ key, header: elementName(key) })),
  });
}
