import t from "tap";
import { ACCOUNT, DAY, EXAMPLE, emulator, notFound, numbered, SUBACCOUNT } from "../support/emulator.js";
import { mockTime } from "../support/time.js";

const ROOT = `/2010-04-01/Accounts/${ACCOUNT}`;
const RECORDING = `${ROOT}/Recordings/${numbered("05")}`;
const sid = (prefix: string, digits: string) => prefix + numbered(digits).slice(2);
const [TR1, TR2, TR3, TR4] = ["01", "02", "03", "04"].map((digits) => sid("TR", digits));
const RESULT = `${RECORDING}/AddOnResults/${sid("XR", "01")}`;
const PAYLOAD = `${RESULT}/Payloads/${sid("XH", "01")}`;

t.test("transcriptions", async (t) => {
  t.test("fetch, under the account and under the recording: 200, keys in Twilio's order", async (t) => {
    const { send } = await emulator(t);
    const answer = await send(`${ROOT}/Transcriptions/${TR1}.json`);
    t.equal(answer.statusCode, 200);
    t.same(Object.keys(answer.json()), [
      "account_sid",
      "api_version",
      "date_created",
      "date_updated",
      "duration",
      "price",
      "price_unit",
      "recording_sid",
      "sid",
      "status",
      "transcription_text",
      "type",
      "uri",
    ]);
    t.match(answer.json(), {
      account_sid: ACCOUNT,
      api_version: "2008-08-01",
      date_created: /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/,
      duration: "75",
      price: "-0.10000",
      price_unit: "USD",
      recording_sid: numbered("05"),
      sid: TR1,
      status: "completed",
      transcription_text: /^Hello, /,
      type: "fast",
      uri: `${ROOT}/Transcriptions/${TR1}.json`,
    });
    t.same((await send(`${RECORDING}/Transcriptions/${TR1}.json`)).json(), answer.json());
  });

  t.test("list of the account, list of the recording: 200", async (t) => {
    const { send } = await emulator(t);
    const list = async (path: string) =>
      (await send(path)).json().transcriptions.map((transcription: { sid: string }) => transcription.sid);
    t.same(await list(`${ROOT}/Transcriptions.json`), [TR3, TR2, TR1, TR4]);
    t.same(await list(`${RECORDING}/Transcriptions.json`), [TR3, TR2, TR1]);
    t.same(await list(`${ROOT}/Recordings/${EXAMPLE}/Transcriptions.json`), []);
    t.same(await list(`${ROOT.replace(ACCOUNT, SUBACCOUNT)}/Transcriptions.json`), [sid("TR", "05")]);
  });

  t.test("delete: 204; then fetch 404, second delete 404, not in the lists", async (t) => {
    const { send } = await emulator(t);
    for (const path of [`${ROOT}/Transcriptions/${TR1}.json`, `${RECORDING}/Transcriptions/${TR2}.json`]) {
      t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
      t.same((await send(path)).json(), notFound(path));
      t.same((await send(path, { method: "DELETE" })).json(), notFound(path));
    }
    t.match((await send(`${RECORDING}/Transcriptions.json`)).json().transcriptions, [{ sid: TR3 }]);
  });

  t.test("price: a string for every status", async (t) => {
    const { send } = await emulator(t);
    const priceOf = async (sid = "") => (await send(`${ROOT}/Transcriptions/${sid}.json`)).json().price;
    t.same([await priceOf(TR1), await priceOf(TR2), await priceOf(TR3)], ["-0.10000", "-0.05000", "0.00000"]);
  });

  t.test("list: by date_updated, newest first, pages forwards and backwards", async (t) => {
    const { send, steer } = await emulator(t, { clock: Date.UTC(2026, 1, 28) });
    const updated = ["2026-01-03", "2026-01-01", "2026-01-04", "2026-01-02", "2026-01-02"];
    const transcriptions = updated.map((date_updated, index) => ({
      sid: sid("TR", `1${index}`),
      recording_sid: numbered("10"),
      date_created: "2025-12-31",
      date_updated,
    }));
    t.equal((await steer("POST", "/recordings", { transcriptions })).status, 201);
    const list = async (path: string | null) => {
      const { transcriptions, previous_page_uri, next_page_uri } = (await send(String(path))).json();
      return { sids: transcriptions.map(({ sid }: { sid: string }) => sid), previous_page_uri, next_page_uri };
    };
    const expected = ["12", "10", "14", "13", "11"].map((digits) => sid("TR", digits));
    t.same((await list(`${ROOT}/Transcriptions.json`)).sids, [TR3, TR2, TR1, TR4, ...expected]);
    const first = await list(`${ROOT}/Recordings/${numbered("10")}/Transcriptions.json?PageSize=2`);
    const second = await list(first.next_page_uri);
    const third = await list(second.next_page_uri);
    t.same([first.sids, second.sids, third.sids], [expected.slice(0, 2), expected.slice(2, 4), expected.slice(4)]);
    t.equal(third.next_page_uri, null);
    t.same((await list(third.previous_page_uri)).sids, second.sids);
    t.same((await list(second.previous_page_uri)).sids, first.sids);
  });

  t.test("query of a list page: uses an index, from the first row of the page", async (t) => {
    const { send, state } = await emulator(t);
    const { prepare } = state.database;
    const read: string[] = [];
    t.intercept(state.database, "prepare", {
      value(sql: string) {
        if (sql.includes("FROM transcriptions") && sql.includes("ORDER BY date_updated")) read.push(sql);
        return prepare.call(state.database, sql);
      },
    });
    for (const path of [ROOT, RECORDING]) await send(`${path}/Transcriptions.json`);
    t.equal(read.length, 2);
    for (const sql of [...read]) {
      const named = { account_sid: "", recording_sid: "", date: 0, sid: "", end: 0, limit: 1, skip: 0 };
      const plan = state.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(named) as { detail: string }[];
      t.match(
        plan.map(({ detail }) => detail),
        [/^SEARCH transcriptions USING INDEX transcriptions_by_\w+ \(account_sid=\?.* AND \(date_updated,sid\)[<>]/],
      );
    }
  });

  t.test(".txt, GET and HEAD, under the account and under the recording: 200, text only", async (t) => {
    const { send, state } = await emulator(t);
    const { transcription_text } = (await send(`${ROOT}/Transcriptions/${TR1}.json`)).json();
    for (const path of [`${ROOT}/Transcriptions/${TR1}.txt`, `${RECORDING}/Transcriptions/${TR1}.txt`]) {
      const answer = await send(path);
      t.equal(answer.statusCode, 200);
      t.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
      t.equal(answer.body, transcription_text);
      const head = await send(path, { method: "HEAD" });
      t.equal(head.headers["content-length"], String(transcription_text.length));
      t.equal(head.body, "");
    }
    t.equal((await send(`${ROOT}/Transcriptions/${TR2}.txt`)).body, "(blank)", "failed");
    const odd = '<a> & "b"\r\n漢';
    state.database.prepare("UPDATE transcriptions SET transcription_text = ? WHERE sid = ?").run(odd, TR4);
    t.equal((await send(`${ROOT}/Transcriptions/${TR4}.txt`)).body, odd, "unchanged");
    t.match(await send(`${ROOT}/Transcriptions/${TR3}.txt`), { statusCode: 200, body: /^$/ }, "in progress");
  });

  t.test(".txt of an unknown transcription: 404, 20404 in XML; other method: 405", async (t) => {
    const { send } = await emulator(t);
    for (const path of [
      `${ROOT}/Transcriptions/${sid("TR", "99")}.txt`,
      `${RECORDING}/Transcriptions/${TR4}.txt`,
      `${ROOT}/Transcriptions.txt`,
    ]) {
      const answer = await send(path);
      t.equal(answer.statusCode, 404);
      t.match(answer.body, `<Message>${notFound(path).message}</Message>`);
    }
    t.equal((await send(`${ROOT}/Transcriptions/${TR1}.txt`, { method: "DELETE" })).statusCode, 405);
  });

  t.test(".csv and .html of a transcription or a list: 404, 20404", async (t) => {
    const { send } = await emulator(t);
    for (const extension of ["csv", "html"]) {
      for (const path of [ROOT, RECORDING].flatMap((place) =>
        ["", `/${TR1}`].map((one) => `${place}/Transcriptions${one}`),
      )) {
        const answer = await send(`${path}.${extension}`);
        t.equal(answer.headers["x-twilio-error-code"], "20404", `${path}.${extension}`);
      }
    }
  });

  t.test("no duration: null", async (t) => {
    const { send, state } = await emulator(t);
    state.database.prepare("UPDATE transcriptions SET duration = NULL WHERE sid = ?").run(TR1);
    t.equal((await send(`${ROOT}/Transcriptions/${TR1}.json`)).json().duration, null);
  });

  t.test("page token whose row is deleted: still valid", async (t) => {
    const { send } = await emulator(t);
    const first = (await send(`${ROOT}/Transcriptions.json?PageSize=2`)).json();
    for (const { sid } of first.transcriptions) await send(`${ROOT}/Transcriptions/${sid}.json`, { method: "DELETE" });
    const second = (await send(first.next_page_uri)).json();
    t.same(
      second.transcriptions.map(({ sid }: { sid: string }) => sid),
      [TR1, TR4],
    );
  });

  t.test("unknown, malformed, of another recording or account: 404, 20404", async (t) => {
    const { send } = await emulator(t);
    for (const path of [
      `${ROOT}/Transcriptions/${sid("TR", "99")}.json`,
      `${ROOT}/Transcriptions/TR1.json`,
      `${ROOT}/Transcriptions/${sid("TR", "05")}.json`,
      `${RECORDING}/Transcriptions/${TR4}.json`,
      `${ROOT}/Recordings/${numbered("99")}/Transcriptions.json`,
      `${ROOT}/Recordings/RE1/Transcriptions.json`,
    ]) {
      t.same((await send(path)).json(), notFound(path), path);
    }
  });

  t.test("soft-deleted recording: 200 under the account, 404 under the recording", async (t) => {
    const { send } = await emulator(t);
    const path = `${ROOT}/Recordings/${numbered("07")}/Transcriptions`;
    t.equal((await send(`${ROOT}/Transcriptions/${TR4}.json`)).statusCode, 200);
    t.same((await send(`${path}.json`)).json(), notFound(`${path}.json`));
    t.same((await send(`${path}/${TR4}.json`)).json(), notFound(`${path}/${TR4}.json`));
  });

  t.test("past the recording's retention cutoff: 200; rows of deleted transcriptions are purged", async (t) => {
    const pass = mockTime(t);
    const { send, state } = await emulator(t);
    await send(`${ROOT}/Transcriptions/${TR1}.json`, { method: "DELETE" });
    const count = (table: string) => state.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    t.equal(count("transcriptions"), 5);
    pass(41 * DAY);
    t.equal(count("transcriptions"), 4);
    t.equal((await send(`${ROOT}/Transcriptions/${TR4}.json`)).statusCode, 200);
  });
});

t.test("add-on results", async (t) => {
  t.test("fetch: 200, keys in Twilio's order", async (t) => {
    const { send } = await emulator(t);
    const answer = await send(`${RESULT}.json`);
    t.equal(answer.statusCode, 200);
    t.same(Object.keys(answer.json()), [
      "sid",
      "account_sid",
      "status",
      "add_on_sid",
      "add_on_configuration_sid",
      "date_created",
      "date_updated",
      "date_completed",
      "reference_sid",
      "subresource_uris",
    ]);
    t.match(answer.json(), {
      sid: sid("XR", "01"),
      status: "completed",
      date_completed: answer.json().date_updated,
      reference_sid: numbered("05"),
      subresource_uris: { payloads: `${RESULT}/Payloads.json` },
    });
  });
  t.test("in-progress: date_completed is null", async (t) => {
    const { send } = await emulator(t);
    t.equal((await send(`${RECORDING}/AddOnResults/${sid("XR", "02")}.json`)).json().date_completed, null);
  });
  t.test("list: 200", async (t) => {
    const { send } = await emulator(t);
    const list = (await send(`${RECORDING}/AddOnResults.json`)).json().add_on_results;
    t.same(
      list.map((result: { sid: string }) => result.sid),
      [sid("XR", "02"), sid("XR", "01")],
    );
  });
  t.test("30 days after its creation: 404, not in the list, payloads and data 404", async (t) => {
    const { send, state } = await emulator(t);
    const { location } = (await send(`${PAYLOAD}/Data.json`)).headers;
    const created = Date.parse((await send(`${RESULT}.json`)).json().date_created);
    state.database.prepare("UPDATE add_on_results SET date_created = ? WHERE sid = ?").run(created, sid("XR", "01"));
    state.clock.freeze(created + 30 * DAY - 1);
    t.equal((await send(`${RESULT}.json`)).statusCode, 200);
    const newer = { sid: sid("XR", "02") };
    t.match((await send(`${RECORDING}/AddOnResults.json`)).json().add_on_results, [newer, { sid: sid("XR", "01") }]);
    state.clock.freeze(created + 30 * DAY);
    t.match((await send(`${RECORDING}/AddOnResults.json`)).json().add_on_results, [newer]);
    for (const path of [`${RESULT}.json`, `${RESULT}/Payloads.json`, `${PAYLOAD}.json`, `${PAYLOAD}/Data.json`]) {
      t.same((await send(path)).json(), notFound(path));
    }
    t.equal((await send(String(location))).statusCode, 404);
    state.clock.useRealTime();
    t.equal((await send(`${RESULT}.json`)).statusCode, 200, "visible again after the clock is set back");
  });
  t.test("delete: 204; then 404, also for its payloads and data", async (t) => {
    const { send } = await emulator(t);
    const { location } = (await send(`${PAYLOAD}/Data.json`)).headers;
    t.equal((await send(String(location))).statusCode, 200);
    t.equal((await send(`${RESULT}.json`, { method: "DELETE" })).statusCode, 204);
    for (const path of [`${RESULT}.json`, `${RESULT}/Payloads.json`, `${PAYLOAD}.json`, `${PAYLOAD}/Data.json`]) {
      t.same((await send(path)).json(), notFound(path));
    }
    t.equal((await send(String(location))).statusCode, 404);
    t.equal((await send(`${RESULT}.json`, { method: "DELETE" })).statusCode, 404);
  });
  t.test("soft-deleted recording: 404 at once; rows purged with the recording", async (t) => {
    const pass = mockTime(t);
    const { send, state } = await emulator(t);
    const { location } = (await send(`${PAYLOAD}/Data.json`)).headers;
    await send(`${RECORDING}.json`, { method: "DELETE" });
    for (const path of [`${RECORDING}/AddOnResults.json`, `${RESULT}.json`, `${PAYLOAD}.json`]) {
      t.same((await send(path)).json(), notFound(path));
    }
    t.equal((await send(String(location))).statusCode, 404);
    pass(40 * DAY);
    t.equal(state.database.prepare("SELECT count(*) FROM add_on_results").pluck().get(), 0);
    t.equal(state.database.prepare("SELECT count(*) FROM payloads").pluck().get(), 0);
  });
});

t.test("payloads", async (t) => {
  t.test("fetch: 200, keys in Twilio's order", async (t) => {
    const { send } = await emulator(t);
    const answer = await send(`${PAYLOAD}.json`);
    t.equal(answer.statusCode, 200);
    t.same(Object.keys(answer.json()), [
      "sid",
      "add_on_result_sid",
      "account_sid",
      "label",
      "add_on_sid",
      "add_on_configuration_sid",
      "content_type",
      "date_created",
      "date_updated",
      "reference_sid",
      "subresource_uris",
    ]);
    t.match(answer.json(), {
      sid: sid("XH", "01"),
      add_on_result_sid: sid("XR", "01"),
      label: "keywords",
      content_type: "application/json",
      reference_sid: numbered("05"),
      subresource_uris: { data: `${PAYLOAD}/Data.json` },
    });
  });
  t.test("list: 200", async (t) => {
    const { send } = await emulator(t);
    const list = (await send(`${RESULT}/Payloads.json`)).json().payloads;
    t.same(
      list.map((payload: { sid: string }) => payload.sid),
      [sid("XH", "02"), sid("XH", "01")],
    );
  });
  t.test("delete: 204, then 404", async (t) => {
    const { send } = await emulator(t);
    t.equal((await send(`${PAYLOAD}.json`, { method: "DELETE" })).statusCode, 204);
    t.same((await send(`${PAYLOAD}.json`)).json(), notFound(`${PAYLOAD}.json`));
  });
  t.test("data: 307 to its storage URL, in JSON and XML", async (t) => {
    const { send, app } = await emulator(t);
    const answer = await send(`${PAYLOAD}/Data.json`, { headers: { host: "emulator:2010" } });
    const location = `http://emulator:2010/_storage/${ACCOUNT}/${sid("XH", "01")}`;
    t.equal(answer.statusCode, 307);
    t.equal(answer.headers.location, location);
    t.same(answer.json(), { redirect_to: location });
    const xml = await send(`${PAYLOAD}/Data`, { headers: { host: "emulator:2010" } });
    t.equal(xml.statusCode, 307);
    t.match(xml.body, `<Data><RedirectTo>${location}</RedirectTo></Data>`);
    const data = await app.inject(location);
    t.equal(data.statusCode, 200, "without credentials");
    t.equal(data.headers["content-type"], "application/json; charset=utf-8");
    t.match(data.json(), { status: "successful" });
    const text = await app.inject(location.replace(sid("XH", "01"), sid("XH", "02")));
    t.equal(text.headers["content-type"], "text/plain");
    t.equal(text.body, "Somebody asks for a call back.");
  });
  t.test("data of an unknown payload: 404", async (t) => {
    const { app } = await emulator(t);
    for (const path of [`/_storage/${ACCOUNT}/${sid("XH", "99")}`, "/_storage/AC1/XH1"]) {
      t.equal((await app.inject(path)).statusCode, 404);
    }
  });
});
