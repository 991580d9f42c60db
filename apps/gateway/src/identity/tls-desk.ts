import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import { fingerprintSha256, namesOf, type TlsIdentity, type TlsVersion } from '@leadglass/wire';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { TlsMaterial } from '../messages.ts';
import type { IdentityParts } from './parts.ts';
import { probe, probeListener } from './probe.ts';
import {
  isUsable,
  readPrevious,
  readTlsSettings,
  type TlsSettings,
  writePrevious,
  writeTlsSettings,
} from './tls-settings.ts';
import { writeDurably } from './write-durably.ts';

type Change = AnswerInputOf<'tls.set'>;

/** How long new settings are watched, and how often a device that came in before may fail meanwhile. */
const WATCH_MS = 15 * 60_000;
const FAILURES_OF_A_DEVICE = 2;
/** Addresses remembered; the oldest go first. */
const MOST_CALLERS = 10_000;

interface Caller {
  readonly calling: string;
  readonly version: TlsVersion;
  failures: number;
}

/**
 * Changes the TLS listener's settings without locking anybody out: planned, tried with real handshakes before they are in force,
 * switched without ending an association, tried again at the listener itself, and watched. They go back by themselves when the
 * listener does not answer, or when a device that came in before fails its handshake twice.
 */
export class TlsDesk {
  readonly #parts: IdentityParts;
  /** By address, who came in over TLS. */
  readonly #callers = new Map<string, Caller>();
  #watchedUntilMs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** A device came in over TLS. */
  cameIn(address: string, calling: string, version: TlsVersion): void {
    this.#callers.delete(address);
    const [oldest] = this.#callers.keys();
    if (this.#callers.size >= MOST_CALLERS && oldest !== undefined) this.#callers.delete(oldest);
    this.#callers.set(address, { calling, version, failures: 0 });
  }

  /** A handshake failed. Of somebody who never came in it says nothing. */
  failed(address: string): void {
    const caller = this.#callers.get(address);
    if (caller === undefined || this.#parts.clock.now() > this.#watchedUntilMs) return;
    caller.failures += 1;
    if (caller.failures < FAILURES_OF_A_DEVICE) return;
    this.#watchedUntilMs = 0;
    void this.#inTurn(() => this.#rollBack('gateway', lockedOut(caller.calling, address))).catch((thrown) =>
      this.#parts.log.error('tls.not-rolled-back', { fault: thrown }),
    );
  }

  show(): AnswerInputOf<'tls.show'> {
    const { keys } = this.#parts.home.paths;
    const { minVersion, names } = readTlsSettings(keys);
    const { tls } = this.#parts.watch.current;
    const certificate = new X509Certificate(tls.certPem);
    return {
      ...{ minVersion, names },
      certificate: {
        isSite: certificate.checkIssued(new X509Certificate(tls.caPem)),
        sha256: fingerprintSha256(tls.certPem) ?? '',
        subject: certificate.subject.replaceAll('\n', ', '),
        names: namesOf(certificate),
        notAfterMs: certificate.validToDate.getTime(),
      },
      hasPrevious: readPrevious(keys) !== undefined,
      watchedUntilMs: this.#watchedUntilMs,
    };
  }

  set(asked: ParsedRequestOf<'tls.set'>): Promise<Change> {
    return this.#inTurn(async () => {
      const before = readTlsSettings(this.#parts.home.paths.keys);
      const wanted = wantedOf(before, asked);
      const changes = changesOf(before, wanted);
      const problems = changes.length === 0 ? [] : await this.#problemsOf(wanted);
      // What a trial shows to fail is never forced; who would stay outside may be.
      const outside = changes.length === 0 ? [] : this.#leftOutside(wanted.minVersion);
      const isStopped = problems.length > 0 || (outside.length > 0 && !asked.force);
      if (changes.length === 0 || isStopped || !asked.apply)
        return this.#answer(changes, [...problems, ...outside], false);
      return this.#switch(changes, () => writeTlsSettings(this.#parts.home.paths.keys, wanted));
    });
  }

  /** A new key and certificate of the site's. Throws Fault `control.conflict` while another authority's is shown. */
  renew(): Promise<Change> {
    return this.#inTurn(async () => {
      const { keys } = this.#parts.home.paths;
      if (readTlsSettings(keys).certificate !== undefined) throw controlFault('control.conflict', NOT_OURS);
      const change = text('nouvelle clé et nouveau certificat du port TLS', 'new key and certificate of the TLS port');
      return this.#switch([change], () => rmSync(join(keys, 'server.pem')));
    });
  }

  /** Throws Fault `control.not-found` when nothing was in force before. */
  rollback(): Promise<Change> {
    return this.#inTurn(async () => {
      const change = await this.#rollBack(by(), text('une personne l’a demandé', 'a person asked for it'));
      return this.#answer([change], [], true);
    });
  }

  async #switch(changes: readonly Text[], write: () => void): Promise<Change> {
    const { paths } = this.#parts.home;
    writePrevious(paths.keys, { settings: readTlsSettings(paths.keys), server: this.#serverIdentity() });
    write();
    const failed = await this.#inForce().catch((): Text => NOT_TAKEN_UP);
    if (failed !== undefined) {
      await this.#rollBack('gateway', failed);
      return this.#answer(changes, [failed], false);
    }
    this.#watchedUntilMs = this.#parts.clock.now() + WATCH_MS;
    for (const caller of this.#callers.values()) caller.failures = 0;
    await this.#tell(changes);
    return this.#answer(changes, [], true);
  }

  /** Takes up what was written, and calls the listener. */
  async #inForce(): Promise<Text | undefined> {
    const { watch } = this.#parts;
    await watch.reload();
    const listener = this.#parts.tlsListener();
    return listener === undefined ? undefined : probeListener(listener, watch.current.tls, watch.current.outgoing);
  }

  async #rollBack(by: string, why: Text): Promise<Text> {
    const { paths } = this.#parts.home;
    const previous = readPrevious(paths.keys);
    if (previous === undefined) throw controlFault('control.not-found', NO_PREVIOUS);
    writePrevious(paths.keys, { settings: readTlsSettings(paths.keys), server: this.#serverIdentity() });
    writeTlsSettings(paths.keys, previous.settings);
    writeDurably(join(paths.keys, 'server.key'), previous.server.key);
    writeDurably(join(paths.keys, 'server.pem'), previous.server.cert);
    this.#watchedUntilMs = 0;
    await this.#parts.watch.reload();
    const atMs = this.#parts.clock.now();
    await this.#parts.records.appendEvents([{ id: uuidv7(atMs), atMs, kind: 'tls.rolled-back', by, why }]);
    this.#parts.appended();
    return text('réglages TLS d’avant remis en vigueur', 'TLS settings from before put back in force');
  }

  async #problemsOf(wanted: TlsSettings): Promise<readonly Text[]> {
    const { certificate, minVersion } = wanted;
    if (certificate !== undefined && !isUsable(certificate, this.#parts.clock.now())) return [UNUSABLE];
    if (certificate !== undefined && !isForServers(certificate.certPem)) return [NOT_FOR_SERVERS];
    const { tls, outgoing } = this.#parts.watch.current;
    const server = this.#serverIdentity();
    const shown = certificate ?? { certPem: server.cert, keyPem: server.key };
    const material: TlsMaterial = { ...tls, ...shown, minVersion };
    const failed = await probe(material, outgoing);
    return failed === undefined ? [] : [failed];
  }

  #leftOutside(minVersion: TlsVersion): readonly Text[] {
    if (minVersion === 'TLSv1.2') return [];
    const outside = [...this.#callers].filter(([, { version }]) => version === 'TLSv1.2');
    return outside.slice(0, 10).map(([address, { calling }]) => stillOld(calling, address));
  }

  #serverIdentity(): TlsIdentity {
    const { keys } = this.#parts.home.paths;
    return {
      cert: readFileSync(join(keys, 'server.pem'), 'utf8'),
      key: readFileSync(join(keys, 'server.key'), 'utf8'),
    };
  }

  async #tell(changes: readonly Text[]): Promise<void> {
    const atMs = this.#parts.clock.now();
    const events = changes.map((change) => ({
      id: uuidv7(atMs),
      atMs,
      kind: 'config.changed' as const,
      by: by(),
      change,
    }));
    await this.#parts.records.appendEvents(events);
    this.#parts.appended();
  }

  #answer(changes: readonly Text[], problems: readonly Text[], isApplied: boolean): Change {
    return { changes, problems, isApplied, tls: this.show() };
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function wantedOf(before: TlsSettings, { minVersion, names, certificate }: ParsedRequestOf<'tls.set'>): TlsSettings {
  const { certificate: shown, ...rest } = before;
  const kept = certificate === undefined ? shown : certificate === 'site' ? undefined : certificate;
  return {
    ...rest,
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(names === undefined ? {} : { names: [...new Set(names)].sort() }),
    ...(kept === undefined ? {} : { certificate: kept }),
  };
}

function changesOf(before: TlsSettings, after: TlsSettings): Text[] {
  const changes: Text[] = [];
  if (before.minVersion !== after.minVersion)
    changes.push(text(`version TLS minimale : ${after.minVersion}`, `lowest TLS version: ${after.minVersion}`));
  if (before.names.join() !== after.names.join()) {
    const list = after.names.join(', ');
    changes.push(
      text(
        `noms du certificat du site : ${list === '' ? 'ceux de la machine seuls' : list}`,
        `names in the site's certificate: ${list === '' ? 'those of the machine alone' : list}`,
      ),
    );
  }
  if (before.certificate?.certPem !== after.certificate?.certPem) changes.push(shownFrom(after.certificate?.certPem));
  return changes;
}

function shownFrom(certPem: string | undefined): Text {
  if (certPem === undefined) return text('certificat présenté : celui du site', "certificate shown: the site's own");
  const sha256 = fingerprintSha256(certPem)?.slice(0, 12) ?? '?';
  return text(
    `certificat présenté : ${sha256}, d’une autre autorité (les appareils doivent la connaître)`,
    `certificate shown: ${sha256}, of another authority (devices have to know it)`,
  );
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

function isForServers(certPem: string): boolean {
  const usages: readonly string[] | undefined = new X509Certificate(certPem).keyUsage;
  return usages === undefined || usages.includes(SERVER_AUTH);
}

const UNUSABLE = text(
  'ce certificat et cette clé ne vont pas ensemble, ou le certificat n’est pas en vigueur aujourd’hui',
  'this certificate and this key do not go together, or the certificate is not in force today',
);
const NOT_FOR_SERVERS = text(
  'ce certificat n’est pas fait pour un serveur (extendedKeyUsage sans serverAuth)',
  'this certificate is not made for a server (extendedKeyUsage without serverAuth)',
);
const NOT_OURS = text(
  'Le certificat présenté est d’une autre autorité : renouvelez-le auprès d’elle, puis tls set --cert.',
  'The certificate shown is of another authority: renew it there, then tls set --cert.',
);
const NO_PREVIOUS = text('Il n’y a pas de réglages TLS d’avant.', 'There are no TLS settings from before.');
const NOT_TAKEN_UP = text(
  'les nouveaux réglages n’ont pas pu être pris en compte',
  'the new settings could not be taken up',
);
const stillOld = (calling: string, address: string): Text =>
  text(
    `${calling} (${address}) est venu en TLS 1.2 la dernière fois : il resterait dehors (--force pour le vouloir quand même)`,
    `${calling} (${address}) came with TLS 1.2 the last time: it would stay outside (--force to want that all the same)`,
  );
const lockedOut = (calling: string, address: string): Text =>
  text(
    `${calling} (${address}), admis auparavant, n’arrivait plus à se connecter`,
    `${calling} (${address}), let in before, could not connect any more`,
  );
