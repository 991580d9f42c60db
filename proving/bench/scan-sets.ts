import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileMeta } from '@leadglass/dicom';
import { makeObject, type Shape } from '../objects.ts';

/** A folder of files to scan. */
export interface ScanSet {
  readonly name: string;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

const SETS: readonly { readonly name: string; readonly shape: Shape; readonly files: number }[] = [
  { name: 'ct-512x512x16', shape: 'ct', files: 1000 },
  { name: 'sr-5kB', shape: 'sr', files: 5000 },
];

/** Writes the files of each set below `folder`, every one different, and reads them once, so that all find them in memory. @param share of the full count. */
export function makeScanSets(folder: string, share = 1): readonly ScanSet[] {
  return SETS.map(({ name, shape, files }) =>
    makeSet(join(folder, name), name, shape, Math.max(1, Math.round(files * share))),
  );
}

function makeSet(folder: string, name: string, shape: Shape, files: number): ScanSet {
  mkdirSync(folder);
  for (let at = 0; at < files; at += 1) {
    const object = makeObject(shape);
    const meta = writeFileMeta({
      ...object,
      implementationClassUid: '1.2.826.0.1',
      implementationVersionName: 'BENCH',
    });
    writeFileSync(join(folder, `${String(at).padStart(6, '0')}.dcm`), Buffer.concat([meta, object.dataSet]));
  }
  const bytes = readdirSync(folder).reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
  return { name, folder, files, bytes };
}

/** A set of one small file: what a scanner takes to start. */
export function makeStartSet(folder: string): ScanSet {
  return makeSet(join(folder, 'start'), 'start', 'sr', 1);
}
