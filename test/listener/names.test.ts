import t from "tap";
import { certifiedNames, isTwilioApi, permittedNames } from "../../src/listener/names.js";

t.test("isTwilioApi: true for api.twilio.com, with a region, or with an edge and a region, only", async (t) => {
  for (const name of ["api.twilio.com", "api.ie1.twilio.com", "api.dublin.ie1.twilio.com"])
    t.ok(isTwilioApi(name), name);
  for (const name of [
    "twilio.com",
    "video.twilio.com",
    "api.a.b.c.twilio.com",
    "api..twilio.com",
    "api.-.twilio.com",
    "api.twilio.com.example",
    "xapi.twilio.com",
    "apixtwilio.com",
    "",
  ]) {
    t.notOk(isTwilioApi(name), name);
  }
});

t.test("names of the options: added to the default names, without duplicates", async (t) => {
  t.same(certifiedNames(["twilio", "localhost"]), [
    "api.twilio.com",
    "localhost",
    "host.docker.internal",
    "127.0.0.1",
    "::1",
    "twilio",
  ]);
  t.same(permittedNames(["twilio", "1.2.3.4", "fe80::1", "localhost"]), [
    "twilio.com",
    "localhost",
    "host.docker.internal",
    "127.0.0.0/8",
    "::1/128",
    "twilio",
    "1.2.3.4/32",
    "fe80::1/128",
  ]);
});
