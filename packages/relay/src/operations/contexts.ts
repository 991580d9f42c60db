import {
  type AcceptedContext,
  type AssociateAc,
  type AssociateRq,
  acceptedContexts,
  CONTEXT_RESULT,
  type ExtendedNegotiation,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type Implementation,
  isWireUid,
  type Negotiated,
  type NegotiatedContext,
  type RoleSelection,
} from '@leadglass/dimse';
import { MOST_UNDER_WAY } from './channel.ts';

/** What came of asking one upstream: its acceptance of what was proposed to it, or the result its contexts get (PS3.8 Table 9-18). */
export type UpstreamOutcome =
  | { readonly proposed: AssociateRq; readonly accepted: AssociateAc }
  | { readonly proposed: AssociateRq; readonly result: 1 | 2 };

/** The window a device is granted beyond the one operation of the default (PS3.7 §D.3.3.3). */
export type AsynchronousWindow = NonNullable<AssociateRq['user']['asynchronousOperations']>;

/** What a device is promised of upstreams: nothing they have not accepted. */
export interface RelayedContexts {
  /** A result for each context that an upstream was asked for. */
  readonly results: ReadonlyMap<number, NegotiatedContext>;
  readonly accepted: ReadonlyMap<number, AcceptedContext>;
  readonly roles: readonly RoleSelection[];
  readonly extended: readonly ExtendedNegotiation[];
  readonly window: AsynchronousWindow | undefined;
}

/**
 * What is asked of an upstream for a device: the device's own proposal for the SOP classes `isFor` names: contexts under the same ids, their
 * transfer syntaxes, roles, extended negotiation, and its asynchronous window within ours. Its user identity is not passed on: it is meant for us.
 * Undefined when there is nothing to ask.
 */
export function upstreamRequest(
  request: AssociateRq,
  isFor: (abstractSyntax: string) => boolean,
  titles: { readonly called: string; readonly calling: string },
  implementation: Implementation,
): AssociateRq | undefined {
  const contexts = request.contexts
    .filter(({ abstractSyntax }) => isFor(abstractSyntax))
    .map((context) => ({ ...context, transferSyntaxes: context.transferSyntaxes.filter(isWireUid) }))
    .filter(({ transferSyntaxes }) => transferSyntaxes.length > 0);
  if (contexts.length === 0) return undefined;
  const { user } = request;
  const ours = <T extends { readonly sopClassUid: string }>(items: readonly T[]): T[] =>
    items.filter(({ sopClassUid }) => isFor(sopClassUid));
  const asked = user.asynchronousOperations;
  return {
    ...{ protocolVersion: 1, ...titles, applicationContext: request.applicationContext, contexts },
    user: {
      ...implementation,
      maximumLength: user.maximumLength,
      roleSelections: ours(user.roleSelections),
      extendedNegotiations: ours(user.extendedNegotiations),
      commonExtendedNegotiations: ours(user.commonExtendedNegotiations),
      ...(asked === undefined ? {} : { asynchronousOperations: within(asked) }),
    },
  };
}

/** 0 is no limit (PS3.7 §D.3.3.3); ours always is one. */
function bounded(operations: number): number {
  return operations === 0 ? MOST_UNDER_WAY : Math.min(operations, MOST_UNDER_WAY);
}

function within({ invoked, performed }: AsynchronousWindow): AsynchronousWindow {
  return { invoked: bounded(invoked), performed: bounded(performed) };
}

/** Puts together what the upstreams said. */
export function relayedContexts(outcomes: readonly UpstreamOutcome[]): RelayedContexts {
  const results = new Map<number, NegotiatedContext>();
  const accepted = new Map<number, AcceptedContext>();
  for (const outcome of outcomes) {
    const taken = 'accepted' in outcome ? acceptedContexts(outcome.proposed, outcome.accepted) : new Map();
    for (const { id } of outcome.proposed.contexts) results.set(id, resultOf(id, outcome, taken));
    for (const [id, context] of taken) accepted.set(id, context);
  }
  const answers = outcomes.flatMap((outcome) => ('accepted' in outcome ? [outcome] : []));
  return {
    ...{ results, accepted },
    roles: answers.flatMap(rolesOf),
    extended: answers.flatMap(extendedOf),
    window: windowOf(answers),
  };
}

type Answer = Extract<UpstreamOutcome, { accepted: AssociateAc }>;

function resultOf(
  id: number,
  outcome: UpstreamOutcome,
  taken: ReadonlyMap<number, AcceptedContext>,
): NegotiatedContext {
  const context = taken.get(id);
  if (context !== undefined) return { id, result: CONTEXT_RESULT.acceptance, transferSyntax: context.transferSyntax };
  const refused = (result: NegotiatedContext['result']) => ({ id, result, transferSyntax: IMPLICIT_VR_LITTLE_ENDIAN });
  if ('result' in outcome) return refused(outcome.result);
  const said = outcome.accepted.contexts.find((each) => each.id === id)?.result;
  // Not a word of it, or an acceptance with a syntax nobody offered: as good as refused.
  return refused(said === undefined || said === CONTEXT_RESULT.acceptance ? CONTEXT_RESULT.noReason : said);
}

// Granted is what was proposed and accepted (PS3.7 §D.3.3.4).
function rolesOf({ proposed, accepted }: Answer): RoleSelection[] {
  return accepted.user.roleSelections.flatMap(({ sopClassUid, scu, scp }) => {
    const asked = proposed.user.roleSelections.find((each) => each.sopClassUid === sopClassUid);
    return asked === undefined ? [] : [{ sopClassUid, scu: scu && asked.scu, scp: scp && asked.scp }];
  });
}

function extendedOf({ proposed, accepted }: Answer): ExtendedNegotiation[] {
  const asked = new Set(proposed.user.extendedNegotiations.map(({ sopClassUid }) => sopClassUid));
  return accepted.user.extendedNegotiations.filter(({ sopClassUid }) => asked.has(sopClassUid));
}

// One window for the whole association: the narrowest of all upstreams; one that does not speak of it takes one operation at a time.
function windowOf(answers: readonly Answer[]): AsynchronousWindow | undefined {
  const windows = answers.map(({ proposed, accepted }) => {
    const asked = proposed.user.asynchronousOperations;
    const said = accepted.user.asynchronousOperations;
    return asked === undefined || said === undefined ? undefined : narrower(asked, within(said));
  });
  if (windows.length === 0) return undefined;
  return windows.reduce((a, b) => (a === undefined || b === undefined ? undefined : narrower(a, b)));
}

function narrower(a: AsynchronousWindow, b: AsynchronousWindow): AsynchronousWindow {
  return { invoked: Math.min(a.invoked, b.invoked), performed: Math.min(a.performed, b.performed) };
}

/** `own`, what we answer by ourselves, with what upstreams answered in the contexts they were asked for. */
export function withRelayed(own: Negotiated, relayed: RelayedContexts): Negotiated {
  const names = new Set(relayed.roles.map(({ sopClassUid }) => sopClassUid));
  return {
    contexts: own.contexts.map((context) => relayed.results.get(context.id) ?? context),
    roles: [...own.roles.filter(({ sopClassUid }) => !names.has(sopClassUid)), ...relayed.roles],
    accepted: new Map([...[...own.accepted].filter(([id]) => !relayed.results.has(id)), ...relayed.accepted]),
  };
}

/** `acceptance` with what upstreams granted beyond contexts and roles. */
export function acceptanceWith(acceptance: AssociateAc, relayed: RelayedContexts): AssociateAc {
  const { extended, window } = relayed;
  return {
    ...acceptance,
    user: {
      ...acceptance.user,
      extendedNegotiations: [...acceptance.user.extendedNegotiations, ...extended],
      ...(window === undefined ? {} : { asynchronousOperations: window }),
    },
  };
}
