import type {
  AllergyAnswer,
  DocumentAnswer,
  OrderAnswer,
  ResultAnswer,
  ResultGroupAnswer,
  VersionAnswer,
} from '@leadglass/contract';
import type { Coded, OrderReading } from '@leadglass/hl7';
import { Allergies } from './allergies.ts';
import { isCriticalFlag, pinOf } from './critical.ts';
import type { Told, ToldDocument, ToldObservation, ToldReport } from './told.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Version = Mutable<VersionAnswer>;

interface Result {
  readonly code: Coded;
  readonly subId: string;
  /** Newest first. */
  readonly versions: Version[];
}

interface Group {
  readonly feed: string;
  report: ToldReport;
  heardMs: number;
  readonly results: Map<string, Result>;
  /** By identifier: those that values were. */
  readonly documents: Map<string, ToldDocument>;
}

/** Everything that was told of a patient, as it stands. */
export interface Folded {
  readonly groups: readonly ResultGroupAnswer[];
  readonly documents: readonly DocumentAnswer[];
  readonly orders: readonly OrderAnswer[];
  readonly allergies: readonly AllergyAnswer[];
  /** Results in force that their laboratory flagged critical, and when the last of them was heard of. */
  readonly critical: number;
  readonly criticalMs: number;
}

/** Table 0085: the value is withdrawn. `W` and `D`: it was wrong; `X`: it will not be. */
const REMOVED: ReadonlySet<string> = new Set(['D', 'W', 'X', 'entered-in-error', 'cancelled']);
const PRELIMINARY: ReadonlySet<string> = new Set(['P', 'R', 'S', 'I', 'O', 'preliminary', 'registered', 'partial']);
/** Table 0119 and triggers of schedules: it is not to be done. */
const CANCELLED: ReadonlySet<string> = new Set(['CA', 'OC', 'DC', 'CR', 'OD', 'S15', 'S17']);
/** Observations of one code in one report that are lines of one text. */
const LINES: ReadonlySet<string> = new Set(['TX', 'FT', 'ST', '']);

/**
 * What was told of a patient, one message after the other, oldest first. Results are versions: a later one supersedes, one that was withdrawn
 * stays and says so, and what is preliminary never takes the place of what is final. What a message adds costs what it touches, however much
 * was told before.
 */
export class ChartFold {
  readonly #groups = new Map<string, Group>();
  readonly #orders = new Map<string, OrderAnswer>();
  readonly #documents: Numbered[] = [];
  readonly #allergies = new Allergies();
  /** Of groups that have any: when each critical result in force was heard of. */
  readonly #critical = new Map<string, readonly number[]>();

  add(told: Told): void {
    for (const report of told.reports) this.#enter(told, report);
    for (const order of told.orders) enterOrder(this.#orders, told, order);
    for (const document of told.documents) enterDocument(this.#documents, told, document);
    this.#allergies.enter(told);
  }

  #enter(told: Told, report: ToldReport): void {
    const key = keyOfReport(told.feed, report);
    const group = this.#groups.get(key) ?? newGroup(told.feed, report);
    this.#groups.set(key, group);
    enterReport(group, told, report);
    const critical = [...group.results.values()].flatMap(criticalOf);
    if (critical.length > 0) this.#critical.set(key, critical);
    else this.#critical.delete(key);
  }

  /** Results in force that their laboratory flagged critical. */
  get critical(): number {
    return [...this.#critical.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** When the last of them was heard of; 0 without one. */
  get criticalMs(): number {
    return Math.max(0, ...[...this.#critical.values()].map((heard) => Math.max(...heard)));
  }

  folded(): Folded {
    const groups = [...this.#groups.values()];
    const documents = [...groups.flatMap(documentsOf), ...this.#documents.map(unnumbered)];
    return {
      groups: groups.toSorted((a, b) => b.heardMs - a.heardMs).map(groupOf),
      documents: documents.sort((a, b) => b.heardMs - a.heardMs),
      orders: [...this.#orders.values()].sort((a, b) => b.heardMs - a.heardMs),
      allergies: this.#allergies.all,
      ...{ critical: this.critical, criticalMs: this.criticalMs },
    };
  }
}

/** Folds all that was told of a patient, oldest first. Pure. */
export function foldOf(told: readonly Told[]): Folded {
  const fold = new ChartFold();
  for (const each of told) fold.add(each);
  return fold.folded();
}

function criticalOf({ versions: [current] }: Pick<Result, 'versions'>): number[] {
  return current?.state === 'current' && current.isCritical ? [current.heardMs] : [];
}

function enterReport(group: Group, told: Told, report: ToldReport): void {
  group.report = isLate(report.status, group.report.status)
    ? group.report
    : { ...report, notes: notesOf(group, report) };
  group.heardMs = told.heardMs;
  for (const observation of joined(report.observations)) enterObservation(group, told, observation);
  // The whole order was cancelled, and nothing was said of its results one by one.
  if (REMOVED.has(report.status) && report.observations.length === 0)
    for (const { versions } of group.results.values()) if (versions[0] !== undefined) versions[0].state = 'removed';
}

function newGroup(feed: string, report: ToldReport): Group {
  return { feed, report, heardMs: 0, results: new Map<string, Result>(), documents: new Map<string, ToldDocument>() };
}

function notesOf(group: Group, report: ToldReport): readonly string[] {
  return report.notes.length === 0 ? group.report.notes : report.notes;
}

function keyOfReport(feed: string, { filler, placer, panel, collectedAt }: ToldReport): string {
  const number = filler !== '' ? `f${filler}` : placer !== '' ? `p${placer}` : `-${collectedAt}`;
  // One number may stand for several panels that were drawn together.
  return JSON.stringify([feed, number, panel.id || panel.otherId || panel.text]);
}

/** Observations of one code and one sub-identifier that are lines of one text are one value. */
function joined(observations: readonly ToldObservation[]): readonly ToldObservation[] {
  const byKey = Map.groupBy(observations, keyOfObservation);
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined || same.length === 1) return same;
    const isText = same.every(({ valueType, document }) => LINES.has(valueType) && document === undefined);
    if (isText)
      return [{ ...first, values: same.flatMap(({ values }) => values), notes: same.flatMap(({ notes }) => notes) }];
    return same.map((each, at) => (at === 0 ? each : { ...each, subId: `${each.subId}#${at + 1}` }));
  });
}

function keyOfObservation({ code, subId }: ToldObservation): string {
  return JSON.stringify([code.id || code.otherId || code.text, code.id === '' ? '' : code.system, subId]);
}

function enterObservation(group: Group, told: Told, observation: ToldObservation): void {
  const key = keyOfObservation(observation);
  const { code, subId } = observation;
  const result = group.results.get(key) ?? { code, subId, versions: [] };
  group.results.set(key, result);
  const version = versionOf(observation, told);
  if (observation.document !== undefined) group.documents.set(observation.document.id, observation.document);
  const [current] = result.versions;
  if (current === undefined) result.versions.push(version);
  else if (isSameVersion(current, version)) return;
  else if (current.state === 'current' && isLate(version.status, current.status)) {
    version.state = 'superseded';
    result.versions.splice(1, 0, version);
  } else {
    if (current.state === 'current') current.state = 'superseded';
    result.versions.unshift(withOldValue(version, current));
  }
}

/** A withdrawal that does not repeat what it withdraws shows it. */
function withOldValue(version: Version, before: Version): Version {
  if (version.state !== 'removed' || version.values.some((value) => value !== '')) return version;
  const { values, unit, range, flags, document } = before;
  return { ...version, values, unit, range, flags, document };
}

/** What is preliminary and comes after what is final. */
function isLate(status: string, standing: string): boolean {
  return PRELIMINARY.has(status) && !PRELIMINARY.has(standing) && standing !== '' && !REMOVED.has(standing);
}

function versionOf(observation: ToldObservation, told: Told): Version {
  const { valueType, values, unit, range, flags, status, observedAt, laboratory, responsible, method, notes } =
    observation;
  return {
    ...{ message: told.message, state: REMOVED.has(status) ? 'removed' : 'current' },
    ...{ valueType, values, unit, range, flags, isCritical: isCriticalFlag(flags), status, observedAt },
    ...{ heardMs: told.heardMs, laboratory, responsible, method, notes, document: observation.document?.id ?? '' },
  };
}

function isSameVersion(one: Version, other: Version): boolean {
  const said = ({ message: _message, heardMs: _heardMs, state, document: _document, ...rest }: Version) =>
    JSON.stringify([rest, state === 'removed']);
  return one.document === '' && other.document === '' && one.state !== 'superseded' && said(one) === said(other);
}

function groupOf({ feed, report, heardMs, results }: Group): ResultGroupAnswer {
  const { placer, filler, panel, section, status, collectedAt, receivedAt, issuedAt, requester, specimen, notes } =
    report;
  const shown = [...results.values()].map((result): ResultAnswer => ({ ...result, pin: pinOf(result.code) }));
  return {
    ...{ feed, placer, filler, panel, section, status, collectedAt, receivedAt, issuedAt, requester, specimen, notes },
    ...{ heardMs, isCritical: [...results.values()].some((result) => criticalOf(result).length > 0), results: shown },
  };
}

/** Each version that was a document. */
function documentsOf(group: Group): DocumentAnswer[] {
  return [...group.results.values()].flatMap(({ code, versions }) =>
    versions.flatMap(({ document, state, observedAt, heardMs }) => {
      const told = group.documents.get(document);
      if (told === undefined || document === '') return [];
      const title = told.title || code.text || code.otherText || code.id || group.report.panel.text;
      const issuedAt = observedAt || group.report.issuedAt;
      const { form, mediaType, bytes } = told;
      return [{ document, feed: group.feed, form, mediaType, bytes, title, state, issuedAt, heardMs }];
    }),
  );
}

function unnumbered({ number: _number, message: _message, ...document }: Numbered): DocumentAnswer {
  return document;
}

type Numbered = DocumentAnswer & { readonly number: string; readonly message: number };

/** A document that takes the place of another supersedes it; one that is cancelled stays and says so. Several files of one document, sent together, stand side by side. */
function enterDocument(documents: Numbered[], { feed, message, heardMs, sentAt }: Told, document: ToldDocument): void {
  const { id, form, mediaType, title, bytes, number, parent, isGone, writtenAt } = document;
  const isMeant = (each: Numbered) =>
    each.feed === feed && each.message !== message && each.number !== '' && [number, parent].includes(each.number);
  for (const [at, each] of documents.entries())
    if (isMeant(each) && each.state === 'current')
      documents[at] = { ...each, state: isGone ? 'removed' : 'superseded' };
  if (isGone && bytes === 0) return;
  const state = isGone ? ('removed' as const) : ('current' as const);
  const issuedAt = writtenAt || sentAt;
  documents.push({ document: id, feed, form, mediaType, title, state, bytes, issuedAt, heardMs, number, message });
}

function enterOrder(orders: Map<string, OrderAnswer>, told: Told, order: OrderReading): void {
  const number = order.placer || order.filler || order.accession || order.studyInstanceUid;
  const key = JSON.stringify([told.feed, number, number === '' ? told.message : 0, order.stepId]);
  const before = orders.get(key);
  const kept = <K extends keyof OrderReading & keyof OrderAnswer>(name: K) =>
    (order[name] === '' ? (before?.[name] ?? '') : order[name]) as OrderAnswer[K];
  const isNamed = order.procedure.id !== '' || order.procedure.text !== '';
  orders.set(key, {
    ...{ feed: told.feed, control: order.control, isCancelled: CANCELLED.has(order.control), heardMs: told.heardMs },
    ...{ placer: kept('placer'), filler: kept('filler'), status: kept('status'), priority: kept('priority') },
    procedure: isNamed ? order.procedure : (before?.procedure ?? order.procedure),
    ...{ accession: kept('accession'), studyInstanceUid: kept('studyInstanceUid'), section: kept('section') },
    ...{ scheduledAt: kept('scheduledAt'), reason: kept('reason'), requester: kept('requester') },
    ...{ clinicalInformation: kept('clinicalInformation'), requesterPhone: kept('requesterPhone') },
  });
}
