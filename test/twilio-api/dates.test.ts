import fc from "fast-check";
import t from "tap";
import { toRfc2822 } from "../../src/twilio-api/response/dates.js";

t.test("times before and after 1970: as Date.toUTCString, with +0000", async (t) => {
  const times = fc.date({ noInvalidDate: true }).map((date) => date.getTime());
  fc.assert(fc.property(times, (time) => toRfc2822(time) === new Date(time).toUTCString().replace("GMT", "+0000")));
  t.equal(toRfc2822(Date.UTC(2016, 9, 14, 21, 56, 34, 999)), "Fri, 14 Oct 2016 21:56:34 +0000");
  t.equal(toRfc2822(Date.UTC(2016, 9, 14)), "Fri, 14 Oct 2016 00:00:00 +0000");
});
