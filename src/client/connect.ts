import { validateHeaderValue } from "node:http";
import { type EmulatorHandle, emulatorHandle } from "../control/emulator-handle.js";
import { type CallOperation, controlsOf } from "../control/handle.js";
import { type Address, httpCaller } from "./call.js";
import { ConnectionError } from "./connection-error.js";
import { ROUTES } from "./routes.js";

/** The options of `connect`. */
export interface ConnectOptions {
  /** The bearer token that the emulator was given with `--control-token`. */
  token?: string | undefined;
}

/** Milliseconds. A busy machine may take seconds to answer the first request. */
const TIMEOUT = 10_000;

/** @throws ConnectionError, see `connect`. */
export async function connectTo(
  url: string,
  options: ConnectOptions,
  timeout: number = TIMEOUT,
): Promise<EmulatorHandle> {
  const address: Address = { origin: originOf(url), token: tokenOf(options) };
  const signal = AbortSignal.timeout(timeout);
  const account = await mainAccount(httpCaller({ ...address, signal }), address).catch((error: unknown) => {
    if (error !== signal.reason) throw error;
    throw new ConnectionError(`no emulator answers at ${address.origin.origin} within ${timeout / 1000} s`);
  });
  const controlsFor = (account?: string) => {
    const call = httpCaller(address, account);
    return controlsOf(ROUTES, call, () => call(ROUTES.transfer.export, {}));
  };
  return emulatorHandle(ROUTES, httpCaller(address), controlsFor, { url: address.origin.origin, ...account });
}

function originOf(given: string): URL {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url;
  // The value may contain a password.
  const shown = JSON.stringify(text.replace(/\/\/.*@/, "//…@"));
  throw new ConnectionError(`url is ${shown}; expected: scheme, host and port, such as http://localhost:2010`);
}

function tokenOf({ token, ...others }: ConnectOptions): string | undefined {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new ConnectionError(`unknown option ${JSON.stringify(unknown)}; allowed: token`);
  if (token === undefined || isHeaderValue(token)) return token;
  // The value is not printed: it is a credential.
  throw new ConnectionError("token is empty or no text for an HTTP header; expected: the value of --control-token");
}

function isHeaderValue(value: unknown): boolean {
  try {
    validateHeaderValue("Authorization", value as string);
    return typeof value === "string" && value !== "";
  } catch {
    return false;
  }
}

/** @throws ConnectionError unless an emulator answers that this client may control. */
async function mainAccount(call: CallOperation, { origin: { origin }, token }: Address) {
  const about = await call(ROUTES.health.about, {}).catch((error: Error & { statusCode?: number }) => {
    if (error.statusCode === undefined) throw error;
    throw new ConnectionError(`${origin} answers GET /_emulator with ${error.statusCode}: ${error.message}`);
  });
  if (Object(about).name !== "twilio-recordings-emulator") {
    throw new ConnectionError(`at ${origin} is another program than twilio-recordings-emulator`);
  }
  const { account_sid: accountSid } = about;
  try {
    // Both need the token, if there is one.
    if (accountSid === null) await call(ROUTES.accounts.list, {});
    const account = accountSid === null ? undefined : await call(ROUTES.accounts.get, { key: accountSid });
    return { accountSid: accountSid ?? "", authToken: account?.auth_token ?? "" };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 401) throw error;
    const problem = token === undefined ? "needs the option token" : "refuses the option token";
    throw new ConnectionError(`the emulator at ${origin} ${problem}; expected: the value of its --control-token`);
  }
}
