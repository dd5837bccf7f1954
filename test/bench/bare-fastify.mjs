import basicAuth from "@fastify/basic-auth";
import Fastify from "fastify";

// Fastify without the emulator: same route, same bytes, no lookup.
const { url, username, password, headers, body } = JSON.parse(process.argv[2]);

const app = Fastify();
await app.register(basicAuth, {
  validate(givenUsername, givenPassword, _request, _reply, done) {
    done(givenUsername === username && givenPassword === password ? undefined : new Error("Unauthorized"));
  },
});
app.route({
  method: "GET",
  url,
  onRequest: app.basicAuth,
  handler: (_request, reply) => reply.headers(headers).send(body),
});
process.stdout.write(`listening on ${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
