/** How long a client may keep a connection waiting, in milliseconds. */
export interface Timeouts {
  /** From the start of a connection or of a CONNECT tunnel to its first byte. */
  firstByte: number;
  /** For the TLS handshake and the headers of a request together. */
  headers: number;
  /** For a whole request, body included. */
  request: number;
  /** Between an answer and the next request. */
  keepAlive: number;
  /** Between two checks of `headers` and `request`, so that either may take this much longer. */
  checkInterval: number;
}

export const TIMEOUTS: Timeouts = {
  firstByte: 60_000,
  headers: 60_000,
  request: 300_000,
  keepAlive: 72_000,
  checkInterval: 10_000,
};
