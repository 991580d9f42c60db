import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEDIA_STORAGE_DIRECTORY } from '@leadglass/dicom';
import { cleanObjects, realCleanFiles } from '../corpus/clean.ts';
import { particularObjects } from '../corpus/particular.ts';
import { variantPairs } from '../corpus/variants.ts';
import type { Subject } from './twins.ts';

/** How much of everything that can be disarmed is tried. */
export interface Extent {
  readonly seed: number;
  /** One generated innocent object in so many. */
  readonly cleanStep: number;
  readonly variants: number;
}

/** Generated objects of every storage class and transfer syntax, one in so many: prime to the number of syntaxes, so that all are met. */
async function* generated({ seed, cleanStep }: Extent): AsyncGenerator<Subject> {
  let at = 0;
  for await (const { name, bytes } of cleanObjects(seed)) {
    if (at % cleanStep === 0) yield { name, bytes, kind: 'innocent, generated', isOwed: true };
    at += 1;
  }
}

async function* particular({ seed }: Extent): AsyncGenerator<Subject> {
  for await (const { name, bytes } of particularObjects(seed))
    yield { name, bytes, kind: 'innocent, of a rare form', isOwed: true };
}

async function* attacks({ seed, variants }: Extent): AsyncGenerator<Subject> {
  for await (const { name, bytes, clean } of variantPairs(seed, variants))
    yield { name, bytes, clean, kind: `variant: ${name.split('/')[0]}`, isOwed: false };
}

/** A media directory is not disarmed (docs/rules/rewrite.md, known limits). It says what it is in the file's header. */
const isDirectory = (bytes: Buffer): boolean => bytes.subarray(0, 512).includes(MEDIA_STORAGE_DIRECTORY);

/** The data has no twins of its attacks, but the innocent objects most of them were made from. */
function comparison(data: string, path: string): Pick<Subject, 'clean' | 'isOriginalCounted' | 'isExpected'> {
  if (!path.startsWith('attack/')) return {};
  const base = path.includes('pdf') ? 'pdf' : 'ct';
  const clean = readFileSync(join(data, 'synth', 'ts', `${base}-explicit-le.dcm`));
  // It never had pixels: without the address of others that is plain to see.
  const expected = path.endsWith('url-pixeldata.dcm') ? { isExpected: /PixelData\(7fe0,0010\)> - Missing/ } : {};
  return { clean, isOriginalCounted: true, ...expected };
}

/** The labelled attacks. @param data folder that holds `labels.tsv`. */
export function* labelledAttacks(data: string): Generator<Subject> {
  for (const row of readFileSync(join(data, 'labels.tsv'), 'utf8').split('\n').slice(1)) {
    const [path = '', kind = '', expected = 'clean'] = row.split('\t');
    if (expected === 'clean' || path.startsWith('hl7/')) continue;
    const bytes = readFileSync(join(data, path));
    yield { name: path, kind: `labelled: ${kind}`, bytes, isOwed: false, ...comparison(data, path) };
  }
}

/** The labelled clean files. @param data folder that holds `labels.tsv`. */
export function* labelledClean(data: string): Generator<Subject> {
  for (const { name, bytes } of realCleanFiles(data))
    if (!isDirectory(bytes)) yield { name, bytes, kind: 'innocent, labelled', isOwed: true };
}

/** Everything that is made here. */
export async function* madeSubjects(extent: Extent): AsyncGenerator<Subject> {
  yield* particular(extent);
  yield* generated(extent);
  yield* attacks(extent);
}
