import type { ImportOpen } from '@leadglass/contract';
import { Fault, isFault, systemClock, text } from '@leadglass/kit';
import {
  DEFAULT_SCU_TIMEOUTS,
  type DimseStatus,
  MOST_CONTEXTS,
  openAssociation,
  type ScuAssociation,
} from '@leadglass/wire';
import type { Emitted } from './copying.ts';

/** Largest P-DATA-TF we accept: answers are small. */
const MAXIMUM_LENGTH_BYTES = 65_536;

/** SOP class and transfer syntax that go into one presentation context. */
export interface Pair {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

/** What an object is stored as. */
export interface Stored extends Pair {
  readonly sopInstanceUid: string;
}

const keyOf = ({ sopClassUid, transferSyntaxUid }: Pair): string => `${sopClassUid} ${transferSyntaxUid}`;

/** One title's way into the gateway: an association opened when it is needed, and again when it has been closed meanwhile. */
export class Line {
  readonly #open: Pick<ImportOpen, 'host' | 'port' | 'called'>;
  readonly #calling: string;
  readonly #signal: AbortSignal;
  /** Most pairs first needed, in order; at most MOST_CONTEXTS at a time. */
  readonly #pairs: readonly Pair[];
  #association: ScuAssociation | undefined;
  #proposed: ReadonlySet<string> = new Set();

  constructor(
    open: Pick<ImportOpen, 'host' | 'port' | 'called'>,
    calling: string,
    pairs: readonly Pair[],
    signal: AbortSignal,
  ) {
    this.#open = open;
    this.#calling = calling;
    this.#pairs = pairs;
    this.#signal = signal;
  }

  async store({ head, bytes }: { readonly head: Stored; readonly bytes: Emitted['bytes'] }): Promise<DimseStatus> {
    const association = await this.#for(head);
    const { sopClassUid, sopInstanceUid, transferSyntaxUid: transferSyntax } = head;
    return association.store({ sopClassUid, sopInstanceUid, transferSyntax, dataSet: bytes });
  }

  async release(): Promise<void> {
    const association = this.#association;
    this.#association = undefined;
    if (association?.isOpen === true) await association.release();
  }

  async #for(head: Pair): Promise<ScuAssociation> {
    const known = this.#association;
    if (known?.isOpen === true && this.#proposed.has(keyOf(head))) return known;
    await this.release();
    const others = this.#pairs.filter((pair) => keyOf(pair) !== keyOf(head));
    const pairs = [head, ...others].slice(0, MOST_CONTEXTS);
    this.#proposed = new Set(pairs.map(keyOf));
    const { host, port, called } = this.#open;
    this.#association = await openAssociation({
      ...{ host, port, called, calling: this.#calling, maximumLength: MAXIMUM_LENGTH_BYTES },
      contexts: pairs.map(({ sopClassUid, transferSyntaxUid }) => ({
        abstractSyntax: sopClassUid,
        transferSyntaxes: [transferSyntaxUid],
      })),
      ...{ timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock, signal: this.#signal },
    });
    return this.#association;
  }
}

/** What the gateway made of one object. `undefined`: it takes no such object at all. */
export type Answered = DimseStatus | undefined;

/** Sends objects to the gateway: what goes on under one title, evidence under another. */
export class ImportSender {
  readonly #objects: Line;
  readonly #originals: Line;

  constructor(open: ImportOpen, pairs: readonly Pair[], signal: AbortSignal) {
    this.#objects = new Line(open, open.calling, pairs, signal);
    this.#originals = new Line(open, open.callingOriginals, pairs, signal);
  }

  /**
   * Sends one object and tells what the gateway answered. Throws Fault `import.interrupted` when nothing more can be sent, and
   * `import.taken-back` when the object was taken back half way.
   */
  async send(emitted: Emitted): Promise<Answered> {
    const line = emitted.head.mode === 'original' ? this.#originals : this.#objects;
    try {
      const answer = await line.store(emitted);
      if (answer.status >>> 8 === OUT_OF_RESOURCES) throw interrupted(new Error(answer.comment));
      return answer;
    } catch (thrown) {
      if (!isFault(thrown)) throw interrupted(thrown);
      if (thrown.code === 'wire.context-not-accepted') return undefined;
      throw thrown.code.startsWith('import.') ? thrown : interrupted(thrown);
    }
  }

  async release(): Promise<void> {
    await Promise.allSettled([this.#objects.release(), this.#originals.release()]);
  }
}

/** PS3.4 §B.2.3: A7xx, refused: out of resources. */
const OUT_OF_RESOURCES = 0xa7;

function interrupted(cause: unknown): Fault {
  return new Fault(
    'import.interrupted',
    'transient',
    text(
      'La passerelle ne prend plus rien : import interrompu. Ce qu’elle a acquitté est conservé ; relancez la même commande, rien ne sera doublé.',
      'The gateway takes nothing more: import interrupted. What it acknowledged is kept; run the same command again, nothing will be doubled.',
    ),
    { cause },
  );
}
