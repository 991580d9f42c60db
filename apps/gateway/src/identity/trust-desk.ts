import { X509Certificate } from 'node:crypto';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import { SITE_ANCHOR, type TrustAnchor } from '@leadglass/model';
import { fingerprintSha256, isRevokedIn, keyDigestOf, REVOKED_BYTES, readAuthorities } from '@leadglass/wire';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { IdentityParts } from './parts.ts';
import {
  type KeptCrl,
  MOST_ANCHORS,
  readCrls,
  removeAnchor,
  wholeDigests,
  writeAnchor,
  writeCrl,
} from './trust-files.ts';

/** Authorities of others, where a peer names them, and what they have revoked. */
export class TrustDesk {
  readonly #parts: IdentityParts;
  readonly #lists = new Map<string, KeptCrl>();
  readonly #damaged = new Set<string>();

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    const { lists, damaged } = readCrls(parts.home.paths.trust);
    for (const list of lists) this.#lists.set(list.authority, list);
    for (const authority of damaged) this.#damaged.add(authority);
  }

  get anchors(): readonly TrustAnchor[] {
    return this.#parts.watch.current.tls.anchors ?? [];
  }

  /** Whether the authority with this key has revoked that serial number. */
  isRevoked(authority: string, serial: string): boolean {
    const list = this.#lists.get(authority);
    return list !== undefined && isRevokedIn(list.digests, authority, serial);
  }

  list(): AnswerInputOf<'trust.list'> {
    return { anchors: this.anchors.map((anchor) => this.#shown(anchor)) };
  }

  async add({ name, file }: ParsedRequestOf<'trust.add'>): Promise<AnswerInputOf<'trust.add'>> {
    if (name === SITE_ANCHOR) throw controlFault('control.bad-request', SITE_IS_OURS);
    const authorities = await readAuthorities(Buffer.from(file, 'base64'));
    if ('en' in authorities) throw controlFault('control.bad-request', authorities);
    const before = this.anchors.find((each) => each.name === name);
    if (before === undefined && this.anchors.length >= MOST_ANCHORS) throw controlFault('control.conflict', TOO_MANY);
    const anchor = { name, authorities };
    const isSame = JSON.stringify(before) === JSON.stringify(anchor);
    if (!isSame) {
      writeAnchor(this.#parts.home.paths.trust, anchor);
      await this.#changed(text(`autorité « ${name} » importée`, `authority "${name}" imported`));
    }
    const change = isSame ? 'unchanged' : before === undefined ? 'added' : 'changed';
    return { change, anchor: this.#shown(anchor) };
  }

  async remove({ name }: ParsedRequestOf<'trust.remove'>): Promise<AnswerInputOf<'trust.remove'>> {
    if (!this.anchors.some((each) => each.name === name)) throw controlFault('control.not-found');
    const user = (await this.#parts.records.peers()).find(({ trustAnchors }) => trustAnchors?.includes(name));
    if (user !== undefined) throw controlFault('control.conflict', inUse(name, user.aeTitle));
    removeAnchor(this.#parts.home.paths.trust, name);
    await this.#changed(text(`autorité « ${name} » retirée`, `authority "${name}" removed`));
    return { removed: 1 };
  }

  /** Takes a list that was read and checked; an older one than what is kept is refused (it could hide what was revoked since). */
  async take(asked: ParsedRequestOf<'trust.crl'>): Promise<AnswerInputOf<'trust.crl'>> {
    const { authority, thisUpdateMs, nextUpdateMs } = asked;
    const known = this.anchors.some(({ authorities }) => authorities.some((one) => keyOf(one.certPem) === authority));
    if (!known) throw controlFault('control.not-found', NOT_OF_OURS);
    const kept = this.#lists.get(authority);
    if (kept !== undefined && kept.thisUpdateMs > thisUpdateMs) throw controlFault('control.conflict', OLDER);
    const list = { authority, thisUpdateMs, nextUpdateMs, digests: wholeDigests(asked.digests) };
    writeCrl(this.#parts.home.paths.trust, list);
    this.#lists.set(authority, list);
    this.#damaged.delete(authority);
    const revoked = list.digests.byteLength / REVOKED_BYTES;
    await this.#tell(
      text(
        `liste de révocation importée (${revoked} certificats, autorité ${authority.slice(0, 12)})`,
        `revocation list imported (${revoked} certificates, authority ${authority.slice(0, 12)})`,
      ),
    );
    return { revoked, ended: this.#parts.endRevoked() };
  }

  /** Lists that are late or cannot be read, as troubles: what they hold counts on, and what was revoked since is not known. */
  troubles(): { code: string; text: Text }[] {
    const now = this.#parts.clock.now();
    const late = [...this.#lists.values()].filter(({ nextUpdateMs }) => nextUpdateMs > 0 && nextUpdateMs < now);
    return [...late.map(({ authority }) => authority), ...this.#damaged].map((authority) => ({
      code: 'trust.list-late',
      text: lateList(this.#nameOf(authority)),
    }));
  }

  #nameOf(authority: string): string {
    const of = this.anchors.find(({ authorities }) => authorities.some((one) => keyOf(one.certPem) === authority));
    return of?.name ?? authority.slice(0, 12);
  }

  async #changed(change: Text): Promise<void> {
    await this.#parts.watch.reload();
    await this.#tell(change);
  }

  async #tell(change: Text): Promise<void> {
    const atMs = this.#parts.clock.now();
    await this.#parts.records.appendEvents([{ id: uuidv7(atMs), atMs, kind: 'config.changed', by: by(), change }]);
    this.#parts.appended();
  }

  #shown({ name, authorities }: TrustAnchor): AnswerInputOf<'trust.list'>['anchors'][number] {
    return {
      name,
      authorities: authorities.map(({ certPem, isAnchor }) => {
        const certificate = new X509Certificate(certPem);
        const list = this.#lists.get(keyDigestOf(certificate));
        return {
          certPem,
          isAnchor,
          subject: certificate.subject.replaceAll('\n', ', ').slice(0, 500),
          sha256: fingerprintSha256(certPem) ?? '',
          notAfterMs: certificate.validToDate.getTime(),
          revoked: (list?.digests.byteLength ?? 0) / REVOKED_BYTES,
          listNextUpdateMs: list?.nextUpdateMs ?? 0,
        };
      }),
    };
  }
}

const keyOf = (certPem: string): string => keyDigestOf(new X509Certificate(certPem));

const SITE_IS_OURS = text('« site » désigne notre propre autorité.', '"site" means our own authority.');
const TOO_MANY = text('Il y a déjà 32 autorités importées.', 'There are 32 imported authorities already.');
const NOT_OF_OURS = text(
  'Cette liste est d’une autorité qui n’est pas importée.',
  'This list is of an authority that is not imported.',
);
const OLDER = text(
  'Une liste plus récente de cette autorité est déjà en vigueur.',
  'A newer list of this authority is in force already.',
);
const inUse = (name: string, peer: string): Text =>
  text(
    `Le correspondant ${peer} s’appuie sur « ${name} » : changez-le d’abord (peer add).`,
    `The peer ${peer} relies on "${name}": change it first (peer add).`,
  );
const lateList = (name: string): Text =>
  text(
    `La liste de révocation de l’autorité « ${name} » est périmée ou illisible : importez la nouvelle (cert crl import). Ce qui a été révoqué depuis n’est pas connu.`,
    `The revocation list of the authority "${name}" is late or cannot be read: import the new one (cert crl import). What was revoked since is not known.`,
  );
