import { PATIENT_ROOT_MOVE, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '@leadglass/dicom';
import { type Clock, type Fault, isFault, type Logger, type Text, text } from '@leadglass/kit';
import { DEFAULT_AE_TITLE, type Destination } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import {
  type Counts,
  type DeliveryContext,
  failedListOf,
  identifierOf,
  RETRIEVE_STATUS,
  type RetrieveKeys,
  type Selection,
} from '@leadglass/relay';
import type { ScuAssociation } from '@leadglass/wire';
import type { RetrieveMessage } from './own-messages.ts';

/** Longest silence of an upstream that neither answers nor sends: its pending responses are not owed to us. */
const SILENCE_MS = 120_000;
/** How long the disarmed copy of an object that came may take before the object counts as withheld. */
const COPY_MS = 20_000;
const COPY_LOOK_MS = 250;
const NO_COUNTS: Counts = { remaining: 0, completed: 0, failed: 0, warning: 0 };
const IMPLICIT_LE = '1.2.840.10008.1.2';

/** One object of an upstream that arrived. */
export interface RetrievedArrival {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly moveOriginatorMessageId: number;
  /** Pseudonyms of its patient. */
  readonly patients: readonly string[];
}

export interface UpstreamTools {
  readonly clock: Clock;
  readonly log: Logger;
  connectUpstream(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<ScuAssociation>;
  /** What is in custody under a SOP Instance UID to be given out. */
  find(sopInstanceUid: string): Promise<Selection>;
  /** Whether a disarmed copy of what is held under it is on its way. */
  isCopyOwed(sopInstanceUid: string): Promise<boolean>;
}

export interface UpstreamMove {
  readonly upstream: Destination;
  readonly message: RetrieveMessage;
  readonly keys: RetrieveKeys;
  readonly cancelled: AbortSignal;
  readonly abandoned: AbortSignal;
  /** An object came, is in custody and may go on. */
  came(object: Retrievable): void;
  /** One came and may not, or could not be kept. */
  lost(sopInstanceUid: string): void;
  progress(remaining: number): void;
}

/** How it ended: counts are the upstream's. */
export interface UpstreamEnd {
  readonly status: number;
  readonly counts: Counts;
  readonly failedUids: readonly string[];
  readonly withheld: number;
  /** Why nothing could be asked, or it broke off. */
  readonly why: Text | undefined;
  /** It could not be reached, or went away: there is nobody to ask. */
  readonly isLost: boolean;
}

/** A move to ourselves that goes on: what arrives of it is known by the message it names, or by what was asked. */
class LiveMove {
  readonly messageId: number;
  readonly move: UpstreamMove;
  readonly landing: Promise<void>[] = [];
  readonly seen = new Set<string>();
  withheld = 0;
  alive: () => void = () => {};

  constructor(messageId: number, move: UpstreamMove) {
    this.messageId = messageId;
    this.move = move;
  }

  asksFor({ sopInstanceUid, studyInstanceUid, patients }: RetrievedArrival): boolean {
    const { studyUids, sopUids, patients: asked } = this.move.keys;
    if (sopUids.length > 0) return sopUids.includes(sopInstanceUid);
    if (studyUids.length > 0) return studyUids.includes(studyInstanceUid);
    return asked.some((each) => patients.includes(each));
  }
}

/** Retrievals that upstreams carry out for devices: each moves to ourselves, so that what comes is inspected and kept before it goes on. */
export class UpstreamMoves {
  readonly #tools: UpstreamTools;
  readonly #live = new Map<number, LiveMove>();
  #nextId = 0;

  constructor(tools: UpstreamTools) {
    this.#tools = tools;
  }

  /**
   * The retrieval that an arrival from AE title `calling` belongs to; undefined when it came for itself. By its Move Originator Message ID;
   * from an upstream that does not write it, by what was asked, the longest waiting first.
   */
  claim(calling: string, arrival: RetrievedArrival): LiveMove | undefined {
    const live = [...this.#live.values()].filter(({ move }) => move.upstream.called === calling);
    const id = arrival.moveOriginatorMessageId;
    if (id !== 0) return live.find(({ messageId }) => messageId === id);
    return live.find((each) => each.asksFor(arrival) && !each.seen.has(arrival.sopInstanceUid));
  }

  /** What became of an arrival that was claimed: told before its sender hears of it. */
  landed(live: LiveMove, sopInstanceUid: string, status: number): void {
    live.alive();
    live.seen.add(sopInstanceUid);
    if (status !== 0) return live.move.lost(sopInstanceUid);
    live.landing.push(this.#goOn(live, sopInstanceUid));
  }

  /** Carries one out. Never rejects. Resolves once all that came has been told of. */
  async run(move: UpstreamMove): Promise<UpstreamEnd> {
    const live = new LiveMove(this.#freeId(), move);
    this.#live.set(live.messageId, live);
    try {
      const end = await this.#ask(live);
      await Promise.all(live.landing);
      return { ...end, withheld: live.withheld };
    } catch (thrown) {
      await Promise.all(live.landing);
      if (!move.abandoned.aborted)
        this.#tools.log.warn('move.upstream', { upstream: move.upstream.name, fault: thrown });
      const why = isFault(thrown) ? (thrown as Fault).text : BROKE;
      const status = RETRIEVE_STATUS.outOfResourcesSubOperations;
      const isRefused = isFault(thrown) && thrown.retry === 'permanent';
      const isLost = !isRefused && !move.abandoned.aborted && !move.cancelled.aborted;
      return { status, counts: NO_COUNTS, failedUids: [], withheld: live.withheld, why, isLost };
    } finally {
      this.#live.delete(live.messageId);
    }
  }

  async #ask(live: LiveMove): Promise<Omit<UpstreamEnd, 'withheld'>> {
    const { upstream, message, cancelled, abandoned, progress } = live.move;
    const sopClassUid = moveClassOf(message.sopClassUid);
    const silence = new AbortController();
    const signal = AbortSignal.any([abandoned, silence.signal]);
    const contexts = [{ abstractSyntax: sopClassUid, transferSyntaxes: [IMPLICIT_LE] }];
    const association = await this.#tools.connectUpstream(upstream, contexts, signal);
    let timer = this.#tools.clock.after(SILENCE_MS, () => silence.abort());
    live.alive = () => {
      timer.cancel();
      timer = this.#tools.clock.after(SILENCE_MS, () => silence.abort());
    };
    try {
      const answer = await association.move({
        sopClassUid,
        moveDestination: DEFAULT_AE_TITLE,
        priority: message.priority,
        identifier: identifierOf(message, IMPLICIT_LE),
        messageId: live.messageId,
        onPending: ({ remaining }) => {
          live.alive();
          progress(remaining);
        },
        cancelled,
      });
      const { status, counts, dataSet, transferSyntax } = answer;
      const why = status === RETRIEVE_STATUS.moveDestinationUnknown ? UNKNOWN_THERE : undefined;
      return { status, counts, failedUids: failedListOf(dataSet, transferSyntax), why, isLost: false };
    } finally {
      timer.cancel();
      await association.release();
    }
  }

  async #goOn(live: LiveMove, sopInstanceUid: string): Promise<void> {
    const { move } = live;
    try {
      const object = await this.#given(sopInstanceUid, move.abandoned);
      if (object !== undefined) return move.came(object);
      live.withheld += 1;
    } catch (thrown) {
      this.#tools.log.error('move.found', { fault: thrown });
    }
    move.lost(sopInstanceUid);
  }

  /** The object, or its disarmed copy once there is one; undefined when there is none in time. */
  async #given(sopInstanceUid: string, abandoned: AbortSignal): Promise<Retrievable | undefined> {
    const { clock, find, isCopyOwed } = this.#tools;
    for (let waitedMs = 0; ; waitedMs += COPY_LOOK_MS) {
      // Asked before it is looked for: a copy that is made in between is found.
      const isOwed = await isCopyOwed(sopInstanceUid);
      const { objects } = await find(sopInstanceUid);
      if (objects[0] !== undefined || !isOwed || waitedMs >= COPY_MS || abandoned.aborted) return objects[0];
      await new Promise<void>((resolve) => void clock.after(COPY_LOOK_MS, resolve));
    }
  }

  /** No other move that goes on has it: what arrives names the move by it. */
  #freeId(): number {
    do this.#nextId = (this.#nextId % 0xffff) + 1;
    while (this.#live.has(this.#nextId));
    return this.#nextId;
  }
}

export type { LiveMove };

/** The C-MOVE of the same model: a C-GET is asked for as a move to ourselves too. */
function moveClassOf(sopClassUid: string): string {
  const isStudyRoot = sopClassUid === STUDY_ROOT_MOVE || sopClassUid === STUDY_ROOT_GET;
  return isStudyRoot ? STUDY_ROOT_MOVE : PATIENT_ROOT_MOVE;
}

const BROKE = text('la demande au serveur amont s’est interrompue', 'the request to the upstream broke off');
const UNKNOWN_THERE = text(
  `le serveur amont ne connaît pas « ${DEFAULT_AE_TITLE} » : déclarez-y cette passerelle comme destination`,
  `the upstream does not know "${DEFAULT_AE_TITLE}": declare this gateway there as a destination`,
);

/** What the device is told of a relayed retrieval. */
export interface RelayedTold {
  readonly status: number;
  readonly counts: Counts;
  readonly failedUids: readonly string[];
}

/**
 * The last word on a relayed retrieval: what counts as completed is what reached its destination, whatever reached us. What the upstream
 * says that it could not send, or that did not go on from here, has failed.
 */
export function relayedOutcome(
  end: UpstreamEnd,
  reached: Pick<Counts, 'completed' | 'warning'>,
  lost: readonly string[],
  isCancelled: boolean,
): RelayedTold {
  const { completed, warning } = reached;
  const failedUids = [...new Set([...lost, ...end.failedUids])];
  const theirs = end.counts.completed + end.counts.failed + end.counts.warning;
  const failed = Math.max(theirs - completed - warning, failedUids.length);
  const isCut = isCancelled && end.status === RETRIEVE_STATUS.cancelled;
  const counts = { remaining: isCut ? end.counts.remaining : 0, completed, failed, warning };
  return { status: statusOf(end, counts, isCut), counts, failedUids };
}

function statusOf({ status, why }: UpstreamEnd, { completed, warning, failed }: Counts, isCut: boolean): number {
  if (isCut) return RETRIEVE_STATUS.cancelled;
  const isRefused = status !== RETRIEVE_STATUS.success && status !== RETRIEVE_STATUS.someFailed;
  // Not to be told as the device's own mistake: it is we who are unknown there.
  const theirs =
    status === RETRIEVE_STATUS.moveDestinationUnknown ? RETRIEVE_STATUS.outOfResourcesSubOperations : status;
  if (completed + warning === 0 && (isRefused || why !== undefined)) return theirs;
  if (failed === 0 && !isRefused && why === undefined)
    return warning === 0 ? RETRIEVE_STATUS.success : RETRIEVE_STATUS.someFailed;
  return completed + warning === 0 ? RETRIEVE_STATUS.outOfResourcesSubOperations : RETRIEVE_STATUS.someFailed;
}
