import type { ChartChanges, ChartRow } from '@leadglass/records';
import { type Identity, identityDigest } from './identity.ts';
import type { ChartSealer } from './sealer.ts';
import type { Summary } from './summary.ts';
import type { Told } from './told.ts';

/** A chart at hand: its row as it will be, and who it is of. */
export interface Open {
  row: ChartRow;
  summary: Summary;
  /** Words that tokens stand for already. */
  words: ReadonlySet<string>;
  /** Bytes of the summary as it was sealed last: what it weighs. */
  weight: number;
}

/** What is written of a chart: that something was heard of it; who it is of, too; how it is listed, too. */
const HOW = { heard: 0, resealed: 1, listed: 2 } as const;
type How = keyof typeof HOW;

/** What was told of a chart, and how many bytes it is. */
export interface Entered {
  readonly chart: number;
  readonly told: Told;
  readonly bytes: number;
}

/** What a batch of messages has made of the charts so far: one write a chart, however many messages were about it. */
export class Batch {
  readonly #changed = new Map<number, { readonly open: Open; how: How }>();
  readonly #identities = new Map<string, { readonly identity: Identity; readonly chart: number }>();
  readonly tokens: { token: number; chart: number }[] = [];
  readonly entries: ChartChanges['entries'][number][] = [];
  readonly told: Entered[] = [];
  readonly documents: ChartChanges['documents'][number][] = [];
  readonly merges: ChartChanges['merges'][number][] = [];
  readonly done: ChartChanges['done'][number][] = [];
  /** Charts whose critical results are to be counted anew. */
  readonly critical = new Set<number>();

  chart(no: number): Open | undefined {
    return this.#changed.get(no)?.open;
  }

  get charts(): readonly Open[] {
    return [...this.#changed.values()].map(({ open }) => open);
  }

  change(open: Open, how: How): void {
    const before = this.#changed.get(open.row.no);
    if (before === undefined) this.#changed.set(open.row.no, { open, how });
    else if (HOW[how] > HOW[before.how]) before.how = how;
  }

  /** The chart that an identity was given to in this batch. */
  chartOf(key: string): number | undefined {
    return this.#identities.get(key)?.chart;
  }

  /** An identity that nobody has yet. */
  identify(key: string, identity: Identity, chart: number): void {
    if (!this.#identities.has(key)) this.#identities.set(key, { identity, chart });
  }

  get identities(): ReadonlyMap<string, { readonly chart: number }> {
    return this.#identities;
  }

  /** All of it, sealed. */
  changes(sealer: ChartSealer): ChartChanges {
    const charts: ChartChanges['charts'][number][] = [];
    const resealed: ChartChanges['resealed'][number][] = [];
    const heard: ChartChanges['heard'][number][] = [];
    for (const { open, how } of this.#changed.values()) {
      const { into: _into, ...row } = open.row;
      const { no, heardAtMs } = row;
      if (how === 'heard') heard.push({ no, heardAtMs });
      else if (how === 'resealed') resealed.push({ no, heardAtMs, sealed: sealedOf(open, sealer) });
      else charts.push({ ...row, sealed: sealedOf(open, sealer) });
    }
    const identifiers = [...this.#identities.values()].map(({ identity, chart }) => ({
      digest: identityDigest(sealer, identity),
      chart,
    }));
    const { tokens, entries, documents, merges, done } = this;
    return { charts, resealed, heard, identifiers, tokens, entries, documents, merges, done };
  }
}

function sealedOf(open: Open, sealer: ChartSealer): Uint8Array {
  const sealed = sealer.seal('patient', String(open.row.no), JSON.stringify(open.summary));
  open.weight = sealed.length;
  return sealed;
}
