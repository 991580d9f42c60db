import { assert, type Clock, type Timer } from '@leadglass/kit';
import { ACTIONS, type Cause, type Ending, type Provider } from './actions.ts';
import type { Abort, AssociateAc, AssociateRj, AssociateRq, AssociationHandler, UpperLayerLimits } from './api.ts';
import { largestFragmentBytes, sendFragment } from './fragment-writer.ts';
import {
  ABORT_REASON,
  ABORT_SOURCE,
  type ControlPdu,
  DEFAULT_MAXIMUM_LENGTH,
  PDU_TYPE,
  type PduFault,
  type PduType,
} from './pdu.ts';
import { decodePdu } from './pdu-decode.ts';
import { encodePdu } from './pdu-encode.ts';
import { PASSAGE, type Passage, PduReader } from './pdu-reader.ts';
import { cellOf, type EventName, NEXT_STATES, STATES, type State } from './state-table.ts';
import { WHY } from './why.ts';

/** What an association is made of. */
export interface AssociationOptions {
  readonly role: 'acceptor' | 'requestor';
  readonly handler: AssociationHandler;
  readonly limits: UpperLayerLimits;
  readonly clock: Clock;
}

interface PduFacts {
  readonly event: EventName;
  readonly name: string;
}

const PDU_FACTS: Readonly<Record<PduType, PduFacts>> = {
  [PDU_TYPE.associateRq]: { event: 'Evt6', name: 'A-ASSOCIATE-RQ' },
  [PDU_TYPE.associateAc]: { event: 'Evt3', name: 'A-ASSOCIATE-AC' },
  [PDU_TYPE.associateRj]: { event: 'Evt4', name: 'A-ASSOCIATE-RJ' },
  [PDU_TYPE.pDataTf]: { event: 'Evt10', name: 'P-DATA-TF' },
  [PDU_TYPE.releaseRq]: { event: 'Evt12', name: 'A-RELEASE-RQ' },
  [PDU_TYPE.releaseRp]: { event: 'Evt13', name: 'A-RELEASE-RP' },
  [PDU_TYPE.abort]: { event: 'Evt16', name: 'A-ABORT' },
};

/** Variable field of A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP and A-ABORT (PS3.8 §9.3.4, §9.3.6 to §9.3.8). */
const FIXED_VARIABLE_BYTES = 4;
const NOTHING: Cause = {};
const STA1 = STATES.indexOf('Sta1');
const STA6 = STATES.indexOf('Sta6');
const STA7 = STATES.indexOf('Sta7');

/**
 * One association over one transport connection: PS3.8 §9.2 without the socket. Bytes go in by `receive`, everything comes out of the handler.
 *
 * A peer's bytes never throw. A call the table has no cell for is the caller's defect and throws an assertion; `abort` alone may come at any time.
 * Exactly one of `released`, `associateRejected`, `aborted` ends an association, unless its user ended it by `reject`, `releaseResponse` or `abort`;
 * only `closeTransport` may follow. `release` waits for the peer without limit, as PS3.8 has it: its user sets a time and aborts.
 */
export class Association {
  readonly #handler: AssociationHandler;
  readonly #limits: UpperLayerLimits;
  readonly #clock: Clock;
  readonly #provider: Provider;
  readonly #reader: PduReader;
  readonly #effects: (() => void)[] = [];
  #state = STA1;
  #from: State = 'Sta1';
  #artim: Timer | undefined;
  #peerMaximumLength = DEFAULT_MAXIMUM_LENGTH;
  #request: AssociateRq | undefined;
  #transportIsOpen = false;
  #releaseIsAnswered = false;
  #isReceiving = false;
  readonly #send = (bytes: Uint8Array): void => this.#handler.send(bytes);

  /** @param options.limits bounds of what is read; `maximumLength` (0 is none) is also what `accept` and `request` announce, whatever they are given. */
  constructor(options: AssociationOptions) {
    this.#handler = options.handler;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#provider = this.#makeProvider(options.role);
    this.#reader = new PduReader({
      header: (type, length) => this.#onHeader(type, length),
      pdu: (type, pdu) => this.#onPdu(type, pdu),
      fragment: (contextId, isCommand, isLast, piece) => this.#onFragment(contextId, isCommand, isLast, piece),
      fault: (fault) => this.#onFault(fault),
    });
  }

  /** The state of PS3.8 §9.2.1. */
  get state(): State {
    return STATES[this.#state] as State;
  }

  /** Largest P-DATA-TF variable field the peer accepts, bytes; 0 is no limit. 16384 until the peer has said. */
  get peerMaximumLength(): number {
    return this.#peerMaximumLength;
  }

  /** Whether `sendData` is possible: Sta6, or Sta8 for answers still owed when the peer asks for release. */
  get canSendData(): boolean {
    return cellOf('Evt9', this.#state) !== undefined;
  }

  /** The transport connection is open. A requestor may hear it before or after its `request`. */
  transportConnected(): void {
    assert(!this.#transportIsOpen, 'a connection opens once');
    this.#transportIsOpen = true;
    if (this.#provider.role === 'acceptor') this.#fire('Evt5', NOTHING);
    else if (this.#request !== undefined) this.#sendRequest();
  }

  /** Takes bytes of the transport connection; `chunk` is the caller's again when this returns. After the end they are dropped. */
  receive(chunk: Uint8Array): void {
    if (this.#state === STA1) return;
    assert(this.#transportIsOpen, 'bytes come on an open connection');
    assert(!this.#isReceiving, 'receive is not called from inside itself');
    this.#isReceiving = true;
    try {
      this.#reader.push(chunk);
    } finally {
      this.#isReceiving = false;
    }
  }

  /** The transport connection is closed, by whomever. Harmless when the association has ended. */
  transportClosed(): void {
    this.#transportIsOpen = false;
    if (this.#state === STA1) return;
    const why = WHY.transportClosed(this.state);
    this.#fire('Evt17', { ending: { abort: byProvider(ABORT_REASON.notSpecified), by: 'transport', why } });
  }

  /** Requestor: asks for an association. Sta1 only. */
  request(request: AssociateRq): void {
    assert(this.#provider.role === 'requestor', 'a requestor asks');
    assert(this.#request === undefined, 'one association per connection');
    this.#request = { ...request, user: { ...request.user, maximumLength: this.#limits.maximumLength } };
    this.#fire('Evt1', NOTHING);
    if (this.#transportIsOpen) this.#sendRequest();
  }

  /** Acceptor: accepts the request. Sta3 only. */
  accept(acceptance: AssociateAc): void {
    const user = { ...acceptance.user, maximumLength: this.#limits.maximumLength };
    this.#fire('Evt7', { associateAc: { ...acceptance, user } });
  }

  /** Acceptor: rejects the request; the peer, or ARTIM, then closes. Sta3 only. */
  reject(rejection: AssociateRj): void {
    this.#fire('Evt8', { associateRj: rejection });
  }

  /**
   * Sends a piece of a command or data set as P-DATA-TF no longer than the peer takes, one presentation data value each. Sta6 and Sta8 only.
   * `bytes` is handed to `send` in views, not copied: it must not change afterwards. Pieces that are not the last should have an even length.
   * @param isLast whether the command or data set ends here; then an empty `bytes` still sends an empty last fragment.
   */
  sendData(contextId: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array): void {
    this.#fire('Evt9', NOTHING);
    const most = largestFragmentBytes(this.#peerMaximumLength);
    let at = 0;
    while (bytes.byteLength - at > most) {
      sendFragment(this.#send, contextId, isCommand, false, bytes.subarray(at, at + most));
      if (!this.canSendData) return; // the user aborted from inside `send`
      at += most;
    }
    if (at < bytes.byteLength || isLast)
      sendFragment(this.#send, contextId, isCommand, isLast, at === 0 ? bytes : bytes.subarray(at));
  }

  /** Asks for release. Sta6 only. */
  release(): void {
    this.#fire('Evt11', NOTHING);
  }

  /** Answers `releaseRequested`. In a release collision an acceptor's answer waits for the peer's own, as PS3.8 §7.2.2.7 orders them. */
  releaseResponse(): void {
    if (this.state === 'Sta10') this.#releaseIsAnswered = true;
    else this.#fire('Evt14', NOTHING);
  }

  /** Aborts. Harmless when the association has ended or is ending. Before a request came there is nobody to tell: the transport is closed. */
  abort(source: number = ABORT_SOURCE.serviceUser, reason: number = ABORT_REASON.notSpecified): void {
    const state = this.state;
    if (state === 'Sta1' || state === 'Sta13') return;
    // The table has no abort request in Sta2; our user's patience is the timer's, ended early.
    this.#fire(state === 'Sta2' ? 'Evt18' : 'Evt15', { abort: { source, reason } });
  }

  #sendRequest(): void {
    this.#fire('Evt2', this.#request === undefined ? NOTHING : { associateRq: this.#request });
  }

  /** The driver: the cell's action, its next state checked against the table, then what the action asked for. */
  #fire(event: EventName, cause: Cause): void {
    const from = this.state;
    const action = cellOf(event, this.#state);
    assert(action !== undefined, `${event} cannot happen in ${from}`);
    this.#from = from;
    const next = ACTIONS[action](this.#provider, cause);
    assert((NEXT_STATES[action] as readonly State[]).includes(next), `${action} does not lead to ${next}`);
    if (next !== from) this.#state = STATES.indexOf(next);
    while (this.#effects.length > 0) this.#effects.shift()?.();
  }

  #makeProvider(role: 'acceptor' | 'requestor'): Provider {
    const association = this;
    return {
      role,
      get from() {
        return association.#from;
      },
      send: (pdu: ControlPdu) => this.#effects.push(() => this.#handler.send(encodePdu(pdu))),
      closeTransport: () => this.#effects.push(() => this.#handler.closeTransport()),
      tell: (indication) => this.#effects.push(() => indication(this.#handler)),
      startArtim: () => this.#startArtim(),
      stopArtim: () => this.#artim?.cancel(),
      learnPeer: (associate) => {
        this.#peerMaximumLength = associate.user.maximumLength;
      },
    };
  }

  #startArtim(): void {
    this.#artim?.cancel();
    const { artimMs } = this.#limits;
    this.#artim = this.#clock.after(artimMs, () => {
      const ending: Ending = {
        abort: byProvider(ABORT_REASON.notSpecified),
        by: 'provider',
        why: WHY.artimExpired(artimMs),
      };
      this.#fire('Evt18', { ending });
    });
  }

  /** Decides from its header alone what becomes of a PDU, before memory is taken for it. */
  #onHeader(type: PduType, length: number): Passage {
    if (this.#state === STA1) return PASSAGE.stop;
    if (type === PDU_TYPE.pDataTf) return this.#onDataHeader(length);
    if (type === PDU_TYPE.associateRq || type === PDU_TYPE.associateAc) return this.#onAssociateHeader(type, length);
    if (length === FIXED_VARIABLE_BYTES) return PASSAGE.collect;
    return this.#refuse(ABORT_REASON.invalidPduParameterValue, WHY.fixedPduLength(PDU_FACTS[type].name, length));
  }

  #onDataHeader(length: number): Passage {
    const action = cellOf('Evt10', this.#state);
    if (action !== 'DT-2' && action !== 'AR-6') return this.#onUnwanted(PDU_TYPE.pDataTf);
    const { maximumLength } = this.#limits;
    const { invalidPduParameterValue } = ABORT_REASON;
    if (maximumLength > 0 && length > maximumLength) {
      return this.#refuse(invalidPduParameterValue, WHY.dataPduTooLong(length, maximumLength));
    }
    if (length === 0) return this.#refuse(invalidPduParameterValue, WHY.emptyData);
    this.#fire('Evt10', NOTHING);
    return PASSAGE.stream;
  }

  #onAssociateHeader(type: PduType, length: number): Passage {
    const action = cellOf(PDU_FACTS[type].event, this.#state);
    if (action !== 'AE-6' && action !== 'AE-3') return this.#onUnwanted(type);
    const { associatePduBytes } = this.#limits;
    if (length <= associatePduBytes) return PASSAGE.collect;
    return this.#refuse(ABORT_REASON.invalidPduParameterValue, WHY.associatePduTooLong(length, associatePduBytes));
  }

  /** A PDU nobody wants in this state: its event happens now, its variable field is never read. */
  #onUnwanted(type: PduType): Passage {
    this.#fire(PDU_FACTS[type].event, { ending: this.#unexpected(type) });
    return PASSAGE.skip;
  }

  #refuse(reason: PduFault['reason'], why: PduFault['why']): Passage {
    this.#onFault({ reason, at: -1, why });
    return PASSAGE.stop;
  }

  #onPdu(type: PduType, pdu: Uint8Array): void {
    if (this.#state === STA1) return;
    const decoded = decodePdu(pdu);
    if (!decoded.ok) {
      this.#reader.stop();
      this.#onFault(decoded.fault);
      return;
    }
    this.#fire(PDU_FACTS[type].event, this.#causeOf(type, decoded.value));
    if (this.#releaseIsAnswered && this.state === 'Sta12') this.#fire('Evt14', NOTHING);
  }

  #causeOf(type: PduType, pdu: ControlPdu): Cause {
    const ending = pdu.type === 'A-ABORT' ? byPeer(pdu.value) : this.#unexpected(type);
    if (pdu.type === 'A-ASSOCIATE-RQ') return { associateRq: pdu.value, ending };
    if (pdu.type === 'A-ASSOCIATE-AC') return { associateAc: pdu.value, ending };
    if (pdu.type === 'A-ASSOCIATE-RJ') return { associateRj: pdu.value, ending };
    return { ending };
  }

  #unexpected(type: PduType): Ending {
    const why = WHY.unexpectedPdu(PDU_FACTS[type].name, this.state);
    return { abort: byProvider(ABORT_REASON.unexpectedPdu), by: 'provider', why };
  }

  #onFault(fault: PduFault): void {
    if (this.#state === STA1) return;
    this.#fire('Evt19', { ending: { abort: byProvider(fault.reason), by: 'provider', why: fault.why } });
  }

  /** The hot path: nothing is made here. The user may have aborted in the middle of a PDU, hence the look at the state. */
  #onFragment(contextId: number, isCommand: boolean, isLast: boolean, piece: Uint8Array): void {
    if (this.#state === STA6 || this.#state === STA7) this.#handler.data(contextId, isCommand, isLast, piece);
  }
}

function byProvider(reason: PduFault['reason']): Abort {
  return { source: ABORT_SOURCE.serviceProvider, reason };
}

function byPeer(abort: Abort): Ending {
  return { abort, by: 'peer', why: WHY.peerAborted(abort.source, abort.reason) };
}
