import { type Clock, type Logger, uuidv7 } from '@leadglass/kit';
import type { Sequencer } from '@leadglass/ledger';
import type { Event } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import type { Flows } from '../overview/flows.ts';
import { Strangers } from '../strangers.ts';

export interface TellerParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<SqliteRecords, 'appendEvents'>;
  readonly sequencer: Pick<Sequencer, 'poke'>;
  readonly flows: Pick<Flows, 'saw'>;
}

/** What happens, told to the records and by them to the ledger. */
export class Teller {
  /** Told of within bounds: what strangers make us write must not fill the disk. */
  readonly strangers: Strangers;
  readonly #parts: TellerParts;

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.strangers = new Strangers(parts.clock, (event) => this.later(event));
  }

  /** An event of now. */
  event(facts: DistributiveOmit<Event, 'id' | 'atMs'>): Event {
    const now = this.#parts.clock.now();
    return { id: uuidv7(now), atMs: now, ...facts } as Event;
  }

  /** Records events and wakes the ledger. Rejects with the records' Fault. */
  async tell(...events: Event[]): Promise<void> {
    const { records, flows } = this.#parts;
    await records.appendEvents(events);
    for (const event of events) flows.saw(event);
    this.poke();
  }

  /** Wakes the ledger: events were recorded. */
  poke(): void {
    this.#parts.sequencer.poke();
  }

  /** What the network does is told without waiting; that it could not be told is itself told, in the log. */
  later(...told: readonly (Event | undefined)[]): void {
    const events = told.filter((event) => event !== undefined);
    if (events.length === 0) return;
    void this.tell(...events).catch((thrown) =>
      this.#parts.log.error('event.not-recorded', { kind: events[0]?.kind, fault: thrown }),
    );
  }

  /** Tells of what became of a caller: within the bounds of strangers where it was not let in. */
  ofCaller(event: Event | undefined): void {
    if (event?.kind === 'association.rejected' || event?.kind === 'connection.refused') this.strangers.came(event);
    else this.later(event);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
