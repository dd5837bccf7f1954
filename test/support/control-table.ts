import type { Control } from "../../src/control/control.js";
import { type Operation, statusOf } from "../../src/control/operation.js";

const HEAD = ["method and path", "in process", "body or query", "answer", "effect"];
/** Routes outside the operations. */
const OTHERS = [
  ["`GET /ca.pem`", "", "", "200: PEM", "Return the certificate authority. Needs no token"],
  ["`GET /openapi.json`", "", "", "200: JSON", "Return the OpenAPI document"],
];

const BEGIN = /<!-- operations: .* -->\n/;
const END = "<!-- end of operations -->";

/** Returns the page with a regenerated table of operations. */
export function withControlTable(page: string, { list }: Pick<Control, "list">): string {
  const [begin = ""] = BEGIN.exec(page) ?? [];
  const [before = ""] = page.split(begin);
  const after = page.slice(page.indexOf(END));
  const rows = [HEAD, HEAD.map(() => "---"), ...list.map(rowOf), ...OTHERS];
  const table = rows.map((cells) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |").replaceAll("|  |", "| |"));
  return `${before}${begin}\n${table.join("\n")}\n\n${after}`;
}

function rowOf(operation: Operation): string[] {
  const { method, url, inProcess = "", summary, description, docs, body, query, answer, errors = [] } = operation;
  const { failingStatus } = operation;
  const path = url === "/" ? "/_emulator" : url;
  const input = docs?.input ?? [keysOf(body), query === undefined ? "" : `query: ${keysOf(query)}`].join("");
  const statuses = [...(failingStatus === undefined ? [] : [failingStatus]), ...errors];
  const keys = docs?.answer ?? keysOf(answer);
  const success = `${statusOf(operation)}${keys === "" ? "" : `: ${keys}`}`;
  const effect = description === undefined ? summary : `${summary}. ${description.replace(/\.$/, "")}`;
  return [`\`${method} ${path}\``, inProcess, input, [success, ...statuses].join("; "), effect];
}

function keysOf(schema: object | undefined): string {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, unknown> };
  return Object.keys(properties)
    .map((key) => `\`${key}\``)
    .join(", ");
}
