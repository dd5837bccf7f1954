import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { packagePath } from "../package-path.js";
import { type PageFile, pageFiles } from "./files.js";

/** The scripts of the page, beside `index.html`. */
const SCRIPTS = ["inspector.js", "player.js"] as const;

const POLICY = Object.entries({
  "default-src": "'none'",
  "script-src": "'self'",
  "connect-src": "'self'",
  "img-src": "'self' data:",
  "media-src": "'self' blob:",
  "style-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
})
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  // The browser asks each time whether the entity tag is current.
  "Cache-Control": "no-cache",
} as const;

/**
 * Adds the inspector to the control plane, behind its guard: browsers that ask for `/_emulator/` get the page, other clients
 * the JSON of the control API.
 *
 * @param folder - contains the built page.
 */
export function addInspector(plane: FastifyInstance, folder = packagePath("dist/inspector")): void {
  const read = pageFiles(folder);
  for (const name of SCRIPTS) {
    plane.get(`/${name}`, { config: { open: true } }, (request, reply) => send(request, reply, name));
  }
  plane.addHook("onRequest", (request, reply, done) => {
    const [path = "", ...query] = request.url.split("?");
    if (path !== "/_emulator" && path !== "/_emulator/") return done();
    reply.header("Vary", "Accept");
    if (!/\btext\/html\b/.test(request.headers.accept ?? "")) return done();
    // Relative URLs in the page need the slash.
    if (path === "/_emulator") reply.redirect(["/_emulator/", ...query].join("?"));
    else send(request, reply, "index.html");
  });

  function send({ headers }: FastifyRequest, reply: FastifyReply, name: string): FastifyReply {
    const file = read(name);
    if (file === undefined) {
      const text = `${name} is missing in ${folder}; expected: a build, by npm run build\n`;
      return reply.code(404).type("text/plain; charset=utf-8").send(text);
    }
    const isZipped = /\bgzip\b/.test(headers["accept-encoding"] ?? "");
    const { tag, content } = isZipped ? file.zipped : file.plain;
    reply.headers({ ...HEADERS, ETag: tag, Vary: "Accept, Accept-Encoding" });
    if (isZipped) reply.header("Content-Encoding", "gzip");
    if (headers["if-none-match"]?.includes(tag)) return reply.code(304).send();
    return reply.type(typeOf(file)).send(content);
  }
}

function typeOf({ name }: PageFile): string {
  return name.endsWith(".js") ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8";
}
