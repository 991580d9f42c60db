import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import {
  DEFAULT_AE_TITLE,
  type Event,
  type EventOf,
  type IssuedCertificate,
  type Peer,
  parseAeTitle,
  parseSha256,
} from '@leadglass/model';
import {
  type Admission,
  admit,
  type CertificateShown,
  cidrContains,
  classRefusal,
  formatAddress,
  isBorrowed,
  isPrivateClass,
  parseAddress,
  parseCidr,
  shellWord,
} from '@leadglass/policy';
import type { ConfigControl } from '../control-config.ts';
import type { DecisionControl } from '../control-decisions.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices, GatewayConfig } from '../control-services.ts';
import { withRights } from './binding.ts';

type Asked = ParsedRequestOf<'policy.readmit'>;
type Answer = AnswerInputOf<'policy.readmit'>;

/** The smallest change of the peers that lets something in. */
interface Remedy {
  readonly peers: readonly Peer[];
  /** Of them, the one that is new or changed. */
  readonly peer: Peer;
  readonly said: Text;
  readonly undo: string;
  /** What somebody still has to do. */
  readonly next: Text;
}

/** Lets in what one line of the log reports as refused: by the smallest rule, or by releasing what was held. */
export class ReadmitControl {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;
  readonly #decisions: DecisionControl;

  constructor(services: ControlServices, config: ConfigControl, decisions: DecisionControl) {
    this.#services = services;
    this.#config = config;
    this.#decisions = decisions;
  }

  /** Throws Fault `control.not-found` when no entry has this id, and those of a release. */
  async readmit(asked: Asked): Promise<Answer> {
    const rows = await this.#services.records.findEvents(asked.id);
    const event = rows.map((row) => row.event).find(isReadmittable) ?? rows[0]?.event;
    if (event === undefined) throw controlFault('control.not-found', NO_ENTRY);
    if (event.kind === 'arrival.held') return this.#release(event, asked);
    const shown = shownBy(event, await this.#services.records.certificates());
    const remedy = (config: GatewayConfig) => remedyOf(event, config.peers, shown);
    const planned = remedy(await this.#config.current());
    if ('nothing' in planned) return { outcome: 'nothing', text: planned.nothing, changes: [], undo: [] };
    if (!asked.dryRun) {
      await this.#config.changeBy((config) => {
        const now = remedy(config);
        if ('nothing' in now) throw controlFault('control.conflict', now.nothing);
        return { config: { ...config, peers: now.peers }, changes: [because(now.said, event, asked.reason)] };
      });
    }
    return { outcome: 'admitted', text: planned.next, changes: [planned.said], undo: [planned.undo] };
  }

  async #release(event: EventOf<'arrival.held'>, { reason, dryRun }: Asked): Promise<Answer> {
    const sha256 = parseSha256(event.sha256);
    const hold = sha256 === undefined ? undefined : await this.#services.records.hold(sha256);
    if (sha256 === undefined || hold?.state !== 'held')
      return { outcome: 'nothing', text: DECIDED, changes: [], undo: [] };
    if (!dryRun) {
      const decision = await this.#decisions.release({ id: sha256, reason });
      if (decision.outcome !== 'done') return { outcome: 'nothing', text: SECOND_PERSON, changes: [], undo: [] };
    }
    return { outcome: 'released', text: RELEASED, changes: [RELEASED], undo: [] };
  }
}

/** One arrival has several events: the one that tells of a refusal is meant. */
function isReadmittable({ kind }: Event): boolean {
  return kind.endsWith('.rejected') || kind.endsWith('.refused') || kind === 'arrival.held';
}

function because(said: Text, event: Event, reason: string): Text {
  return text(
    `${said.fr} (réadmission de l’entrée ${event.id} : ${reason})`,
    `${said.en} (readmission of entry ${event.id}: ${reason})`,
  );
}

/** What the caller of an entry showed, as it is known today; undefined when that was not over TLS. */
function shownBy(event: Event | Caller, issued: readonly IssuedCertificate[]): CertificateShown | undefined {
  if (!('listener' in event) || event.listener !== 'dimse-tls') return undefined;
  const certSha256 = event.kind === 'association.rejected' ? event.certSha256 : undefined;
  if (certSha256 === undefined) return {};
  const own = issued.find(({ sha256 }) => sha256 === certSha256);
  if (own === undefined) return { certSha256 };
  return { certSha256, issuedTo: { peer: own.peer, name: own.name }, isRevoked: own.revokedAtMs > 0 };
}

function remedyOf(
  event: Event,
  peers: readonly Peer[],
  shown: CertificateShown | undefined,
): Remedy | { readonly nothing: Text } {
  switch (event.kind) {
    case 'association.rejected':
      return remedyForCaller(event, shown, peers);
    case 'association.accepted':
      return event.instead === undefined ? { nothing: NOT_REFUSED } : remedyForCaller(event, shown, peers);
    case 'arrival.refused':
      return remedyForClass(event, event.remoteAddress, peers, { nothing: whyAgain(event.why) });
    case 'operation.refused':
      return remedyForClass(event, undefined, peers, { nothing: withHint(event.why, event.hint) });
    default:
      return { nothing: NOT_REFUSED };
  }
}

/** A caller as a rejection tells of it. */
type Caller = Pick<EventOf<'association.rejected'>, 'kind' | 'calling' | 'called' | 'remoteAddress' | 'listener'> & {
  readonly certSha256?: string;
};

/** The smallest change of the peers that would let a caller in; undefined where no rule of ours helps, or none is needed. */
export function callerRemedy(
  caller: Caller,
  issued: readonly IssuedCertificate[],
  peers: readonly Peer[],
): Remedy | undefined {
  const remedy = remedyForCaller(caller, shownBy(caller, issued), peers);
  return 'nothing' in remedy ? undefined : remedy;
}

function remedyForCaller(
  { calling, called, remoteAddress }: Pick<EventOf<'association.accepted'>, 'calling' | 'called' | 'remoteAddress'>,
  shown: CertificateShown | undefined,
  peers: readonly Peer[],
): Remedy | { readonly nothing: Text } {
  const tls = shown === undefined ? {} : { tls: shown };
  const ask = (all: readonly Peer[]): Admission =>
    admit({ peers: all, calling, called, ourTitle: DEFAULT_AE_TITLE, remoteAddress, ...tls });
  const now = ask(peers);
  if (now.admitted) return { nothing: ADMITTED_ALREADY };
  // Somebody else's certificate or address, or a revoked one: a rule that admits it would lend the title.
  if (isBorrowed({ peers, calling, remoteAddress, ...tls })) return { nothing: withHint(now.why, now.hint) };
  const peer = smallestPeer(calling, remoteAddress, shown?.certSha256, peers);
  if (peer === undefined) return { nothing: now.why };
  const replaced = peers.find((each) => each.aeTitle === peer.aeTitle && each.from === peer.from);
  const all = replaced === undefined ? [...peers, peer] : peers.map((each) => (each === replaced ? peer : each));
  // A wrong called title, or TLS without a certificate: no rule of ours helps.
  if (!ask(all).admitted) return { nothing: now.why };
  const rights = peer.allow.join(', ');
  return {
    ...{ peers: all, peer },
    said: text(
      `correspondant ${peer.aeTitle} admis depuis ${peer.from} (${rights})`,
      `peer ${peer.aeTitle} admitted from ${peer.from} (${rights})`,
    ),
    undo:
      replaced === undefined
        ? `./leadglass peer remove ${shellWord(peer.aeTitle)} --from ${peer.from}`
        : addCommand(replaced),
    next: AGAIN,
  };
}

/** A known title keeps what was chosen for it; an unknown one may echo and store. */
function smallestPeer(
  calling: string,
  remoteAddress: string,
  certSha256: string | undefined,
  peers: readonly Peer[],
): Peer | undefined {
  const [aeTitle, ip] = [parseAeTitle(calling), parseAddress(remoteAddress)];
  if (aeTitle === undefined || ip === undefined) return undefined;
  const named = peers.filter((peer) => peer.aeTitle === aeTitle);
  const here = named.find(({ from }) => isIn(from, remoteAddress));
  const known = here ?? named[0];
  const from = here?.from ?? `${formatAddress(ip)}/${ip.length * 8}`;
  const certificate = certSha256 ?? known?.certSha256;
  const base = known ?? ({ allow: ['echo', 'store'], whenHeld: 'keep-sending', privateSopClasses: [] } as const);
  return { ...base, aeTitle, from, ...(certificate === undefined ? {} : { certSha256: certificate }) };
}

function remedyForClass(
  event: EventOf<'arrival.refused'> | EventOf<'operation.refused'>,
  remoteAddress: string | undefined,
  peers: readonly Peer[],
  nothing: { readonly nothing: Text },
): Remedy | { readonly nothing: Text } {
  const peer = peers.find(
    ({ aeTitle, from }) => aeTitle === event.peer && (remoteAddress === undefined || isIn(from, remoteAddress)),
  );
  const uid = event.sopClassUid;
  const refusal = peer === undefined ? undefined : classRefusal(peer, uid);
  if (peer === undefined || refusal === undefined || refusal.hint === '') return nothing;
  const services = peer.allow.includes(refusal.service) ? [] : [refusal.service];
  const privateSopClasses = isPrivateClass(uid) ? [uid] : [];
  const changed = withRights(peer, { services, privateSopClasses, revoke: false });
  const what = [...services, ...privateSopClasses];
  const words = [...services, ...privateSopClasses.map((each) => `--private-sop-class ${each}`)].join(' ');
  return {
    peers: peers.map((each) => (each === peer ? changed : each)),
    peer: changed,
    said: text(
      `${peer.aeTitle} (${peer.from}) reçoit le droit : ${what.join(', ')}`,
      `${peer.aeTitle} (${peer.from}) is given the right to: ${what.join(', ')}`,
    ),
    undo: `./leadglass policy revoke ${shellWord(peer.aeTitle)} ${words}`,
    next: AGAIN,
  };
}

function isIn(from: string, address: string): boolean {
  const range = parseCidr(from);
  return range !== undefined && cidrContains(range, address);
}

function addCommand({ aeTitle, from, allow, certSha256 }: Peer): string {
  const certificate = certSha256 === undefined ? '' : ` --cert-sha256 ${certSha256}`;
  return `./leadglass peer add ${shellWord(aeTitle)} --from ${from} --allow ${allow.join(',')}${certificate}`;
}

function whyAgain(why: readonly Text[]): Text {
  const list = (language: 'fr' | 'en') =>
    why
      .slice(0, 4)
      .map((each) => each[language].replace(/[\s.]+$/, ''))
      .join(' ; ');
  return text(
    `Rien de cet objet n’a été conservé, et aucune règle ne le ferait accepter (${list('fr')}). Corrigez-le à la source, puis faites-le renvoyer.`,
    `Nothing of this object was kept, and no rule would have it accepted (${list('en')}). Put it right at its source, then have it sent again.`,
  );
}

function withHint(why: Text, hint: string): Text {
  return hint === '' ? why : text(`${why.fr} Pour le permettre : ${hint}`, `${why.en} To allow it: ${hint}`);
}

const NO_ENTRY = text('Aucune entrée ne porte cet identifiant.', 'No entry has this identifier.');
const NOT_REFUSED = text('Cette entrée ne parle d’aucun refus.', 'This entry reports no refusal.');
const ADMITTED_ALREADY = text(
  'Les règles en vigueur l’admettent déjà : faites renvoyer l’examen.',
  'The rules in force admit it already: have the exam sent again.',
);
const AGAIN = text(
  'Rien n’avait été conservé : faites renvoyer l’examen depuis l’appareil.',
  'Nothing had been kept: have the exam sent again from the device.',
);
const RELEASED = text(
  'L’objet retenu est libéré et part vers ses destinations.',
  'The held object is released and goes to its destinations.',
);
const DECIDED = text('Une décision a déjà été prise sur cet objet.', 'Somebody has already decided about this object.');
const SECOND_PERSON = text(
  'La libération est demandée ; une deuxième personne doit l’approuver (hold approve).',
  'The release is asked for; a second person has to approve it (hold approve).',
);
