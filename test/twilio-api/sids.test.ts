import fc from "fast-check";
import t from "tap";
import { parseSid } from "../../src/twilio-api/request/sids.js";

const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 32, maxLength: 32 });

t.test("SID with digits in any case: parsed to lower case", async () => {
  fc.assert(fc.property(digits, (hex) => parseSid("RE", `RE${hex}`) === `RE${hex.toLowerCase()}`));
});

t.test("text that does not match the documented pattern: undefined", async () => {
  fc.assert(fc.property(fc.string(), (text) => /^RE[0-9a-fA-F]{32}$/.test(text) || parseSid("RE", text) === undefined));
  fc.assert(fc.property(digits, (hex) => parseSid("RE", `AC${hex}`) === undefined));
  for (const other of ["a".repeat(31), "a".repeat(33), `${"a".repeat(31)}g`, `${"a".repeat(32)}\n`]) {
    t.equal(parseSid("RE", `RE${other}`), undefined, other);
  }
});
