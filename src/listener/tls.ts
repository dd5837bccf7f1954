import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { createClock } from "../state/clock.js";
import { renewing } from "./authority.js";
import type { Identity } from "./identity.js";
import { certifiedNames, isTwilioApi } from "./names.js";

/** Certificates of Twilio's regions and edges that are cached. */
const MOST_KEPT = 100;

/**
 * Returns a function that terminates TLS on a connection of which nothing has been read. If SNI names a region or an edge of
 * Twilio's API, the certificate contains that name, else all other names: for an unknown name, the client reports the mismatch.
 *
 * @param given - names in certificates, in addition to Twilio's and this machine's.
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
      // Declines HTTP/2.
      ALPNProtocols: ["http/1.1"],
    });

  function contextOf(name: string): Promise<SecureContext> {
    if (names.includes(name) || !isTwilioApi(name)) return contextOfAll();
    const context = contexts.get(name) ?? contextFor([name]);
    // Least recently used: a Map iterates in the order of insertion.
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
      // A user's own authority may be an intermediate one, so its chain is sent as well.
      return { context: createSecureContext({ cert: certificate + issuer.certificate, key }), expires };
    }, now);
    return async () => (await current()).context;
  }
}
