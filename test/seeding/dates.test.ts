import fc from "fast-check";
import { DateTime, Duration } from "luxon";
import t from "tap";
import { addDuration, parseFixtureDate } from "../../src/seeding/dates.js";
import { toRfc2822 } from "../../src/twilio-api/response/dates.js";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31, 12);

t.test("parseFixtureDate", async (t) => {
  for (const [name, text, expected] of [
    ["RFC 2822", "Fri, 14 Oct 2016 21:56:34 +0000", "2016-10-14T21:56:34.000Z"],
    ["RFC 2822 in another zone", "Mon, 14 Feb 2022 22:23:00 +0100", "2022-02-14T21:23:00.000Z"],
    ["ISO 8601", "2016-10-14T21:56:34Z", "2016-10-14T21:56:34.000Z"],
    ["ISO 8601 in another zone", "2016-10-14T21:56:34+02:00", "2016-10-14T19:56:34.000Z"],
    ["ISO 8601 without a zone: GMT", "2016-10-14T21:56", "2016-10-14T21:56:00.000Z"],
    ["ISO 8601, a date alone: its midnight", "2016-10-14", "2016-10-14T00:00:00.000Z"],
    ["a duration before now", "-P10D", "2026-01-21T12:00:00.000Z"],
    ["a duration before now, in days and smaller", "-P1DT2H3M4S", "2026-01-30T09:56:56.000Z"],
    ["a duration before now, in hours alone", "-PT36H", "2026-01-30T00:00:00.000Z"],
    ["the first millisecond", "0000-01-01T00:00:00+00:00", "0000-01-01T00:00:00.000Z"],
    ["the last millisecond", "9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999Z"],
    ["a duration with months and hours before now", "-P1MT2H", "2025-12-31T10:00:00.000Z"],
  ] as const) {
    t.test(name, async (t) => t.equal(new Date(parseFixtureDate(text, NOW) ?? 0).toISOString(), expected));
  }
  const noDates = ["", "yesterday", "P10D", "-P", "-PX", "12:30", "2016-13-01", "1476482194", "-P10D of junk"];
  const otherYears = [
    "9999-12-31T23:59:59-01:00",
    "0000-01-01T00:00:00+01:00",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "+010000-01-01",
    "-000712-03-05T12:00:00.000Z",
    "-P9999Y",
    "-P9999999D",
  ];
  for (const text of [...noDates, ...otherYears]) {
    t.test(`"${text}": undefined`, async (t) => t.equal(parseFixtureDate(text, NOW), undefined));
  }
});

t.test("date in Twilio's format: its whole second", async () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
      const time = Math.floor(date.getTime() / 1000) * 1000;
      return parseFixtureDate(toRfc2822(time), NOW) === time;
    }),
  );
});

t.test("random zones and durations: a time of the years 0 to 9999, or undefined", async () => {
  const [first, last] = [Date.parse("0000-01-01T00:00:00Z"), Date.UTC(9999, 11, 31, 23, 59, 59, 999)];
  const nearEdge = fc
    .tuple(fc.constantFrom(first, last), fc.integer({ min: -2 * DAY, max: 2 * DAY }))
    .map(([edge, offset]) => Math.min(Math.max(edge + offset, first), last));
  fc.assert(
    fc.property(nearEdge, fc.integer({ min: -23, max: 23 }), (time, hours) => {
      const zone = `${hours < 0 ? "-" : "+"}${String(Math.abs(hours)).padStart(2, "0")}:00`;
      const expected = time - hours * 3_600_000;
      const text = new Date(time).toISOString().replace("Z", zone);
      return parseFixtureDate(text, NOW) === (expected < first || expected > last ? undefined : expected);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9999 }), fc.constantFrom("Y", "M", "W", "D"), (number, unit) => {
      const expected = addDuration(NOW, `-P${number}${unit}`) ?? Number.NaN;
      return parseFixtureDate(`-P${number}${unit}`, NOW) === (expected >= first ? expected : undefined);
    }),
  );
});

t.test("random durations: same time as luxon", async () => {
  const digits = fc.integer({ min: 0, max: 99_999_999 });
  const text = fc
    .record(
      { sign: fc.constantFrom("", "-"), M: digits, D: digits, H: digits, m: digits, S: digits },
      { requiredKeys: ["sign"] },
    )
    .map(({ sign, M, D, H, m, S }) => {
      const part = (number: number | undefined, unit: string) => (number === undefined ? "" : `${number}${unit}`);
      const time = part(H, "H") + part(m, "M") + part(S, "S");
      return `${sign}P${part(M && M % 1200, "M")}${part(D, "D")}${time && `T${time}`}`;
    });
  fc.assert(
    fc.property(text, (duration) => {
      const date = DateTime.fromMillis(NOW, { zone: "utc" }).plus(Duration.fromISO(duration));
      const expected = /\d/.test(duration) && date.isValid ? date.toMillis() : undefined;
      return addDuration(NOW, duration) === expected;
    }),
  );
});
