// The suite of callbacks.test.ts, with the handle of an emulator at an address.
process.env.TEST_HANDLE = "by address";
await import("./callbacks.test.js");

export {};
