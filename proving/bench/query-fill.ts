import { DatabaseSync } from 'node:sqlite';
import { Sealer } from '@leadglass/catalogue';
import { Secret } from '@leadglass/kit';
import type { AttributeSet } from '@leadglass/query';
import { identityToken, subjectTokens } from '../../packages/catalogue/src/words.ts';

/** Generated metadata, the same for the same number. */
export interface MadeStudy {
  readonly uid: string;
  readonly subject: number;
  readonly date: number;
  readonly accession: string;
  readonly modalities: readonly string[];
}

const MODALITIES = ['CR', 'CT', 'MR', 'US', 'DX', 'MG'];
const SYLLABLES = [
  'BA',
  'CHE',
  'DU',
  'FOR',
  'GAL',
  'LE',
  'MAR',
  'MO',
  'NI',
  'PER',
  'RI',
  'RO',
  'SAN',
  'TI',
  'VER',
  'ZA',
];
const GIVEN = ['ANNE', 'JEAN', 'MARIE', 'PAUL', 'LUC', 'SOPHIE', 'KARIM', 'INES', 'LEA', 'HUGO', 'NOE', 'YVES'];
const DAYS = 3650;
/** Studies a patient has, on average. */
const PER_SUBJECT = 2.5;
const INSTANCES_PER_SERIES = 12;
const FIRST_DAY = Date.UTC(2016, 0, 1);

/** Spread evenly and repeatable. */
function mixed(value: number): number {
  let h = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function subjectCount(studies: number): number {
  return Math.max(1, Math.round(studies / PER_SUBJECT));
}

/** About 65,000 family names of three or four syllables: a prefix of five letters fits some tens to hundreds of patients in 400,000. */
export function nameOfSubject(no: number): string {
  const h = mixed(no);
  const family = [h & 15, (h >>> 4) & 15, (h >>> 8) & 15, (h >>> 12) & 15].map((at) => SYLLABLES[at]).join('');
  return `${family}^${GIVEN[(h >>> 16) % GIVEN.length]}`;
}

export const patientIdOf = (subject: number): string => `PAT${String(subject).padStart(8, '0')}`;

export function studyOf(no: number, studies: number): MadeStudy {
  const h = mixed(no + 7_000_003);
  const day = Math.floor((no / studies) * DAYS);
  const modality = MODALITIES[h % MODALITIES.length] as string;
  return {
    uid: `1.2.826.0.1.3680043.10.1.${no}`,
    subject: mixed(no + 13) % subjectCount(studies),
    date: Number(new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')),
    accession: `ACC${String(no).padStart(9, '0')}`,
    modalities: h % 5 < 3 ? [modality] : [modality, 'SR'],
  };
}

/** Fills the catalogue's tables of an existing database. Series count instances; `rowsPerSeries` of them have rows. @param more attributes of every study. */
export function fill(
  path: string,
  indexKey: Buffer,
  studies: number,
  rowsPerSeries: number,
  more: AttributeSet = {},
): void {
  const sealer = new Sealer(new Secret(indexKey));
  const db = new DatabaseSync(path);
  db.exec('pragma synchronous = off; pragma journal_mode = wal; pragma cache_size = -400000; begin');
  fillSubjects(db, sealer, subjectCount(studies));
  fillStudies(db, sealer, { count: studies, rowsPerSeries, more });
  db.prepare("insert or replace into settings (name, value) values ('catalogue.key', ?)").run(sealer.keyName);
  db.exec('commit; pragma wal_checkpoint(truncate); analyze');
  db.close();
}

function subjectOf(no: number) {
  return {
    '00100010': nameOfSubject(no),
    '00100020': patientIdOf(no),
    '00100030': `19${String(no % 90).padStart(2, '0')}0101`,
    '00100040': no % 2 === 0 ? 'F' : 'M',
  };
}

function fillSubjects(db: DatabaseSync, sealer: Sealer, count: number): void {
  const insert = db.prepare('insert into catalogue_subjects (no, variant, identity, sealed) values (?, ?, ?, ?)');
  const tokens: (readonly [number, number])[] = [];
  for (let no = 0; no < count; no += 1) {
    const attributes = subjectOf(no);
    const variant = sealer.digest(attributes);
    insert.run(no + 1, variant, identityToken(sealer, attributes), sealer.seal('subject', variant, attributes));
    for (const token of subjectTokens(sealer, attributes)) tokens.push([token, no + 1]);
  }
  putTokens(db, tokens);
}

// In order of the key: one pass over the tree instead of millions of places in it.
function putTokens(db: DatabaseSync, tokens: (readonly [number, number])[]): void {
  tokens.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const insert = db.prepare('insert or ignore into catalogue_tokens (token, target) values (?, ?)');
  for (const [token, target] of tokens) insert.run(token, target);
}

function fillStudies(
  db: DatabaseSync,
  sealer: Sealer,
  { count, rowsPerSeries, more }: { count: number; rowsPerSeries: number; more: AttributeSet },
): void {
  const insertStudy = db.prepare(
    'insert into catalogue_studies (no, study_instance_uid, subject_no, study_date, series, instances, modalities, sop_classes, sealed) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertSeries = db.prepare(
    'insert into catalogue_series (no, study_no, series_instance_uid, modality, sop_classes, instances, sealed) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertModality = db.prepare('insert or ignore into catalogue_modalities values (?, ?, ?)');
  const insertInstance = db.prepare('insert into catalogue_instances values (?, ?, ?, ?, ?)');
  const tokens: (readonly [number, number])[] = [];
  const modalities: (readonly [string, number, number])[] = [];
  let seriesNo = 0;
  for (let no = 0; no < count; no += 1) {
    const { uid, subject, date, accession, modalities: each } = studyOf(no, count);
    const study = {
      ...subjectOf(subject),
      ...more,
      '00080020': String(date),
      '00080030': '101500',
      '00080050': accession,
      '00081030': 'Thorax sans injection',
      '00200010': String(no),
    };
    const instances = each.length * INSTANCES_PER_SERIES;
    const kinds = [each.join('\\'), '1.2.840.10008.5.1.4.1.1.2'];
    const sealed = sealer.seal('study', uid, study);
    insertStudy.run(no + 1, uid, subject + 1, date, each.length, instances, ...kinds, sealed);
    tokens.push([sealer.token('accession', accession), no + 1]);
    for (const [at, modality] of each.entries()) {
      seriesNo += 1;
      const seriesUid = `${uid}.${at}`;
      const sealedSeries = sealer.seal('series', seriesUid, { '00080060': modality, '00200011': String(at + 1) });
      insertSeries.run(
        seriesNo,
        no + 1,
        seriesUid,
        modality,
        '1.2.840.10008.5.1.4.1.1.2',
        INSTANCES_PER_SERIES,
        sealedSeries,
      );
      modalities.push([modality, date, no + 1]);
      for (let row = 0; row < rowsPerSeries; row += 1) {
        const sop = `${seriesUid}.${row}`;
        const own = sealer.seal('instance', sop, { '00200013': String(row + 1), '00280010': '512', '00280011': '512' });
        insertInstance.run(seriesNo, sop, String(seriesNo).padStart(64, '0'), '1.2.840.10008.5.1.4.1.1.2', own);
      }
    }
  }
  putTokens(db, tokens);
  modalities.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1] || a[2] - b[2]));
  for (const row of modalities) insertModality.run(...row);
  db.prepare('update catalogue_tallies set subjects = ?, studies = ?, series = ?, instances = ? where id = 1').run(
    subjectCount(count),
    count,
    seriesNo,
    seriesNo * INSTANCES_PER_SERIES,
  );
}
