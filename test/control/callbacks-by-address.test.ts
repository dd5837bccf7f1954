// The suite of callbacks.test.ts, with the handle of an emulator at an address.
process.env.HANDLE = "by address";
await import("./callbacks.test.js");

export {};
