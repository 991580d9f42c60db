import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileMeta } from '@leadglass/dicom';
import { makeObject, type Shape } from '../objects.ts';
import type { BlastResult } from './blast.ts';
import type { Receiver } from './receivers.ts';

/** Folders of Part 10 files made so far, by shape and count. */
export interface StockFiles {
  readonly folder: string;
  readonly made: Map<string, string>;
}

function filesFor(stock: StockFiles, shape: Shape, objects: number): string {
  const known = stock.made.get(`${shape}-${objects}`);
  if (known !== undefined) return known;
  const folder = join(stock.folder, `${shape}-${objects}`);
  mkdirSync(folder);
  for (let i = 0; i < objects; i++) {
    const object = makeObject(shape);
    const meta = writeFileMeta({
      ...object,
      implementationClassUid: '1.2.826.0.1',
      implementationVersionName: 'BENCH',
    });
    writeFileSync(join(folder, `${String(i).padStart(6, '0')}.dcm`), Buffer.concat([meta, object.dataSet]));
  }
  stock.made.set(`${shape}-${objects}`, folder);
  return folder;
}

/** DCMTK's storescu, reading files. Its latency per object is not seen; time is from start to end of the process. */
export function sendStock(
  stock: StockFiles,
  shape: Shape,
  objects: number,
  receiver: Receiver,
  calling: string,
  isTuned: boolean,
): BlastResult {
  const folder = filesFor(stock, shape, objects);
  const args = ['-aet', calling, '-aec', receiver.called, '-xe', '+sd', '127.0.0.1', String(receiver.port), folder];
  const { TCP_NODELAY: _, ...env } = process.env;
  const beganMs = performance.now();
  execFileSync('storescu', args, { env: isTuned ? { ...env, TCP_NODELAY: '1' } : env, stdio: 'ignore' });
  const seconds = (performance.now() - beganMs) / 1000;
  const bytes = objects * makeObject(shape).dataSet.length;
  return { seconds, bytes, stored: objects, refused: 0, latencyMs: { p50: 0, p99: 0 } };
}
