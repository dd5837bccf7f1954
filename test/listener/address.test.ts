import t from "tap";
import { run } from "../../src/emulator.js";
import { isLoopback } from "../../src/listener/address.js";
import { configWith } from "../support/emulator.js";

t.test("isLoopback: true for localhost, 127.0.0.0/8 and ::1 only", async (t) => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1"]) t.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.1.2.3", "emulator.example"]) t.notOk(isLoopback(host), host);
});

t.test("--tunnel-others on an address that is not loopback: notice about an open proxy", async (t) => {
  for (const [host, tunnelOthers, expected] of [
    [
      "0.0.0.0",
      true,
      "--tunnel-others with --host 0.0.0.0 is an open proxy: each machine that reaches it reaches the network through it",
    ],
    ["0.0.0.0", false, undefined],
    ["127.0.0.1", true, undefined],
  ] as const) {
    const notices: string[] = [];
    const emulator = await run(configWith({ host, tunnelOthers }), { notice: (line) => notices.push(line) });
    await emulator.close();
    t.same(notices, expected === undefined ? [] : [expected], `${host} ${tunnelOthers}`);
  }
});
