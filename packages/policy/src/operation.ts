import { type Text, text } from '@leadglass/kit';
import {
  type Destination,
  isDrillTitle,
  type Peer,
  type QueryLimits,
  type Relay,
  type RelayedService,
  type Service,
} from '@leadglass/model';
import { isWithinHours, type LimitsInForce, tighterLimits } from './query-limits.ts';
import { isNarrowing, type KeyFact, PATIENT_NAME } from './query-shape.ts';
import { mayUse } from './rights.ts';
import { serviceClassOf } from './service-class.ts';
import { type SightLimits, sightLimitsOf } from './visible.ts';
import { shellWord, shownTitle } from './words.ts';

export const LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;
export type Level = (typeof LEVELS)[number];

/** What a peer asks for: shapes and titles, no value of any key. */
export interface OperationFacts {
  readonly service: RelayedService;
  /** The right it takes, where that is another than the service's own: the same question asked over the web. */
  readonly right?: Service;
  readonly sopClassUid: string;
  readonly level?: Level;
  /** Empty where the service has no identifier. Keys inside a sequence stand here too. */
  readonly keys: readonly KeyFact[];
  /** Of a C-MOVE: AE title. */
  readonly moveDestination?: string;
  readonly atMs: number;
  /** Operations of this peer in the 60 seconds before this one; default none. */
  readonly inLastMinute?: number;
}

/** What an operation is judged by besides the peer itself. */
export interface OperationRules {
  readonly destinations: readonly Destination[];
  readonly relays: readonly Relay[];
  /** Limits of the relay it takes. */
  readonly relayLimits?: QueryLimits;
}

/** Something allowed that is told in the event. */
export type OperationFlag = 'patient-name-wildcard';

export type OperationRefusal =
  | 'right'
  | 'unknown-destination'
  | 'destination'
  | 'hours'
  | 'rate'
  | 'sweep'
  | 'name-wildcard';

export type OperationDecision =
  | {
      readonly allowed: true;
      readonly mostResults: number;
      readonly flags?: readonly OperationFlag[];
      /** Which of the answers it may see; absent: all of them. */
      readonly sight?: SightLimits;
    }
  | {
      readonly allowed: false;
      /** Which check of ours refused. */
      readonly code?: OperationRefusal;
      /** PS3.7 Annex C. */
      readonly status: number;
      /** Error Comment: at most 64 ASCII characters. */
      readonly comment: string;
      readonly why: Text;
      /** The command that would allow it; empty when none would. */
      readonly hint: string;
    };

/** Refused: not authorized (PS3.7 §C.4.4). Never A700: devices take that for a passing trouble and repeat for hours. */
const NOT_AUTHORIZED = 0x0124;
/** PS3.4 §C.4.2.1.5. */
const MOVE_DESTINATION_UNKNOWN = 0xa801;
/** Services whose questions are about what others sent: hours and rate count for them, and never for what a device reports. */
const ASKING: ReadonlySet<Service> = new Set<Service>(['find', 'move', 'get', 'worklist']);
/** Whether hours and rate count for a service. */
export function isAsking(service: Service): boolean {
  return ASKING.has(service);
}

/** Services that can reach a whole archive. A worklist holds what is planned, and small devices ask for all of it. */
const REACHING: ReadonlySet<Service> = new Set<Service>(['find', 'move', 'get']);

/**
 * Decides whether a peer may ask this: its right to the service, where objects would go, its hours, its rate, and whether the question
 * narrows. Pure; the first reason that refuses is told. Whether a peer is only observed is not asked here.
 */
export function permitOperation(asked: OperationFacts, peer: Peer, rules: OperationRules): OperationDecision {
  const limits = tighterLimits(peer.queryLimits, rules.relayLimits);
  for (const check of CHECKS) {
    const refused = check(asked, peer, limits, rules);
    if (refused !== undefined) return refused;
  }
  const isFlagged = asked.keys.some(({ tag, form }) => tag === PATIENT_NAME && form === 'wildcard');
  const flags: readonly OperationFlag[] = isFlagged ? ['patient-name-wildcard'] : [];
  return { allowed: true, mostResults: limits.mostResults, flags, ...sightOfOperation(asked, peer, rules) };
}

/** Which answers to an operation a peer may see, by its limits and those of the relay, whatever else is decided about it. */
export function sightOfOperation(
  { service }: Pick<OperationFacts, 'service'>,
  peer: Peer,
  { relayLimits }: Pick<OperationRules, 'relayLimits'>,
): { readonly sight?: SightLimits } {
  const sight = sightLimitsOf(tighterLimits(peer.queryLimits, relayLimits), service, peer.aeTitle);
  return sight === undefined ? {} : { sight };
}

type Refused = Extract<OperationDecision, { allowed: false }>;
type Check = (asked: OperationFacts, peer: Peer, limits: LimitsInForce, rules: OperationRules) => Refused | undefined;

// A class of another service does not pass as one of this.
const hasRight: Check = ({ service, right = service, sopClassUid }, peer) =>
  mayUse(peer, right) && serviceClassOf(sopClassUid)?.service === service
    ? undefined
    : {
        ...{ allowed: false, code: 'right', status: NOT_AUTHORIZED, comment: `No right to ${right}` },
        ...missingRight(peer, right),
      };

/** Why a peer may not ask for a service, and the command that would let it. */
export function missingRight(peer: Peer, service: Service): { readonly why: Text; readonly hint: string } {
  const title = shownTitle(peer.aeTitle);
  return {
    why: text(`« ${title} » n’a pas le droit « ${service} ».`, `"${title}" has no right to "${service}".`),
    hint: `./leadglass policy allow ${wordOf(peer)} ${service}`,
  };
}

const goesToSomebody: Check = ({ service, moveDestination = '' }, peer, _, { destinations }) => {
  if (service !== 'move' || destinations.some(({ called }) => called === moveDestination)) return undefined;
  const shown = shownTitle(moveDestination);
  const why = text(
    `veut faire envoyer des images à « ${shown} », mais aucune destination ne porte ce titre`,
    `wants images sent to "${shown}", but no destination has that title`,
  );
  const refusal = refused(
    'unknown-destination',
    'Move destination unknown',
    peer,
    why,
    'destination add NAME --to HOST:PORT --called AET',
  );
  return { ...refusal, status: MOVE_DESTINATION_UNKNOWN };
};

const goesWhereItMay: Check = ({ service, moveDestination = '' }, peer, { moveTo = [] }) => {
  if (service !== 'move' || moveDestination === peer.aeTitle) return undefined;
  if (moveTo.some((each) => each === moveDestination)) return undefined;
  const shown = shownTitle(moveDestination);
  const hint =
    shown === moveDestination && shown !== '' ? `policy limit ${wordOf(peer)} --move-to ${shellWord(shown)}` : '';
  const why = text(
    `ne peut faire envoyer d’images qu’à lui-même et aux destinations qui lui sont permises, pas à « ${shown} »`,
    `may have images sent to itself and to the destinations allowed to it only, not to "${shown}"`,
  );
  // As for one that is not there: the requestor is not told which destinations exist.
  return {
    ...refused('destination', 'Move destination not allowed', peer, why, hint),
    status: MOVE_DESTINATION_UNKNOWN,
  };
};

const isInHours: Check = ({ service, atMs }, peer, { hours }) => {
  const at = new Date(atMs);
  if (hours === undefined || !ASKING.has(service) || isWithinHours(hours, at.getHours() * 60 + at.getMinutes()))
    return undefined;
  const why = text(`ne peut interroger que de ${hours}`, `may ask between ${hours} only`);
  return refused('hours', 'Outside its hours', peer, why, `policy limit ${wordOf(peer)} --hours 00:00-24:00`);
};

const isInRate: Check = ({ service, inLastMinute = 0 }, peer, { perMinute }) => {
  if (!ASKING.has(service) || inLastMinute < perMinute) return undefined;
  const why = text(
    `a déjà fait ${inLastMinute} demandes en une minute ; la limite est de ${perMinute}`,
    `has made ${inLastMinute} requests within a minute already; the limit is ${perMinute}`,
  );
  return refused(
    'rate',
    'Too many requests a minute',
    peer,
    why,
    `policy limit ${wordOf(peer)} --per-minute ${perMinute * 2}`,
  );
};

const namesNoWildcard: Check = ({ service, keys }, peer, { nameWildcards }) => {
  const isAsked = keys.some(({ tag, form }) => tag === PATIENT_NAME && form === 'wildcard');
  if (!ASKING.has(service) || nameWildcards !== 'none' || !isAsked) return undefined;
  const why = text(
    'a demandé un nom de patient avec « * » ou « ? », ce qui ne lui est pas permis',
    'asked for a patient name with "*" or "?", which it may not',
  );
  return refused(
    'name-wildcard',
    'No wildcards in patient names',
    peer,
    why,
    `policy limit ${wordOf(peer)} --names trailing`,
  );
};

const isNarrow: Check = ({ service, keys }, peer, limits) => {
  if (!REACHING.has(service) || limits.sweeps || keys.some((key) => counts(key, limits))) return undefined;
  const isNameAlone = keys.some((key) => key.tag === PATIENT_NAME && isNarrowing(key, limits.mostDays));
  const hint = isNameAlone ? '--names any' : (datesOf(keys, limits) ?? '--sweeps yes');
  return refused(
    'sweep',
    'The query does not narrow',
    peer,
    isNameAlone ? NAME_ALONE : SWEEP,
    `policy limit ${wordOf(peer)} ${hint}`,
  );
};

const CHECKS: readonly Check[] = [
  hasRight,
  goesToSomebody,
  goesWhereItMay,
  isInHours,
  isInRate,
  namesNoWildcard,
  isNarrow,
];

/** A name that begins with a wildcard narrows where the peer may ask so, and else not by itself. */
function counts(key: KeyFact, { mostDays, nameWildcards }: LimitsInForce): boolean {
  const isOpenName = key.tag === PATIENT_NAME && key.form === 'wildcard' && key.leading === true;
  return isNarrowing(key, mostDays) && (!isOpenName || nameWildcards === 'any');
}

/** What would help a question whose only fault is how many days it spans. */
function datesOf(keys: readonly KeyFact[], { mostDays }: LimitsInForce): string | undefined {
  const days = keys.find(({ form, spanDays = 0 }) => form === 'range' && spanDays > mostDays)?.spanDays;
  return days === undefined ? undefined : `--most-days ${days}`;
}

const SWEEP = text(
  'a posé une question que rien ne restreint (ni patient, ni examen, ni période assez courte) : la réponse serait l’archive entière',
  'asked a question that nothing narrows (no patient, no study, no short enough period): the answer would be the whole archive',
);
const NAME_ALONE = text(
  'a demandé un nom de patient qui commence par « * » ou « ? » sans rien d’autre qui restreigne',
  'asked for a patient name that begins with "*" or "?" and nothing else that narrows',
);

function refused(code: OperationRefusal, comment: string, peer: Peer, why: Text, command: string): Refused {
  const title = shownTitle(peer.aeTitle);
  const hint = command === '' ? '' : `./leadglass ${command}`;
  const sentence = text(`« ${title} » ${why.fr}.`, `"${title}" ${why.en}.`);
  return { allowed: false, code, status: NOT_AUTHORIZED, comment, why: sentence, hint };
}

function wordOf({ aeTitle }: Peer): string {
  return shellWord(aeTitle);
}

/** The relay that decides on a peer's requests for a service: the first that fits, or undefined. */
export function relayFor(relays: readonly Relay[], aeTitle: string, service: RelayedService): Relay | undefined {
  // For a drill every upstream is down: it is answered from here.
  if (isDrillTitle(aeTitle)) return undefined;
  return relays.find(({ from, services }) => (from === '*' || from === aeTitle) && services.includes(service));
}
