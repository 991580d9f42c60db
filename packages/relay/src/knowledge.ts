import { contradictions, type NewDevice, NO_FACTS, type ObjectFacts } from '@leadglass/inspect';
import type { Clock } from '@leadglass/kit';
import type { Finding, Peer, Quirk, Route } from '@leadglass/model';
import { easeQuirks, type Flow, flowOf, quirksInForce, usedQuirks } from '@leadglass/policy';
import type { KnownObject, Learnt, Records } from '@leadglass/records';
import type { ReceivedFacts } from './custodian.ts';

/** What what is already known says of one arrival, and what it adds. */
export interface Known {
  readonly findings: readonly Finding[];
  /** Undefined when it teaches nothing new. */
  readonly learns: Learnt | undefined;
}

/** Of what nothing is known or asked. */
export const NOTHING_KNOWN: Known = { findings: [], learns: undefined };

/** Past this nothing more is learnt of a peer's private creators: real devices have a few dozen. */
const MOST_CREATORS = 1024;
/** Remembered here; more are asked of the records each time. */
const MOST_DEVICES = 20_000;

/**
 * Holds arrivals against what is already in custody. It reads and never writes: what is learnt is committed with the arrival itself,
 * in its transaction, and remembered here only once that has happened.
 */
export class Knowledge {
  readonly #records: Pick<Records, 'knownOf' | 'creatorsOfPeer' | 'devicesKnown'>;
  readonly #clock: Clock;
  /** By peer, all that it has sent: read once, since peers are few and ask at every arrival. */
  readonly #creators = new Map<string, Set<string>>();
  /** Devices known under a title, as `TITLE\\DIGEST`. */
  readonly #devices = new Set<string>();

  constructor(records: Pick<Records, 'knownOf' | 'creatorsOfPeer' | 'devicesKnown'>, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** What is known of an arrival whose bytes are kept. Rejects with the records' Fault. */
  async of(facts: ReceivedFacts): Promise<Known> {
    if (facts.kept === undefined || facts.failure !== undefined || facts.isUnreadable) return NOTHING_KNOWN;
    const content = facts.content ?? NO_FACTS;
    const patients = facts.patients ?? (facts.patient === '' ? [] : [facts.patient]);
    const { sopInstanceUid, studyInstanceUid, transferSyntaxUid } = facts;
    const known = await this.#records.knownOf({
      ...{ sha256: facts.kept.sha256, sopInstanceUid, studyInstanceUid, transferSyntaxUid },
      hasPixelDigest: content.pixelSha256 !== '',
    });
    const peerCreators = await this.#creatorsOf(facts.peer.aeTitle);
    const newDevice = await this.#newDevice(facts.peer, content);
    const held = {
      nowMs: this.#clock.now(),
      ...known,
      peerCreators,
      ...(newDevice === undefined ? {} : { newDevice }),
    };
    const findings = contradictions({ ...content, patients }, held);
    return { findings, learns: learntFrom(content, patients, known, peerCreators, newDevice) };
  }

  /** Remembers what a commit has made durable. */
  learnt(peer: string, { creators }: Learnt): void {
    const known = this.#creators.get(peer);
    for (const creator of creators) known?.add(creator);
  }

  // Asked of the records once a device: nearly every object comes from one that is known.
  async #newDevice(peer: Peer, { device }: ObjectFacts): Promise<NewDevice | undefined> {
    const key = `${peer.aeTitle}\\${device}`;
    if (device === '' || this.#devices.has(key)) return undefined;
    const { ofPeer, others } = await this.#records.devicesKnown(peer.aeTitle, device);
    if (ofPeer.some(({ digest }) => digest === device)) {
      if (this.#devices.size < MOST_DEVICES) this.#devices.add(key);
      return undefined;
    }
    return { title: peer.aeTitle, ofTitle: ofPeer, others, isHeld: peer.whenOtherDevice === 'hold' };
  }

  async #creatorsOf(peer: string): Promise<Set<string>> {
    const known = this.#creators.get(peer);
    if (known !== undefined) return known;
    const read = new Set(await this.#records.creatorsOfPeer(peer));
    const first = this.#creators.get(peer) ?? read;
    this.#creators.set(peer, first);
    return first;
  }
}

function learntFrom(
  { creators, pixelSha256, device: digest, manufacturer, model }: ObjectFacts,
  patients: readonly string[],
  known: KnownObject,
  peerCreators: ReadonlySet<string>,
  newDevice: NewDevice | undefined,
): Learnt | undefined {
  const room = MOST_CREATORS - peerCreators.size;
  const learns: Learnt = {
    patients: patients.filter((patient) => !known.studyPatients.includes(patient)),
    pixelSha256: known.instancePixels.includes(pixelSha256) ? '' : pixelSha256,
    creators: creators
      .map(({ digest }) => digest)
      .filter((digest) => !peerCreators.has(digest))
      .slice(0, Math.max(0, room)),
    ...(newDevice === undefined ? {} : { device: { digest, manufacturer, model } }),
  };
  const isMore = learns.patients.length + learns.creators.length > 0 || learns.device !== undefined;
  return isMore || learns.pixelSha256 !== '' ? learns : undefined;
}

/** Whether writing the object anew can help: it cannot where the object contradicts what is known, whatever its form. */
export function isMendable(findings: readonly Finding[]): boolean {
  return !findings.some(({ inspector, severity }) => inspector === 'known' && severity !== 'information');
}

/** The rules an arrival is judged by. */
export interface JudgingRules {
  readonly routes: readonly Route[];
  /** What the site accepts of its devices; default nothing. */
  readonly quirks?: readonly Quirk[];
}

/** The same arrival with what is known of it, its device's quirks eased; and the flow it is judged in. */
export function judged(
  facts: ReceivedFacts,
  known: readonly Finding[],
  { routes, quirks = [] }: JudgingRules,
): { readonly facts: ReceivedFacts; readonly flow: Flow; readonly quirksUsed: readonly string[] } {
  const flow = flowOf(facts.peer, routes);
  const { manufacturer, model, software } = facts.content ?? NO_FACTS;
  const device = { peer: facts.peer.aeTitle, manufacturer, model, software };
  const all = [...facts.findings, ...known];
  const inForce = quirksInForce(flow, quirks);
  const findings = easeQuirks(all, device, inForce);
  return { facts: { ...facts, findings }, flow, quirksUsed: findings === all ? [] : usedQuirks(all, device, inForce) };
}
