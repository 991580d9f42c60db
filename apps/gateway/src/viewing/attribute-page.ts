import {
  DataSetReader,
  type ElementHead,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodingOf,
  type FileMeta,
  formatTag,
  hasLongLength,
  type Irregularity,
  ITEM,
  lookup,
  Part10Reader,
  TAG,
  type TokenHandler,
  TRAILING_BYTES,
  UNDEFINED_LENGTH,
} from '@leadglass/dicom';
import { Where } from '@leadglass/inspect';
import { isIdentifying } from './identifying.ts';
import type { AttributePage, AttributeQuestion, AttributeRow, RowKind } from './question.ts';
import { isText, shownNumbers, shownText, visible } from './shown-value.ts';

/**
 * Reads a Part 10 file as it comes and keeps the rows asked for: one pass, memory of the rows and of one value's beginning, whatever the
 * object. Meant for a process that may be lost.
 */
export class AttributeReader {
  readonly #rows: RowKeeper;
  readonly #file: Part10Reader;
  #dataSet: DataSetReader | undefined;
  #transferSyntaxUid = '';
  #stoppedBy = '';

  constructor(question: AttributeQuestion) {
    this.#rows = new RowKeeper(question, ({ code, isFatal }) => {
      if (isFatal) this.#stoppedBy = code;
    });
    this.#file = new Part10Reader({
      preamble: () => {},
      metaIrregularity: ({ code, isFatal }) => {
        if (isFatal) this.#stoppedBy = code;
      },
      meta: (meta) => this.#meta(meta),
      dataSet: (bytes) => this.#dataSet?.push(bytes),
    });
  }

  /** Whether all rows asked for are there: nothing more needs to be pushed. */
  get isFull(): boolean {
    return this.#rows.next !== undefined;
  }

  push(bytes: Uint8Array): void {
    if (!this.isFull) this.#file.push(bytes);
  }

  /** The rows. Of an object that was not pushed to its end, those of what was. */
  end(): AttributePage {
    if (!this.isFull) {
      this.#file.end();
      this.#dataSet?.end();
      this.#rows.flush();
    }
    const uid = this.#transferSyntaxUid;
    return {
      transferSyntaxUid: visible(uid).slice(0, MOST_UID),
      isDeflated: encodingOf(uid) === 'deflated',
      rows: this.#rows.rows,
      next: this.#rows.next ?? null,
      stoppedBy: this.#stoppedBy,
    };
  }

  #meta(meta: FileMeta): void {
    this.#transferSyntaxUid = meta.transferSyntaxUid;
    const handler = this.#rows;
    handler.beginMeta();
    const header = new DataSetReader({ transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, handler, content: 'file-meta' });
    header.push(meta.bytes);
    header.end();
    handler.flush();
    handler.beginDataSet(meta.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN);
    this.#dataSet = new DataSetReader({ transferSyntaxUid: meta.transferSyntaxUid, handler });
  }
}

const MOST_UID = 100;
/** Preamble and `DICM`: what the gateway writes in front of every header. */
const META_OFFSET = 132;
const NAMELESS: ReadonlySet<RowKind> = new Set(['item', 'fragment']);
const SHORT_HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 12;

type Begun = Omit<AttributeRow, 'state' | 'value' | 'bytes'> & { readonly code: number };

/** What the reader came to. */
interface Found {
  readonly kind: RowKind;
  readonly code: number;
  readonly vr: string;
  readonly length: number;
  readonly offset: number;
  readonly headerBytes: number;
  readonly depth: number;
  /** That of the current element unless it is another. */
  readonly path?: string;
}

/** The listener: counts rows, and makes those that were asked for. */
class RowKeeper implements TokenHandler {
  readonly rows: AttributeRow[] = [];
  /** Set once a row came that is beyond what was asked for. */
  next: number | undefined;
  readonly #question: AttributeQuestion;
  readonly #told: (irregularity: Irregularity) => void;
  readonly #value: Uint8Array;
  #where = new Where();
  #seen = 0;
  #isMeta = false;
  #isLittle = true;
  #charset = '';
  #container = 0;
  #begun: Begun | undefined;
  #taken = 0;
  #total = 0;

  constructor(question: AttributeQuestion, told: (irregularity: Irregularity) => void) {
    this.#question = question;
    this.#told = told;
    this.#value = new Uint8Array(question.valueBytes);
  }

  beginMeta(): void {
    this.#isMeta = true;
  }

  beginDataSet(isBigEndian: boolean): void {
    this.#isMeta = false;
    this.#isLittle = !isBigEndian;
    this.#where = new Where();
  }

  element(head: ElementHead): void {
    this.#where.element(head);
    this.#begin(head.tag === TRAILING_BYTES ? 'trailing' : 'element', head);
  }

  value(bytes: Uint8Array): void {
    if (this.#begun === undefined) return;
    const taken = bytes.subarray(0, this.#value.length - this.#taken);
    this.#value.set(taken, this.#taken);
    this.#taken += taken.length;
    this.#total += bytes.length;
  }

  elementEnd(): void {
    this.flush();
  }

  sequence(head: ElementHead): void {
    this.#where.sequence(head);
    this.#begin('sequence', head);
    this.flush();
  }

  item(index: number, length: number, offset: number): void {
    this.#where.item(index, offset);
    this.#beginPart('item', length, offset, this.#where.path());
    this.flush();
  }

  itemEnd(): void {
    this.#where.itemEnd();
  }

  sequenceEnd(): void {
    this.#where.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    this.#where.element(head);
    this.#container = head.tag;
    this.#begin('fragments', head);
    this.flush();
  }

  fragment(index: number, length: number, offset: number): void {
    this.#beginPart('fragment', length, offset, `${this.#where.path()}[${index}]`, this.#container);
  }

  fragmentEnd(): void {
    this.flush();
  }

  fragmentsEnd(): void {
    this.#container = 0;
  }

  irregularity(irregularity: Irregularity): void {
    this.#told(irregularity);
  }

  /** Makes the row that was begun, if any. */
  flush(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined) return;
    const { code, ...row } = begun;
    const taken = this.#value.subarray(0, this.#taken);
    if (code === TAG.SpecificCharacterSet && row.depth === 0 && !row.isMeta) this.#charset = shownText(taken, '');
    if (!this.#isCounted(row.path)) return;
    this.rows.push({ ...row, ...this.#shown(code, row), bytes: this.#question.wantsBytes ? hex(taken) : '' });
  }

  #begin(kind: RowKind, head: ElementHead): void {
    const { tag, vr, length, offset, depth } = head;
    const isLong = head.isVrExplicit && hasLongLength(vr);
    const headerBytes = kind === 'trailing' ? 0 : isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
    this.#start({ kind, code: tag, vr, length, offset, headerBytes, depth });
  }

  #beginPart(kind: RowKind, length: number, offset: number, path: string, code: number = ITEM): void {
    this.#start({
      kind,
      code,
      vr: '',
      length,
      offset,
      headerBytes: SHORT_HEADER_BYTES,
      depth: this.#where.depth,
      path,
    });
  }

  #start({ code, vr, length, headerBytes, path, ...found }: Found): void {
    [this.#taken, this.#total, this.#begun] = [0, 0, undefined];
    if (!this.#isNeeded(code)) return;
    const offset = found.offset + (this.#isMeta ? META_OFFSET : 0);
    this.#begun = {
      ...{ ...found, code, isMeta: this.#isMeta, path: path ?? this.#where.path() },
      ...{
        tag: formatTag(code),
        vr: visible(vr),
        keyword: NAMELESS.has(found.kind) ? '' : (lookup(code)?.keyword ?? ''),
      },
      ...{ length: length === UNDEFINED_LENGTH ? -1 : length, offset, valueOffset: offset + headerBytes },
    };
  }

  /** Rows before the first wanted are counted without being made: a path costs more than a count. */
  #isNeeded(code: number): boolean {
    if (this.next !== undefined) return false;
    const { first, path } = this.#question;
    if (path !== '' || this.#seen >= first || code === TAG.SpecificCharacterSet) return true;
    this.#seen += 1;
    return false;
  }

  #isCounted(path: string): boolean {
    const { first, count, path: wanted } = this.#question;
    if (wanted !== '' && path !== wanted && !path.startsWith(`${wanted}/`) && !path.startsWith(`${wanted}[`))
      return false;
    const number = this.#seen;
    this.#seen += 1;
    if (number < first) return false;
    if (number >= first + count) this.next = number;
    return this.next === undefined;
  }

  #shown(code: number, { kind, vr }: Omit<Begun, 'code'>): Pick<AttributeRow, 'state' | 'value'> {
    if (kind !== 'element' && kind !== 'trailing' && kind !== 'fragment') return { state: 'none', value: '' };
    if (this.#total === 0) return { state: 'none', value: '' };
    const taken = this.#value.subarray(0, this.#taken);
    const value = isText(vr) ? shownText(taken, this.#charset) : shownNumbers(vr, taken, this.#isLittle);
    if (value === undefined) return { state: 'binary', value: '' };
    if (!this.#question.isClear && isIdentifying(code, vr, value)) return { state: 'masked', value: '' };
    return { state: this.#total > this.#taken ? 'cut' : 'whole', value };
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
