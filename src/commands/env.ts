import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { SHELLS } from "../config/commands.js";
import type { Config } from "../config/config.js";
import type { Env } from "../config/flags.js";
import { urlOf } from "../listener/address.js";
import { makeFolder } from "../state/folder.js";
import { StartupError } from "../state/startup-error.js";
import { writeTrustFiles } from "./certificates.js";
import { environmentFor, type Target } from "./environment.js";
import { ask } from "./http.js";
import { shellLines } from "./shell-lines.js";

/**
 * Returns the environment that leads to a running emulator, as commands of a shell or as JSON. Writes the certificate files.
 *
 * @param notice - called with one line for each variable that loses its effect.
 * @throws StartupError if the emulator does not answer, or the files cannot be written.
 */
export async function envCommand(
  { host, port, controlToken }: Pick<Config, "host" | "port" | "controlToken">,
  { shell = "sh", folder }: { shell?: (typeof SHELLS)[number]; folder?: string },
  env: Env,
  notice: (line: string) => void,
): Promise<string> {
  const url = urlOf(host, port);
  const { status, body: authority } = await ask(`${url}/_emulator/ca.pem`);
  if (status !== 200) throw new StartupError([`${url} is no emulator: /_emulator/ca.pem has the status ${status}`]);
  const account = await accountOf(`${url}/_emulator`, controlToken, env);
  if (account === undefined) {
    notice("the token of the account is not known: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN");
  }
  const trust = inFolder(resolve(folder ?? defaultFolder(host, port, env)), (path) =>
    writeTrustFiles(path, authority, env, notice),
  );
  return shellLines(shell, environmentFor(env, { url, account }, trust, notice));
}

/** Returns the account of the user's environment if the emulator has it, else the main account; undefined without a token. */
async function accountOf(control: string, token: string | undefined, env: Env): Promise<Target["account"]> {
  const { TWILIO_ACCOUNT_SID: own = "", TWILIO_AUTH_TOKEN: ownToken = "" } = env;
  const { account_sid: main } = await read<{ account_sid: string | null }>(control, token);
  const { accounts } = await read<{ accounts: { sid: string }[] }>(`${control}/accounts`, token);
  if (ownToken !== "" && accounts.some(({ sid }) => sid === own)) return { sid: own, authToken: ownToken };
  if (main === null) return undefined;
  const { auth_token } = await read<{ auth_token: string | null }>(`${control}/accounts/${main}`, token);
  return auth_token === null ? undefined : { sid: main, authToken: auth_token };
}

/** @throws StartupError if the control API refuses the call. */
async function read<Answer>(url: string, token: string | undefined): Promise<Answer> {
  const { status, body } = await ask(url, token);
  if (status === 200) return JSON.parse(body);
  const hint = status === 401 ? "; expected: --control-token, or EMULATOR_CONTROL_TOKEN" : "";
  throw new StartupError([`${url} has the status ${status}${hint}`]);
}

/** The files must remain, so they are not in a temporary folder, which others could create. */
function defaultFolder(host: string, port: number, env: Env): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "twilio-recordings-emulator", `${host}-${port}`.replace(/[^\w.-]/g, "_"));
}

/** @throws StartupError if `action` cannot write there. */
function inFolder<T>(path: string, action: (path: string) => T): T {
  try {
    // PHP_INI_SCAN_DIR separates folders by colons.
    if (path.includes(":")) throw new Error("a path without colons");
    makeFolder(dirname(path));
    if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    return action(path);
  } catch (error) {
    const expected = `a folder that can be written (${(error as Error).message})`;
    throw new StartupError([`--folder is ${JSON.stringify(path)}; expected: ${expected}`]);
  }
}
