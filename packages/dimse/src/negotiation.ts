import type { AssociateAc, AssociateRq, NegotiatedContext, ProposedContext, RoleSelection } from './api.ts';
import { DEFAULT_MAXIMUM_LENGTH } from './pdu.ts';
import { DICOM_APPLICATION_CONTEXT, IMPLICIT_VR_LITTLE_ENDIAN, isWireUid } from './uids.ts';

/** What an acceptor takes. Pure: asked once for each context, in the proposer's order. */
export interface NegotiationRules {
  /** Whether this SOP class may be used here by this peer. Only well-formed UIDs are asked about. */
  acceptsAbstractSyntax(uid: string): boolean;
  /** One of `proposed` (well-formed, in the proposer's order), or undefined for none. Default: `firstProposed`. */
  choosesTransferSyntax?(abstractSyntax: string, proposed: readonly string[]): string | undefined;
  /** The roles granted to the requestor, for SOP classes with an accepted context. Default: SCU as proposed, SCP never. */
  grantsRole?(proposed: RoleSelection): RoleSelection | undefined;
}

/** What was agreed for one presentation context. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** An acceptor's answer to the contexts and roles of a request. */
export interface Negotiated {
  /** One for each proposed context, in the proposer's order (PS3.8 §9.3.3.2). */
  readonly contexts: readonly NegotiatedContext[];
  readonly roles: readonly RoleSelection[];
  /** Those of result 0, by id. */
  readonly accepted: ReadonlyMap<number, AcceptedContext>;
}

/** Result/Reason, PS3.8 Table 9-18. */
export const CONTEXT_RESULT = {
  acceptance: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

/**
 * The default choice: the first transfer syntax as the proposer ordered them. We store what comes byte for byte, so every syntax is as
 * good to us as any other, and the first is what the sender likes best (most often what its files are in already).
 */
export function firstProposed(_abstractSyntax: string, proposed: readonly string[]): string | undefined {
  return proposed[0];
}

function scuAsProposed(proposed: RoleSelection): RoleSelection {
  return { sopClassUid: proposed.sopClassUid, scu: proposed.scu, scp: false };
}

/** Decides every proposed context (PS3.8 §9.3.2.2, §9.3.3.2) and role (PS3.7 §D.3.3.4). `request` is one that decodePdu let through: its ids are odd and unique, 128 at most. */
export function negotiate(request: AssociateRq, rules: NegotiationRules): Negotiated {
  const contexts = request.contexts.map((proposed) => decide(proposed, rules));
  const accepted = acceptedContexts(request, { contexts });
  return { contexts, roles: grantedRoles(request, accepted, rules), accepted };
}

function decide(proposed: ProposedContext, rules: NegotiationRules): NegotiatedContext {
  const { id, abstractSyntax } = proposed;
  if (!isWireUid(abstractSyntax) || !rules.acceptsAbstractSyntax(abstractSyntax)) {
    return { id, result: CONTEXT_RESULT.abstractSyntaxNotSupported, transferSyntax: IMPLICIT_VR_LITTLE_ENDIAN };
  }
  const wellFormed = proposed.transferSyntaxes.filter(isWireUid);
  const transferSyntax = (rules.choosesTransferSyntax ?? firstProposed)(abstractSyntax, wellFormed);
  if (transferSyntax === undefined || !wellFormed.includes(transferSyntax)) {
    return { id, result: CONTEXT_RESULT.transferSyntaxesNotSupported, transferSyntax: IMPLICIT_VR_LITTLE_ENDIAN };
  }
  return { id, result: CONTEXT_RESULT.acceptance, transferSyntax };
}

function grantedRoles(
  request: AssociateRq,
  accepted: ReadonlyMap<number, AcceptedContext>,
  rules: NegotiationRules,
): RoleSelection[] {
  const usable = new Set([...accepted.values()].map((context) => context.abstractSyntax));
  const granted = new Map<string, RoleSelection>();
  for (const proposed of request.user.roleSelections) {
    if (!usable.has(proposed.sopClassUid) || granted.has(proposed.sopClassUid)) continue;
    const role = (rules.grantsRole ?? scuAsProposed)(proposed);
    // An acceptor cannot grant what was not proposed (PS3.7 §D.3.3.4).
    if (role !== undefined) {
      granted.set(proposed.sopClassUid, { ...proposed, scu: role.scu && proposed.scu, scp: role.scp && proposed.scp });
    }
  }
  return [...granted.values()];
}

/**
 * What both sides may use, by id: contexts the answer accepts with a transfer syntax that was proposed for them. An answer about
 * contexts nobody proposed, or with a syntax nobody offered, counts for nothing: the context is as good as refused.
 */
export function acceptedContexts(
  request: Pick<AssociateRq, 'contexts'>,
  answer: Pick<AssociateAc, 'contexts'>,
): ReadonlyMap<number, AcceptedContext> {
  const proposed = new Map(request.contexts.map((context) => [context.id, context]));
  const accepted = new Map<number, AcceptedContext>();
  for (const { id, result, transferSyntax } of answer.contexts) {
    const context = proposed.get(id);
    if (result !== CONTEXT_RESULT.acceptance || context === undefined) continue;
    if (!context.transferSyntaxes.includes(transferSyntax)) continue;
    accepted.set(id, { id, abstractSyntax: context.abstractSyntax, transferSyntax });
  }
  return accepted;
}

/** Who we say we are (PS3.7 §D.3.3.2). The version name has at most 16 characters. */
export interface Implementation {
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
}

/** The A-ASSOCIATE-AC that says `negotiated` to `request`. No asynchronous operations, no extended negotiation: their defaults hold. */
export function acceptanceOf(
  request: AssociateRq,
  negotiated: Negotiated,
  implementation: Implementation,
): AssociateAc {
  return {
    protocolVersion: 1,
    called: request.called,
    calling: request.calling,
    applicationContext: request.applicationContext,
    contexts: negotiated.contexts,
    user: {
      ...implementation,
      // The association announces its own limit in its place.
      maximumLength: DEFAULT_MAXIMUM_LENGTH,
      roleSelections: negotiated.roles,
      extendedNegotiations: [],
      commonExtendedNegotiations: [],
    },
  };
}

/** What a requestor asks for; see `requestOf`. */
export interface RequestOptions extends Implementation {
  readonly called: string;
  readonly calling: string;
  /** At most 128; ids 1, 3, 5 … are given in order. */
  readonly contexts: readonly Omit<ProposedContext, 'id'>[];
  readonly roleSelections?: readonly RoleSelection[];
}

/** An A-ASSOCIATE-RQ in the DICOM application context. */
export function requestOf(options: RequestOptions): AssociateRq {
  const { called, calling, implementationClassUid, implementationVersionName } = options;
  return {
    protocolVersion: 1,
    called,
    calling,
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: options.contexts.map((context, index) => ({ id: 2 * index + 1, ...context })),
    user: {
      implementationClassUid,
      implementationVersionName,
      maximumLength: DEFAULT_MAXIMUM_LENGTH,
      roleSelections: options.roleSelections ?? [],
      extendedNegotiations: [],
      commonExtendedNegotiations: [],
    },
  };
}
