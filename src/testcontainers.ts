import { AbstractStartedContainer, GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
// The CommonJS build requires this path from the package, so that both entries have the same classes.
import { type Account, type AccountSpec, connect, type EmulatorHandle } from "./index.js";
import { urlOf } from "./listener/address.js";

/** The port that the image exposes. */
const PORT = 2010;

/**
 * An emulator in a container, with its state in memory. Extends GenericContainer of the package testcontainers.
 *
 * @example
 * const container = await new TwilioRecordingsEmulatorContainer().start();
 * const account = await container.createAccount();
 * const client = twilio(account.accountSid, account.authToken);
 * client.api.baseUrl = container.getUrl();
 * await container.stop();
 */
export class TwilioRecordingsEmulatorContainer extends GenericContainer {
  #controlToken: string | undefined;

  /** @param image - the name of the image; default: as `docker build -t twilio-recordings-emulator .` names it. */
  constructor(image = "twilio-recordings-emulator") {
    super(image);
    this.withExposedPorts(PORT)
      .withEnvironment({ EMULATOR_DATA: ":memory:" })
      // By HTTP: engines such as Podman without systemd run no health checks.
      .withWaitStrategy(Wait.forHttp("/_emulator/health", PORT).forStatusCode(200));
  }

  /** Sets the bearer token that control calls must send. `connect` and `createAccount` send it. */
  withControlToken(token: string): this {
    this.#controlToken = token;
    return this.withEnvironment({ EMULATOR_CONTROL_TOKEN: token });
  }

  /** Seeds the emulator with the fixtures of a folder of this machine instead of the default ones. */
  withFixtures(folder: string): this {
    const target = "/app/own-fixtures";
    return this.withCopyDirectoriesToContainer([{ source: folder, target }]).withEnvironment({
      EMULATOR_FIXTURES: target,
    });
  }

  override async start(): Promise<StartedTwilioRecordingsEmulatorContainer> {
    return new StartedTwilioRecordingsEmulatorContainer(await super.start(), this.#controlToken);
  }
}

/** A running emulator in a container. */
export class StartedTwilioRecordingsEmulatorContainer extends AbstractStartedContainer {
  readonly #controlToken: string | undefined;

  constructor(container: StartedTestContainer, controlToken?: string) {
    super(container);
    this.#controlToken = controlToken;
  }

  /** Returns the base URL for programs on this machine: HTTP, an HTTP proxy, and with `https:` TLS. */
  getUrl(): string {
    return urlOf(this.getHost(), this.getMappedPort(PORT));
  }

  /** Returns the certificate authority that TLS clients must trust, as PEM. */
  async getCertificateAuthority(): Promise<string> {
    const answer = await fetch(`${this.getUrl()}/_emulator/ca.pem`);
    if (answer.ok) return await answer.text();
    throw new Error(`the emulator answers GET /_emulator/ca.pem with ${answer.status}: ${await answer.text()}`);
  }

  /** Returns the functions of the emulator, as `connect` does. */
  connect(): Promise<EmulatorHandle> {
    return connect(this.getUrl(), { token: this.#controlToken });
  }

  /** Creates an isolated account, such as one for each test. */
  async createAccount(spec?: AccountSpec): Promise<Account> {
    const emulator = await this.connect();
    return await emulator.accounts.create(spec);
  }
}
