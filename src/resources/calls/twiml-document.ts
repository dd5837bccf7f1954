import { XMLParser, XMLValidator } from "fast-xml-parser";

/** An element of a TwiML document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  /** Its text and that of its children, without the white space around it. */
  text: string;
  children: Element[];
}

/** Thrown for a document that is no TwiML. Twilio's debugger has code 12100 or 12200 then. */
export class TwimlError extends Error {
  override name = "TwimlError";
}

/**
 * Returns the verbs of a TwiML document.
 *
 * @throws TwimlError for a text that is not well-formed XML, or whose root is not `<Response>`.
 * @see https://www.twilio.com/docs/voice/twiml
 */
export function parseTwiml(text: string): Element[] {
  // XML allows no white space before its declaration; Twilio does.
  const xml = text.trim();
  const checked = XMLValidator.validate(xml);
  if (checked !== true) throw new TwimlError(`no XML: ${checked.err.msg} (line ${checked.err.line})`);
  // The validator refuses a text without an element.
  const [root, another] = parse(xml).flatMap((node) => elementOf(node) ?? []) as [Element, ...Element[]];
  if (root.name !== "Response") throw new TwimlError(`the root is <${root.name}>; expected: <Response>`);
  if (another !== undefined) throw new TwimlError(`no XML: <${another.name}> after the root`);
  return root.children;
}

/** A node as the parser returns it: one key with the children, `:@` with the attributes. */
type Node = Record<string, Node[] | string | Record<string, string>>;

function parse(xml: string): Node[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    // Numeric references too.
    htmlEntities: true,
    trimValues: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
  });
  try {
    return parser.parse(xml) as Node[];
  } catch (error) {
    // Nested too deeply, for example.
    throw new TwimlError(`no XML: ${(error as Error).message}`);
  }
}

/** @returns undefined for text. */
function elementOf({ ":@": attributes = {}, ...node }: Node): Element | undefined {
  const [[name, content] = ["#text", []]] = Object.entries(node);
  if (name === "#text") return undefined;
  return {
    name,
    attributes: attributes as Record<string, string>,
    text: textOf(content as Node[]).trim(),
    children: (content as Node[]).flatMap((child) => elementOf(child) ?? []),
  };
}

function textOf(nodes: Node[]): string {
  return nodes
    .map(({ ":@": _, ...node }) => {
      const [[name, content] = ["#text", ""]] = Object.entries(node);
      return name === "#text" ? String(content) : textOf(content as Node[]);
    })
    .join("");
}
