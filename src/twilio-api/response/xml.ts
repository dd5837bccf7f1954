import XmlBuilder from "fast-xml-builder";

const builder = new XmlBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
// Characters that XML 1.0 does not allow, even as references (https://www.w3.org/TR/xml/#charsets).
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters.
const UNREPRESENTABLE = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;

/** Returns `value` as XML in Twilio's root element; keys become element names. */
export function toXml(value: object): string {
  const xml: string = builder.build({ TwilioResponse: value });
  // A parser reads a bare carriage return as a line feed (https://www.w3.org/TR/xml/#sec-line-ends).
  const text = xml.toWellFormed().replace(UNREPRESENTABLE, "\uFFFD").replaceAll("\r", "&#13;");
  return `<?xml version='1.0' encoding='UTF-8'?>\n${text}`;
}
