import { asFault, type Fault, text } from '@leadglass/kit';
import type { InclusionProof, Ledger } from '@leadglass/ledger';

const CLOSED = text(
  'Le registre ne peut pas être ouvert : rien n’est accepté.',
  'The ledger cannot be opened: nothing is accepted.',
);

/**
 * A ledger that could not be opened yet: everything asked of it fails with the Fault that prevents it, and each `refresh` tries again.
 * So the gateway runs, delivers and answers questions, and accepts nothing, while somebody looks at what happened to the folder.
 */
class LateLedger implements Ledger {
  readonly #open: () => Promise<Ledger>;
  #fault: Fault;
  #opened: Ledger | undefined;

  constructor(open: () => Promise<Ledger>, fault: Fault) {
    this.#open = open;
    this.#fault = fault;
  }

  get size(): number {
    return this.#opened?.size ?? 0;
  }

  get checkpoint(): string {
    return this.#opened?.checkpoint ?? '';
  }

  async append(entries: readonly Uint8Array[]): Promise<number> {
    return this.#inner().append(entries);
  }

  async refresh(): Promise<number> {
    try {
      this.#opened ??= await this.#open();
    } catch (thrown) {
      this.#fault = asFault(thrown, 'ledger.unreadable', 'transient', CLOSED);
      throw this.#fault;
    }
    return this.#opened.refresh();
  }

  async entry(index: number): Promise<Uint8Array> {
    return this.#inner().entry(index);
  }

  async prove(index: number): Promise<InclusionProof> {
    return this.#inner().prove(index);
  }

  async tile(level: number, index: number): Promise<readonly Uint8Array[] | undefined> {
    return this.#inner().tile(level, index);
  }

  #inner(): Ledger {
    if (this.#opened === undefined) throw this.#fault;
    return this.#opened;
  }
}

/** The ledger as `open` gives it, or, when it cannot be opened, one that fails with that Fault until it can. Never rejects. */
export async function openLedgerOrLate(open: () => Promise<Ledger>): Promise<Ledger> {
  try {
    return await open();
  } catch (thrown) {
    return new LateLedger(open, asFault(thrown, 'ledger.unreadable', 'transient', CLOSED));
  }
}
