import { DataSetReader, DEFAULT_READER_LIMITS, type ElementHead, type TokenHandler } from '@leadglass/dicom';
import { type KeyFact, LEVELS, type Level } from '@leadglass/policy';

/** What is told of a query: its level and the shape of its keys, never a value (decision 0016). */
export interface IdentifierShape {
  readonly level: Level | undefined;
  /** Keys in their order, items of a sequence behind it; Query/Retrieve Level, Specific Character Set and the like are none. */
  readonly keys: readonly KeyFact[];
}

/** Most keys told; a query of more is told by its first. */
export const MOST_KEYS = 256;
/** Bytes of a value looked at: all of one that matters. */
const MOST_VALUE_BYTES = 4 * 1024;
const LIMITS = { ...DEFAULT_READER_LIMITS, depth: 16, elements: 4096, inflatedBytes: 2 ** 20 };

const QUERY_RETRIEVE_LEVEL = 0x00080052;
/** Not keys: Specific Character Set, Query/Retrieve Level, Timezone Offset From UTC. */
const NO_KEYS: ReadonlySet<number> = new Set([0x00080005, QUERY_RETRIEVE_LEVEL, 0x00080201]);
/** VRs in which `*` and `?` stand for anything (PS3.4 §C.2.2.2.4). */
const WILD_VRS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const RANGE_VRS: ReadonlySet<string> = new Set(['DA', 'TM', 'DT']);
const DAY_MS = 86_400_000;

/**
 * The shape of a C-FIND identifier, or undefined when it cannot be read as a data set.
 * @param bytes whole, bounded by the caller; @param transferSyntaxUid of its context.
 */
export function identifierShape(bytes: Uint8Array, transferSyntaxUid: string): IdentifierShape | undefined {
  const collector = new ShapeCollector();
  const reader = new DataSetReader({ transferSyntaxUid, handler: collector, limits: LIMITS });
  reader.push(bytes);
  reader.end();
  if (reader.isDead || collector.isBroken) return undefined;
  return { level: LEVELS.find((level) => level === collector.level), keys: collector.keys };
}

/** How a value asks. */
export function formOf(vr: string, value: string): Omit<KeyFact, 'tag'> {
  if (value === '') return { form: 'universal' };
  if (WILD_VRS.has(vr) && /[*?]/.test(value)) {
    if (/^\*+$/.test(value)) return { form: 'universal' };
    return { form: 'wildcard', leading: /^[*?]/.test(value) };
  }
  if (RANGE_VRS.has(vr) && isRange(vr, value)) return { form: 'range', ...spanOf(vr, value) };
  return { form: value.includes('\\') ? 'list' : 'single' };
}

// In DT a `-` may be the sign of an offset from UTC: four digits at the end.
function isRange(vr: string, value: string): boolean {
  return (vr === 'DT' ? value.replace(/[+-]\d{4}(?=$|-)/g, '') : value).includes('-');
}

function spanOf(vr: string, value: string): { spanDays?: number } {
  const ends = vr === 'DA' ? /^(\d{8})-(\d{8})$/.exec(value) : /^(\d{8})\d*(?:\.\d+)?-(\d{8})/.exec(value);
  const [from, to] = [dayOf(ends?.[1]), dayOf(ends?.[2])];
  if (vr === 'TM' || from === undefined || to === undefined) return {};
  return { spanDays: Math.max(0, Math.round((to - from) / DAY_MS)) };
}

function dayOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const ms = Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)) - 1, Number(digits.slice(6, 8)));
  return Number.isNaN(ms) ? undefined : ms;
}

class ShapeCollector implements TokenHandler {
  readonly keys: KeyFact[] = [];
  level = '';
  isBroken = false;
  #open: { readonly tag: number; readonly vr: string; readonly depth: number } | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  element({ tag, vr, depth }: ElementHead): void {
    this.#open = { tag, vr, depth };
    this.#parts = [];
    this.#bytes = 0;
  }

  value(bytes: Uint8Array): void {
    const part = bytes.subarray(0, MOST_VALUE_BYTES - this.#bytes);
    this.#bytes += part.byteLength;
    if (part.byteLength > 0) this.#parts.push(Buffer.from(part));
  }

  elementEnd(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || (open.tag & 0xffff) === 0) return;
    const value = Buffer.concat(this.#parts)
      .toString('latin1')
      .replace(/[\0 ]+$/, '');
    if (open.tag === QUERY_RETRIEVE_LEVEL && open.depth === 0) this.level = value.trim();
    if (!NO_KEYS.has(open.tag)) this.#add({ tag: open.tag, ...formOf(open.vr, value.trimStart()) });
  }

  sequence({ tag }: ElementHead): void {
    this.#add({ tag, form: 'sequence' });
  }

  irregularity({ code }: Parameters<TokenHandler['irregularity']>[0]): void {
    if (code.startsWith('truncated')) this.isBroken = true;
  }

  #add(fact: KeyFact): void {
    if (this.keys.length < MOST_KEYS) this.keys.push(fact);
  }

  item(): void {}
  itemEnd(): void {}
  sequenceEnd(): void {}
  fragments(): void {}
  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}
}
