import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tagOf, vrOf } from '@leadglass/dicom';
import { ManualClock, Secret, silentLogger } from '@leadglass/kit';
import { type AttributeSet, keyOf, type Level, NO_OPTIONS, nameOf, type Query } from '@leadglass/query';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { Cataloguer } from './cataloguer.ts';
import { Sealer } from './sealer.ts';
import { SealedCatalogue } from './search.ts';

type Context = { after(done: () => Promise<void>): void };

/** Attributes under the standard's keywords. */
export function attributes(values: Readonly<Record<string, string>>): AttributeSet {
  return Object.fromEntries(Object.entries(values).map(([keyword, value]) => [nameOf(tagOf(keyword) ?? 0), value]));
}

/** A relational Study Root query; keys under the standard's keywords. */
export function query(level: Level, keys: Readonly<Record<string, string>>, options = NO_OPTIONS): Query {
  const made = Object.entries(keys).map(([keyword, value]) => {
    const tag = tagOf(keyword) ?? 0;
    return keyOf(tag, vrOf(tag), value, options);
  });
  return {
    root: level === 'PATIENT' ? 'PATIENT' : 'STUDY',
    level,
    options: { ...options, isRelational: true },
    keys: made.toSorted((a, b) => a.tag - b.tag),
    charset: '',
  };
}

/** A catalogue over a database of its own. */
export class Bench {
  readonly records: SqliteRecords;
  readonly sealer: Sealer;
  readonly cataloguer: Cataloguer;
  readonly catalogue: SealedCatalogue;

  constructor(records: SqliteRecords, mostExamined?: number) {
    this.records = records;
    this.sealer = new Sealer(new Secret(Buffer.alloc(32, 7)));
    const clock = new ManualClock(0);
    this.cataloguer = new Cataloguer({ records: records.catalogue, sealer: this.sealer, clock, log: silentLogger });
    this.catalogue = new SealedCatalogue({
      records: records.catalogue,
      sealer: this.sealer,
      ...(mostExamined === undefined ? {} : { mostExamined }),
    });
  }

  static async open(t: Context, mostExamined?: number): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-catalogue-'));
    const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock(0) });
    t.after(async () => {
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new Bench(records, mostExamined);
  }

  /** Objects into the inbox; `StudyInstanceUID` and so on name them. */
  async arrive(...objects: readonly Readonly<Record<string, string>>[]): Promise<void> {
    await this.records.catalogue.fillInbox(
      objects.map((object) => ({
        ...namesOf(object),
        kind: 'arrived',
        sealed: this.sealer.seal('arrival', object.SOPInstanceUID ?? '', attributes(object)),
      })),
    );
  }

  async remove(...objects: readonly Readonly<Record<string, string>>[]): Promise<void> {
    await this.records.catalogue.fillInbox(
      objects.map((object) => ({ ...namesOf(object), kind: 'removed', sealed: undefined })),
    );
  }

  async enter(): Promise<void> {
    await this.cataloguer.catchUp(1);
  }

  async find(asked: Query, mostResults = 10_000, offset = 0): Promise<{ found: readonly AttributeSet[]; end: string }> {
    const search = this.catalogue.search(asked, { mostResults, offset });
    const found: AttributeSet[] = [];
    for (;;) {
      const next = await search.next();
      if (next.done === true) return { found, end: next.value };
      found.push(...next.value);
    }
  }

  /** Values of one attribute in what is found, in order of the alphabet. */
  async values(keyword: string, asked: Query): Promise<readonly string[]> {
    const { found } = await this.find(asked);
    return found.map((one) => String(one[nameOf(tagOf(keyword) ?? 0)] ?? '')).toSorted();
  }
}

function namesOf(object: Readonly<Record<string, string>>) {
  return {
    sha256: object.SOPInstanceUID ?? '',
    studyInstanceUid: object.StudyInstanceUID ?? '',
    seriesInstanceUid: object.SeriesInstanceUID ?? '',
    sopInstanceUid: object.SOPInstanceUID ?? '',
    sopClassUid: object.SOPClassUID ?? '1.2.840.10008.5.1.4.1.1.2',
  };
}
