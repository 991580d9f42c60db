import { ManualClock } from '@leadglass/kit';
import type {
  Abort,
  AssociateAc,
  AssociateRj,
  AssociateRq,
  AssociationHandler,
  Command,
  UpperLayerLimits,
} from './api.ts';
import { Association } from './association.ts';
import type { MessageFault, MessageHandler } from './message-reader.ts';
import { acceptanceOf, negotiate, requestOf } from './negotiation.ts';
import { PDU_HEADER_BYTES } from './pdu.ts';
import { encodePdu, PDATA_HEADER_BYTES, writePDataHeader } from './pdu-encode.ts';
import { STATES, type State } from './state-table.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION } from './uids.ts';

/** What tests share. Not part of the room. */

export const LIMITS: UpperLayerLimits = { associatePduBytes: 65_536, maximumLength: 16_384, artimMs: 30_000 };

export const REQUEST: AssociateRq = requestOf({
  called: 'LEADGLASS',
  calling: 'TESTER',
  implementationClassUid: '1.2.3',
  implementationVersionName: 'TEST',
  contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }],
});

export const ACCEPTANCE: AssociateAc = acceptanceOf(
  REQUEST,
  negotiate(REQUEST, { acceptsAbstractSyntax: () => true }),
  { implementationClassUid: '1.2.4', implementationVersionName: 'LEADGLASS' },
);

export const REJECTION: AssociateRj = { result: 1, source: 1, reason: 3 };

/** Bytes of every PDU a peer can send. */
export const PDUS = {
  associateRq: encodePdu({ type: 'A-ASSOCIATE-RQ', value: REQUEST }),
  associateAc: encodePdu({ type: 'A-ASSOCIATE-AC', value: ACCEPTANCE }),
  associateRj: encodePdu({ type: 'A-ASSOCIATE-RJ', value: REJECTION }),
  releaseRq: encodePdu({ type: 'A-RELEASE-RQ' }),
  releaseRp: encodePdu({ type: 'A-RELEASE-RP' }),
  abort: encodePdu({ type: 'A-ABORT', value: { source: 0, reason: 0 } }),
  data: pData(1, true, true, new Uint8Array([1, 2, 3, 4])),
  garbage: new Uint8Array([0x47, 0x45, 0x54, 0x20]),
} as const;

/** A whole P-DATA-TF with one presentation data value. */
export function pData(contextId: number, isCommand: boolean, isLast: boolean, fragment: Uint8Array): Uint8Array {
  const pdu = new Uint8Array(PDATA_HEADER_BYTES + fragment.byteLength);
  writePDataHeader(pdu, contextId, isCommand, isLast, fragment.byteLength);
  pdu.set(fragment, PDATA_HEADER_BYTES);
  return pdu;
}

/** A P-DATA-TF with several presentation data values. */
export function pDataOf(...pdus: readonly Uint8Array[]): Uint8Array {
  const items = Buffer.concat(pdus.map((pdu) => pdu.subarray(PDU_HEADER_BYTES)));
  const header = Buffer.from([4, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(items.byteLength, 2);
  return new Uint8Array(Buffer.concat([header, items]));
}

/** Keeps what an association does, in order, in words. */
export class Recorder implements AssociationHandler {
  readonly log: string[] = [];
  readonly sent: Uint8Array[] = [];
  readonly aborts: { abort: Abort; by: string; fr: string; en: string }[] = [];
  request: AssociateRq | undefined;
  accepted: AssociateAc | undefined;
  fragments: { contextId: number; isCommand: boolean; isLast: boolean; bytes: Uint8Array }[] = [];
  /** Called at each step, after it is kept: for users that act inside an indication. */
  onStep: (step: string) => void = () => {};

  #step(step: string): void {
    this.log.push(step);
    this.onStep(step);
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
    this.#step(`send ${bytes[0]}`);
  }

  closeTransport(): void {
    this.#step('close');
  }

  associateRequested(request: AssociateRq): void {
    this.request = request;
    this.#step('requested');
  }

  associateAccepted(accepted: AssociateAc): void {
    this.accepted = accepted;
    this.#step('accepted');
  }

  associateRejected(rejected: AssociateRj): void {
    this.#step(`rejected ${rejected.result}/${rejected.source}/${rejected.reason}`);
  }

  data(contextId: number, isCommand: boolean, isLast: boolean, fragment: Uint8Array): void {
    this.fragments.push({ contextId, isCommand, isLast, bytes: Uint8Array.from(fragment) });
    this.#step('data');
  }

  releaseRequested(): void {
    this.#step('release requested');
  }

  released(): void {
    this.#step('released');
  }

  aborted(abort: Abort, by: 'peer' | 'provider' | 'transport', why: { fr: string; en: string }): void {
    this.aborts.push({ abort, by, ...why });
    this.#step(`aborted by ${by}`);
  }
}

/** An association with its recorder and clock. */
export interface Bench {
  readonly association: Association;
  readonly recorder: Recorder;
  readonly clock: ManualClock;
}

export function bench(role: 'acceptor' | 'requestor', limits: Partial<UpperLayerLimits> = {}): Bench {
  const recorder = new Recorder();
  const clock = new ManualClock();
  const association = new Association({ role, handler: recorder, limits: { ...LIMITS, ...limits }, clock });
  return { association, recorder, clock };
}

type Step = (association: Association) => void;
const receive =
  (pdu: Uint8Array): Step =>
  (association) =>
    association.receive(pdu);
const ACCEPTED: readonly Step[] = [
  (a) => a.transportConnected(),
  receive(PDUS.associateRq),
  (a) => a.accept(ACCEPTANCE),
];
const REQUESTED: readonly Step[] = [
  (a) => a.request(REQUEST),
  (a) => a.transportConnected(),
  receive(PDUS.associateAc),
];
const COLLISION: readonly Step[] = [(a) => a.release(), receive(PDUS.releaseRq)];

/** How each state is reached from nothing, by whom. */
const WAYS: Readonly<Record<State, readonly ['acceptor' | 'requestor', readonly Step[]]>> = {
  Sta1: ['acceptor', []],
  Sta2: ['acceptor', ACCEPTED.slice(0, 1)],
  Sta3: ['acceptor', ACCEPTED.slice(0, 2)],
  Sta4: ['requestor', REQUESTED.slice(0, 1)],
  Sta5: ['requestor', REQUESTED.slice(0, 2)],
  Sta6: ['acceptor', ACCEPTED],
  Sta7: ['acceptor', [...ACCEPTED, (a) => a.release()]],
  Sta8: ['acceptor', [...ACCEPTED, receive(PDUS.releaseRq)]],
  Sta9: ['requestor', [...REQUESTED, ...COLLISION]],
  Sta10: ['acceptor', [...ACCEPTED, ...COLLISION]],
  Sta11: ['requestor', [...REQUESTED, ...COLLISION, (a) => a.releaseResponse()]],
  Sta12: ['acceptor', [...ACCEPTED, ...COLLISION, receive(PDUS.releaseRp)]],
  Sta13: ['acceptor', [...ACCEPTED.slice(0, 2), (a) => a.reject(REJECTION)]],
};

/** A fresh association brought to `state`, its recorder emptied. `role` for states both roles know. */
export function benchIn(state: State, role?: 'acceptor' | 'requestor', limits: Partial<UpperLayerLimits> = {}): Bench {
  const [usualRole, usualSteps] = WAYS[state];
  const asRequestor =
    role === 'requestor' && usualRole === 'acceptor' && STATES.indexOf(state) >= STATES.indexOf('Sta6');
  const steps = asRequestor ? [...REQUESTED, ...usualSteps.slice(ACCEPTED.length)] : usualSteps;
  const made = bench(role ?? usualRole, limits);
  for (const step of steps) step(made.association);
  made.recorder.log.length = 0;
  made.recorder.sent.length = 0;
  return made;
}

/** Keeps what a MessageReader says. */
export class MessageRecorder implements MessageHandler {
  readonly log: string[] = [];
  readonly commands: Command[] = [];
  readonly faults: MessageFault[] = [];
  dataSetBytes = 0;

  command(contextId: number, command: Command): void {
    this.commands.push(command);
    this.log.push(`command ${contextId}`);
  }

  dataSet(contextId: number, piece: Uint8Array, isLast: boolean): void {
    this.dataSetBytes += piece.byteLength;
    this.log.push(`data ${contextId} ${piece.byteLength}${isLast ? ' last' : ''}`);
  }

  fault(fault: MessageFault): void {
    this.faults.push(fault);
    this.log.push(`fault ${fault.answer}`);
  }
}
