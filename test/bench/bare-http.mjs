import { createServer } from "node:http";

// The fastest possible start of a server on Node.js.
const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
