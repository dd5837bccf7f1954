import { readdirSync, readlinkSync, truncateSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { fileSource } from "../../src/media/file.js";
import { bytesOf, rangeAgrees, ranges } from "../support/byte-source.js";

const CONTENT = Buffer.from(Array.from({ length: 200_001 }, (_, index) => (index * 7) % 256));

function openFiles(path: string): number {
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === path;
    } catch {
      return false;
    }
  }).length;
}

t.test("file: its bytes, length and the given content type", async (t) => {
  const path = `${t.testdir({ "a.ogg": CONTENT })}/a.ogg`;
  const sound = fileSource(path, "audio/ogg");
  t.equal(sound.contentType, "audio/ogg");
  t.equal(sound.length, CONTENT.length);
  t.ok(bytesOf(sound).equals(CONTENT));
  fc.assert(fc.property(ranges, (range) => rangeAgrees(sound, range)));
});

t.test("empty file: no bytes", async (t) => {
  const sound = fileSource(`${t.testdir({ "a.wav": "" })}/a.wav`, "audio/x-wav");
  t.same([sound.length, ...sound.read(0, 0)], [0]);
});

t.test("file: open only while it is read", { skip: process.platform !== "linux" && "needs /proc" }, async (t) => {
  const path = `${t.testdir({ "a.wav": CONTENT })}/a.wav`;
  const sound = fileSource(path, "audio/x-wav");
  t.equal(openFiles(path), 0, "before the read");
  const chunks = sound.read(0, sound.length);
  t.equal(openFiles(path), 0, "before the first chunk");
  for (const chunk of chunks) {
    t.equal(chunk.length, 65_536);
    t.equal(openFiles(path), 1, "after the first chunk");
    break;
  }
  t.equal(openFiles(path), 0, "closed when the reader stops early");
  bytesOf(sound);
  t.equal(openFiles(path), 0, "closed at the end");
});

t.test("file that shrinks: error, not fewer bytes", async (t) => {
  const path = `${t.testdir({ "a.wav": CONTENT })}/a.wav`;
  const sound = fileSource(path, "audio/x-wav");
  truncateSync(path, 100_000);
  t.throws(() => bytesOf(sound), { message: `${path} became shorter while it was read` });
  t.equal(bytesOf(sound, 0, 100_000).length, 100_000);
});

t.test("missing file: ENOENT", async (t) => {
  t.throws(() => fileSource(`${t.testdir()}/none.wav`, "audio/x-wav"), { code: "ENOENT" });
});
