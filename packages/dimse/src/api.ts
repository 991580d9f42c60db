import type { Text } from '@leadglass/kit';

/** PS3.8 §9.3.2.2 and §9.3.3.2: a presentation context as proposed. id is odd, 1 to 255. */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** result: 0 acceptance, 1 user-rejection, 2 no-reason, 3 abstract-syntax-not-supported, 4 transfer-syntaxes-not-supported (PS3.8 Table 9-18). */
export interface NegotiatedContext {
  readonly id: number;
  readonly result: 0 | 1 | 2 | 3 | 4;
  /** Significant when result is 0. */
  readonly transferSyntax: string;
}

/** PS3.7 §D.3.3.4. */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** PS3.7 §D.3.3.7. The secret fields are kept as bytes and never logged. type: 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JWT. */
export interface UserIdentity {
  readonly type: number;
  readonly positiveResponseRequested: boolean;
  readonly primary: Uint8Array;
  readonly secondary: Uint8Array;
}

/** PS3.7 §D.3.3.5. */
export interface ExtendedNegotiation {
  readonly sopClassUid: string;
  readonly information: Uint8Array;
}

/** PS3.7 §D.3.3.6. */
export interface CommonExtendedNegotiation {
  readonly sopClassUid: string;
  readonly serviceClassUid: string;
  readonly relatedSopClassUids: readonly string[];
}

/** User information items (PS3.7 §D.3.3), both directions. */
export interface UserInformation {
  /** Largest P-DATA-TF variable field the speaker accepts, bytes; 0 is no limit. */
  readonly maximumLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number };
  readonly roleSelections: readonly RoleSelection[];
  readonly extendedNegotiations: readonly ExtendedNegotiation[];
  readonly commonExtendedNegotiations: readonly CommonExtendedNegotiation[];
  readonly userIdentity?: UserIdentity;
  /** Server response of user identity negotiation (A-ASSOCIATE-AC only). */
  readonly userIdentityResponse?: Uint8Array;
}

/** PS3.8 §9.3.2. Titles trimmed. */
export interface AssociateRq {
  readonly protocolVersion: number;
  readonly called: string;
  readonly calling: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  readonly user: UserInformation;
}

/** PS3.8 §9.3.3. */
export interface AssociateAc {
  readonly protocolVersion: number;
  readonly called: string;
  readonly calling: string;
  readonly applicationContext: string;
  readonly contexts: readonly NegotiatedContext[];
  readonly user: UserInformation;
}

/** PS3.8 §9.3.4. */
export interface AssociateRj {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

/** PS3.8 §9.3.8. source: 0 service user, 2 service provider. */
export interface Abort {
  readonly source: number;
  readonly reason: number;
}

/** Everything an association asks of the world and tells its user. Called synchronously from `receive`, timers and the user's own calls. */
export interface AssociationHandler {
  /** Bytes to write, in order. The array is the handler's to keep. */
  send(bytes: Uint8Array): void;
  /** Close the transport connection. */
  closeTransport(): void;
  /** A-ASSOCIATE indication (acceptor): answer with `accept` or `reject`, now or later. */
  associateRequested(request: AssociateRq): void;
  /** A-ASSOCIATE confirmation (requestor). */
  associateAccepted(accepted: AssociateAc): void;
  associateRejected(rejected: AssociateRj): void;
  /** One presentation data value: `fragment` is a view into the received chunk, valid during the call only (PS3.8 §9.3.5, Annex E). */
  data(contextId: number, isCommand: boolean, isLast: boolean, fragment: Uint8Array): void;
  /** A-RELEASE indication: answer with `releaseResponse`. */
  releaseRequested(): void;
  released(): void;
  /** The peer aborted (A-ABORT indication), or the provider did (A-P-ABORT), or the transport went away; `why` in words. Always the last call. */
  aborted(abort: Abort, by: 'peer' | 'provider' | 'transport', why: Text): void;
}

/** Bounds of the upper layer, all ours. */
export interface UpperLayerLimits {
  /** Largest A-ASSOCIATE PDU read, bytes. */
  readonly associatePduBytes: number;
  /** Largest P-DATA-TF variable field we announce and accept, bytes. */
  readonly maximumLength: number;
  /** ARTIM (PS3.8 §9.1.5), milliseconds. */
  readonly artimMs: number;
}

/** A C-STORE-RQ or any other command set (PS3.7 §9.3, §10.3), decoded. */
export interface Command {
  readonly commandField: number;
  readonly messageId: number;
  readonly messageIdBeingRespondedTo: number;
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid: string;
  readonly requestedSopClassUid: string;
  readonly requestedSopInstanceUid: string;
  readonly priority: number;
  /** Whether a data set follows (CommandDataSetType other than 0101H). */
  readonly hasDataSet: boolean;
  readonly status: number;
  readonly errorComment: string;
  readonly errorId: number;
  readonly offendingElements: readonly number[];
  /** N-GET-RQ Attribute Identifier List (0000,1005): tags as 32-bit numbers. */
  readonly attributeIdentifiers: readonly number[];
  readonly eventTypeId: number;
  readonly actionTypeId: number;
  readonly moveDestination: string;
  readonly moveOriginatorAe: string;
  readonly moveOriginatorMessageId: number;
  readonly remainingSuboperations: number;
  readonly completedSuboperations: number;
  readonly failedSuboperations: number;
  readonly warningSuboperations: number;
}
