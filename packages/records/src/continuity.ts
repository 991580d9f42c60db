import type { Queries } from './queries.ts';
import { all, type Engine, first } from './script.ts';

/** A study as far as the continuity set is chosen by it. What is held counts too. */
export interface ArrivedStudy {
  readonly studyInstanceUid: string;
  /** Keyed pseudonyms it came under, sorted; none when it came without an identifier. */
  readonly patients: readonly string[];
  /** Sorted. */
  readonly modalities: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  /** When the last of its objects came. */
  readonly newestAtMs: number;
}

/** What came in a stretch of time. */
export interface Intake {
  readonly objects: number;
  readonly bytes: number;
}

/** What the continuity set and the gauge read. */
export type ArrivedRecords = Pick<ContinuityRecords, 'arrived' | 'study' | 'intake' | 'firstAtMs'>;

interface Row {
  readonly study_instance_uid: string;
  readonly modality: string;
  readonly patient: string;
  readonly objects: number;
  readonly bytes: number;
  readonly newest: number;
}

/** What the continuity set is chosen by: reads by index alone. Throws Fault `records.*`. */
export class ContinuityRecords {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Studies something came of from `from` on and before `before`, with what came of them in that time alone. */
  async arrived(from: number, before: number): Promise<readonly ArrivedStudy[]> {
    return merged(await this.#engine.read(() => all(this.#queries.studiesArrived, { from, before })));
  }

  /** All of a study; undefined when nothing of it is kept. */
  async study(study: string): Promise<ArrivedStudy | undefined> {
    return merged(await this.#engine.read(() => all(this.#queries.studyArrived, { study })))[0];
  }

  async intake(from: number, before: number): Promise<Intake> {
    const row = await this.#engine.read(() => first(this.#queries.intakeBetween, { from, before }));
    return { objects: Number(row?.objects ?? 0), bytes: Number(row?.bytes ?? 0) };
  }

  /** When the oldest object in custody came. */
  async firstAtMs(): Promise<number | undefined> {
    return (await this.#engine.read(() => first(this.#queries.firstArrival, {})))?.received_at_ms;
  }
}

/** Rows of one study as one, and studies of several stretches of time as one each. */
export function mergedStudies(studies: Iterable<ArrivedStudy>): readonly ArrivedStudy[] {
  const found = new Map<string, ArrivedStudy>();
  for (const study of studies) {
    const before = found.get(study.studyInstanceUid);
    found.set(study.studyInstanceUid, before === undefined ? study : both(before, study));
  }
  return [...found.values()];
}

function merged(rows: readonly Row[]): readonly ArrivedStudy[] {
  return mergedStudies(
    rows.map((row) => ({
      studyInstanceUid: row.study_instance_uid,
      patients: row.patient === '' ? [] : [row.patient],
      modalities: row.modality === '' ? [] : [row.modality],
      objects: Number(row.objects),
      bytes: Number(row.bytes),
      newestAtMs: Number(row.newest),
    })),
  );
}

function both(a: ArrivedStudy, b: ArrivedStudy): ArrivedStudy {
  return {
    studyInstanceUid: a.studyInstanceUid,
    patients: union(a.patients, b.patients),
    modalities: union(a.modalities, b.modalities),
    objects: a.objects + b.objects,
    bytes: a.bytes + b.bytes,
    newestAtMs: Math.max(a.newestAtMs, b.newestAtMs),
  };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort();
}
