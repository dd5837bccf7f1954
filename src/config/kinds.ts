import { isIP } from "node:net";

/** The texts, parser and check of an option. `Given` is its type in `startEmulator(options)`. */
export interface Option<Value, Given = Value> {
  /** The flag's value in the help, such as `<folder>`; a flag without it takes none. */
  placeholder?: string;
  help: string;
  default: Value;
  /** The default as the help shows it, if it is not the value. */
  shown?: string;
  /** Allowed values, for error messages. */
  expected: string;
  /** Allowed texts of a flag or variable, if they differ from `expected`. */
  expectedText?: string;
  /** Parses the text of a flag or variable; undefined if it is invalid. */
  fromText(text: string): Given | undefined;
  /** Returns the value, or undefined if it is not allowed. */
  check(given: unknown): Value | undefined;
}

type Texts<Value> = Pick<Option<Value>, "placeholder" | "help" | "default" | "shown">;

const BOOLEANS = new Map([
  ...["true", "1", "yes", "on"].map((text) => [text, true] as const),
  ...["false", "0", "no", "off"].map((text) => [text, false] as const),
]);

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
const [EARLIEST, LATEST] = [Date.UTC(1900, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);

export function text<Value extends string | undefined>(texts: Texts<Value>): Option<Value, string> {
  const isText = (given: unknown): given is Value => typeof given === "string" && given !== "";
  return {
    ...texts,
    expected: "a string that is not empty",
    fromText: (text) => text,
    check: (given) => (isText(given) ? given : undefined),
  };
}

export function integer(most: number, texts: Texts<number>): Option<number> {
  const isInRange = (given: unknown): given is number =>
    Number.isInteger(given) && Number(given) >= 0 && Number(given) <= most;
  return {
    placeholder: "<number>",
    ...texts,
    expected: `a whole number from 0 to ${most}`,
    fromText: (text) => (/^\d{1,12}$/.test(text) ? Number(text) : undefined),
    check: (given) => (isInRange(given) ? given : undefined),
  };
}

export function flag(help: string): Option<boolean> {
  return {
    help,
    default: false,
    expected: "true or false",
    expectedText: [...BOOLEANS.keys()].join(", "),
    fromText: (text) => BOOLEANS.get(text.toLowerCase()),
    check: (given) => (typeof given === "boolean" ? given : undefined),
  };
}

export function choice<const Value extends string>(
  choices: readonly Value[],
  texts: Texts<NoInfer<Value>>,
): Option<Value> {
  const find = (given: unknown) => choices.find((one) => one === given);
  return { placeholder: `<${choices.join("|")}>`, ...texts, expected: choices.join(", "), fromText: find, check: find };
}

/** The value is in milliseconds since the Unix epoch. */
export function date(texts: Texts<number | undefined>): Option<number | undefined, string> {
  const isInRange = (time: number) => time >= EARLIEST && time <= LATEST;
  return {
    placeholder: "<date>",
    ...texts,
    expected: "a date from 1900 to 9999 such as 2026-01-31, or with a time and its zone, 2026-01-31T12:00:00Z",
    fromText: (text) => text,
    check(given) {
      const time = typeof given === "string" && DATE.test(given) ? Date.parse(given) : Number.NaN;
      return isInRange(time) ? time : undefined;
    },
  };
}

/** Scheme and host, such as `https://app.example.com`. */
export function origin(texts: Texts<string | undefined>): Option<string | undefined, string> {
  return {
    placeholder: "<url>",
    ...texts,
    expected: "a scheme and a host such as https://twilio.example.com",
    fromText: (text) => text,
    check: (given) =>
      typeof given === "string" && /^https?:\/\/[^/?#@\s]+$/i.test(given) && URL.canParse(given) ? given : undefined,
  };
}

/** URLs and what is requested instead: `https://app.example.com=http://localhost:3000`. */
export function mappings(texts: Texts<readonly string[]>): Option<readonly string[]> {
  const expected = "mappings such as https://app.example.com=http://localhost:3000";
  const isMapping = (text: unknown) => {
    const [, from = "", to = ""] = /^(https?:\/\/[^=\s/][^=\s]*)=(https?:\/\/[^\s/]\S*)$/i.exec(String(text)) ?? [];
    return URL.canParse(from) && URL.canParse(to);
  };
  return {
    placeholder: "<mappings>",
    ...texts,
    expected: `an array of ${expected}`,
    expectedText: `${expected}, separated by commas`,
    fromText: (text) => text.split(","),
    check: (given) => (Array.isArray(given) && given.every(isMapping) ? given : undefined),
  };
}

export function names(texts: Texts<readonly string[]>): Option<readonly string[]> {
  return list("names that are not empty", (name) => name !== "", texts);
}

/** Names that a certificate can contain, in lower case. */
export function certifiableNames(texts: Texts<readonly string[]>): Option<readonly string[]> {
  return list("domain names and IP addresses", (name) => isIP(name) !== 0 || DOMAIN_NAME.test(name), texts);
}

function list(expected: string, isName: (name: string) => boolean, texts: Texts<readonly string[]>) {
  return {
    placeholder: "<names>",
    ...texts,
    expected: `an array of ${expected}`,
    expectedText: `${expected}, separated by commas`,
    fromText: (text: string) => text.split(","),
    check(given: unknown) {
      if (!Array.isArray(given) || !given.every((name) => typeof name === "string")) return undefined;
      const list = given.map((name) => name.trim().toLowerCase());
      return list.every(isName) ? list : undefined;
    },
  };
}
