import type { WholeStudy } from '@leadglass/catalogue';
import type { MadeSet } from '@leadglass/continuity';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { TAG, type Tag } from '@leadglass/dicom';
import { type Clock, uuidv7 } from '@leadglass/kit';
import type { EventOf, Sha256 } from '@leadglass/model';
import type { Records, Retrievable } from '@leadglass/records';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import { MOST_ROWS, MOST_VALUE_BYTES } from '../viewing/question.ts';
import { given } from '../web/served.ts';
import type { ContinuityParts, PartsOptions } from './parts.ts';

export interface ExportOptions {
  readonly records: Pick<Records, 'appendEvents' | 'retrieval'>;
  readonly clock: Clock;
  readonly decoders: Pick<DecoderPool, 'preview' | 'attributes'>;
  set(): Promise<MadeSet>;
  /** What the set holds besides images, and where it is read. */
  readonly parts: Pick<ContinuityParts, 'list' | 'document' | 'tellOpened'>;
  around: PartsOptions['around'];
  /** A study of the catalogue; undefined when it has none of that UID. */
  study(uid: string): Promise<WholeStudy | undefined>;
  /** The plain Part 10 file. */
  open(object: Retrievable): AsyncIterable<Uint8Array>;
  /** Events were recorded. */
  appended(): void;
}

type Line = AnswerInputOf<'continuity.export'>;

/** Structured reports (PS3.6 Annex A): their text is shown. */
const REPORT = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\./;
const SHOWN = new Set(['CodeMeaning', 'TextValue', 'NumericValue', 'PersonName', 'DateTime', 'Date', 'Time']);
const CHARTS_AT_ONCE = 50;
const SLICE_BYTES = 256 * 1024;
const MOST_REPORT_ROWS = 20 * MOST_ROWS;

/**
 * The continuity set for whoever takes it along: its studies in their order, and while somebody reads them their objects, as files, as pictures and
 * reports as text, the last two made in a sandboxed process. The ledger is told before the first line leaves.
 */
export class ContinuityExport {
  readonly #options: ExportOptions;
  /** What those who read now were told of. */
  readonly #open = new Map<Sha256, Retrievable>();
  /** Charts that those who read now were told of, and how often. */
  readonly #charts = new Map<number, number>();

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  /** A line a study within `budgetBytes`, then the end; what it told of can be asked for until the caller goes. */
  async *begin({ budgetBytes }: ParsedRequestOf<'continuity.export'>, signal: AbortSignal): AsyncGenerator<Line> {
    const { set } = await this.#options.set();
    await this.#tell(set.objects);
    const told: Sha256[] = [];
    const charts: number[] = [];
    let left = budgetBytes ?? Number.MAX_SAFE_INTEGER;
    try {
      let leftOut = 0;
      // What is smallest, and wanted first on the worst night, comes first.
      yield* this.#around();
      yield* this.#chartLines(charts);
      for (const { studyInstanceUid } of set.studies) {
        const objects = given(await this.#options.records.retrieval.ofStudy(studyInstanceUid));
        const bytes = objects.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
        const whole = bytes > left ? undefined : await this.#options.study(studyInstanceUid);
        if (whole === undefined || objects.length === 0) {
          leftOut += Number(bytes > left);
          continue;
        }
        left -= bytes;
        for (const object of objects) this.#open.set(object.sha256, object);
        told.push(...objects.map(({ sha256 }) => sha256));
        yield lineOf(whole, objects, set.studies.length);
      }
      yield { kind: 'end', leftOut };
      await gone(signal);
    } finally {
      for (const sha256 of told) this.#open.delete(sha256);
      for (const chart of charts) this.#count(chart, -1);
    }
  }

  /** How old everything is, what was registered, and every day that is planned. */
  async *#around(): AsyncGenerator<Line> {
    const { around, clock } = this.#options;
    const { charts, schedule } = around();
    const registrations = (await schedule.openRegistrations()).map(({ registration }) => registration);
    yield { kind: 'around', asOfMs: clock.now(), registrations, feeds: await charts.reader.asOf() };
    const { days } = await schedule.planned.day(undefined);
    for (const day of days) yield { kind: 'day', ...(await schedule.planned.day(day)) };
  }

  /** Charts of the set; the ledger is told of some before they are read. @param told those that can be asked for */
  async *#chartLines(told: number[]): AsyncGenerator<Line> {
    const { parts, around } = this.#options;
    const { charts } = await parts.list();
    const { reader } = around().charts;
    const asOf = await reader.asOf();
    for (let at = 0; at < charts.length; at += CHARTS_AT_ONCE) {
      const some = charts.slice(at, at + CHARTS_AT_ONCE);
      await parts.tellOpened(by(), some, 'export');
      for (const no of some) {
        const chart = await reader.chart(no);
        if (chart === undefined) continue;
        this.#count(no, 1);
        told.push(no);
        yield { kind: 'chart', of: charts.length, chart: { ...chart, studies: [], asOf, keptUntilMs: null } };
      }
    }
  }

  #count(chart: number, by: 1 | -1): void {
    const count = (this.#charts.get(chart) ?? 0) + by;
    if (count > 0) this.#charts.set(chart, count);
    else this.#charts.delete(chart);
  }

  /** A document of a chart that was told of. */
  async document({ chart, document }: ParsedRequestOf<'continuity.document'>): Promise<AsyncIterable<Uint8Array>> {
    const bytes = this.#charts.has(chart) ? await this.#options.parts.document(`chart-${chart}`, document) : undefined;
    if (bytes === undefined) throw controlFault('control.not-found');
    return slicesOf(bytes);
  }

  async object({ sha256 }: ParsedRequestOf<'continuity.object'>): Promise<AsyncIterable<Uint8Array>> {
    return this.#options.open(this.#told(sha256));
  }

  /** A PNG of one image; nothing when there is none that can be shown. */
  async picture({ sha256, frame }: ParsedRequestOf<'continuity.picture'>): Promise<AsyncIterable<Uint8Array>> {
    const png = await this.#options.decoders.preview(this.#toView(sha256), { frame: frame - 1 });
    return piecesOf(typeof png === 'string' ? new Uint8Array() : png);
  }

  /** The text of a report, line by line as its content tree has it; empty when there is none. */
  async text({ sha256 }: ParsedRequestOf<'continuity.text'>): Promise<AnswerInputOf<'continuity.text'>> {
    const lines: string[] = [];
    let isWhole = true;
    for (let first: number | null = 0; first !== null && first < MOST_REPORT_ROWS; ) {
      const question = {
        first,
        count: MOST_ROWS,
        path: '',
        isClear: true,
        valueBytes: MOST_VALUE_BYTES,
        wantsBytes: false,
      };
      const page = await this.#options.decoders.attributes(this.#toView(sha256), question);
      if (typeof page === 'string') return { lines: [], isWhole: false };
      for (const { keyword, value, state, depth } of page.rows)
        if (SHOWN.has(keyword) && depth > 0 && value !== '') {
          lines.push(value);
          isWhole &&= state === 'whole';
        }
      first = page.next;
    }
    return { lines, isWhole };
  }

  #told(sha256: Sha256): Retrievable {
    const object = this.#open.get(sha256);
    if (object === undefined) throw controlFault('control.not-found');
    return object;
  }

  #toView(sha256: Sha256) {
    const object = this.#told(sha256);
    return { plainBytes: object.plainBytes, open: () => this.#options.open(object) };
  }

  async #tell(objects: number): Promise<void> {
    const { records, clock, appended } = this.#options;
    const atMs = clock.now();
    const event: EventOf<'vault.exported'> = { id: uuidv7(atMs), atMs, kind: 'vault.exported', by: by(), objects };
    await records.appendEvents([event]);
    appended();
  }
}

function lineOf(whole: WholeStudy, objects: readonly Retrievable[], of: number): Line {
  const bySop = new Map(objects.map((object) => [object.sopInstanceUid, object]));
  const text = (attributes: WholeStudy['attributes'], tag: Tag): string => {
    const value = attributes[(tag >>> 0).toString(16).toUpperCase().padStart(8, '0')];
    return typeof value === 'string' ? value : '';
  };
  const about = (tag: Tag): string => text(whole.attributes, tag);
  return {
    kind: 'study',
    of,
    study: whole.studyInstanceUid,
    patient: {
      ...{ id: about(TAG.PatientID), name: about(TAG.PatientName) },
      ...{ birthDate: about(TAG.PatientBirthDate), sex: about(TAG.PatientSex) },
    },
    ...{ date: about(TAG.StudyDate), time: about(TAG.StudyTime) },
    ...{ accession: about(TAG.AccessionNumber), description: about(TAG.StudyDescription) },
    series: whole.series.map(({ attributes, instances }) => ({
      modality: text(attributes, TAG.Modality),
      number: text(attributes, TAG.SeriesNumber),
      description: text(attributes, TAG.SeriesDescription),
      objects: instances.flatMap((instance) => {
        const object = bySop.get(instance.sopInstanceUid);
        if (object === undefined) return [];
        const { sha256, plainBytes: bytes, sopInstanceUid, sopClassUid } = object;
        const number = Number(text(instance.attributes, TAG.InstanceNumber)) || 0;
        const frames = Number(text(instance.attributes, TAG.NumberOfFrames)) || 1;
        return [{ sha256, bytes, sopInstanceUid, number, frames, isReport: REPORT.test(sopClassUid) }];
      }),
    })),
  };
}

async function* slicesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    else signal.addEventListener('abort', () => settle(), { once: true });
  });
}
