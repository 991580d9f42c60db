import { type Text, text } from '@leadglass/kit';
import {
  type Disposition,
  type DispositionKind,
  type Finding,
  type Peer,
  type Severity,
  type Strictness,
  UNREADABLE,
  type Verdict,
} from '@leadglass/model';
import { DEFAULT_FLOW, type Flow, unfinishedOf } from './flow.ts';

/** C-STORE-RSP statuses this room answers with (PS3.7 Annex C, PS3.4 §B.2.3). */
export const STATUS = { success: 0x0000, notAuthorised: 0x0124, cannotUnderstand: 0xc000 } as const;

/** What the rest of the gateway can do with an object. */
export interface Capabilities {
  /** Whether a disarmed copy can be made. */
  readonly disarm: boolean;
}

export interface DispositionRequest {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** The reader could not reach the object's end, and so no bytes of it were kept. */
  readonly isUnreadable: boolean;
  readonly peer: Peer;
  readonly capabilities: Capabilities;
  /** How the way it takes judges; default DEFAULT_FLOW. */
  readonly flow?: Flow;
  /** Names of the inspectors that could not finish; default none. */
  readonly unfinished?: readonly string[];
  /** Tells a document from an image where nobody chose what happens to an unfinished one; default none. */
  readonly sopClassUid?: string;
}

/** What a situation comes to. `unreadable`: the reader could not reach its end, whatever else was found. */
export type Situation = 'clean' | 'suspicious' | 'malformed' | 'unreadable' | 'malicious';

type Answered = 'success' | 'as-held' | 'cannot-understand';
interface Rule {
  readonly kind: DispositionKind;
  readonly answer: Answered;
}

type Table = Readonly<Record<Situation, { readonly plain: Rule; readonly disarming: Rule }>>;

/** The decision table: situation, then whether a disarmed copy can be made. Printed in docs/rules/policy.md; STANDARDS §3.7. */
export const RULES: Table = {
  clean: both({ kind: 'deliver', answer: 'success' }),
  suspicious: { plain: { kind: 'hold', answer: 'as-held' }, disarming: { kind: 'disarm', answer: 'success' } },
  malformed: both({ kind: 'hold', answer: 'as-held' }),
  unreadable: both({ kind: 'refuse', answer: 'cannot-understand' }),
  malicious: both({ kind: 'hold', answer: 'as-held' }),
};

/** The tables by strictness: what differs from RULES is the doubtful alone. What is dangerous is held and what is unreadable refused in all. */
export const TABLES: Readonly<Record<Strictness, Table>> = {
  strict: { ...RULES, suspicious: both({ kind: 'hold', answer: 'as-held' }) },
  balanced: RULES,
  permissive: {
    ...RULES,
    suspicious: both({ kind: 'deliver', answer: 'success' }),
    malformed: { plain: { kind: 'hold', answer: 'as-held' }, disarming: { kind: 'disarm', answer: 'success' } },
  },
};

function both(rule: Rule): { plain: Rule; disarming: Rule } {
  return { plain: rule, disarming: rule };
}

const MOST_REASONS = 6;
const COMMENT_CHARACTERS = 64;
const RANK: Readonly<Record<Severity, number>> = { information: 0, suspicious: 1, malformed: 2, malicious: 3 };

/** What is done with an object that was looked at, why, and what its sender is told. Pure; TABLES decides. */
export function dispose(request: DispositionRequest): Disposition {
  const situation = situationOf(request);
  if (request.peer.isEvidence === true && situation !== 'unreadable') return keptAsEvidence(request);
  const { strictness } = request.flow ?? DEFAULT_FLOW;
  const judged = TABLES[strictness][situation][request.capabilities.disarm ? 'disarming' : 'plain'];
  const isHeldUnfinished = isWaitedFor(request) && (judged.kind === 'deliver' || judged.kind === 'disarm');
  const rule: Rule = isHeldUnfinished ? { kind: 'hold', answer: 'as-held' } : judged;
  const status = statusOf(rule.answer, request.peer);
  const lead = isHeldUnfinished && situation === 'clean' ? [] : [opening(situation, rule.kind)];
  const reasons = [...lead, ...reasonOfUnfinished(request, rule.kind), ...reasonsOf(request.findings)];
  if (status === STATUS.success) return { kind: rule.kind, reasons, status };
  return { kind: rule.kind, reasons, status, comment: commentOf(rule.kind, request.findings) };
}

/** The sender of evidence wants to know that it is kept: 0124 says that and nothing else. */
function keptAsEvidence({ findings }: DispositionRequest): Disposition {
  const reasons = [EVIDENCE, ...reasonsOf(findings)];
  return { kind: 'hold', reasons, status: STATUS.notAuthorised, comment: commentOf('hold', findings) };
}

const EVIDENCE = text(
  'Original d’un objet importé d’un support, gardé comme preuve sous l’identité qu’il porte : il n’est pas transmis.',
  'Original of an object imported from a medium, kept as evidence under the identity it bears: it is not passed on.',
);

/** Whether an inspector could not finish and the flow holds such an object. */
function isWaitedFor({ flow, unfinished = [], sopClassUid = '' }: DispositionRequest): boolean {
  return unfinished.length > 0 && unfinishedOf(flow ?? DEFAULT_FLOW, sopClassUid) === 'hold';
}

function reasonOfUnfinished({ unfinished = [] }: DispositionRequest, kind: DispositionKind): Text[] {
  if (unfinished.length === 0 || kind === 'refuse') return [];
  return kind === 'hold' ? [UNFINISHED_HELD] : [UNFINISHED_PASSED];
}

const UNFINISHED_HELD = text(
  'Un contrôle n’a pas pu aller jusqu’au bout : l’objet est retenu jusqu’à la décision d’une personne.',
  'A check could not be completed: the object is held until a person decides.',
);
const UNFINISHED_PASSED = text(
  'Un contrôle n’a pas pu aller jusqu’au bout ; l’objet est transmis quand même, comme il est prévu pour ce flux.',
  'A check could not be completed; the object is passed on all the same, as is set for this flow.',
);

// Of an object that cannot be read to its end no bytes are kept: there is nothing to hold, even when what was read is malicious. It
// is refused, and its findings stand in the event.
function situationOf({ verdict, findings, isUnreadable }: DispositionRequest): Situation {
  if (isUnreadable || findings.some((finding) => finding.code === UNREADABLE)) return 'unreadable';
  return verdict;
}

function statusOf(answer: Answered, peer: Peer): number {
  if (answer === 'success') return STATUS.success;
  if (answer === 'cannot-understand') return STATUS.cannotUnderstand;
  return peer.whenHeld === 'tell' ? STATUS.notAuthorised : STATUS.success;
}

function opening(situation: Situation, kind: DispositionKind): Text {
  if (kind === 'disarm')
    return text(
      'Objet douteux : une copie désarmée est transmise, l’original est retenu.',
      'Doubtful object: a disarmed copy is passed on, the original is held.',
    );
  return kind === 'deliver' && situation !== 'clean' ? DOUBTFUL_PASSED : OPENINGS[situation];
}

const DOUBTFUL_PASSED = text(
  'Objet douteux, transmis tel quel comme le veut ce flux souple ; ce qui a été vu est consigné.',
  'Doubtful object, passed on as it is because this flow is permissive; what was seen is recorded.',
);

const OPENINGS: Readonly<Record<Situation, Text>> = {
  clean: text(
    'Rien à signaler : l’objet est transmis tel quel.',
    'Nothing wrong was found: the object is passed on as it is.',
  ),
  suspicious: text(
    'Objet douteux : il est retenu jusqu’à la décision d’une personne.',
    'Doubtful object: it is held until a person decides.',
  ),
  malformed: text(
    'Objet mal formé mais lisible : il est retenu jusqu’à la décision d’une personne.',
    'Malformed but readable object: it is held until a person decides.',
  ),
  unreadable: text(
    'Objet illisible jusqu’au bout : il est refusé et doit être renvoyé par l’appareil.',
    'The object cannot be read to its end: it is refused and has to be sent again by the device.',
  ),
  malicious: text(
    'Objet dangereux : il est retenu et ne sera pas transmis.',
    'Dangerous object: it is held and will not be passed on.',
  ),
};

/** The worst first, each kind of trouble once, information left out. */
function reasonsOf(findings: readonly Finding[]): Text[] {
  const kinds = worstByCode(findings);
  const reasons = kinds.slice(0, MOST_REASONS).map((finding) => finding.text);
  const left = kinds.length - reasons.length;
  if (left > 0)
    reasons.push(
      text(
        `Et ${left} autre${left > 1 ? 's' : ''} sorte${left > 1 ? 's' : ''} d’anomalie.`,
        `And ${left} other kind${left > 1 ? 's' : ''} of trouble.`,
      ),
    );
  return reasons;
}

function worstByCode(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.severity === 'information') continue;
    const known = first.get(finding.code);
    if (known === undefined || RANK[finding.severity] > RANK[known.severity]) first.set(finding.code, finding);
  }
  return [...first.values()].sort((a, b) => RANK[b.severity] - RANK[a.severity]);
}

/** Error Comment (0000,0902), LO: our own words and a finding's code, never a value of the object. */
function commentOf(kind: DispositionKind, findings: readonly Finding[]): string {
  const worst = worstByCode(findings)[0]?.code ?? '';
  const lead = kind === 'refuse' ? 'Refused: cannot be read' : 'Held: security policy';
  const code = worst === '' ? '' : ` (${worst})`;
  return `${lead}${code}`.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, COMMENT_CHARACTERS);
}
