import type { FastifyInstance } from "fastify";
import type { Config } from "./config/config.js";
import type { JournalEntry } from "./state/journal.js";

type LoggedRequest = Pick<JournalEntry, "requestId" | "method" | "url" | "status" | "duration">;

/** Returns the options of Fastify's logger. Fastify logs where it listens at `info`; the program prints that itself. */
export async function loggerOptions({
  logLevel,
  terminal,
  logFile,
}: Config): Promise<false | { level: string; stream?: NodeJS.WritableStream }> {
  if (logLevel === "silent") return false;
  const level = logLevel === "info" ? "warn" : logLevel;
  if (!terminal) return { level, ...(logFile === 2 && { stream: process.stderr }) };
  const { default: pretty } = await import("pino-pretty");
  return {
    level,
    stream: pretty({
      ignore: "pid,hostname,request,method,url,status,milliseconds",
      sync: true,
      destination: logFile ?? 1,
    }),
  };
}

/** Logs requests, if the level asks for it. Returns the function that logs those of the response cache. */
export function logRequests(app: FastifyInstance, { logLevel }: Config): (request: LoggedRequest) => void {
  if (logLevel !== "info" && logLevel !== "debug") return () => {};
  const log = app.log.child({}, { level: "info" });
  app.addHook("onResponse", async ({ id: requestId, method, url }, { statusCode: status, elapsedTime: duration }) =>
    logRequest({ requestId, method, url, status, duration }),
  );
  return logRequest;

  // The URL has no credentials: `routableUrl` removes the user information of an absolute URL.
  function logRequest({ requestId: request, method, url, status, duration }: LoggedRequest): void {
    const milliseconds = Math.round(duration * 10) / 10;
    log.info({ request, method, url, status, milliseconds }, `${method} ${url} ${status} ${milliseconds} ms`);
  }
}
