import t from "tap";
import { EXAMPLE, emulator, SUBACCOUNT } from "../support/emulator.js";
import { receiver } from "../support/receiver.js";

const PUBLIC = "https://app.example.com/hook?x=1";

t.test("callbackMap: requested elsewhere, signed as before; a mapping that is none is left out", async (t) => {
  const { port, received } = await receiver(t);
  const callbackMap = ["http:///nowhere=http://localhost", `https://app.example.com=http://127.0.0.1:${port}/mapped`];
  const { steer } = await emulator(t, { callbackMap });
  const send = async (url: string) =>
    (await steer("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url })).body;
  const { id } = await send(PUBLIC);
  await send("http:///nowhere");
  const { body } = await steer("GET", "/callbacks/wait?timeout=60");
  t.match(body, {
    count: 1,
    callbacks: [{ id, state: "delivered", requested_url: `http://127.0.0.1:${port}/mapped/hook?x=1` }],
  });
  t.ok(body.callbacks[0].signed_text.startsWith(`${PUBLIC}AccountSidAC`));
  t.match(received, [{ url: "/mapped/hook?x=1" }]);
});

t.test("reset of an account, or of all: ends its own mappings", async (t) => {
  const { steer } = await emulator(t);
  const map = { "https://app.example.com": "http://localhost:3000" };
  for (const query of [`?account=${SUBACCOUNT}`, ""]) {
    t.same((await steer("PUT", `/callback-map?account=${SUBACCOUNT}`, map)).body, map);
    t.equal((await steer("POST", `/reset${query}`)).status, 204);
    t.same((await steer("GET", `/callback-map?account=${SUBACCOUNT}`)).body, {}, query);
  }
});

t.test("snapshot with a pending callback", async (t) => {
  const { url, received } = await receiver(t);
  const { steer } = await emulator(t);
  const restore = () => steer("POST", "/snapshots/one/restore");
  const tokens = () => received.map(({ headers }) => headers["i-twilio-idempotency-token"]);
  await steer("POST", "/callbacks/pause");
  const { idempotency_token } = (await steer("POST", "/callbacks", { event: "recording.completed", sid: EXAMPLE, url }))
    .body;
  t.equal((await steer("PUT", "/snapshots/one")).status, 200);
  t.equal((await restore()).status, 204);
  await steer("POST", "/callbacks/release");
  await steer("GET", "/callbacks/wait?timeout=60");
  await steer("POST", "/clock", { advance: "PT0S" });
  t.same(tokens(), [idempotency_token], "restored while it is pending: delivered once");
  t.equal((await restore()).status, 204);
  t.match((await steer("GET", "/callbacks/wait?count=2&timeout=60")).body, { count: 2 });
  t.same(tokens(), [idempotency_token, idempotency_token], "restored after its delivery: delivered again");
});
