import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { createClock } from "../state/clock.js";
import { renewing } from "./authority.js";
import type { Identity } from "./identity.js";
import { certifiedNames, isTwilioApi } from "./names.js";

/** How many regions and edges of Twilio's have their certificates kept. */
const MOST_KEPT = 100;

/**
 * Ends TLS, with a certificate that names the region or edge of Twilio's API that the client asks for, or else all other
 * names: a client that asked for something else will say so better than we could.
 *
 * @param given - names beside Twilio's and this machine's.
 * @returns a function that makes the end of a connection whose client has begun to speak TLS, none of it read yet.
 */
export function endOfTls(
  authority: () => Promise<Identity>,
  given: readonly string[],
): (socket: Socket) => Promise<TLSSocket> {
  const names = certifiedNames(given);
  const contextOfAll = contextFor(names);
  const contexts = new Map<string, () => Promise<SecureContext>>();

  return async (socket) =>
    new TLSSocket(socket, {
      isServer: true,
      secureContext: await contextOfAll(),
      SNICallback(name, done) {
        contextOf(name.toLowerCase()).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
      // A client that would rather speak HTTP/2 learns here that it cannot.
      ALPNProtocols: ["http/1.1"],
    });

  function contextOf(name: string): Promise<SecureContext> {
    if (names.includes(name) || !isTwilioApi(name)) return contextOfAll();
    const context = contexts.get(name) ?? contextFor([name]);
    // The one that was used last goes to the end, and the first goes when there are too many.
    contexts.delete(name);
    contexts.set(name, context);
    if (contexts.size > MOST_KEPT) contexts.delete([...contexts.keys()][0] as string);
    return context();
  }

  function contextFor(names: readonly string[]): () => Promise<SecureContext> {
    const { now } = createClock();
    const current = renewing(async () => {
      const { makeLeaf } = await import("./x509.js");
      const issuer = await authority();
      const { certificate, key, expires } = await makeLeaf(issuer, names, now());
      // An authority of the user's own may be one that others vouch for, so what vouches for it is sent as well.
      return { context: createSecureContext({ cert: certificate + issuer.certificate, key }), expires };
    }, now);
    return async () => (await current()).context;
  }
}
