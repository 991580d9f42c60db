import type { StatementTable } from '@leadglass/kit';
import { STORAGE_SOP_CLASSES } from './sop-class.ts';
import { TRANSFER_SYNTAXES } from './transfer-syntax.ts';

const retired = (isRetired: boolean): string => (isRetired ? 'retired' : '');

/** What is stored, and how it is written. */
export const CONFORMANCE: readonly StatementTable[] = [
  {
    name: 'dicom.storage-classes',
    head: ['Storage SOP class', 'UID', ''],
    rows: [...STORAGE_SOP_CLASSES.values()].map(({ name, uid, isRetired }) => [name, uid, retired(isRetired)]),
  },
  {
    name: 'dicom.transfer-syntaxes',
    head: ['Transfer syntax', 'UID', 'written as', ''],
    rows: [...TRANSFER_SYNTAXES.values()].map(({ name, uid, kind, isRetired }) => [
      name,
      uid,
      kind,
      retired(isRetired),
    ]),
  },
];
