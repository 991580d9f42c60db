import type { RoleSelection } from '@leadglass/dimse';
import type { Clock } from '@leadglass/kit';
import type { DataSetBytes } from './scu-fragments.ts';
import type { ScuTimeouts } from './scu-link.ts';
import type { ScuTls } from './scu-transport.ts';

/** A presentation context to propose. */
export interface ScuContext {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** What became of a proposed context. result: PS3.8 Table 9-18; transferSyntax is empty unless result is 0. */
export interface ScuContextResult {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly proposed: readonly string[];
  readonly result: 0 | 1 | 2 | 3 | 4;
  readonly transferSyntax: string;
}

export interface ScuOptions {
  readonly host: string;
  readonly port: number;
  /** AE titles. */
  readonly called: string;
  readonly calling: string;
  /** At most MOST_CONTEXTS; one transfer syntax each when stored bytes are to be sent as they are. */
  readonly contexts: readonly ScuContext[];
  /** Roles we propose (PS3.7 §D.3.3.4); default those of an SCU. */
  readonly roleSelections?: readonly RoleSelection[];
  readonly tls?: ScuTls;
  /** Our own address to call from, where the machine has several; the system chooses otherwise. */
  readonly localAddress?: string;
  /** Largest P-DATA-TF we accept, bytes. */
  readonly maximumLength: number;
  readonly timeouts: ScuTimeouts;
  readonly clock: Clock;
  /** Ends whatever is under way with an A-ABORT. */
  readonly signal?: AbortSignal;
}

/** The peer's answer. comment: its Error Comment, printable ASCII, at most 64 characters; a peer's words, not for logs. */
export interface DimseStatus {
  readonly status: number;
  readonly comment: string;
}

/** Which object a C-STORE is about, and how it is written. */
export interface StoredObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
}

export interface StoreRequest extends StoredObject {
  /** The data set in that transfer syntax. A piece may be reused once the next is asked for. */
  readonly dataSet: DataSetBytes;
  /** Its length in bytes when known; then less is copied. */
  readonly length?: number;
  /** Priority (0000,0700); default medium. */
  readonly priority?: number;
  /** Whose C-MOVE asked for it (PS3.7 §9.1.1.1). */
  readonly originator?: { readonly aeTitle: string; readonly messageId: number };
  /** Ends the association with an A-ABORT: a message cannot be cut short (PS3.7 §9.3.1). */
  readonly signal?: AbortSignal;
  /**
   * The object stored next. Its command may go out as soon as the answer to this one begins to arrive: many peers (stock DCMTK,
   * Orthanc) send an answer in two small writes and hold the second back until the first is acknowledged, which costs 40 ms an
   * object unless something of ours carries the acknowledgement. Whoever says it stores that object next, with the same priority and
   * originator, or ends the association.
   */
  readonly next?: StoredObject;
  /** Bytes of the data set handed over so far. */
  readonly onProgress?: (sentBytes: number) => void;
}

/** PS3.7 §10.1.4. dataSet: Action Information in the context's transfer syntax. */
export interface ActionRequest {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly actionTypeId: number;
  readonly dataSet: Uint8Array;
}

/** An N-EVENT-REPORT of ours (PS3.7 §10.1.1). dataSet: Event Information in the context's transfer syntax. */
export interface ReportRequest {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly eventTypeId: number;
  /** Of the context it goes out in; default that of the first accepted for its SOP class. */
  readonly transferSyntax?: string;
  readonly dataSet: Uint8Array;
}

/** An N-EVENT-REPORT the peer sent on our association (PS3.7 §10.1.1). */
export interface EventReport {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly eventTypeId: number;
  readonly transferSyntax: string;
  readonly dataSet: Uint8Array;
}

/** C-FIND (PS3.7 §9.1.2). identifier: in the context's transfer syntax. */
export interface FindRequest {
  readonly sopClassUid: string;
  readonly priority: number;
  readonly identifier: Uint8Array;
}

/** The final response to a C-FIND; `matches`: the pending ones before it. */
export interface FindAnswer extends DimseStatus {
  readonly matches: number;
}

/** C-MOVE (PS3.7 §9.1.4). identifier: in the context's transfer syntax. */
export interface MoveRequest {
  readonly sopClassUid: string;
  readonly moveDestination: string;
  readonly priority: number;
  readonly identifier: Uint8Array;
  /** Under which the sub-operations name us (Move Originator Message ID); default the next of the association. */
  readonly messageId?: number;
  /** Told of each pending response. */
  readonly onPending?: (counts: MoveCounts) => void;
  /** Sends a C-CANCEL: the final response then says what was done. */
  readonly cancelled?: AbortSignal;
}

export interface MoveCounts {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

/** The final response to a C-MOVE; `dataSet`: its identifier, empty when there was none. */
export interface MoveAnswer extends DimseStatus {
  readonly counts: MoveCounts;
  readonly dataSet: Uint8Array;
  readonly transferSyntax: string;
}
