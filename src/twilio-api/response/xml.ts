import XmlBuilder from "fast-xml-builder";

const builder = new XmlBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
// What XML 1.0 cannot carry even as a reference (https://www.w3.org/TR/xml/#charsets). A lone surrogate has no UTF-8 form.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is there to find.
const UNREPRESENTABLE = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;

/** `value`, with its keys as element names, in the envelope that every XML answer of this API has. */
export function toXml(value: object): string {
  const xml: string = builder.build({ TwilioResponse: value });
  // A parser reads a bare carriage return as a line feed (https://www.w3.org/TR/xml/#sec-line-ends).
  const text = xml.toWellFormed().replace(UNREPRESENTABLE, "\uFFFD").replaceAll("\r", "&#13;");
  return `<?xml version='1.0' encoding='UTF-8'?>\n${text}`;
}
