import type { FastifyReply } from "fastify";
import type { Envelope } from "../request/paging.js";
import { toXml } from "./xml.js";

/** The extension of the path selects the format; without one, it is XML. */
export type Format = "json" | "xml" | "csv";

// Path patterns for the router. One route serves all extensions: creating a route takes as long as a short request.

export const LIST_EXTENSION = extensionOf("json", "xml", "csv");
export const RESOURCE_EXTENSION = extensionOf("json", "xml");
export const SID = ":Sid(^[^.]*)";

export function extensionOf(...extensions: string[]): string {
  return `:extension(^(?:\\.(?:${extensions.join("|")}))?$)`;
}

export function formatOf(path: string): Format {
  return path.endsWith(".json") ? "json" : path.endsWith(".csv") ? "csv" : "xml";
}

const CONTENT_TYPES = { xml: "application/xml", csv: "text/csv; charset=utf-8" } as const;

/**
 * Sends one resource, or an error.
 *
 * @param resource - with the keys of JSON; those of XML are in CamelCase.
 */
export function sendResource(reply: FastifyReply, format: Format, element: string, resource: object): object {
  if (format === "json") return resource;
  return send(reply, format, () => ({ [element]: elementsOf(resource) }), [resource], Object.keys(resource));
}

/**
 * Sends a page of a list, its keys in Twilio's order. In XML the envelope becomes attributes; CSV omits it.
 *
 * @param key - the list's name in JSON, `recordings`.
 * @param element - one resource's name in XML, `Recording`.
 * @param keys - the columns of CSV.
 */
export function sendList(
  reply: FastifyReply,
  format: Format,
  { key, element, keys }: { key: string; element: string; keys: readonly string[] },
  envelope: Envelope,
  resources: readonly object[],
): object {
  if (format !== "json") return send(reply, format, listElement, resources, keys);
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
  format: "xml" | "csv",
  element: () => object,
  rows: readonly object[],
  columns: readonly string[],
): object {
  reply.type(CONTENT_TYPES[format]);
  return format === "xml" ? reply.send(toXml(element())) : toCsv(rows, columns);
}

/** Returns a resource with CamelCase keys. Its URIs have no extension, so that they return XML. */
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
 * Returns a header line and a line for each resource. Like Twilio, it does not escape values that a spreadsheet reads as
 * formulas, because they begin with `=`, `+`, `-` or `@`.
 *
 * @see https://www.twilio.com/docs/usage/troubleshooting/data-types#csv
 */
async function toCsv(rows: readonly object[], columns: readonly string[]): Promise<string> {
  // Few starts need it, so it is loaded on first use.
  const { stringify } = await import("csv-stringify/sync");
  return stringify([...rows], {
    header: true,
    cast: { boolean: String },
    columns: columns.map((key) => ({ key, header: elementName(key) })),
  });
}
