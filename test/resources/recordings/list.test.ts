import fc from "fast-check";
import t, { type Test } from "tap";
import type { RecordingRow } from "../../../src/resources/recordings/table.js";
import { envelopeOf } from "../../../src/twilio-api/request/paging.js";
import { ACCOUNT, DAY, EXAMPLE, emulator, notFound, numbered, pathOf, SUBACCOUNT } from "../../support/emulator.js";

const LIST = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;
const sids = (body: { recordings: { sid: string }[] }) => body.recordings.map(({ sid }) => sid);

/** Starts an emulator whose main account has exactly these recordings. */
async function emulatorWith(t: Test, recordings: object[]) {
  const account = { sid: ACCOUNT, auth_token: "0123456789abcdef0123456789abcdef" };
  const complete = recordings.map((recording) => ({ account_sid: ACCOUNT, ...recording }));
  const fixtures = t.testdir({ "a.json": JSON.stringify({ accounts: [account], recordings: complete }) });
  return emulator(t, { fixtures });
}

/** Returns recordings one second apart, newest first. */
const sequence = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sid: `RE${index.toString(16).padStart(32, "0")}`,
    date_created: new Date(Date.UTC(2026, 0, 1) - index * 1000).toISOString(),
  }));

t.test("default fixtures: 200, newest first, without deleted recordings and those of the subaccount", async (t) => {
  const { send } = await emulator(t);
  const answer = await send(LIST);
  t.equal(answer.statusCode, 200);
  t.same(sids(answer.json()), [...["01", "02", "04", "03", "05", "06", "09", "10", "11", "12"].map(numbered), EXAMPLE]);
});

t.test("each recording: equal to its fetch response", async (t) => {
  const { send } = await emulator(t);
  for (const recording of (await send(LIST)).json().recordings) {
    t.same(recording, (await send(pathOf(recording.sid))).json());
  }
});

t.test("envelope", async (t) => {
  t.test("keys in Twilio's order, relative URIs, no token on the first page", async (t) => {
    const { send } = await emulatorWith(t, sequence(5));
    const body = (await send(`${LIST}?PageSize=2`)).json();
    t.same(Object.keys(body), [
      "first_page_uri",
      "end",
      "previous_page_uri",
      "uri",
      "page_size",
      "start",
      "recordings",
      "next_page_uri",
      "page",
    ]);
    t.match(body, {
      first_page_uri: `${LIST}?PageSize=2&Page=0`,
      end: 1,
      previous_page_uri: null,
      uri: `${LIST}?PageSize=2&Page=0`,
      page_size: 2,
      start: 0,
      next_page_uri: `${LIST}?PageSize=2&Page=1&PageToken=PA${sequence(5)[1]?.sid}`,
      page: 0,
    });
    const second = (await send(body.next_page_uri)).json();
    t.match(second, {
      start: 2,
      end: 3,
      page: 1,
      uri: body.next_page_uri,
      previous_page_uri: `${LIST}?PageSize=2&Page=0&PageToken=PB${sequence(5)[2]?.sid}`,
    });
    const third = (await send(second.next_page_uri)).json();
    t.match(third, { start: 4, end: 4, page: 2, next_page_uri: null });
    const back = (await send(second.previous_page_uri)).json();
    t.same(sids(back), sids(body));
    t.equal(back.uri, second.previous_page_uri);
    t.equal(back.next_page_uri, body.next_page_uri);
  });

  t.test("empty list: start 0, end 0, no other pages", async (t) => {
    const { send } = await emulatorWith(t, []);
    const answer = (await send(LIST)).json();
    t.match(answer, { start: 0, end: 0, recordings: [], next_page_uri: null, previous_page_uri: null, page_size: 50 });
  });

  t.test("page URIs: filters first, the operator of a date in its value", async (t) => {
    const { send } = await emulatorWith(t, sequence(3));
    const filters = "DateCreated=%3E%3D2025-01-01T00%3A00%3A00Z&IncludeSoftDeleted=true";
    const body = (
      await send(`${LIST}?PageSize=2&IncludeSoftDeleted=true&DateCreated>=2025-01-01T00:00:00Z&Unknown=1`)
    ).json();
    t.equal(body.uri, `${LIST}?${filters}&PageSize=2&Page=0`);
    t.equal(sids((await send(body.next_page_uri)).json()).length, 1);
  });
});

t.test("page sizes", async (t) => {
  const { send } = await emulatorWith(t, sequence(60));
  t.test("no PageSize: 50", async (t) => t.equal(sids((await send(LIST)).json()).length, 50));
  t.test("PageSize=1000: 200", async (t) => t.equal(sids((await send(`${LIST}?PageSize=1000`)).json()).length, 60));
  t.test("PageSize of 400 digits: 400, 20007", async (t) => {
    t.match((await send(`${LIST}?PageSize=${"9".repeat(400)}`)).json(), { code: 20007, status: 400 });
  });
  t.test("PageSize=1001: 400, 20007", async (t) => {
    const answer = await send(`${LIST}?PageSize=1001`);
    t.equal(answer.statusCode, 400);
    t.same(answer.json(), {
      code: 20007,
      message: "Page size too large. The maximum page size is 1000",
      more_info: "https://www.twilio.com/docs/errors/20007",
      status: 400,
    });
  });
  t.test("page before the first: empty, next_page_uri is the first page", async (t) => {
    const token = `PB${sequence(1)[0]?.sid}`;
    t.match((await send(`${LIST}?PageToken=${token}`)).json(), {
      recordings: [],
      start: 0,
      end: 0,
      next_page_uri: `${LIST}?PageSize=50&Page=0`,
    });
  });
  t.test("page after the last: empty, start 0, end 0", async (t) => {
    const token = `PA${sequence(60).at(-1)?.sid}`;
    t.match((await send(`${LIST}?Page=7&PageToken=${token}`)).json(), { start: 0, end: 0, recordings: [], page: 7 });
  });
});

t.test("paging without a token, or with an invalid one", async (t) => {
  const { send } = await emulator(t);
  const error = (code: number, message: string) => ({
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: 400,
  });
  for (const query of [
    "Page=1",
    "Page=1&PageSize=2",
    "Page=7&PageToken=",
    "PageToken=&Page=1&DateCreated=2016-10-14",
  ]) {
    t.test(`${query}: 400, 20001, PageToken is required for paging.`, async (t) => {
      const answer = await send(`${LIST}?${query}`);
      t.equal(answer.statusCode, 400);
      t.equal(answer.headers["x-twilio-error-code"], "20001");
      t.same(answer.json(), error(20001, "PageToken is required for paging."));
    });
  }
  for (const token of [
    "nonsense",
    `PC${EXAMPLE}`,
    `PA${EXAMPLE}x`,
    "PA",
    `PA${numbered("99")}`,
    `PB${numbered("13")}`,
  ]) {
    t.test(`PageToken=${token}: 400, 21481, Invalid PageToken`, async (t) => {
      for (const page of ["", "&Page=0", "&Page=1"]) {
        const answer = await send(`${LIST}?PageToken=${token}${page}`);
        t.equal(answer.statusCode, 400);
        t.same(answer.json(), error(21481, "Invalid PageToken"));
      }
    });
  }
  t.test("Page=0 without a token: 200, the first page", async (t) => {
    t.equal((await send(`${LIST}?Page=0`)).body, (await send(LIST)).body);
  });
  t.test("Page=1 without a token after Page=0: 400", async (t) => {
    t.equal((await send(`${LIST}?PageSize=5&Page=0`)).statusCode, 200);
    t.equal((await send(`${LIST}?PageSize=5&Page=1`)).statusCode, 400);
  });
});

t.test("invalid parameters: 400, 20001, with the parameter and the value", async (t) => {
  const { send } = await emulator(t);
  for (const [parameter, value] of [
    ["PageSize", "0"],
    ["PageSize", "-1"],
    ["PageSize", "ten"],
    ["Page", "-1"],
    ["Page", "1.5"],
    ["Page", "1000000000"],
    ["CallSid", "CA1"],
    ["ConferenceSid", EXAMPLE],
    ["IncludeSoftDeleted", "perhaps"],
  ] as const) {
    t.test(`${parameter}=${value}`, async (t) => {
      const answer = await send(`${LIST}?${encodeURIComponent(parameter)}=${encodeURIComponent(value)}`);
      t.equal(answer.statusCode, 400);
      t.match(answer.json(), { code: 20001, status: 400 });
      t.match(answer.json().message, `Invalid value '${value}' for parameter '${parameter}': expected `);
    });
  }
});

t.test("invalid date: 400, 20001, Invalid date value", async (t) => {
  const { send } = await emulator(t);
  for (const name of ["DateCreated", "DateCreated<", "DateCreated>"]) {
    for (const value of [
      "yesterday",
      "2026-02-30",
      "2026-13",
      "2026-1-1",
      "20260101",
      "26",
      "2026-01-01T25:00:00Z",
      "2026-01-01 12:00:00",
      "2026-01-01T12:00:00+15:00",
      "2026-W01",
      "2026-001",
      ">2026-01-01",
      " ",
    ]) {
      const answer = await send(`${LIST}?${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      t.equal(answer.statusCode, 400, `${name}=${value}`);
      t.match(answer.json(), { code: 20001, message: "Invalid date value", status: 400 });
    }
  }
});

t.test("empty value: 200, as if omitted", async (t) => {
  const { send } = await emulator(t);
  const all = (await send(LIST)).body;
  for (const query of [
    "CallSid=",
    "ConferenceSid=&CallSid=",
    "DateCreated=",
    "DateCreated>=",
    "DateCreated%3C=",
    "DateCreated=%3E%3D",
    "IncludeSoftDeleted=",
    "PageSize=&Page=&PageToken=",
  ]) {
    t.equal((await send(`${LIST}?${query}`)).body, all, query);
  }
  t.same(
    sids((await send(`${LIST}?DateCreated=&DateCreated=2016-10-14`)).json()),
    [EXAMPLE],
    "the first value that is not empty",
  );
});

t.test("unknown filter: 200, ignored", async (t) => {
  const { send } = await emulator(t);
  const all = (await send(LIST)).body;
  for (const query of [
    "DateCreated%3E%3D=2100-01-01",
    "DateCreated>%3D=2100-01-01",
    "DateCreated%3C%3D=nonsense",
    "datecreated=2100-01-01",
    "CallSid%3E=CA1",
    "Status=completed",
  ]) {
    t.equal((await send(`${LIST}?${query}`)).body, all, query);
  }
});

t.test("page URIs: values encoded as by Python's quote_plus", async (t) => {
  const { send } = await emulatorWith(t, sequence(3));
  const call = `CA${"A".repeat(32)}`;
  for (const [query, repeated] of [
    ["DateCreated=2026-01-01", "DateCreated=2026-01-01&"],
    ["DateCreated%3E=2026-01-01T00:00:00%2B0100", "DateCreated=%3E%3D2026-01-01T00%3A00%3A00%2B0100&"],
    ["CallSid=&DateCreated<=2027&DateCreated>=2025-12", "DateCreated=%3C%3D2027&DateCreated=%3E%3D2025-12&"],
    [
      `IncludeSoftDeleted=TRUE&CallSid=${call}&DateCreated=2026&DateCreated>=2025`,
      `DateCreated=2026&DateCreated=%3E%3D2025&CallSid=${call}&IncludeSoftDeleted=TRUE&`,
    ],
    ["DateCreated=%3C%3D2027&DateCreated<=2026-02", "DateCreated=%3C%3D2026-02&"],
    ["Unknown=a%20b", ""],
  ] as const) {
    const { uri } = (await send(`${LIST}?PageSize=2&${query}`)).json();
    t.equal(uri, `${LIST}?${repeated}PageSize=2&Page=0`, query);
    t.equal((await send(uri)).json().uri, uri, "uri of that page");
  }
});

t.test("quote_plus: a space is +, and !'()* are encoded", async (t) => {
  const request = { size: 1, page: 0 };
  const { uri } = envelopeOf("/path", [["Name", "a b!'()*~_.-é&"]], request, { rows: sequence(1), more: false });
  t.equal(uri, "/path?Name=a+b%21%27%28%29%2A~_.-%C3%A9%26&PageSize=1&Page=0");
});

t.test("filters", async (t) => {
  const day = (hour: string) => `2026-01-0${hour}Z`;
  const { send } = await emulatorWith(t, [
    { sid: numbered("01"), date_created: day("1T00:00:00"), call_sid: `CA${"1".repeat(32)}` },
    { sid: numbered("02"), date_created: day("2T00:00:00"), conference_sid: `CF${"2".repeat(32)}` },
    { sid: numbered("03"), date_created: day("2T23:59:59"), call_sid: `CA${"1".repeat(32)}` },
    { sid: numbered("04"), date_created: day("3T00:00:00"), date_deleted: "-P1D" },
    { sid: numbered("05"), date_created: day("4T12:00:00") },
  ]);
  for (const [query, expected] of [
    ["DateCreated=2026-01-02", ["03", "02"]],
    ["DateCreated=2026-01-02T00:00:00Z", ["03", "02"]],
    ["DateCreated=2026-01-02T12:34:56.789Z", ["03", "02"]],
    ["DateCreated=2026-01-03T01:59:59%2B02:00", ["03", "02"]],
    ["DateCreated=2026-01-01T23:00:00-0800", ["03", "02"]],
    ["DateCreated=2026-01", ["05", "03", "02", "01"]],
    ["DateCreated=2026", ["05", "03", "02", "01"]],
    ["DateCreated=2025", []],
    ["DateCreated=2025-12", []],
    ["DateCreated<=2026-01-02", ["02", "01"]],
    ["DateCreated<=2026-01-03", ["03", "02", "01"]],
    ["DateCreated=%3C%3D2026-01-03", ["03", "02", "01"]],
    ["DateCreated<=2026-01", ["01"]],
    ["DateCreated<=2026", ["01"]],
    ["DateCreated>=2026", ["05", "03", "02", "01"]],
    ["DateCreated>=2026-02", []],
    ["DateCreated>=2026-01-02&DateCreated<=2026-01-02", ["02"]],
    ["DateCreated>=2026-01-04&DateCreated<=2026-01-04", []],
    ["DateCreated%3C=2026-01-02T23:59:58.999Z", ["02", "01"]],
    ["DateCreated%3C=2026-01-02T23:59:59.000Z", ["03", "02", "01"]],
    ["DateCreated%3E=2026-01-02T23:59:59.001Z", ["05"]],
    ["DateCreated%3E=2026-01-02T15:59:59-08:00", ["05", "03"]],
    ["DateCreated%3E=2026-01-02T15:59:59-0800", ["05", "03"]],
    ["DateCreated%3E=2026-01-02T16:00:00-0800", ["05"]],
    ["DateCreated%3C=2026-01-02T00:00:00Z", ["02", "01"]],
    ["DateCreated>=2026-01-02", ["05", "03", "02"]],
    ["DateCreated%3E=2026-01-02T23:59:59Z", ["05", "03"]],
    ["DateCreated%3E=2026-01-02T23:59", ["05", "03"]],
    ["DateCreated>=2026-01-02&DateCreated<=2026-01-03", ["03", "02"]],
    ["DateCreated>=2026-01-01&DateCreated<=2026-01-04&DateCreated=2026-01-01", ["01"]],
    ["DateCreated>=2026-01-05", []],
    [`CallSid=CA${"1".repeat(32)}`, ["03", "01"]],
    [`CallSid=CA${"1".repeat(32)}&DateCreated=2026-01-01`, ["01"]],
    [`ConferenceSid=CF${"2".repeat(32)}`, ["02"]],
    ["IncludeSoftDeleted=true", ["05", "04", "03", "02", "01"]],
    ["IncludeSoftDeleted=false", ["05", "03", "02", "01"]],
    ["IncludeSoftDeleted=true&DateCreated=2026-01-03", ["04"]],
  ] as const) {
    t.test(query, async (t) => t.same(sids((await send(`${LIST}?${query}`)).json()), expected.map(numbered)));
  }
  t.test("filter that ends at the row of a page token: correct pages before and after", async (t) => {
    const { send } = await emulatorWith(t, sequence(5));
    const [first, second, third] = sequence(3);
    const filters = `PageSize=1&DateCreated>=${third?.date_created}`;
    const last = (await send(`${LIST}?${filters}&Page=2&PageToken=PA${second?.sid}`)).json();
    t.same(sids(last), [third?.sid]);
    t.equal(last.next_page_uri, null);
    const before = (await send(last.previous_page_uri)).json();
    t.same(sids(before), [second?.sid]);
    t.same(sids((await send(before.previous_page_uri)).json()), [first?.sid]);
  });
  t.test("date_created with milliseconds: filtered by its whole second", async (t) => {
    const { send } = await emulatorWith(t, [{ sid: EXAMPLE, date_created: "2026-01-02T12:00:00.500Z" }]);
    for (const [query, expected] of [
      ["DateCreated%3C=2026-01-02T12:00:00Z", [EXAMPLE]],
      ["DateCreated%3C=2026-01-02T11:59:59Z", []],
      ["DateCreated%3E=2026-01-02T12:00:00Z", [EXAMPLE]],
      ["DateCreated%3E=2026-01-02T12:00:01Z", []],
    ] as const) {
      t.same(sids((await send(`${LIST}?${query}`)).json()), expected, query);
    }
  });
  t.test("soft-deleted recording with IncludeSoftDeleted: listed until the retention cutoff", async (t) => {
    const { send, state } = await emulatorWith(t, [{ sid: EXAMPLE, date_deleted: "-P39D" }]);
    t.equal((await send(`${LIST}?IncludeSoftDeleted=true`)).json().recordings[0].status, "deleted");
    state.database.prepare("UPDATE recordings SET date_deleted = ?").run(state.clock.now() - 40 * 86_400_000);
    t.same((await send(`${LIST}?IncludeSoftDeleted=true`)).json().recordings, []);
  });
});

t.test("list of a subaccount with the parent's credentials: its recordings", async (t) => {
  const { send } = await emulator(t);
  t.same(sids((await send(LIST.replace(ACCOUNT, SUBACCOUNT))).json()), [numbered("13")]);
});

t.test("list of an unknown account: 404, 20404", async (t) => {
  const { send } = await emulator(t);
  const path = LIST.replace(ACCOUNT, `AC${"9".repeat(32)}`);
  t.same((await send(path)).json(), notFound(path));
});

t.test("page token after rows were deleted and added: valid, no row skipped or repeated", async (t) => {
  const { send, state } = await emulatorWith(t, sequence(9));
  const first = (await send(`${LIST}?PageSize=3`)).json();
  for (const sid of sids(first)) await send(pathOf(sid), { method: "DELETE" });
  addRow(`RE${"f".repeat(32)}`, state.clock.now());
  const second = (await send(first.next_page_uri)).json();
  t.same(
    sids(second),
    sequence(9)
      .slice(3, 6)
      .map(({ sid }) => sid),
  );
  t.same(sids((await send(second.previous_page_uri)).json()), [`RE${"f".repeat(32)}`], "the rows before it");

  function addRow(sid: string, date: number): void {
    const row = state.database.prepare("SELECT * FROM recordings LIMIT 1").get() as RecordingRow;
    const columns = Object.keys(row);
    state.database
      .prepare(`INSERT INTO recordings (${columns}) VALUES (${columns.map((column) => `@${column}`)})`)
      .run({ ...row, sid, date_created: date, status: "completed", date_deleted: null });
  }
});

t.test("random rows, page sizes and filters: pages in both directions contain each row once, in order", async (t) => {
  const recording = fc.record({
    digit: fc.integer({ min: 0, max: 0xffff_ffff }),
    second: fc.integer({ min: 0, max: 5 }),
    deleted: fc.boolean(),
  });
  const recordings = fc.uniqueArray(recording, { selector: ({ digit }) => digit, maxLength: 25 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(recordings, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (recordings, size, deleted) => {
      await t.test(`run ${run++}`, async (t) => {
        const rows = recordings.map(({ digit, second, deleted }) => ({
          sid: `RE${digit.toString(16).padStart(32, "0")}`,
          date_created: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
          ...(deleted && { date_deleted: "-PT1H" }),
        }));
        const expected = rows
          .filter((row) => deleted || row.date_deleted === undefined)
          .sort((a, b) =>
            a.date_created < b.date_created ? 1 : a.date_created > b.date_created ? -1 : a.sid > b.sid ? -1 : 1,
          )
          .map(({ sid }) => sid);
        const { send } = await emulatorWith(t, rows);
        const pages = [(await send(`${LIST}?PageSize=${size}&IncludeSoftDeleted=${deleted}`)).json()];
        while (pages.at(-1).next_page_uri !== null) pages.push((await send(pages.at(-1).next_page_uri)).json());
        const seen = pages.flatMap(sids);
        if (seen.join() !== expected.join()) throw new Error(`forwards: ${seen} instead of ${expected}`);
        for (const [index, page] of pages.entries()) {
          if (page.previous_page_uri === null) continue;
          const back = (await send(page.previous_page_uri)).json();
          if (sids(back).join() !== sids(pages[index - 1]).join()) throw new Error(`backwards from page ${index}`);
          if (back.next_page_uri !== page.uri) throw new Error(`forwards again from page ${index - 1}`);
        }
      });
    }),
    { numRuns: 60 },
  );
});

t.test("DateCreated= for each day, as a date or a time: each recording exactly once", async (t) => {
  const from = Date.UTC(2024, 1, 27);
  const days = 5;
  const times = fc.array(fc.integer({ min: from, max: from + days * DAY - 1 }), { maxLength: 20 });
  const spelling = fc.constantFrom(
    (day: string) => day,
    (day: string) => `${day}T00:00:00Z`,
    (day: string) => `${day}T00:00:00.000Z`,
    (day: string) => `${day}T23:59:59Z`,
  );
  const { send, state } = await emulatorWith(t, [{ sid: numbered("00") }]);
  const row = state.database.prepare("SELECT * FROM recordings").get() as RecordingRow;
  const columns = Object.keys(row);
  const insert = state.database.prepare(
    `INSERT INTO recordings (${columns}) VALUES (${columns.map((column) => `@${column}`)})`,
  );
  await fc.assert(
    fc.asyncProperty(times, fc.array(spelling, { minLength: days, maxLength: days }), async (times, spellings) => {
      state.database.exec("DELETE FROM recordings");
      const expected = times.map((time, index) => {
        const sid = `RE${index.toString(16).padStart(32, "0")}`;
        insert.run({ ...row, sid, date_created: time });
        return sid;
      });
      const seen: string[] = [];
      for (const [index, spell] of spellings.entries()) {
        const day = new Date(from + index * DAY).toISOString().slice(0, 10);
        const page = await send(`${LIST}?DateCreated=${encodeURIComponent(spell(day))}`);
        seen.push(...sids(page.json()));
      }
      return seen.sort().join() === expected.join();
    }),
    { numRuns: 60 },
  );
  t.pass("none missing or repeated");
});

t.test("random queries: a page, or 400 with 20001, 20007 or 21481", async (t) => {
  const { send } = await emulator(t);
  const name = fc.constantFrom(
    "PageSize",
    "Page",
    "PageToken",
    "DateCreated",
    "DateCreated<",
    "DateCreated>",
    "CallSid",
    "ConferenceSid",
    "IncludeSoftDeleted",
  );
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.integer().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      "2026",
      "2026-01",
      ">=2026-01-01",
      "<=2026",
      "PA",
      "PB",
      `PA${EXAMPLE}`,
      `PB${EXAMPLE}`,
      "true",
      "999999999",
      "2026-01-01",
      EXAMPLE,
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (parameters) => {
      const query = parameters
        .map(([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text.toWellFormed())}`)
        .join("&");
      const { statusCode, body } = await send(`${LIST}?${query}`);
      return statusCode === 200 || (statusCode === 400 && /^{"code":(2000[17]|21481),/.test(body));
    }),
    { numRuns: 500 },
  );
  t.pass("no other response");
});
