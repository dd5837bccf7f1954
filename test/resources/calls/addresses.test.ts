import t from "tap";
import { fictionalNumber, formatAddress, parseAddress } from "../../../src/resources/calls/addresses.js";

t.test(
  "fictionalNumber: a number of North America that is reserved for fiction, never in an area of a service",
  async (t) => {
    const numbers = new Set<string>();
    for (let seed = 0; seed < 2000; seed++) {
      const number = fictionalNumber(`CA${(seed * 256 + (seed % 256)).toString(16).padStart(32, "0")}`);
      numbers.add(number);
      if (!/^\+1[2-9]\d\d55501\d\d$/.test(number) || /^\+1\d11/.test(number)) t.fail(number);
      if (parseAddress(number) !== number) t.fail(`${number} is no address`);
    }
    t.ok(numbers.size > 700, `${numbers.size} numbers`);
    const [before, service] = [9, 10].map((area) => fictionalNumber(`${area.toString(16).padStart(6, "0")}00`));
    t.equal(before, "+12105550100");
    t.equal(service, "+12125550100", "211 is a service");
  },
);

t.test("parseAddress: undefined for a text that is neither a number, a client nor a SIP address", async (t) => {
  for (const text of [
    "",
    " ",
    "nonsense",
    "123456",
    "+0123456789",
    "+1 415 CALL NOW",
    "++14155551212",
    "+1234567890123456",
    "client:",
    "client:a b",
    `client:${"x".repeat(122)}`,
    "sip:",
    "sip:joe",
    "sip:joe@",
    "sip:a b@example.com",
    "tel:+14155551212",
  ]) {
    t.equal(parseAddress(text), undefined, text);
  }
});

t.test("formatAddress: national form for North America only", async (t) => {
  for (const [address, formatted] of [
    ["+16103317238", "(610) 331-7238"],
    ["+442071838750", "+442071838750"],
    ["client:+16103317238", "client:+16103317238"],
    ["sip:joe@example.com", "sip:joe@example.com"],
  ] as const) {
    t.equal(formatAddress(address), formatted);
  }
});
