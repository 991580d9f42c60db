import type { Sealer } from '@leadglass/catalogue';
import {
  type ChartHere,
  type ChartSealer,
  formOf,
  type PartChart,
  pulledChartOf,
  pulledMerge,
  pulledNo,
  type Summary,
  type Told,
  tokensOf,
} from '@leadglass/continuity';
import type { AnswerInputOf, AsOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, type Text, text, uuidv7 } from '@leadglass/kit';
import { DEFAULT_CONTINUITY, type EventOf } from '@leadglass/model';
import { type ChartMerge, PULLED_FROM, type PulledPart, type Records } from '@leadglass/records';
import { controlFault } from '../control-faults.ts';
import type { ChartHost } from '../feeds/chart-host.ts';
import { dayAfter, dayOf } from '../schedule/days.ts';
import type { PulledRegistration } from '../schedule/planned.ts';
import { entryName } from '../schedule/worklist-fetcher.ts';
import { type PartOf, parsePart } from './part-json.ts';

export interface PulledOptions {
  readonly records: Pick<
    Records,
    'pulled' | 'charts' | 'schedule' | 'setting' | 'setSetting' | 'continuity' | 'counts'
  >;
  readonly clock: Clock;
  /** What is not in charts and schedules is sealed with the charts' key, schedules with the catalogue's. */
  readonly sealer: ChartSealer;
  readonly scheduleSealer: Sealer;
  charts(): Pick<ChartHost, 'between' | 'pseudonymOf'>;
  /** Events were appended. */
  told(): void;
}

/** When what was pulled, of which gateway. */
interface Standing {
  readonly from: string;
  readonly pulledAtMs: number;
  readonly imagesAsOfMs: number;
  readonly partsAsOfMs: number;
  readonly leftOut: number;
}

/** What a part that is kept whole says. */
interface Around {
  readonly registrations: readonly PulledRegistration[];
  readonly registrationsAsOfMs: number | undefined;
  readonly feeds: readonly AsOf[];
  readonly sources: readonly string[];
  readonly entries: number;
  readonly charts: number;
  readonly bytes: number;
  readonly worklistAsOfMs: number | undefined;
}

type Taken = AnswerInputOf<'continuity.parts.take'>;

const SETTING = 'continuity.pulled';
const NEVER: Standing = { from: '', pulledAtMs: 0, imagesAsOfMs: 0, partsAsOfMs: 0, leftOut: 0 };
const NOBODY: Around = {
  ...{ registrations: [], feeds: [], sources: [], entries: 0, charts: 0, bytes: 0 },
  ...{ registrationsAsOfMs: undefined, worklistAsOfMs: undefined },
};
const PAGE = 1_000;
const MOST_ENTRIES_HERE = 3_000;
/** A box that pulls every few minutes and has not for so long is told of. */
const LATE_MS = 20 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * What a continuity box keeps besides images: takes parts in, holding each against what a part may be, under numbers of its own and sealed with its own
 * keys, and says how old they are. On a home that pulls nothing it says nothing.
 */
export class PulledParts {
  readonly #options: PulledOptions;
  #standing: Standing = NEVER;
  #around: Around = NOBODY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PulledOptions) {
    this.#options = options;
  }

  /** Remembers what was pulled before. Throws Faults of the stores. */
  async load(): Promise<void> {
    const kept = await this.#options.records.setting(SETTING);
    if (kept === undefined || kept === '') return;
    this.#standing = { ...NEVER, ...(JSON.parse(kept) as Partial<Standing>) };
    await this.#look();
  }

  get isBox(): boolean {
    return this.#standing.from !== '';
  }

  /** The gateway's open registrations. */
  registrations(): readonly PulledRegistration[] {
    return this.#around.registrations;
  }

  /** Sources whose schedules were pulled. */
  sources(): readonly string[] {
    return this.#around.sources;
  }

  /** How the gateway's feeds stood. */
  feeds(): readonly AsOf[] {
    return this.#around.feeds;
  }

  /** Bytes of what was pulled besides images. */
  get bytes(): number {
    return this.#around.bytes;
  }

  begin({ from }: ParsedRequestOf<'continuity.parts.begin'>): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      // Counted anew: what an earlier pull was refused, or broke off with, is not here.
      await this.#look();
      if (this.#standing.from === from) return {};
      // Numbers of another gateway are of other patients.
      for (const part of await this.#parts()) await this.#letGo(part);
      await this.#keep({ ...NEVER, from });
      await this.#look();
      return {};
    });
  }

  async missing({ parts }: ParsedRequestOf<'continuity.parts.missing'>): Promise<{ missing: string[] }> {
    const { records, clock } = this.#options;
    return { missing: await records.pulled.missing(parts, clock.now()) };
  }

  /** Throws Fault `control.bad-request` for what is no part, `control.conflict` when it finds no room. */
  take({ key, json }: ParsedRequestOf<'continuity.parts.take'>): Promise<Taken> {
    return this.#inTurn(async () => {
      const part = parsePart(json);
      if (part === undefined) throw controlFault('control.bad-request', NO_PART);
      await this.#checkRoom(json.length);
      const own = part.part === 'chart' ? `chart-${part.charts[0]?.no}` : key;
      const documents = await this.#take(key, part, json.length);
      return { key: own, version: part.version, documents };
    });
  }

  document(asked: ParsedRequestOf<'continuity.parts.document'>): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      const { key, chart, document: id } = asked;
      const bytes = Buffer.from(asked.bytes, 'base64');
      if (formOf(bytes) === 'none') throw controlFault('control.bad-request', NO_PART);
      await this.#checkRoom(bytes.byteLength);
      const sealed = this.#options.sealer.seal('document', id, bytes);
      const document = { id, chart: pulledNo(chart), bytes: bytes.byteLength, sealed };
      if (!(await this.#options.records.pulled.document(key, document)))
        throw controlFault('control.bad-request', NO_PART);
      return {};
    });
  }

  done({ key, version }: ParsedRequestOf<'continuity.parts.done'>): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      await this.#options.records.pulled.finish(key, version);
      return {};
    });
  }

  end({ what, asOfMs, leftOut }: ParsedRequestOf<'continuity.parts.end'>): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      const pulledAtMs = this.#options.clock.now();
      const change = what === 'images' ? { imagesAsOfMs: asOfMs } : { partsAsOfMs: asOfMs, leftOut };
      await this.#keep({ ...this.#standing, pulledAtMs, ...change });
      if (what === 'parts') await this.#forgetDays();
      await this.#look();
      return {};
    });
  }

  /**
   * Lets go what no pull has wanted for as many days as the policy names and what is over the budget, the longest unwanted first. What is wanted stays.
   * @param over bytes over the budget @returns bytes that are free now, and how many charts went
   */
  makeRoom(over: number): Promise<{ readonly charts: number; readonly bytes: number }> {
    return this.#inTurn(async () => {
      const { records, clock } = this.#options;
      const { days } = (await records.continuity()) ?? DEFAULT_CONTINUITY;
      const before = clock.now() - days * DAY_MS;
      const old = (await this.#parts()).filter(({ wantedAtMs }) => wantedAtMs < before);
      const freed = { charts: 0, bytes: 0 };
      for (const part of old.toSorted((a, b) => a.wantedAtMs - b.wantedAtMs)) {
        if (freed.bytes >= over) break;
        await this.#letGo(part);
        freed.charts += Number(part.key.startsWith('chart-'));
        freed.bytes += part.bytes;
      }
      if (freed.bytes > 0) await this.#look();
      return freed;
    });
  }

  /** How old what is served is; null on a home that is no box. */
  async standing(): Promise<AnswerInputOf<'continuity.standing'>> {
    if (!this.isBox) return { box: null };
    const { imagesAsOfMs, partsAsOfMs, pulledAtMs } = this.#standing;
    const { custody } = await this.#options.records.counts();
    const { charts, entries, registrations, bytes, worklistAsOfMs } = this.#around;
    const whole = partsAsOfMs === 0 ? null : partsAsOfMs;
    const kinds = [
      { kind: 'images' as const, asOfMs: imagesAsOfMs === 0 ? null : imagesAsOfMs, count: custody.objects },
      { kind: 'charts' as const, asOfMs: whole, count: charts },
      { kind: 'worklist' as const, asOfMs: worklistAsOfMs ?? whole, count: entries },
      {
        kind: 'registrations' as const,
        asOfMs: this.#around.registrationsAsOfMs ?? whole,
        count: registrations.length,
      },
    ];
    return { box: { pulledAtMs: pulledAtMs === 0 ? null : pulledAtMs, kinds, bytes, missing: this.#missing() } };
  }

  #missing(): readonly Text[] {
    const { pulledAtMs, imagesAsOfMs, partsAsOfMs, leftOut } = this.#standing;
    const isLate = this.#options.clock.now() - pulledAtMs > LATE_MS;
    return [
      ...(pulledAtMs > 0 && isLate ? [LATE] : []),
      ...(partsAsOfMs === 0 ? [NO_PARTS] : []),
      ...(imagesAsOfMs === 0 ? [NO_IMAGES] : []),
      ...(leftOut === 0 ? [] : [leftOutWords(leftOut)]),
    ];
  }

  async #take(
    key: string,
    part: NonNullable<ReturnType<typeof parsePart>>,
    chars: number,
  ): Promise<Taken['documents']> {
    switch (part.part) {
      case 'chart':
        if (key !== `chart-${part.charts[0]?.no}`) return this.#takenInto(key, part);
        return this.#chart(key, part);
      case 'day':
        if (!key.endsWith(`-${part.day}`)) throw controlFault('control.bad-request', NO_PART);
        await this.#day(part);
        await this.#put(
          key,
          part,
          chars,
          JSON.stringify({ source: part.source, day: part.day, entries: part.entries.length }),
        );
        return [];
      default:
        if (key !== part.part) throw controlFault('control.bad-request', NO_PART);
        await this.#put(key, part, chars, JSON.stringify(part));
        return [];
    }
  }

  // The chart was taken in by another between the list and this: it is taken as that other, which comes by its own name next time.
  async #takenInto(key: string, part: PartOf<'chart'>): Promise<Taken['documents']> {
    const no = Number(/^chart-(\d+)$/.exec(key)?.[1] ?? 0);
    if (!part.charts.some((chart) => chart.no === no)) throw controlFault('control.bad-request', NO_PART);
    return this.#chart(`chart-${part.charts[0]?.no}`, part);
  }

  async #chart(key: string, part: PartOf<'chart'>): Promise<Taken['documents']> {
    const { records } = this.#options;
    const merges = new Map(part.merges.map((merge) => [pulledNo(merge.taken), quiet(pulledMerge(merge))]));
    const documents = await this.#options.charts().between(async () => {
      const charts = [];
      for (const chart of part.charts)
        charts.push(pulledChartOf(this.#options.sealer, chart, await this.#here(pulledNo(chart.no))));
      const bytes = charts.flatMap(({ entries }) => entries).reduce((sum, { sealed }) => sum + sealed.length, 0);
      // Not finished until its documents are here: a pull that breaks off begins it again.
      await records.pulled.charts({ part: this.#head(key, '', part.asOfMs, bytes), charts, merges });
      return part.charts.flatMap(documentsOf);
    });
    const missing = [];
    for (const document of documents)
      if ((await records.charts.document(document.document)) === undefined) missing.push(document);
    return missing;
  }

  async #here(no: number): Promise<ChartHere> {
    const { records, sealer } = this.#options;
    const [row, marks] = [await records.charts.chart(no), await records.pulled.marks(no)];
    const isLocal = marks.some(({ mark }) => mark < PULLED_FROM);
    const local = isLocal ? await records.charts.entries(no, MOST_ENTRIES_HERE) : [];
    return {
      summary: row === undefined ? undefined : sealer.openJson<Summary>('patient', String(no), row.sealed),
      heardMs: row?.heardAtMs ?? 0,
      marks: new Set(marks.map(({ mark }) => mark)),
      told: local
        .filter(({ kind, message }) => kind === 'told' && message < PULLED_FROM)
        .map(({ sealed }) => sealer.openJson<Told>('told', String(no), sealed))
        .reverse(),
    };
  }

  async #day({ source, day, asOfMs, entries }: PartOf<'day'>): Promise<void> {
    const { records, scheduleSealer } = this.#options;
    const sealed = entries.map((entry, at) => scheduleSealer.seal('schedule', entryName(source, day, at), entry));
    await records.schedule.replace({ source, day, asOfMs }, sealed);
  }

  #put(
    key: string,
    { version, asOfMs }: { version: string; asOfMs: number },
    bytes: number,
    json: string,
  ): Promise<void> {
    const sealed = this.#options.sealer.seal('part', key, json);
    return this.#options.records.pulled.put(this.#head(key, version, asOfMs, bytes), sealed);
  }

  #head(key: string, version: string, asOfMs: number, bytes: number): PulledPart {
    const nowMs = this.#options.clock.now();
    return { key, version, asOfMs, takenAtMs: nowMs, wantedAtMs: nowMs, bytes };
  }

  async #checkRoom(more: number): Promise<void> {
    const { budgetBytes } = (await this.#options.records.continuity()) ?? DEFAULT_CONTINUITY;
    if (this.#around.bytes + more > budgetBytes) throw controlFault('control.conflict', NO_ROOM);
    this.#around = { ...this.#around, bytes: this.#around.bytes + more };
  }

  async #parts(): Promise<readonly PulledPart[]> {
    const found: PulledPart[] = [];
    for (let after = ''; ; ) {
      const page = await this.#options.records.pulled.parts(after, PAGE);
      found.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return found;
      after = last.key;
    }
  }

  /** What is here, read once after each change. */
  async #look(): Promise<void> {
    const { records, sealer, clock } = this.#options;
    const parts = await this.#parts();
    const today = dayOf(clock.now());
    const [sources, days]: [Set<string>, { asOfMs: number; entries: number }[]] = [new Set(), []];
    let around: Around = NOBODY;
    for (const { key, asOfMs } of parts.filter(({ key }) => !key.startsWith('chart-'))) {
      const sealed = (await records.pulled.part(key))?.sealed;
      if (sealed === undefined) continue;
      const open = <T>(): T => sealer.openJson<T>('part', key, sealed);
      if (key === 'registrations') {
        const { registrations } = open<PartOf<'registrations'>>();
        around = { ...around, registrations, registrationsAsOfMs: asOfMs };
      } else if (key === 'feeds')
        around = { ...around, feeds: open<PartOf<'feeds'>>().feeds.map((feed) => ({ ...feed, pulledMs: asOfMs })) };
      else {
        const { source, day, entries } = open<{ source: string; day: number; entries: number }>();
        sources.add(source);
        if (day >= today) days.push({ asOfMs, entries });
      }
    }
    this.#around = {
      ...around,
      sources: [...sources],
      entries: days.reduce((sum, { entries }) => sum + entries, 0),
      worklistAsOfMs: days.length === 0 ? undefined : Math.min(...days.map(({ asOfMs }) => asOfMs)),
      charts: parts.filter(({ key }) => key.startsWith('chart-')).length,
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Days that are past, as schedules themselves are forgotten. */
  async #forgetDays(): Promise<void> {
    const first = dayAfter(this.#options.clock.now(), -1);
    for (const { key } of await this.#parts())
      if (key.startsWith('day-') && Number(key.slice(-8)) < first)
        await this.#options.records.pulled.letGo(key, [], []);
  }

  async #letGo({ key, bytes }: PulledPart): Promise<void> {
    const { records, sealer, clock, told } = this.#options;
    if (!key.startsWith('chart-')) return records.pulled.letGo(key, [], []);
    const numbers = await records.pulled.chartsOf(key);
    const atMs = clock.now();
    const [first = 0] = numbers;
    const event: EventOf<'continuity.dropped'> = {
      ...{ id: uuidv7(atMs), atMs, kind: 'continuity.dropped', studyInstanceUid: '', objects: numbers.length, bytes },
      patient: this.#options.charts().pseudonymOf(first),
    };
    await this.#options.charts().between(async () => {
      const charts = [];
      for (const chart of numbers) {
        const row = await records.charts.chart(chart);
        if (row === undefined) continue;
        const summary = sealer.openJson<Summary>('patient', String(chart), row.sealed);
        charts.push({ chart, tokens: tokensOf(sealer, summary) });
      }
      await records.pulled.letGo(key, charts, [event]);
    });
    told();
  }

  async #keep(standing: Standing): Promise<void> {
    await this.#options.records.setSetting(SETTING, JSON.stringify(standing));
    this.#standing = standing;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Documents that a chart tells of, by the gateway's number of the chart. */
function documentsOf({ no, entries }: PartChart): { readonly chart: number; readonly document: string }[] {
  const ids = entries.flatMap((entry) => {
    if (entry.kind === 'raw') return [];
    const { documents, reports } = entry.told;
    const values = reports.flatMap(({ observations }) => observations.map(({ document }) => document));
    return [...documents, ...values].flatMap((document) => (document === undefined ? [] : [document.id]));
  });
  return [...new Set(ids)].filter((id) => id !== '').map((document) => ({ chart: no, document }));
}

// The ledger of the gateway told of it when it happened.
function quiet(merge: Omit<ChartMerge, 'event'>): ChartMerge {
  return {
    ...merge,
    event: () => {
      throw new Error('a merge that was pulled is no event here');
    },
  };
}

function leftOutWords(n: number): Text {
  return text(
    `${n} dossier${n < 2 ? '' : 's'} voulu${n < 2 ? '' : 's'} par la passerelle n’y ${n < 2 ? 'est' : 'sont'} pas.`,
    `${n} chart${n === 1 ? '' : 's'} the gateway wanted here ${n === 1 ? 'is' : 'are'} not.`,
  );
}
const LATE = text(
  'Ce boîtier ne reçoit plus rien de sa passerelle : ce qui s’y est passé depuis n’est pas là.',
  'This box hears nothing more of its gateway: what happened there since is not here.',
);
const NO_PARTS = text(
  'La biologie, les comptes rendus et le planning n’ont pas encore été tirés en entier.',
  'Laboratory results, reports and the schedule have not been pulled whole yet.',
);
const NO_IMAGES = text('Les images n’ont pas encore été tirées en entier.', 'Images have not been pulled whole yet.');
const NO_PART = text(
  'Ce que la passerelle a donné n’est pas une partie de l’ensemble de continuité.',
  'What the gateway gave is no part of the continuity set.',
);
const NO_ROOM = text(
  'Les dossiers tirés n’ont plus de place dans le budget de ce boîtier (budgetBytes de la section continuity).',
  'Charts that are pulled find no more room in this box’s budget (budgetBytes of the section continuity).',
);
