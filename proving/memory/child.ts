// One process under a small heap: shows objects of a shape to inspectors, alone or together, and says what memory grew to.
// Arguments: shape, bytes, `alone` or `together`. One line of JSON for each inspection.

import { DataSetInspection, FIRST_INSPECTORS, type InspectorMaker } from '@leadglass/inspect';
import { composeInspectors } from '../../apps/cli/src/scan/inspectors.ts';
import { hugeObject } from './huge.ts';
import type { Grown } from './measure.ts';

/** Before what is measured: code is compiled, buffers that stay are there. */
const WARMING_BYTES = 8 * 2 ** 20;
const LOOK_EVERY_BYTES = 2 ** 20;

const [shape = '', bytes = '0', manner = 'together'] = process.argv.slice(2);
const makers: readonly (readonly InspectorMaker[])[] =
  manner === 'alone' ? FIRST_INSPECTORS.map((maker) => [maker]) : [(await composeInspectors(undefined)).dicom];

async function look(size: number, inspectors: readonly InspectorMaker[]): Promise<Omit<Grown, 'inspector' | 'ms'>> {
  const { transferSyntaxUid, sopClassUid, sopInstanceUid, pieces } = await hugeObject(shape, size);
  const inspection = new DataSetInspection({ context: { transferSyntaxUid, sopClassUid, sopInstanceUid }, inspectors });
  global.gc?.();
  const before = process.memoryUsage.rss();
  let [peak, shown, sinceLook] = [before, 0, 0];
  for (const piece of pieces()) {
    inspection.push(piece);
    shown += piece.length;
    sinceLook += piece.length;
    if (sinceLook < LOOK_EVERY_BYTES) continue;
    sinceLook = 0;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const { verdict, unfinished, counted } = await inspection.settled();
  peak = Math.max(peak, process.memoryUsage.rss());
  return { shown, grown: peak - before, verdict, unfinished, codes: Object.keys(counted) };
}

for (const inspectors of makers) {
  await look(WARMING_BYTES, inspectors);
  const began = performance.now();
  const grown = await look(Number(bytes), inspectors);
  const inspector = manner === 'alone' ? (inspectors[0]?.name ?? '') : 'all together';
  const line: Grown = { inspector, ...grown, ms: Math.round(performance.now() - began) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
