import { type Clock, type Logger, type Text, uuidv7 } from '@leadglass/kit';
import {
  type Event,
  IMPORT_AE_TITLE,
  IMPORT_ORIGINALS_AE_TITLE,
  isDrillTitle,
  isTestTitle,
  type Peer,
  type SightingKey,
  type SightingOutcome,
} from '@leadglass/model';
import {
  classRefusal,
  coversClass,
  type Instead,
  mayUse,
  type OperationDecision,
  type OperationFacts,
  type OperationFlag,
  type OperationRules,
  permitOperation,
  type Rejection,
  type SightLimits,
  serviceOfClass,
  shapeOf,
  sightOfOperation,
  VERIFICATION_SOP_CLASS,
} from '@leadglass/policy';
import type { Records } from '@leadglass/records';
import { Rates } from './rates.ts';
import { SightingRecorder } from './recorder.ts';

/** Who an association is of, as admission found it. */
export interface SeenConnection {
  readonly associationId: string;
  readonly calling: string;
  readonly called: string;
  readonly remoteAddress: string;
  readonly listener: string;
  readonly certificate: { readonly sha256: string; readonly isSigned: boolean } | undefined;
  /** The peer by its rules; undefined until it is admitted. */
  readonly bound: Peer | undefined;
  /** What it passes beyond its rules. */
  readonly isObserved: boolean;
  /** Why it would not have been admitted at all, when only observation admits it. */
  readonly instead: Instead | undefined;
}

/** What an operation may do. Under observation `instead` says what enforcing would have answered. */
export type OperationVerdict =
  | {
      readonly allowed: true;
      readonly mostResults: number;
      readonly flags?: readonly OperationFlag[];
      readonly instead?: Instead;
      /** Which answers it may see: observing does not widen that. */
      readonly sight?: SightLimits;
    }
  | Extract<OperationDecision, { allowed: false }>;

/** What an intake tells of an association when it is over. */
export interface EndedFacts {
  /** DIMSE requests received. */
  readonly messages: number;
  readonly echoes: number;
  /** Abstract syntaxes that were proposed and not accepted. */
  readonly refusedClasses: readonly string[];
}

/** Answers to one query under observation: only what the protocol itself bounds. */
const NO_CAP = Number.MAX_SAFE_INTEGER;
/** Abstract syntaxes refused: PS3.7 Annex C has this status for the same of a command. */
const SOP_CLASS_NOT_SUPPORTED = 0x0122;

/** What the keeper records of its traffic so that rules can be learnt from it, and how observed peers pass beyond theirs. */
export class Learning {
  readonly recorder: SightingRecorder;
  readonly #clock: Clock;
  readonly #rates: Rates;
  readonly #tell: (event: Event) => void;

  constructor(
    records: Pick<Records, 'recordSightings' | 'forgetSightings'>,
    clock: Clock,
    log: Logger,
    tell: (event: Event) => void,
  ) {
    this.#clock = clock;
    this.#tell = tell;
    this.#rates = new Rates(clock);
    this.recorder = new SightingRecorder(records, clock, log);
  }

  /** An association was asked for. `rejection`: PS3.8 §9.3.4, when it was; what is only busy (result 2) says nothing about rules. */
  associationAsked(connection: SeenConnection, rejection?: Pick<Rejection, 'result'>): void {
    if (isOurs(connection) || rejection?.result === 2) return;
    this.recorder.seen(keyOf(connection, 'association', '', outcomeOf(connection, rejection === undefined)));
  }

  /** An object of this class was answered. */
  objectAnswered(connection: SeenConnection, sopClassUid: string, bytes: number): void {
    const { bound } = connection;
    if (bound === undefined || isOurs(connection)) return;
    const isCovered =
      mayUse(bound, 'store') && sopClassUid !== VERIFICATION_SOP_CLASS && coversClass(bound, sopClassUid);
    this.recorder.seen(keyOf(connection, 'store', sopClassUid, outcomeOf(connection, isCovered)), { bytes });
  }

  /** The association is over. */
  associationEnded(connection: SeenConnection, ended: EndedFacts | undefined): void {
    const { bound } = connection;
    if (ended === undefined || bound === undefined || isOurs(connection)) return;
    if (ended.echoes > 0) {
      const outcome = outcomeOf(connection, mayUse(bound, 'echo'));
      this.recorder.seen(keyOf(connection, 'echo', VERIFICATION_SOP_CLASS, outcome), { count: ended.echoes });
    }
    const refused = ended.refusedClasses.filter((uid) => classRefusal(bound, uid) !== undefined);
    for (const uid of refused) this.recorder.seen(keyOf(connection, 'proposed', uid, 'refused'));
    // It came for something, was let use none of it, and left: that is a refusal, though no message of the protocol says so.
    if (ended.messages === 0) this.#tellRefused(connection, bound, refused);
  }

  /** Decides on one operation and counts it; tell of its end with `operationEnded`. */
  operationAsked(connection: SeenConnection, asked: OperationFacts, rules: OperationRules): OperationVerdict {
    const { bound } = connection;
    if (bound === undefined) throw new Error('an operation of nobody');
    // A viewer reads a study in hundreds of requests: of the web, questions alone count.
    const inLastMinute = asked.right === 'wado' ? 0 : this.#rates.count(connection.calling);
    const decision = permitOperation({ ...asked, inLastMinute }, bound, rules);
    const isPassing = decision.allowed || connection.isObserved;
    const outcome = isPassing ? outcomeOf(connection, decision.allowed) : 'refused';
    if (!isOurs(connection))
      this.recorder.seen(operationKey(connection, asked, outcome), { busiest: inLastMinute + 1 });
    if (decision.allowed || !isPassing) return decision;
    const instead = { why: decision.why, hint: decision.hint };
    return { allowed: true, mostResults: NO_CAP, flags: [], instead, ...sightOfOperation(asked, bound, rules) };
  }

  /** An operation that was allowed ended with so many answers. */
  operationEnded(connection: SeenConnection, asked: OperationFacts, verdict: OperationVerdict, results: number): void {
    if (isOurs(connection) || !verdict.allowed) return;
    const outcome = outcomeOf(connection, verdict.instead === undefined);
    this.recorder.seen(operationKey(connection, asked, outcome), { count: 0, results });
  }

  #tellRefused(connection: SeenConnection, bound: Peer, refused: readonly string[]): void {
    // What only an upstream could answer is told of where upstreams are asked.
    const ours = refused.filter((uid) => ['echo', 'store'].includes(serviceOfClass(uid)));
    const [uid = ''] = ours;
    const refusal = classRefusal(bound, uid);
    if (ours.length === 0 || refusal === undefined) return;
    const now = this.#clock.now();
    this.#tell({
      ...{ id: uuidv7(now), atMs: now, kind: 'operation.refused', associationId: connection.associationId },
      ...{
        peer: connection.calling,
        service: refusal.service,
        sopClassUid: uid,
        from: 'vault',
        upstream: '',
        level: '',
      },
      ...{
        keys: [],
        status: SOP_CLASS_NOT_SUPPORTED,
        ms: 0,
        why: withOthers(refusal.why, ours.length - 1),
        hint: refusal.hint,
      },
    });
  }
}

function withOthers(why: Text, others: number): Text {
  if (others === 0) return why;
  return {
    fr: `${why.fr} ${others} autre${others > 1 ? 's' : ''} classe${others > 1 ? 's' : ''} de même.`,
    en: `${why.en} ${others} other class${others > 1 ? 'es' : ''} likewise.`,
  };
}

/** Imports and trials are ours: no rule is learnt from them. Nor from the web, where a token has rights of its own. */
function isOurs({ calling, bound, listener }: SeenConnection): boolean {
  const title: string | undefined = bound?.aeTitle;
  const isTried = isTestTitle(calling) || isDrillTitle(calling);
  return listener === 'web' || isTried || title === IMPORT_AE_TITLE || title === IMPORT_ORIGINALS_AE_TITLE;
}

/** `isCovered`: by the rules; what they do not cover passed only where it is observed. */
function outcomeOf({ isObserved, instead, bound }: SeenConnection, isCovered: boolean): SightingOutcome {
  if (bound === undefined) return 'refused';
  if (instead !== undefined) return 'observed';
  if (isCovered) return 'passed';
  return isObserved ? 'observed' : 'refused';
}

function keyOf(
  connection: SeenConnection,
  service: SightingKey['service'],
  sopClassUid: string,
  outcome: SightingOutcome,
): SightingKey {
  const { calling, remoteAddress, listener, called, certificate } = connection;
  return {
    ...{ peer: calling, address: remoteAddress, listener, called, service, sopClassUid, outcome },
    certSha256: certificate?.sha256 ?? '',
    isSigned: certificate?.isSigned ?? false,
    ...{ level: '', keys: '', moveTo: '' },
  };
}

function operationKey(connection: SeenConnection, asked: OperationFacts, outcome: SightingOutcome): SightingKey {
  return {
    ...keyOf(connection, asked.service, asked.sopClassUid, outcome),
    ...{ level: asked.level ?? '', keys: shapeOf(asked.keys), moveTo: asked.moveDestination ?? '' },
  };
}
