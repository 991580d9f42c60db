import type { Command, MessageOutbox, OutMessage } from '@leadglass/dimse';
import type { Text } from '@leadglass/kit';
import type { RelayedService } from '@leadglass/model';
import type { KeyFact, Level, OperationDecision, ServiceClass } from '@leadglass/policy';
import type { UpstreamChannel } from './channel.ts';

/** What the keeper is told of an operation before it is carried out: no value of any key. */
export interface AskedOperation {
  /** Numbers the question within its association. */
  readonly seq: number;
  readonly service: RelayedService;
  readonly sopClassUid: string;
  /** The upstream's name; empty when we answer ourselves. */
  readonly upstream: string;
  readonly level: Level | undefined;
  readonly keys: readonly KeyFact[];
  readonly moveDestination?: string;
  /** Of a performed procedure step: which, and whether it begins or changes. */
  readonly step?: { readonly kind: 'create' | 'set'; readonly uid: string };
}

/** How an operation that was asked about ended. `why`: when it could not be carried out. */
export interface EndedOperation {
  readonly status: number;
  readonly results: number;
  /** Answers that the peer may not see; absent: none. */
  readonly withheld?: number;
  readonly why?: Text;
}

/** One that was refused before anybody was asked. */
export interface RefusedOperation {
  readonly service: RelayedService;
  readonly sopClassUid: string;
  readonly upstream: string;
  readonly status: number;
  readonly why: Text;
}

/** The keeper's side of operations: it permits, and records. */
export interface OperationClerk {
  /** Answered by `decided(seq, …)` of who asked. */
  ask(operation: AskedOperation): void;
  ended(seq: number, ended: EndedOperation): void;
  refused(operation: RefusedOperation): void;
}

/** The device's association, as operations use it. */
export interface DevicePort {
  readonly outbox: MessageOutbox;
  /** Whether nothing else of it is under way. */
  isQuiet(): boolean;
  /** Ends the association. */
  abort(why: Text): void;
}

/** One presentation context whose operations go to an upstream. */
export interface RelayedContext {
  readonly serviceClass: ServiceClass;
  readonly transferSyntax: string;
  /** Name among the destinations. */
  readonly upstream: string;
  readonly channel: UpstreamChannel;
  /** Whether the device was granted the role of SCP: then it may report (N-EVENT-REPORT). */
  readonly isReporter: boolean;
  /** Answers what the upstream was asked and did not live to answer: whether we do. Absent: its services are not ours to answer. */
  readonly takeOver?: (contextId: number, command: Command, dataSet: Uint8Array) => boolean;
}

/** Who carries out the operations of some presentation contexts of an association. Views are valid during the call only. */
export interface ContextServer {
  /** A request, a C-CANCEL, or the response to what was reported to the device. */
  command(contextId: number, command: Command): void;
  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void;
  /** The keeper's word on question `seq`; whether it was one of this server's. */
  decided(seq: number, decision: OperationDecision): boolean;
  /** Whether nothing is under way. */
  readonly isQuiet: boolean;
  /** Where what the device sends now goes: to be asked whether it may go on (`MessageOutbox.mayGoOn`). */
  readonly target: { readonly outbox: MessageOutbox; readonly message: OutMessage | undefined } | undefined;
  /** The device's association is over. */
  ended(): void;
}
