import type { Option } from "./kinds.js";
import { flagName, OPTION_ROWS, variableName } from "./options.js";

/** Returns the text that --help prints. */
export function helpText(): string {
  const rows = OPTION_ROWS.map(([name, option]) => {
    const help = `${option.help} (default: ${shownDefault(option)})`;
    return [`  ${flagUsage(name, option)}`, variableName(name), help.replaceAll("`", "")] as const;
  });
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return `Usage: twilio-recordings-emulator [options]         serve until SIGINT or SIGTERM
       twilio-recordings-emulator health [options]  check a running emulator; exit 0 if it is ready
       twilio-recordings-emulator ca [options]      print the certificate authority, for clients to trust
       twilio-recordings-emulator sign <url> [Name=value ...]
                                                    print Twilio's signature of a request, with TWILIO_AUTH_TOKEN
       twilio-recordings-emulator verify <signature> <url> [Name=value ...]
                                                    check a signature; exit 1 and what differs if it is another

Options, and their environment variables (a flag overrides its variable):
${rows.map(([flag, variable, help]) => `${flag.padEnd(width(0))}  ${variable.padEnd(width(1))}  ${help}`).join("\n")}
  --help, --version

TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN adds an account with these credentials.
`;
}

/** Returns a flag with its value: `--data <folder>`. */
export function flagUsage(name: string, { placeholder }: Option<unknown>): string {
  return `--${flagName(name)}${placeholder === undefined ? "" : ` ${placeholder}`}`;
}

/** Returns the default in words, or as code if it is a value. */
export function shownDefault(option: Option<unknown>): string {
  return option.shown ?? `\`${option.default}\``;
}
