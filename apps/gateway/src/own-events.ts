import { type Clock, type Text, uuidv7 } from '@leadglass/kit';
import type { Event, EventOf } from '@leadglass/model';
import type { Connection } from './connections.ts';

/** Studies named in one event. */
const MOST_STUDIES = 50;

type Operation = Pick<EventOf<'operation.answered'>, 'service' | 'sopClassUid' | 'level' | 'keys' | 'status' | 'ms'> & {
  /** Who was asked in our place; absent or empty when nobody was. */
  readonly upstream?: string;
  /** The upstream we answer for, because it is down. */
  readonly instead?: string | undefined;
};

/** What the ledger is told of what we answer from our own vault. */
export class OwnEvents {
  readonly #clock: Clock;
  readonly #tell: (event: Event) => void;

  constructor(clock: Clock, tell: (event: Event) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  answered(connection: Connection, facts: Operation & { readonly results: number; readonly withheld?: number }): void {
    const { results, withheld = 0 } = facts;
    this.#tell({
      ...this.#head(connection),
      ...operationOf(facts),
      ...{ kind: 'operation.answered', results },
      ...(withheld === 0 ? {} : { withheld }),
    });
  }

  refused(connection: Connection, facts: Operation & { readonly why: Text; readonly hint: string }): void {
    const { why, hint } = facts;
    this.#tell({ ...this.#head(connection), ...operationOf(facts), kind: 'operation.refused', why, hint });
  }

  retrieved(
    { associationId }: Connection,
    facts: Omit<EventOf<'retrieve.done'>, 'id' | 'atMs' | 'kind' | 'associationId'>,
  ): void {
    const atMs = this.#clock.now();
    const studies = facts.studies.slice(0, MOST_STUDIES);
    this.#tell({ id: uuidv7(atMs), atMs, kind: 'retrieve.done', associationId, ...facts, studies });
  }

  #head({ associationId, calling: peer }: Connection) {
    const atMs = this.#clock.now();
    return { id: uuidv7(atMs), atMs, associationId, peer };
  }
}

function operationOf({ service, sopClassUid, level, keys, status, ms, upstream = '', instead }: Operation) {
  const from = upstream === '' ? ('vault' as const) : ('upstream' as const);
  const told = instead === undefined || upstream !== '' ? {} : { instead };
  return { service, sopClassUid, level, keys, status, ms, from, upstream, ...told };
}
