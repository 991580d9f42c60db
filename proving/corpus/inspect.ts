import { FileInspection, type FileInspectionResult } from '@leadglass/inspect';
import { composeInspectors } from '../../apps/cli/src/scan/inspectors.ts';

const PIECE_BYTES = 65_536;
const INSPECTORS = composeInspectors(undefined);

/** What every inspector together says of a file, late work included: the set that `scan` uses. */
export async function inspect(bytes: Uint8Array, pieceBytes = PIECE_BYTES): Promise<FileInspectionResult> {
  const inspection = new FileInspection({ inspectors: (await INSPECTORS).dicom });
  for (let at = 0; at < bytes.length; at += pieceBytes) inspection.push(bytes.subarray(at, at + pieceBytes));
  return inspection.settled();
}
