import type { Destination } from '@leadglass/model';
import { Mover, RETRIEVE_STATUS, type SubOperations } from '@leadglass/relay';
import { GetFeed } from './get-feed.ts';
import { socketPair } from './object-stream.ts';
import type { OwnEvents } from './own-events.ts';
import type { OwnHostTools } from './own-host.ts';
import type { Retrieving } from './own-retrieving.ts';

/** Carries out retrievals from our own vault: sends, tells the device how far it is, and the ledger what came of it. */
export class OwnSender {
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;

  constructor(tools: OwnHostTools, events: OwnEvents) {
    this.#tools = tools;
    this.#events = events;
  }

  /** Tells the device how far its retrieval is. */
  pending({ connection, message }: Retrieving, counts: SubOperations['counts']): void {
    const { seq } = message;
    const status = RETRIEVE_STATUS.pending;
    this.#tools.tellIntake(connection, {
      ...{ t: 'sub-operations', connection: connection.id, seq, status, counts, failed: [] },
    });
  }

  /** Sends what was selected to the move destination. */
  async move(asked: Retrieving, destination: Destination): Promise<void> {
    const { connection, peer, message, running, selection } = asked;
    const { connection: id, seq } = message;
    const mover = new Mover(this.#tools, {
      destination,
      ...selection,
      originator: { aeTitle: peer.aeTitle, messageId: message.messageId },
      priority: message.priority,
      cancelled: running.cancel.signal,
      abandoned: running.abandon.signal,
      progress: ({ counts }) => this.pending(asked, counts),
    });
    const { status, operations, fault } = await mover.run();
    const { counts, failed } = operations;
    const comment = fault === undefined ? {} : { comment: `Move destination: ${fault.code}`.slice(0, 64) };
    this.#tools.tellIntake(connection, {
      ...{ t: 'sub-operations', connection: id, seq, status, counts, failed, ...comment },
    });
    this.#done(asked, destination.called, status, operations.counts);
  }

  /** Hands what was selected to the intake, which sends it over the association that asks. */
  async get(asked: Retrieving): Promise<void> {
    const { connection, peer, message, running, selection } = asked;
    const { ours, theirs } = await socketPair(this.#tools.runFolder);
    const feed = new GetFeed(ours, this.#tools, message.accepts);
    const { objects, withheld } = selection;
    const { connection: id, seq } = message;
    running.abandon.signal.addEventListener('abort', () => feed.stop(), { once: true });
    running.got = (got) => {
      asked.over();
      this.#done(asked, peer.aeTitle, got.status, { ...got, remaining: 0 });
    };
    this.#tools.tellIntake(connection, { t: 'objects', connection: id, seq, total: objects.length, withheld }, theirs);
    await feed.run(objects);
  }

  #done(asked: Retrieving, to: string, status: number, counts: SubOperations['counts']): void {
    const { connection, peer, message, selection, facts, beganMs } = asked;
    const { completed, failed, warning } = counts;
    const ms = Math.round(performance.now() - beganMs);
    this.#tools.learning.operationEnded(connection, asked.question, asked.verdict, completed + warning);
    this.#events.answered(connection, {
      ...{ ...facts, status, results: completed + warning, ms },
      withheld: asked.unseen.count,
    });
    if (selection.objects.length + selection.withheld.length === 0) return;
    this.#events.retrieved(connection, {
      ...{ peer: peer.aeTitle, service: message.service, to, status, completed, failed, warning },
      studies: [...new Set(selection.objects.map(({ studyInstanceUid }) => studyInstanceUid))],
      withheld: selection.withheld.length,
    });
  }
}
