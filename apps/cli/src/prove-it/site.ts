import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { SOCKET_PATH, type StatusAnswer } from '@leadglass/contract';
import { systemClock, text } from '@leadglass/kit';
import { type AeTitle, DEFAULT_AE_TITLE, type Sha256, TEST_TITLE } from '@leadglass/model';
import {
  clientTlsOptions,
  createAuthority,
  DEFAULT_SCU_TIMEOUTS,
  echoOnce,
  fingerprintSha256,
  issueClientCertificate,
} from '@leadglass/wire';
import type { ControlClient } from '../client.ts';
import { hostPortOf } from '../commands/values.ts';
import { CliFailure, EXIT } from '../exits.ts';
import type { Scene } from './pack/watches.ts';
import type { Titles } from './pdu.ts';
import { echo, Raw, type RawOptions } from './raw.ts';
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

/** The listener that is tried: the plain one, or that for TLS when it is asked for or the only one. */
interface Tried extends Address {
  readonly name: 'dimse' | 'dimse-tls';
}

function triedOf(status: StatusAnswer, isTls: boolean): Tried {
  const names = isTls ? (['dimse-tls'] as const) : (['dimse', 'dimse-tls'] as const);
  for (const name of names) {
    const address = listenerOf(status, name);
    if (address !== undefined) return { name, ...address };
  }
  throw noListener();
}

/** What the test callers show over TLS: a certificate of the moment, which their peers are bound to. */
interface Shown {
  readonly tls: ConnectionOptions;
  readonly certSha256: Sha256;
}

/** The gateway's own authority is believed, and nobody else; by which of its names it is called does not matter here. */
async function shownTo({ name }: Tried, home: string): Promise<Shown | undefined> {
  if (name === 'dimse') return undefined;
  const authority = await createAuthority({ siteName: TEST_TITLE, clock: systemClock });
  const made = await issueClientCertificate(authority, { commonName: TEST_TITLE, days: 1, clock: systemClock });
  const identity = { cert: made.certPem, key: made.keyPem.reveal() };
  const ca = [await readFile(join(home, 'keys/ca.pem'), 'utf8')];
  const checks = { rejectUnauthorized: true, checkServerIdentity: () => undefined };
  const certSha256 = fingerprintSha256(made.certPem) as Sha256;
  return { tls: { ...clientTlsOptions({ identity, ca }), ...checks }, certSha256 };
}

/** The range that is this machine's own address alone, as the gateway sees it. */
async function ownRange({ host, port }: Address, shown: Shown | undefined): Promise<string> {
  const raw = await Raw.open(port, { host, ...tlsOf(shown) });
  const address = (raw.socket.localAddress ?? '').replace(/^::ffff:/, '');
  raw.close();
  return address.includes(':') ? `${address}/128` : `${address}/32`;
}

const tlsOf = (shown: Shown | undefined) => (shown === undefined ? {} : { tls: shown.tls });

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
  const sentence = text(
    'La passerelle n’a pas ce port d’écoute DICOM : voir ./leadglass status.',
    'The gateway has no such DICOM listener: see ./leadglass status.',
  );
  return new CliFailure(EXIT.usage, sentence, 'cli.no-listener');
}

export interface SiteOptions {
  readonly client: ControlClient;
  /** The gateway's home. */
  readonly home: string;
  /** A peer whose way of being judged the test callers get. */
  readonly like: AeTitle | undefined;
  /** Over TLS, also when there is a plain listener. */
  readonly isTls: boolean;
}

interface SiteFacts {
  readonly receiver: Receiver;
  readonly leftovers: Cleared;
  /** This machine's address as a range. */
  readonly own: string;
  readonly shown: Shown | undefined;
  readonly dimseTls: Address | undefined;
}

/** The gateway under test, with the test callers let in for as long as it is open. */
export class TestSite {
  readonly receiver: Receiver;
  /** What an earlier run had left, and is gone now. */
  readonly leftovers: Cleared;
  /** This machine's address as the gateway's log writes it. */
  readonly ownAddress: string;
  /** Which listener is tried. */
  readonly listener: Tried['name'];
  readonly #options: SiteOptions;
  readonly #raw: RawOptions;
  readonly #open = new Set<Raw>();
  readonly #port: number;
  readonly #dimseTls: Address | undefined;

  private constructor(options: SiteOptions, tried: Tried, facts: SiteFacts) {
    this.#options = options;
    this.listener = tried.name;
    this.#port = tried.port;
    this.#raw = { host: tried.host, titles: TITLES, ...tlsOf(facts.shown) };
    this.#dimseTls = facts.dimseTls;
    this.receiver = facts.receiver;
    this.leftovers = facts.leftovers;
    this.ownAddress = facts.own.replace(/\/\d+$/, '');
  }

  /** Throws CliFailure when the gateway cannot be tried; then nothing of ours is left in it. */
  static async open(options: SiteOptions): Promise<TestSite> {
    const { client, like, home } = options;
    const status = await client.call('status', {});
    const tried = triedOf(status, options.isTls);
    await refuseSecondRun(client);
    const leftovers = await clearTest(client, LEFT_REASON);
    const shown = await shownTo(tried, home);
    const own = await ownRange(tried, shown);
    const receiver = await Receiver.listen();
    const dimseTls = listenerOf(status, 'dimse-tls');
    const site = new TestSite(options, tried, { receiver, leftovers, own, shown, dimseTls });
    try {
      const admittance = { from: own, certSha256: shown?.certSha256, receiverPort: receiver.port, like };
      await admitTest(client, admittance);
      return site;
    } catch (thrown) {
      await site.close();
      throw thrown;
    }
  }

  /** A connection to the listener under test, as the test caller. */
  async open(options: RawOptions = {}): Promise<Raw> {
    const raw = await Raw.open(this.#port, { ...this.#raw, ...options });
    this.#open.add(raw);
    raw.socket.once('close', () => this.#open.delete(raw));
    return raw;
  }

  /** Cuts what is under way: an attack that waits for an answer waits no longer. */
  interrupt(): void {
    for (const raw of this.#open) raw.close();
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
    return echo(this.#port, TEST_TITLE, this.#raw);
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
