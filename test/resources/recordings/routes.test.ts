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

t.test("fetch: the documented example, key by key in Twilio's order (200)", async (t) => {
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
  t.test("stopped: the duration is known, the price is not", async (t) => {
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
  t.test("without a start_time: null", async (t) => {
    state.database.prepare("UPDATE recordings SET start_time = NULL WHERE sid = ?").run(numbered("12"));
    t.equal((await fetch("12")).start_time, null);
  });
  t.test("dual-channel: channels is 2", async (t) => {
    t.equal((await fetch("10")).channels, 2);
  });
});

t.test("fetch: encryption_details with the keys of 2018, by option", async (t) => {
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
  t.test("in external storage: the fixture's own", async (t) => {
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
    t.test(`${name} (404, 20404, with the path)`, async (t) => {
      const answer = await send(pathOf(EXAMPLE, account));
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(pathOf(EXAMPLE, account)));
    });
  }
  t.test("in upper-case digits: found, and answered in lower case (200)", async (t) => {
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
      t.test(`${name}, ${method} (404, 20404, with the path)`, async (t) => {
        const answer = await send(pathOf(sid), { method });
        t.equal(answer.statusCode, 404);
        t.same(answer.json(), notFound(pathOf(sid)));
      });
    }
  }
  t.test("with percent-encoded characters of a SID: found (200)", async (t) => {
    t.equal((await send(pathOf(`%52%45${digits}a`))).statusCode, 200);
  });
  t.test("with other percent-encoded characters (404, the path is decoded, without the query)", async (t) => {
    const answer = await send(`${pathOf("RE%20%C3%A9")}?IncludeSoftDeleted=true`);
    t.same(answer.json(), notFound(pathOf("RE é")));
  });
  t.test("with a percent sign that encodes nothing (404, the path as it is)", async (t) => {
    t.same((await send(pathOf("RE%zz"))).json(), notFound(pathOf("RE%zz")));
    t.same((await send(pathOf("RE%ff"))).json(), notFound(pathOf("RE%ff")));
  });
  t.test("in upper-case digits: found, and answered in lower case (200)", async (t) => {
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
    ["with IncludeSoftDeleted=, as if left out", flag("")],
    ["with includesoftdeleted=true: names are case-sensitive", `${pathOf(DELETED)}?includesoftdeleted=true`],
  ] as const) {
    t.test(`${name} (404, 20404)`, async (t) => {
      const answer = await send(url);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(pathOf(DELETED)));
    });
  }
  for (const value of ["true", "True", "TRUE"]) {
    t.test(`with IncludeSoftDeleted=${value} (200, status deleted)`, async (t) => {
      const answer = await send(flag(value));
      t.equal(answer.statusCode, 200);
      t.match(answer.json(), { sid: DELETED, status: "deleted", duration: "30", price: "-0.00250" });
    });
  }
  t.test("with IncludeSoftDeleted given twice: the first one counts (200)", async (t) => {
    t.equal((await send(`${flag("true")}&IncludeSoftDeleted=false`)).statusCode, 200);
  });
  for (const value of ["maybe", "1"]) {
    t.test(`with IncludeSoftDeleted=${value} (400, 20001, names the parameter and the value)`, async (t) => {
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
  t.test("unknown query parameters are ignored (200)", async (t) => {
    t.equal((await send(`${flag("true")}&Unknown=1&%zz`)).statusCode, 200);
  });
});

t.test("deleted longer ago than the retention: gone, with and without the flag (404, 20404)", async (t) => {
  const { send } = await emulator(t);
  const path = pathOf(numbered("08"));
  t.equal((await send(path)).statusCode, 404);
  t.equal((await send(`${path}?IncludeSoftDeleted=true`)).statusCode, 404);
});

t.test("delete", async (t) => {
  t.test("completed (204, no body), then soft-deleted (404; 200 with the flag), then again (404, 20404)", async (t) => {
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
    t.test(`${status} (409, 20409, names the status), and nothing is deleted`, async (t) => {
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

  t.test("by a path without an extension (204)", async (t) => {
    const { send } = await emulator(t);
    const path = pathOf(numbered("05")).replace(".json", "");
    t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
    t.equal((await send(path, { method: "DELETE" })).statusCode, 404);
    t.equal((await send(`${path}.wav`, { method: "DELETE" })).statusCode, 405);
  });

  t.test("with a body of any content type (204)", async (t) => {
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
  t.test("found until 40 days after the deletion, gone from that instant on", async (t) => {
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

  t.test("by option", async (t) => {
    const { send } = await emulator(t, { retentionDays: 9 });
    t.equal((await send(`${pathOf(DELETED)}?IncludeSoftDeleted=true`)).statusCode, 404);
  });

  t.test("what is gone is removed from the database: at the start and as real time passes", async (t) => {
    const pass = mockTime(t);
    const { state } = await emulator(t);
    const count = () =>
      state.database.prepare("SELECT count(*) FROM recordings WHERE date_deleted IS NOT NULL").pluck().get();
    t.equal(count(), 1, "of two deleted fixtures, one is older than the retention");
    pass(31 * DAY);
    t.equal(count(), 0);
  });

  t.test("what a turned clock hides is there again when the clock is turned back", async (t) => {
    const { send, state } = await emulator(t);
    const path = `${pathOf(DELETED)}?IncludeSoftDeleted=true`;
    state.clock.set(state.clock.now() + 31 * DAY);
    t.equal((await send(path)).statusCode, 404);
    t.equal((await send("/_emulator/clock", { method: "DELETE" })).statusCode, 200);
    t.equal((await send(path)).statusCode, 200);
  });

  t.test("gone at the instant, even before it is removed", async (t) => {
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

  t.test("none (401, 20003, No credentials provided)", async (t) => {
    const answer = await app.inject(pathOf(EXAMPLE));
    t.equal(answer.statusCode, 401);
    t.same(answer.json(), unauthorized("Authentication Error - No credentials provided"));
  });
  for (const header of ["Basic", "Basic !", "Bearer abc", `Basic ${Buffer.from("no colon").toString("base64")}`, ""]) {
    t.test(`unreadable: "${header}" (401, 20003, No credentials provided)`, async (t) => {
      t.same((await withCredentials(header)).json(), unauthorized("Authentication Error - No credentials provided"));
    });
  }
  for (const username of [`AC${"d".repeat(32)}`, ` ${ACCOUNT}`, `${ACCOUNT} `, ACCOUNT.toUpperCase(), "", "é"]) {
    t.test(`unknown user name "${username}" (401, 20003, invalid username)`, async (t) => {
      const answer = await withCredentials(basic(username, TOKEN));
      t.equal(answer.statusCode, 401);
      t.same(answer.json(), unauthorized("Authentication Error - invalid username"));
    });
  }
  for (const [name, username, secret] of [
    ["account, wrong token", ACCOUNT, `${TOKEN}0`],
    ["account, empty token", ACCOUNT, ""],
    ["account, a token whose bytes differ in the high bit alone", ACCOUNT, TOKEN.replace("0", "\u00b0")],
    ["API key, wrong secret", KEY, TOKEN],
  ] as const) {
    t.test(`${name} (401, 20003, Authenticate)`, async (t) => {
      const raw = Buffer.from(`${username}:${secret}`, "latin1").toString("base64");
      const answer = await withCredentials(`Basic ${raw}`);
      t.equal(answer.statusCode, 401);
      t.same(answer.json(), unauthorized("Authenticate"));
    });
  }
  t.test("API key and secret (200)", async (t) => {
    t.equal((await withCredentials(basic(KEY, KEY_SECRET))).statusCode, 200);
  });
  t.test("a subaccount's own (200)", async (t) => {
    const own = basic(SUBACCOUNT, SUBACCOUNT_TOKEN);
    t.equal((await withCredentials(own, SUBACCOUNT, numbered("13"))).statusCode, 200);
  });
  t.test("the parent's, for a subaccount (200)", async (t) => {
    const answer = await withCredentials(basic(ACCOUNT, TOKEN), SUBACCOUNT, numbered("13"));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().account_sid, SUBACCOUNT);
  });
  t.test("a subaccount's, for its parent: foreign (401, 20003, Authenticate)", async (t) => {
    const answer = await withCredentials(basic(SUBACCOUNT, SUBACCOUNT_TOKEN), ACCOUNT);
    t.equal(answer.statusCode, 401);
    t.same(answer.json(), unauthorized("Authenticate"));
  });
  t.test("an account's, for one that it does not own: foreign (401, 20003, Authenticate)", async (t) => {
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
  t.test("are checked before the path, the method and the parameters (401)", async (t) => {
    t.equal((await app.inject("/unknown.json")).statusCode, 401);
    t.equal((await app.inject({ method: "PUT", url: pathOf(EXAMPLE) })).statusCode, 401);
    t.equal((await app.inject(`${pathOf(EXAMPLE)}?IncludeSoftDeleted=maybe`)).statusCode, 401);
    t.equal((await app.inject(pathOf("RE%zz"))).statusCode, 401);
  });
});

t.test("methods and paths", async (t) => {
  const { send } = await emulator(t);
  for (const method of ["POST", "PUT", "PATCH", "TRACE", "PROPFIND"] as const) {
    t.test(`${method} (405, 20004)`, async (t) => {
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
    t.test(`unknown path ${path} (404, 20404)`, async (t) => {
      const answer = await send(path);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(path));
    });
  }
  t.test("HEAD: the headers of GET, without the body (200)", async (t) => {
    const path = pathOf(EXAMPLE);
    const [head, get] = [await send(path, { method: "HEAD" }), await send(path)];
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    t.equal(head.headers["content-length"], get.headers["content-length"]);
    t.equal(head.headers["content-type"], get.headers["content-type"]);
  });
  t.test("HEAD of an unknown recording: no body (404)", async (t) => {
    const answer = await send(pathOf(numbered("99")), { method: "HEAD" });
    t.equal(answer.statusCode, 404);
    t.equal(answer.body, "");
    t.equal(answer.headers["x-twilio-error-code"], "20404");
  });
  t.test("an absolute-form target is answered like its path (200)", async (t) => {
    t.equal((await send(`http://api.twilio.com${pathOf(EXAMPLE)}`)).statusCode, 200);
  });
});

t.test("operations that are not built say so, whatever form they are asked for (501, X-Emulator-Fault)", async (t) => {
  const { send } = await emulator(t);
  const root = `/2010-04-01/Accounts/${ACCOUNT}`;
  const [call, conference] = [`${root}/Calls/CA${"a".repeat(32)}`, `${root}/Conferences/CF${"a".repeat(32)}`];
  for (const [path, extensions, ...methods] of [
    [`${call}/Recordings`, ["", ".json", ".xml", ".csv"], "GET", "POST"],
    [`${call}/Recordings/${EXAMPLE}`, ["", ".json", ".xml"], "GET", "POST", "DELETE"],
    [`${call}/Recordings/Twilio.CURRENT`, ["", ".json", ".xml"], "GET", "POST", "DELETE"],
    [`${conference}/Recordings`, ["", ".json", ".xml", ".csv"], "GET"],
    [`${conference}/Recordings/${EXAMPLE}`, ["", ".json", ".xml"], "GET", "POST", "DELETE"],
    [`${conference}/Recordings/Twilio.CURRENT`, ["", ".json", ".xml"], "GET", "POST", "DELETE"],
  ] as const) {
    for (const url of extensions.map((extension) => path + extension)) {
      for (const method of methods) {
        const answer = await send(url, { method });
        t.equal(answer.statusCode, 501);
        t.equal(answer.headers["x-emulator-fault"], "not-implemented");
        t.match(answer.body, `The emulator does not implement ${url} yet`);
      }
    }
    t.equal((await send(path, { method: "PUT" })).statusCode, 405);
  }
  for (const word of ["Twilio.LAST", "Twilio.CURRENT.wav", "twilio.current"]) {
    t.equal((await send(`${call}/Recordings/${word}.json`, { method: "POST" })).statusCode, 404, word);
  }
});
