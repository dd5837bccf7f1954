/** Milliseconds. */
export interface Timeouts {
  /** From the start of a connection or of a CONNECT tunnel to its first byte. */
  firstByte: number;
  /** For the TLS handshake and the headers of a request together. */
  headers: number;
  /** For a whole request, including its body. */
  request: number;
  /** Between an answer and the next request. */
  keepAlive: number;
  /** Between checks of `headers` and `request`; either may take this much longer. */
  checkInterval: number;
}

export const TIMEOUTS: Timeouts = {
  firstByte: 60_000,
  headers: 60_000,
  request: 300_000,
  keepAlive: 72_000,
  checkInterval: 10_000,
};
