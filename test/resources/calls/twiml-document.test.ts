import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { type Element, parseTwiml, TwimlError } from "../../../src/resources/calls/twiml-document.js";

const element = (name: string, given: Partial<Element> = {}): Element => ({
  name,
  attributes: {},
  text: "",
  children: [],
  ...given,
});

t.test("document: its verbs with attributes, text and nouns", async (t) => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
    <!-- greeting -->
    <Response>
      <Say voice="alice" loop='2'> Hello &amp; welcome </Say>
      <Dial timeout="10"><Number url="/a?b=1&amp;c=2">+14155551212</Number> or <Client>jo</Client></Dial>
      <Hangup/>
    </Response>`;
  t.same(parseTwiml(text), [
    element("Say", { attributes: { voice: "alice", loop: "2" }, text: "Hello & welcome" }),
    element("Dial", {
      attributes: { timeout: "10" },
      text: "+14155551212 or jo",
      children: [
        element("Number", { attributes: { url: "/a?b=1&c=2" }, text: "+14155551212" }),
        element("Client", { text: "jo" }),
      ],
    }),
    element("Hangup"),
  ]);
});

for (const [title, text] of [
  ["no verb", "<Response/>"],
  ["no verb, but text", "<Response>Hello</Response>"],
  ["white space around it", " \n\t<Response></Response>\n "],
  ["white space before its declaration", '\n <?xml version="1.0"?><Response/>'],
  ["processing instruction", '<?xml version="1.0"?><?xml-stylesheet href="a"?><Response><?php echo 1 ?></Response>'],
  ["comments around the root", "<!-- a --><Response><!-- <Say>b</Say> --></Response><!-- c -->"],
  ["attributes of the root", '<Response version="1.0" xmlns="http://example.com/"/>'],
] as const) {
  t.test(`document with ${title}: no verbs`, async (t) => t.same(parseTwiml(text), []));
}

t.test("CDATA, entities, numeric references: the text", async (t) => {
  const [say, other] = parseTwiml(
    "<Response><Say><![CDATA[<b> & ]]>&lt;&#65;&#x42;&gt;&quot;&apos;&amp;lt;</Say><Say>&uuml;</Say></Response>",
  );
  t.equal(say?.text, `<b> & <AB>"'&lt;`);
  t.equal(other?.text, "&uuml;", "no entity of XML");
});

t.test("numbers and booleans: texts, unchanged", async (t) => {
  t.same(parseTwiml('<Response><Say loop="007" a="true">0x10</Say><Say>1.0</Say></Response>'), [
    element("Say", { attributes: { loop: "007", a: "true" }, text: "0x10" }),
    element("Say", { text: "1.0" }),
  ]);
});

for (const [title, text, message] of [
  ["empty text", "", /^no XML: /],
  ["white space", " \n ", /^no XML: /],
  ["plain text", "Hello", /^no XML: /],
  ["JSON", '{"a":1}', /^no XML: /],
  ["element that is not closed", "<Response><Say>", /^no XML: .* \(line 1\)$/],
  ["error in a later line", "<Response>\n<Say>\n</Dial></Response>", /^no XML: .* \(line 3\)$/],
  ["attribute without a value", "<Response><Say loop/></Response>", /^no XML: /],
  ["attribute without quotes", "<Response><Say loop=1/></Response>", /^no XML: /],
  ["another root", "<html><body/></html>", "the root is <html>; expected: <Response>"],
  ["root in lower case", "<response/>", "the root is <response>; expected: <Response>"],
  ["only a comment", "<!-- a -->", /^no XML: /],
  ["two roots", "<Response/><Say/>", "no XML: <Say> after the root"],
  ["5,000 levels", `<Response>${"<a>".repeat(5000)}${"</a>".repeat(5000)}</Response>`, /^no XML: /],
] as const) {
  t.test(`${title}: TwimlError`, async (t) => {
    t.throws(() => parseTwiml(text), { name: "TwimlError", message });
  });
}

// XML 1.0 allows these characters; a line break is a line feed (2.11).
const text = fc
  .string({
    unit: fc.oneof(
      { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "<",
          ">",
          "&",
          '"',
          "'",
          "&amp;",
          "&#65;",
          "&cent;",
          "]]>",
          "ü",
          "😀",
          "\n",
          "\t",
          "  ",
          "%",
          "#",
        ),
      },
    ),
  })
  .map((one) => one.replace(/\r/g, ""));
const name = fc.oneof(
  fc.constantFrom("Say", "Response", "Dial", "a", "_", "a-b", "a.b", "a1", "Größe"),
  // The parser renames elements with the names of inherited properties.
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/).filter((one) => !(one in {})),
);
interface Source {
  name: string;
  attributes: [string, string][];
  content: (Source | string)[];
}
const { source } = fc.letrec<{ source: Source; content: (Source | string)[] }>((tie) => ({
  source: fc.record({
    name,
    attributes: fc.uniqueArray(fc.tuple(name, text), { selector: ([one]) => one, maxLength: 3 }),
    content: tie("content"),
  }),
  content: fc.array(fc.oneof({ maxDepth: 4, withCrossShrink: true }, text, tie("source")), { maxLength: 4 }),
}));

const NAMES: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&apos;" };
const escaped = (one: string) => one.replace(/[<>&"']/g, (character) => NAMES[character] as string);
const write = (one: Source | string): string => {
  if (typeof one === "string") return escaped(one);
  const attributes = one.attributes.map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
  const content = one.content.map(write).join("");
  return content === "" ? `<${one.name}${attributes}/>` : `<${one.name}${attributes}>${content}</${one.name}>`;
};
const textOf = (one: Source | string): string => (typeof one === "string" ? one : one.content.map(textOf).join(""));
const expected = (one: Source): Element => ({
  name: one.name,
  attributes: Object.fromEntries(one.attributes),
  text: textOf(one).trim(),
  children: one.content.filter((child) => typeof child !== "string").map(expected),
});

t.test("any document that is built from elements, attributes and texts: parsed to the same", async () => {
  fc.assert(
    fc.property(fc.array(source, { maxLength: 4 }), (content) => {
      assert.deepEqual(parseTwiml(write({ name: "Response", attributes: [], content })), content.map(expected));
    }),
    { numRuns: 500 },
  );
});

t.test("any text: verbs or a TwimlError", async () => {
  const pieces = fc.constantFrom(
    ...[
      "<Response>",
      "</Response>",
      "<Response/>",
      "<Say",
      "<Say>",
      "</Say>",
      "/>",
      ">",
      "<",
      "&",
      "&amp;",
      "&#0;",
      "&#x110000;",
    ],
    ...[
      "&lt",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<!DOCTYPE a [",
      '<!ENTITY b "c">',
      "&b;",
      "]>",
      "<?xml ?>",
      "<?",
      "?>",
      "<!",
    ],
    ...[
      ' a="1"',
      " a='",
      '"',
      " __proto__='1'",
      "<__proto__>",
      "</__proto__>",
      "<constructor/>",
      "<a:b/>",
      "<:@/>",
      "<#text/>",
      " ",
      "\n",
      "\0",
      "\ud800",
    ],
  );
  const any = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 10 }).map((all) => all.join("")),
    fc.array(pieces, { maxLength: 6 }).map((all) => `<Response>${all.join("")}</Response>`),
    fc.array(pieces, { maxLength: 4 }).map((all) => `<Response><Say${all.join("")}</Say></Response>`),
  );
  fc.assert(
    fc.property(any, (given) => {
      try {
        return Array.isArray(parseTwiml(given));
      } catch (error) {
        return error instanceof TwimlError;
      }
    }),
    { numRuns: 5000 },
  );
});
