import fc from "fast-check";
import t, { type Test } from "tap";
import {
  ACCOUNT,
  basic,
  DAY,
  emulator,
  KEY,
  KEY_SECRET,
  notFound,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
  TOKEN,
} from "../support/emulator.js";

const LIST = "/2010-04-01/Accounts.json";
const pathOf = (sid: string, extension = ".json") => `/2010-04-01/Accounts/${sid}${extension}`;
const AS_SUBACCOUNT = { headers: { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) } };
const AS_KEY = { headers: { authorization: basic(KEY, KEY_SECRET) } };
const sids = (body: { accounts: { sid: string }[] }) => body.accounts.map(({ sid }) => sid);

/** Starts an emulator with a main account and subaccounts of these ages in days. */
async function family(t: Test, ages: readonly number[]) {
  const subaccounts = ages.map((age, index) => ({
    sid: `AC${index.toString(16).padStart(32, "0")}`,
    auth_token: "token",
    friendly_name: index % 2 === 0 ? "Even" : "Odd",
    owner_account_sid: ACCOUNT,
    date_created: `-P${age}D`,
  }));
  const main = { sid: ACCOUNT, auth_token: TOKEN, date_created: "-P1000D" };
  const fixtures = t.testdir({ "a.json": JSON.stringify({ accounts: [main, ...subaccounts] }) });
  return emulator(t, { fixtures });
}

t.test("fetch", async (t) => {
  t.test("main account: 200, keys in Twilio's order, owner_account_sid is its own SID", async (t) => {
    const { send } = await emulator(t, { clock: Date.UTC(2026, 0, 31, 12) });
    const answer = await send(pathOf(ACCOUNT));
    t.equal(answer.statusCode, 200);
    const body = answer.json();
    t.same(Object.keys(body), [
      "auth_token",
      "date_created",
      "date_updated",
      "friendly_name",
      "owner_account_sid",
      "sid",
      "status",
      "subresource_uris",
      "type",
      "uri",
    ]);
    t.match(body, {
      auth_token: TOKEN,
      date_created: "Sat, 31 Jan 2026 12:00:00 +0000",
      date_updated: "Sat, 31 Jan 2026 12:00:00 +0000",
      friendly_name: "Main account",
      owner_account_sid: ACCOUNT,
      sid: ACCOUNT,
      status: "active",
      type: "Full",
      uri: pathOf(ACCOUNT),
    });
  });

  t.test("subresource_uris: the documented ones; those of resources that are emulated 200, others 404", async (t) => {
    const { send } = await emulator(t);
    const uris: Record<string, string> = (await send(pathOf(ACCOUNT))).json().subresource_uris;
    t.equal(Object.keys(uris).length, 20);
    t.equal(uris.short_codes, pathOf(ACCOUNT, "/SMS/ShortCodes.json"));
    for (const [name, uri] of Object.entries(uris)) {
      t.equal(
        (await send(uri)).statusCode,
        ["calls", "conferences", "recordings", "transcriptions"].includes(name) ? 200 : 404,
        name,
      );
    }
  });

  t.test("subaccount, with its own or its parent's credentials: 200, owner_account_sid is the parent", async (t) => {
    const { send } = await emulator(t);
    for (const options of [AS_SUBACCOUNT, {}, AS_KEY]) {
      t.match((await send(pathOf(SUBACCOUNT), options)).json(), {
        auth_token: SUBACCOUNT_TOKEN,
        owner_account_sid: ACCOUNT,
        sid: SUBACCOUNT,
      });
    }
  });

  t.test("API key, upper-case digits, HEAD: 200", async (t) => {
    const { send } = await emulator(t);
    t.equal((await send(pathOf(ACCOUNT), AS_KEY)).json().sid, ACCOUNT);
    t.equal((await send(pathOf(`AC${"A".repeat(32)}`))).json().sid, ACCOUNT);
    const head = await send(pathOf(ACCOUNT), { method: "HEAD" });
    t.equal(head.statusCode, 200);
    t.equal(head.body, "");
    t.ok(Number(head.headers["content-length"]) > 1000);
  });

  t.test(".xml and no extension: 200, XML", async (t) => {
    const { send } = await emulator(t);
    for (const extension of [".xml", ""]) {
      const answer = await send(pathOf(ACCOUNT, extension));
      t.equal(answer.headers["content-type"], "application/xml");
      t.match(answer.body, `<TwilioResponse><Account><AuthToken>${TOKEN}</AuthToken><DateCreated>`);
      t.match(answer.body, `<Recordings>${pathOf(ACCOUNT, "/Recordings")}</Recordings>`);
    }
  });

  t.test("unknown, malformed, CSV: 404, 20404", async (t) => {
    const { send } = await emulator(t);
    for (const path of [pathOf(`AC${"9".repeat(32)}`), pathOf("AC1"), pathOf(ACCOUNT.toLowerCase())]) {
      const answer = await send(path);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(path));
    }
    for (const path of [pathOf(ACCOUNT, ".csv"), pathOf("", ""), pathOf(ACCOUNT, "/")]) {
      t.equal((await send(path)).headers["x-twilio-error-code"], "20404", path);
    }
  });

  t.test("parent with a subaccount's credentials, another main account: 401, 20003", async (t) => {
    const { send, steer } = await emulator(t);
    const { body: other } = await steer("POST", "/accounts", { recordings: "none" });
    for (const answer of [await send(pathOf(ACCOUNT), AS_SUBACCOUNT), await send(pathOf(other.sid))]) {
      t.equal(answer.statusCode, 401);
      t.match(answer.json(), { code: 20003, message: "Authenticate" });
    }
  });

  t.test("no credentials: 401; other method: 405", async (t) => {
    const { app, send } = await emulator(t);
    for (const path of [pathOf(ACCOUNT), LIST]) {
      t.equal((await app.inject(path)).statusCode, 401);
      for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
        const answer = await send(path, { method });
        t.equal(answer.statusCode, 405);
        t.equal(answer.headers["x-twilio-error-code"], "20004");
      }
    }
    t.equal((await send(pathOf(ACCOUNT), { method: "DELETE", ...AS_SUBACCOUNT })).statusCode, 401);
  });

  t.test("account of the options: its token in the response, not in the export", async (t) => {
    const sid = `AC${"c".repeat(32)}`;
    const { send, steer } = await emulator(t, { account: { sid, authToken: "given" } });
    const options = { headers: { authorization: basic(sid, "given") } };
    t.match((await send(pathOf(sid), options)).json(), { auth_token: "given", owner_account_sid: sid });
    t.notMatch(JSON.stringify((await steer("GET", "/export")).body), "given");
  });

  t.test("account of the options after an import without it: 200", async (t) => {
    const { send, steer } = await emulator(t, { account: { sid: ACCOUNT, authToken: "given" } });
    const options = { headers: { authorization: basic(ACCOUNT, "given") } };
    const accounts = [{ sid: SUBACCOUNT, auth_token: "other" }];
    t.equal((await steer("POST", "/import", { accounts })).status, 204);
    t.equal((await send(pathOf(ACCOUNT), options)).json().auth_token, "given");
    t.match((await send(LIST, options)).json().accounts, [{ sid: ACCOUNT }]);
  });

  t.test("account of anyAccount: empty auth_token", async (t) => {
    const sid = `AC${"e".repeat(32)}`;
    const { send } = await emulator(t, { anyAccount: true });
    const options = { headers: { authorization: basic(sid, "any") } };
    t.match((await send(pathOf(sid), options)).json(), { auth_token: "", friendly_name: sid, owner_account_sid: sid });
  });

  t.test("created account: dates from the emulator's clock", async (t) => {
    const { send, steer, state } = await emulator(t);
    state.clock.freeze(Date.UTC(2030, 0, 31, 12));
    const { body: account } = await steer("POST", "/accounts", { recordings: "none" });
    const options = { headers: { authorization: basic(account.sid, account.auth_token) } };
    t.match((await send(pathOf(account.sid), options)).json(), {
      auth_token: account.auth_token,
      date_created: "Thu, 31 Jan 2030 12:00:00 +0000",
      date_updated: "Thu, 31 Jan 2030 12:00:00 +0000",
    });
  });

  t.test("dates of a fixture: kept, also after export and import", async (t) => {
    const dates = {
      date_created: "Fri, 14 Oct 2016 21:56:34 +0000",
      date_updated: "Sat, 15 Oct 2016 21:56:34 +0000",
    };
    const account = { sid: ACCOUNT, auth_token: TOKEN, ...dates };
    const { send, steer } = await emulator(t, { fixtures: t.testdir({ "a.json": JSON.stringify(account) }) });
    t.match((await send(pathOf(ACCOUNT))).json(), dates);
    const { body: exported } = await steer("GET", "/export");
    t.match(exported.accounts, [
      { date_created: "2016-10-14T21:56:34.000Z", date_updated: "2016-10-15T21:56:34.000Z" },
    ]);
    await steer("POST", "/reset");
    t.equal((await steer("POST", "/import", exported)).status, 204);
    t.match((await send(pathOf(ACCOUNT))).json(), dates);
  });
});

t.test("list", async (t) => {
  t.test("main account: 200, itself and its subaccounts, newest first, with the usual envelope", async (t) => {
    const { send, steer } = await family(t, [1, 3, 2]);
    await steer("POST", "/accounts", { recordings: "none" });
    const answer = await send(LIST);
    t.equal(answer.statusCode, 200);
    const body = answer.json();
    t.same(sids(body), [...["0", "2", "1"].map((digit) => `AC${digit.padStart(32, "0")}`), ACCOUNT]);
    t.same(Object.keys(body).sort(), [
      "accounts",
      "end",
      "first_page_uri",
      "next_page_uri",
      "page",
      "page_size",
      "previous_page_uri",
      "start",
      "uri",
    ]);
    t.match(body, { page: 0, page_size: 50, start: 0, end: 3, next_page_uri: null, previous_page_uri: null });
    t.same(body.accounts[3], (await send(pathOf(ACCOUNT))).json());
    t.same(sids((await send(LIST, { headers: { authorization: basic(ACCOUNT, TOKEN) } })).json()), sids(body));
  });

  t.test("subaccount: 200, itself only; API key: 200, list of its account", async (t) => {
    const { send } = await emulator(t);
    t.same(sids((await send(LIST, AS_SUBACCOUNT)).json()), [SUBACCOUNT]);
    t.same(sids((await send(LIST, AS_KEY)).json()).sort(), [ACCOUNT, SUBACCOUNT]);
  });

  t.test("FriendlyName and Status: filter, and are repeated in the page URIs", async (t) => {
    const { send } = await family(t, [1, 2, 3, 4]);
    const list = async (query: string) => (await send(`${LIST}?${query}`)).json();
    t.same(
      sids(await list("FriendlyName=Odd")),
      ["1", "3"].map((digit) => `AC${digit.padStart(32, "0")}`),
    );
    t.same(sids(await list("FriendlyName=odd")), []);
    t.equal(sids(await list("Status=active&FriendlyName=")).length, 5);
    t.equal(sids(await list("Status=")).length, 5);
    for (const status of ["suspended", "closed"]) t.same(sids(await list(`Status=${status}`)), []);
    t.match(
      (await list("FriendlyName=Even&Status=active&PageSize=1")).next_page_uri,
      "FriendlyName=Even&Status=active&",
    );
  });

  t.test("invalid Status: 400, 20001", async (t) => {
    const { send } = await emulator(t);
    const answer = await send(`${LIST}?Status=open`);
    t.equal(answer.statusCode, 400);
    t.match(answer.json(), {
      code: 20001,
      message: /'open' for parameter 'Status': expected one of active, suspended, closed$/,
    });
  });

  t.test("XML, CSV and HEAD: 200", async (t) => {
    const { send } = await emulator(t);
    const xml = await send("/2010-04-01/Accounts?PageSize=1");
    t.match(xml.body, '<TwilioResponse><Accounts firstpageuri="/2010-04-01/Accounts?PageSize=1&amp;Page=0"');
    t.match(xml.body, "<Account><AuthToken>");
    const csv = await send("/2010-04-01/Accounts.csv");
    t.equal(csv.headers["content-type"], "text/csv; charset=utf-8");
    t.equal(csv.body.trim().split("\n").length, 3);
    t.equal((await send(LIST, { method: "HEAD" })).statusCode, 200);
  });

  t.test("pages forwards and backwards: every account once, in order", async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 9 }), fc.integer({ min: 1, max: 4 }), async (ages, size) => {
        const { app, send } = await family(t, ages);
        const whole = sids((await send(LIST)).json());
        const pages: string[][] = [];
        let body = { next_page_uri: `${LIST}?PageSize=${size}`, previous_page_uri: null, accounts: [] };
        while (body.next_page_uri !== null) {
          body = (await send(body.next_page_uri)).json();
          pages.push(sids(body));
        }
        t.strictSame(pages.flat(), whole);
        t.ok(pages.every((page) => page.length <= size));
        for (let page = pages.length - 2; page >= 0; page--) {
          body = (await send(String(body.previous_page_uri))).json();
          t.strictSame(sids(body), pages[page]);
        }
        await app.close();
      }),
      { numRuns: 10 },
    );
  });

  t.test("page token of an account outside the list: 400", async (t) => {
    const { send } = await emulator(t);
    for (const token of [`PAAC${"9".repeat(32)}`, `PA${ACCOUNT}`]) {
      t.equal((await send(`${LIST}?PageToken=${token}`, AS_SUBACCOUNT)).statusCode, 400, token);
    }
  });
});

t.test("request log: FetchAccount for its account, ListAccount for the caller's account", async (t) => {
  const { send, control } = await emulator(t);
  await send(pathOf(SUBACCOUNT));
  await send(LIST);
  t.match(await control.for().requests.list(), [
    { operation: "FetchAccount", account: SUBACCOUNT, status: 200 },
    { operation: "ListAccount", account: ACCOUNT, status: 200 },
  ]);
  t.notMatch(JSON.stringify(await control.for().requests.list()), TOKEN);
});

t.test("armed faults on FetchAccount and ListAccount: 503", async (t) => {
  const { send, steer } = await emulator(t);
  for (const [operation, path] of [
    ["FetchAccount", pathOf(ACCOUNT)],
    ["ListAccount", LIST],
  ] as const) {
    await steer("POST", "/faults", { error: 20503, times: 1, operation });
    t.equal((await send(path)).statusCode, 503);
    t.equal((await send(path)).statusCode, 200);
  }
});

t.test("list response as a fixture file: same accounts", async (t) => {
  const first = await emulator(t);
  const body = (await first.send(`${LIST}?PageSize=50`)).body;
  const { send } = await emulator(t, { fixtures: t.testdir({ "a.json": body }), clock: Date.now() + DAY });
  t.same((await send(LIST)).json(), JSON.parse(body));
});
