import { createServer } from "node:http";

// The minimum start of a server on Node.
const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
