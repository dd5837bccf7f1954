// Twenty emulators, one after the other, with garbage collections in between: run with --expose-gc.
import { startEmulator } from "twilio-recordings-emulator";

let served = 0;
for (let round = 0; round < 20; round++) {
  const emulator = await startEmulator();
  await emulator.recordings.create();
  served += (await emulator.health()).counts.recordings;
  globalThis.gc();
  await emulator.close();
  globalThis.gc();
}
console.log(JSON.stringify({ served }));
