import { type Text, text } from '@leadglass/kit';
import { ACTS, type Act, type DecisionRule, type FlowChoice, type Peer, type Route } from '@leadglass/model';

/** How many people each decision about a held object takes. */
export type DecisionRules = Readonly<Record<Act, DecisionRule>>;

/** Where nobody chose: a centre with one administrator is not to be locked out of its own images. */
export const DEFAULT_DECISION_RULES: DecisionRules = { release: 'one-person', destroy: 'one-person' };

/** How long a request waits for the second person: a long weekend. */
export const REQUEST_MS = 72 * 3_600_000;
/** How long the word of a new operator does not count: time for the others to see that there is one. */
export const NEW_OPERATOR_MS = 24 * 3_600_000;

/** The rules for what comes from the peers of one title by `routes`: of all who chose, and of each earlier rule, the strictest. */
export function decisionRulesOf(
  aeTitle: string,
  peers: readonly Peer[],
  routes: readonly Route[],
  earlier: readonly Pick<FlowChoice, Act>[] = [],
): DecisionRules {
  const choices: FlowChoice[] = [
    ...peers.filter((peer) => peer.aeTitle === aeTitle),
    ...routes.filter(({ from }) => from === '*' || from === aeTitle),
    ...earlier,
  ];
  const strictest = (act: Act): DecisionRule =>
    choices.some((choice) => choice[act] === 'two-persons') ? 'two-persons' : DEFAULT_DECISION_RULES[act];
  return { release: strictest('release'), destroy: strictest('destroy') };
}

/** Whether any of `choices` wants two persons. */
export function wantsTwoPersons(choices: readonly FlowChoice[]): boolean {
  return choices.some((choice) => ACTS.some((act) => choice[act] === 'two-persons'));
}

/** An operator as far as deciding goes: two of one key are one person, and so are two keys of one name. */
export interface DecidingPerson {
  readonly key: string;
  readonly name: string;
  readonly inForceAtMs: number;
}

/** What was asked of a held object and waits for a second person. */
export interface DecisionRequest {
  readonly act: Act;
  /** Who asked; undefined when they are an operator no more. */
  readonly asker: DecidingPerson | undefined;
  readonly untilMs: number;
}

/** Where a held object stands between its first person and its second. */
export type ReviewState = 'open' | 'asked' | 'expired';
/** What somebody does. The rule is part of it: `decide` by one person, `ask` where two are wanted. */
export type ReviewStep = 'decide' | 'ask' | 'approve' | 'withdraw';
/** What happens then. */
export type ReviewOutcome = 'done' | 'asked' | 'withdrawn' | ReviewRefusal;
export type ReviewRefusal =
  | 'already-asked'
  | 'nothing-asked'
  | 'request-expired'
  | 'unsigned'
  | 'too-new'
  | 'same-person'
  | 'asker-gone';

/** What each step does in each state, as long as whoever takes it may (docs/rules/policy.md prints it). */
export const REVIEW_TABLE: Readonly<Record<ReviewState, Readonly<Record<ReviewStep, ReviewOutcome>>>> = {
  open: { decide: 'done', ask: 'asked', approve: 'nothing-asked', withdraw: 'nothing-asked' },
  asked: { decide: 'already-asked', ask: 'already-asked', approve: 'done', withdraw: 'withdrawn' },
  expired: { decide: 'done', ask: 'asked', approve: 'request-expired', withdraw: 'withdrawn' },
};

/** Everything a step is judged by. */
export interface ReviewSituation {
  readonly step: ReviewStep;
  readonly request: DecisionRequest | undefined;
  /** Who takes the step, proved by a signature; undefined when nobody signed. */
  readonly person: DecidingPerson | undefined;
  readonly nowMs: number;
}

/** The state of a request, or of none. */
export function reviewState(request: DecisionRequest | undefined, nowMs: number): ReviewState {
  if (request === undefined) return 'open';
  return request.untilMs <= nowMs ? 'expired' : 'asked';
}

/** What becomes of a step. The first of two persons and the second are operators whose word counts, and never the same. */
export function reviewOutcome({ step, request, person, nowMs }: ReviewSituation): ReviewOutcome {
  const outcome = REVIEW_TABLE[reviewState(request, nowMs)][step];
  const isOfTwo = outcome === 'asked' || (outcome === 'done' && step === 'approve');
  if (!isOfTwo) return outcome;
  if (person === undefined) return 'unsigned';
  if (person.inForceAtMs > nowMs) return 'too-new';
  return outcome === 'asked' ? outcome : secondOutcome(person, request?.asker, nowMs);
}

function secondOutcome(second: DecidingPerson, first: DecidingPerson | undefined, nowMs: number): ReviewOutcome {
  if (first === undefined || first.inForceAtMs > nowMs) return 'asker-gone';
  return first.key === second.key || first.name === second.name ? 'same-person' : 'done';
}

/** Why a step is refused, and what to do, in a sentence. */
export const REVIEW_REFUSALS: Readonly<Record<ReviewRefusal, Text>> = {
  'already-asked': text(
    'Une première personne l’a déjà demandé : une deuxième approuve (hold approve), ou la demande est retirée (hold withdraw).',
    'A first person has already asked for this: a second one approves (hold approve), or the request is withdrawn (hold withdraw).',
  ),
  'nothing-asked': text(
    'Rien n’a été demandé pour cet objet : il n’y a rien à approuver ni à retirer.',
    'Nothing was asked about this object: there is nothing to approve or withdraw.',
  ),
  'request-expired': text(
    'La demande a plus de 72 heures : elle ne vaut plus. La première personne peut demander à nouveau.',
    'The request is more than 72 hours old: it no longer stands. The first person may ask again.',
  ),
  unsigned: text(
    'Cette décision se prend à deux, et chacun signe la sienne : ajoutez --as NOM. Pour inscrire quelqu’un : operator add NOM.',
    'This decision takes two persons, and each signs: add --as NAME. To register somebody: operator add NAME.',
  ),
  'too-new': text(
    'La parole de cet opérateur ne compte pas encore : il faut 24 heures après son inscription, pour que les autres puissent la voir.',
    'The word of this operator does not count yet: it takes 24 hours from registration, so that the others can see it.',
  ),
  'same-person': text(
    'C’est vous qui l’avez demandé : une autre personne doit approuver. Vous pouvez retirer votre demande (hold withdraw).',
    'You asked for it: another person has to approve. You may withdraw your request (hold withdraw).',
  ),
  'asker-gone': text(
    'Qui l’avait demandé n’est plus opérateur, ou a changé de clé : retirez la demande (hold withdraw), puis demandez à nouveau.',
    'Whoever asked is no operator any more, or has another key: withdraw the request (hold withdraw), then ask again.',
  ),
};
