import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SOCKET_PATH, type StatusAnswer } from '@leadglass/contract';
import { systemClock, text } from '@leadglass/kit';
import { type AeTitle, DEFAULT_AE_TITLE, TEST_TITLE } from '@leadglass/model';
import { DEFAULT_SCU_TIMEOUTS, echoOnce } from '@leadglass/wire';
import type { ControlClient } from '../client.ts';
import { hostPortOf } from '../commands/values.ts';
import { CliFailure, EXIT } from '../exits.ts';
import type { Scene } from './pack/watches.ts';
import { echo, Raw, type RawOptions, type Titles } from './raw.ts';
import { Receiver } from './receiver.ts';
import { admitTest, type Cleared, clearTest, TEST_DESTINATION } from './temporary.ts';

const TITLES: Titles = { calling: TEST_TITLE, called: DEFAULT_AE_TITLE };
const DELIVERED_WITHIN_MS = 15_000;
const POLL_MS = 100;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a listener is reached from this machine; undefined when there is none of that name. */
function listenerOf(status: StatusAnswer, name: string): Address | undefined {
  const found = status.listeners.find((listener) => listener.name === name);
  if (found === undefined) return undefined;
  const { host, port } = hostPortOf(found.address);
  const local: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return { host: local[host] ?? host, port };
}

/** The range that is this machine's own address alone, as the gateway sees it. */
async function ownRange({ host, port }: Address): Promise<string> {
  const raw = await Raw.open(port, { host });
  const address = (raw.socket.localAddress ?? '').replace(/^::ffff:/, '');
  raw.close();
  return address.includes(':') ? `${address}/128` : `${address}/32`;
}

/** A destination that answers as ours does is another run of this command. */
async function refuseSecondRun(client: ControlClient): Promise<void> {
  const { destinations } = await client.call('destination.list', {});
  const old = destinations.find(({ name }) => name === TEST_DESTINATION);
  if (old === undefined) return;
  const settings = { maximumLength: 65_536, timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock };
  const { host, port, called } = old;
  const report = await echoOnce({ host, port, called, calling: TEST_TITLE, ...settings }).catch(() => undefined);
  if (report === undefined) return;
  throw new CliFailure(
    EXIT.usage,
    text('Un autre prove-it est en cours sur cette passerelle.', 'Another prove-it is running on this gateway.'),
    'cli.already-running',
  );
}

function noListener(): CliFailure {
  return new CliFailure(
    EXIT.usage,
    text(
      'La passerelle n’écoute pas en DICOM en clair (--dimse) : prove-it ne sait pas encore l’éprouver par TLS seul.',
      'The gateway has no plain DICOM listener (--dimse): prove-it cannot try it over TLS alone yet.',
    ),
    'cli.no-listener',
  );
}

export interface SiteOptions {
  readonly client: ControlClient;
  /** The gateway's home. */
  readonly home: string;
  /** A peer whose way of being judged the test callers get. */
  readonly like: AeTitle | undefined;
}

/** The gateway under test, with the test callers let in for as long as it is open. */
export class TestSite {
  readonly receiver: Receiver;
  /** What an earlier run had left, and is gone now. */
  readonly leftovers: Cleared;
  /** This machine's address as the gateway's log writes it. */
  readonly ownAddress: string;
  readonly #options: SiteOptions;
  readonly #dimse: Address;
  readonly #dimseTls: Address | undefined;

  private constructor(options: SiteOptions, status: StatusAnswer, receiver: Receiver, leftovers: Cleared, own: string) {
    this.#options = options;
    this.#dimse = listenerOf(status, 'dimse') as Address;
    this.#dimseTls = listenerOf(status, 'dimse-tls');
    this.receiver = receiver;
    this.leftovers = leftovers;
    this.ownAddress = own.replace(/\/\d+$/, '');
  }

  /** Throws CliFailure when the gateway cannot be tried; then nothing of ours is left in it. */
  static async open(options: SiteOptions): Promise<TestSite> {
    const { client, like } = options;
    const status = await client.call('status', {});
    const dimse = listenerOf(status, 'dimse');
    if (dimse === undefined) throw noListener();
    await refuseSecondRun(client);
    const leftovers = await clearTest(client, LEFT_REASON);
    const own = await ownRange(dimse);
    const receiver = await Receiver.listen();
    const site = new TestSite(options, status, receiver, leftovers, own);
    try {
      await admitTest(client, own, receiver.port, like);
      return site;
    } catch (thrown) {
      await site.close();
      throw thrown;
    }
  }

  /** A connection to the listener under test, as the test caller. */
  open(options: RawOptions = {}): Promise<Raw> {
    return Raw.open(this.#dimse.port, { host: this.#dimse.host, titles: TITLES, ...options });
  }

  /** What attacks work with. */
  get scene(): Scene {
    const tls = this.#dimseTls;
    return {
      open: (options) => this.open(options),
      openTls: tls && (() => Raw.open(tls.port, { host: tls.host, titles: TITLES })),
      honest: () => this.honest(),
      isControlPrivate: () => isPrivate(join(this.#options.home, dirname(SOCKET_PATH))),
    };
  }

  /** A C-ECHO as an honest peer does it, milliseconds. */
  honest(): Promise<number> {
    return echo(this.#dimse.port, TEST_TITLE, { host: this.#dimse.host });
  }

  /** Waits for what is on its way, then takes away everything that is ours. May be called again. */
  async close(): Promise<Cleared> {
    const { client } = this.#options;
    const endMs = performance.now() + DELIVERED_WITHIN_MS;
    while (performance.now() < endMs && (await this.#pending()) > 0) await delay(POLL_MS);
    const cleared = await clearTest(client, REASON);
    await this.receiver.close();
    return cleared;
  }

  async #pending(): Promise<number> {
    const asked = { state: 'pending', destination: TEST_DESTINATION, limit: 1 } as const;
    return (await this.#options.client.call('deliveries.list', asked)).deliveries.length;
  }
}

/** Written to the ledger with each object destroyed. */
const REASON = 'prove-it : objet d’essai / test object';
const LEFT_REASON = 'prove-it : objet d’essai d’un passage interrompu / test object of an interrupted run';

/** Whether a folder is closed to everybody but its owner. On systems without such rights there is nothing to see. */
function isPrivate(folder: string): boolean {
  return process.platform === 'win32' || (statSync(folder).mode & 0o077) === 0;
}
