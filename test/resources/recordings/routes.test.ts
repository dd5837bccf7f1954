import t from "tap";
import {
  ACCOUNT,
  basic,
  DAY,
  EXAMPLE,
  emulator,
  KEY,
  KEY_SECRET,
  notFound,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
  TOKEN,
} from "../../support/emulator.js";
import { mockTime } from "../../support/time.js";

const EXAMPLE_CEK =
  "OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==";
const DELETED = numbered("07");

t.test("fetch of the documented example: 200, keys in Twilio's order", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(pathOf(EXAMPLE), { headers: { host: "localhost:2010" } });
  t.equal(answer.statusCode, 200);
  t.equal(
    answer.body,
    JSON.stringify({
      account_sid: ACCOUNT,
      api_version: "2010-04-01",
      call_sid: `CA${"a".repeat(32)}`,
      conference_sid: `CF${"a".repeat(32)}`,
      date_created: "Fri, 14 Oct 2016 21:56:34 +0000",
      date_updated: "Fri, 14 Oct 2016 21:56:38 +0000",
      start_time: "Fri, 14 Oct 2016 21:56:34 +0000",
      duration: "4",
      sid: EXAMPLE,
      price: "-0.00250",
      price_unit: "USD",
      status: "completed",
      channels: 1,
      source: "StartConferenceRecordingAPI",
      error_code: null,
      uri: pathOf(EXAMPLE),
      encryption_details: {
        encryption_public_key_sid: `CR${"a".repeat(32)}`,
        encryption_cek: EXAMPLE_CEK,
        encryption_iv: "8I2hhNIYNTrwxfHk",
      },
      subresource_uris: {
        add_on_results: `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}/AddOnResults.json`,
        transcriptions: `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}/Transcriptions.json`,
      },
      media_url: `http://localhost:2010/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}`,
    }),
  );
});

t.test("fetch: nulls per status", async (t) => {
  const { send, state } = await emulator(t);
  const fetch = async (digits: string) => (await send(pathOf(numbered(digits)))).json();
  for (const [digits, status] of [
    ["01", "in-progress"],
    ["02", "paused"],
  ] as const) {
    t.test(`${status}: duration, price and price_unit are null`, async (t) => {
      t.match(await fetch(digits), { status, duration: null, price: null, price_unit: null, error_code: null });
    });
  }
  t.test("stopped: duration set, price is null", async (t) => {
    t.match(await fetch("03"), { status: "stopped", duration: "42", price: null, price_unit: "USD", error_code: null });
  });
  t.test("processing: duration and price are null", async (t) => {
    t.match(await fetch("04"), { status: "processing", duration: null, price: null, error_code: null });
  });
  t.test("completed: all set", async (t) => {
    t.match(await fetch("05"), { status: "completed", duration: "75", price: "-0.00500", price_unit: "USD" });
  });
  t.test("absent: error_code is an integer, price is null", async (t) => {
    t.match(await fetch("06"), { status: "absent", error_code: 16101, price: null });
  });
  t.test("not encrypted: encryption_details is null", async (t) => {
    t.equal((await fetch("05")).encryption_details, null);
  });
  t.test("not a conference: conference_sid is null", async (t) => {
    t.equal((await fetch("05")).conference_sid, null);
  });
  t.test("no start_time: start_time is null", async (t) => {
    state.database.prepare("UPDATE recordings SET start_time = NULL WHERE sid = ?").run(numbered("12"));
    t.equal((await fetch("12")).start_time, null);
  });
  t.test("dual-channel: channels is 2", async (t) => {
    t.equal((await fetch("10")).channels, 2);
  });
});

t.test("fetch with the option for it: encryption_details with the keys of 2018", async (t) => {
  const { send } = await emulator(t, { encryptionDetails: "2018" });
  t.equal(
    JSON.stringify((await send(pathOf(EXAMPLE))).json().encryption_details),
    JSON.stringify({
      public_key_sid: `CR${"a".repeat(32)}`,
      encrypted_cek: EXAMPLE_CEK,
      type: "rsa-aes",
      iv: "8I2hhNIYNTrwxfHk",
    }),
  );
  t.equal((await send(pathOf(numbered("05")))).json().encryption_details, null);
});

t.test("media_url", async (t) => {
  const { send } = await emulator(t);
  const mediaUrl = async (sid: string, host: string) =>
    (await send(pathOf(sid), { headers: { host } })).json().media_url;
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}`;
  t.test("follows the request's Host", async (t) => {
    t.equal(await mediaUrl(EXAMPLE, "api.twilio.com"), `http://api.twilio.com${path}`);
  });
  t.test("external storage: the fixture's media_url", async (t) => {
    t.equal(await mediaUrl(numbered("11"), "localhost"), `https://recordings.example.com/${ACCOUNT}/${numbered("11")}`);
  });
});

t.test("AccountSid", async (t) => {
  const { send } = await emulator(t);
  const digits = "a".repeat(31);
  for (const [name, account] of [
    ["unknown", `AC${"c".repeat(32)}`],
    ["too short", `AC${digits}`],
    ["too long", `AC${digits}aa`],
    ["of the wrong prefix", `AD${digits}a`],
    ["of a lower-case prefix", `ac${digits}a`],
    ["not hexadecimal", `AC${digits}g`],
  ] as const) {
    t.test(`${name}: 404, 20404, with the path`, async (t) => {
      const answer = await send(pathOf(EXAMPLE, account));
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(pathOf(EXAMPLE, account)));
    });
  }
  t.test("upper-case digits: 200, lower case in the response", async (t) => {
    const answer = await send(pathOf(EXAMPLE, `AC${"A".repeat(32)}`));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().account_sid, ACCOUNT);
  });
});

t.test("Sid", async (t) => {
  const { send } = await emulator(t);
  const digits = "a".repeat(31);
  for (const [name, sid] of [
    ["unknown", `RE${"c".repeat(32)}`],
    ["too short", `RE${digits}`],
    ["too long", `RE${digits}aa`],
    ["of the wrong prefix", `CA${digits}a`],
    ["of a lower-case prefix", `re${digits}a`],
    ["not hexadecimal", `RE${digits}g`],
    ["empty", ""],
    ["of the subaccount", numbered("13")],
  ] as const) {
    for (const method of ["GET", "DELETE"] as const) {
      t.test(`${name}, ${method}: 404, 20404, with the path`, async (t) => {
        const answer = await send(pathOf(sid), { method });
        t.equal(answer.statusCode, 404);
        t.same(answer.json(), notFound(pathOf(sid)));
      });
    }
  }
  t.test("percent-encoded characters of a SID: 200", async (t) => {
    t.equal((await send(pathOf(`%52%45${digits}a`))).statusCode, 200);
  });
  t.test("other percent-encoded characters: 404, message with the decoded path, without the query", async (t) => {
    const answer = await send(`${pathOf("RE%20%C3%A9")}?IncludeSoftDeleted=true`);
    t.same(answer.json(), notFound(pathOf("RE é")));
  });
  t.test("invalid percent-encoding: 404, message with the path unchanged", async (t) => {
    t.same((await send(pathOf("RE%zz"))).json(), notFound(pathOf("RE%zz")));
    t.same((await send(pathOf("RE%ff"))).json(), notFound(pathOf("RE%ff")));
  });
  t.test("upper-case digits: 200, lower case in the response", async (t) => {
    const answer = await send(pathOf(`RE${"A".repeat(32)}`));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().sid, EXAMPLE);
  });
});

t.test("soft-deleted recording", async (t) => {
  const { send } = await emulator(t);
  const flag = (value: string) => `${pathOf(DELETED)}?IncludeSoftDeleted=${value}`;
  for (const [name, url] of [
    ["without IncludeSoftDeleted", pathOf(DELETED)],
    ["with IncludeSoftDeleted=false", flag("false")],
    ["with an empty IncludeSoftDeleted", flag("")],
    ["with includesoftdeleted=true: names are case-sensitive", `${pathOf(DELETED)}?includesoftdeleted=true`],
  ] as const) {
    t.test(`${name}: 404, 20404`, async (t) => {
      const answer = await send(url);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(pathOf(DELETED)));
    });
  }
  for (const value of ["true", "True", "TRUE"]) {
    t.test(`with IncludeSoftDeleted=${value}: 200, status deleted`, async (t) => {
      const answer = await send(flag(value));
      t.equal(answer.statusCode, 200);
      t.match(answer.json(), { sid: DELETED, status: "deleted", duration: "30", price: "-0.00250" });
    });
  }
  t.test("with IncludeSoftDeleted twice: 200, the first value applies", async (t) => {
    t.equal((await send(`${flag("true")}&IncludeSoftDeleted=false`)).statusCode, 200);
  });
  for (const value of ["maybe", "1"]) {
    t.test(`with IncludeSoftDeleted=${value}: 400, 20001, with the parameter and the value`, async (t) => {
      const answer = await send(flag(value));
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), {
        code: 20001,
        message: `Invalid value '${value}' for parameter 'IncludeSoftDeleted': expected true or false`,
        more_info: "https://www.twilio.com/docs/errors/20001",
        status: 400,
      });
    });
  }
  t.test("unknown query parameters: 200, ignored", async (t) => {
    t.equal((await send(`${flag("true")}&Unknown=1&%zz`)).statusCode, 200);
  });
});

t.test("recording past the retention cutoff, with and without IncludeSoftDeleted: 404, 20404", async (t) => {
  const { send } = await emulator(t);
  const path = pathOf(numbered("08"));
  t.equal((await send(path)).statusCode, 404);
  t.equal((await send(`${path}?IncludeSoftDeleted=true`)).statusCode, 404);
});

t.test("delete", async (t) => {
  t.test("completed recording: 204, then 404, 200 with IncludeSoftDeleted; second DELETE: 404, 20404", async (t) => {
    const { send } = await emulator(t);
    const path = pathOf(numbered("05"));
    const before = (await send(path)).json();
    const answer = await send(path, { method: "DELETE" });
    t.equal(answer.statusCode, 204);
    t.equal(answer.body, "");
    t.equal((await send(path)).statusCode, 404);
    t.same((await send(`${path}?IncludeSoftDeleted=true`)).json(), { ...before, status: "deleted" });
    const again = await send(path, { method: "DELETE" });
    t.equal(again.statusCode, 404);
    t.same(again.json(), notFound(path));
  });

  for (const [digits, status] of [
    ["01", "in-progress"],
    ["02", "paused"],
    ["03", "stopped"],
    ["04", "processing"],
    ["06", "absent"],
  ] as const) {
    t.test(`${status} recording: 409, 20409, with the status; not deleted`, async (t) => {
      const { send } = await emulator(t);
      const answer = await send(pathOf(numbered(digits)), { method: "DELETE" });
      t.equal(answer.statusCode, 409);
      t.same(answer.json(), {
        code: 20409,
        message: `Conflict: only a completed recording can be deleted, this one is ${status}`,
        more_info: "https://www.twilio.com/docs/errors/20409",
        status: 409,
      });
      t.equal((await send(pathOf(numbered(digits)))).json().status, status);
    });
  }

  t.test("path without an extension: 204", async (t) => {
    const { send } = await emulator(t);
    const path = pathOf(numbered("05")).replace(".json", "");
    t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
    t.equal((await send(path, { method: "DELETE" })).statusCode, 404);
    t.equal((await send(`${path}.wav`, { method: "DELETE" })).statusCode, 405);
  });

  t.test("body of any content type: 204", async (t) => {
    const { send } = await emulator(t);
    for (const [digits, type] of [
      ["05", "application/json"],
      ["09", "application/x-www-form-urlencoded"],
      ["10", "not a media type"],
    ] as const) {
      const options = { method: "DELETE", payload: "{", headers: { "content-type": type } } as const;
      t.equal((await send(pathOf(numbered(digits)), options)).statusCode, 204, type);
    }
  });
});

t.test("retention", async (t) => {
  t.test("one second before 40 days after the deletion: 200; at 40 days: 404", async (t) => {
    const { send, state } = await emulator(t);
    const path = pathOf(numbered("05"));
    const time = 2_000_000_000_000;
    state.clock.set(time);
    await send(path, { method: "DELETE" });
    const deletedAt = deletionTime(numbered("05"));
    state.clock.set(deletedAt + 40 * DAY - 1000);
    t.equal((await send(`${path}?IncludeSoftDeleted=true`)).statusCode, 200);
    state.clock.set(deletedAt + 40 * DAY);
    t.equal((await send(`${path}?IncludeSoftDeleted=true`)).statusCode, 404);
    t.equal((await send(path)).statusCode, 404);

    function deletionTime(sid: string): number {
      const row = state.database.prepare("SELECT date_deleted FROM recordings WHERE sid = ?").get(sid);
      return (row as { date_deleted: number }).date_deleted;
    }
  });

  t.test("retentionDays 9, deleted earlier: 404", async (t) => {
    const { send } = await emulator(t, { retentionDays: 9 });
    t.equal((await send(`${pathOf(DELETED)}?IncludeSoftDeleted=true`)).statusCode, 404);
  });

  t.test("rows past the retention cutoff: deleted at the start and as real time passes", async (t) => {
    const pass = mockTime(t);
    const { state } = await emulator(t);
    const count = () =>
      state.database.prepare("SELECT count(*) FROM recordings WHERE date_deleted IS NOT NULL").pluck().get();
    t.equal(count(), 1, "one of the two deleted fixtures is past the retention cutoff");
    pass(31 * DAY);
    t.equal(count(), 0);
  });

  t.test("clock set past the retention cutoff: 404; back to the real clock: 200", async (t) => {
    const { send, state } = await emulator(t);
    const path = `${pathOf(DELETED)}?IncludeSoftDeleted=true`;
    state.clock.set(state.clock.now() + 31 * DAY);
    t.equal((await send(path)).statusCode, 404);
    t.equal((await send("/_emulator/clock", { method: "DELETE" })).statusCode, 200);
    t.equal((await send(path)).statusCode, 200);
  });

  t.test("past the retention cutoff, row not purged yet: 404", async (t) => {
    const { send, state } = await emulator(t);
    const expired = state.clock.now() - 40 * DAY;
    state.database.prepare("UPDATE recordings SET date_deleted = ? WHERE sid = ?").run(expired, DELETED);
    t.equal((await send(`${pathOf(DELETED)}?IncludeSoftDeleted=true`)).statusCode, 404);
  });
});

t.test("credentials", async (t) => {
  const { app, send } = await emulator(t);
  const withCredentials = (authorization: string, account = ACCOUNT, sid = EXAMPLE) =>
    send(pathOf(sid, account), { headers: { authorization } });
  const unauthorized = (message: string) => ({
    code: 20003,
    message,
    more_info: "https://www.twilio.com/docs/errors/20003",
    status: 401,
  });

  t.test("none: 401, 20003, No credentials provided", async (t) => {
    const answer = await app.inject(pathOf(EXAMPLE));
    t.equal(answer.statusCode, 401);
    t.same(answer.json(), unauthorized("Authentication Error - No credentials provided"));
  });
  for (const header of ["Basic", "Basic !", "Bearer abc", `Basic ${Buffer.from("no colon").toString("base64")}`, ""]) {
    t.test(`malformed "${header}": 401, 20003, No credentials provided`, async (t) => {
      t.same((await withCredentials(header)).json(), unauthorized("Authentication Error - No credentials provided"));
    });
  }
  for (const username of [`AC${"d".repeat(32)}`, ` ${ACCOUNT}`, `${ACCOUNT} `, ACCOUNT.toUpperCase(), "", "é"]) {
    t.test(`unknown user name "${username}": 401, 20003, invalid username`, async (t) => {
      const answer = await withCredentials(basic(username, TOKEN));
      t.equal(answer.statusCode, 401);
      t.same(answer.json(), unauthorized("Authentication Error - invalid username"));
    });
  }
  for (const [name, username, secret] of [
    ["account, wrong token", ACCOUNT, `${TOKEN}0`],
    ["account, empty token", ACCOUNT, ""],
    ["account, token that differs in the high bit of a byte only", ACCOUNT, TOKEN.replace("0", "\u00b0")],
    ["API key, wrong secret", KEY, TOKEN],
  ] as const) {
    t.test(`${name}: 401, 20003, Authenticate`, async (t) => {
      const raw = Buffer.from(`${username}:${secret}`, "latin1").toString("base64");
      const answer = await withCredentials(`Basic ${raw}`);
      t.equal(answer.statusCode, 401);
      t.same(answer.json(), unauthorized("Authenticate"));
    });
  }
  t.test("API key and secret: 200", async (t) => {
    t.equal((await withCredentials(basic(KEY, KEY_SECRET))).statusCode, 200);
  });
  t.test("subaccount for itself: 200", async (t) => {
    const own = basic(SUBACCOUNT, SUBACCOUNT_TOKEN);
    t.equal((await withCredentials(own, SUBACCOUNT, numbered("13"))).statusCode, 200);
  });
  t.test("parent for its subaccount: 200", async (t) => {
    const answer = await withCredentials(basic(ACCOUNT, TOKEN), SUBACCOUNT, numbered("13"));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().account_sid, SUBACCOUNT);
  });
  t.test("subaccount for its parent: 401, 20003, Authenticate", async (t) => {
    const answer = await withCredentials(basic(SUBACCOUNT, SUBACCOUNT_TOKEN), ACCOUNT);
    t.equal(answer.statusCode, 401);
    t.same(answer.json(), unauthorized("Authenticate"));
  });
  t.test("account for an unrelated account: 401, 20003, Authenticate", async (t) => {
    const other = `AC${"e".repeat(32)}`;
    const account = { sid: other, authToken: "token" };
    const { send } = await emulator(t, { account });
    const answer = await send(pathOf(EXAMPLE, other));
    t.equal(answer.statusCode, 401);
    t.same(answer.json(), unauthorized("Authenticate"));
    t.equal(
      (await send(pathOf(EXAMPLE, other), { headers: { authorization: basic(other, "token") } })).statusCode,
      404,
    );
  });
  t.test("none, with an invalid path, method or parameter: 401", async (t) => {
    t.equal((await app.inject("/unknown.json")).statusCode, 401);
    t.equal((await app.inject({ method: "PUT", url: pathOf(EXAMPLE) })).statusCode, 401);
    t.equal((await app.inject(`${pathOf(EXAMPLE)}?IncludeSoftDeleted=maybe`)).statusCode, 401);
    t.equal((await app.inject(pathOf("RE%zz"))).statusCode, 401);
  });
});

t.test("methods and paths", async (t) => {
  const { send } = await emulator(t);
  for (const method of ["POST", "PUT", "PATCH", "TRACE", "PROPFIND"] as const) {
    t.test(`${method}: 405, 20004`, async (t) => {
      const answer = await send(pathOf(EXAMPLE), { method: method as "POST" });
      t.equal(answer.statusCode, 405);
      t.same(answer.json(), {
        code: 20004,
        message: "The requested method is not allowed",
        more_info: "https://www.twilio.com/docs/errors/20004",
        status: 405,
      });
    });
  }
  for (const path of [
    "/unknown.json",
    "/2010-04-01.json",
    `/2010-04-01/Accounts/${ACCOUNT}/Unknown.json`,
    pathOf(EXAMPLE).replace("Recordings", "recordings"),
    pathOf(EXAMPLE).replace("Accounts", "ACCOUNTS"),
    pathOf(EXAMPLE).replace(".json", ".JSON.json"),
    `/${pathOf(EXAMPLE)}`,
  ]) {
    t.test(`unknown path ${path}: 404, 20404`, async (t) => {
      const answer = await send(path);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(path));
    });
  }
  t.test("HEAD: 200, headers of GET, no body", async (t) => {
    const path = pathOf(EXAMPLE);
    const [head, get] = [await send(path, { method: "HEAD" }), await send(path)];
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    t.equal(head.headers["content-length"], get.headers["content-length"]);
    t.equal(head.headers["content-type"], get.headers["content-type"]);
  });
  t.test("HEAD of an unknown recording: 404, no body", async (t) => {
    const answer = await send(pathOf(numbered("99")), { method: "HEAD" });
    t.equal(answer.statusCode, 404);
    t.equal(answer.body, "");
    t.equal(answer.headers["x-twilio-error-code"], "20404");
  });
  t.test("absolute-form target: 200, as for its path", async (t) => {
    t.equal((await send(`http://api.twilio.com${pathOf(EXAMPLE)}`)).statusCode, 200);
  });
});
