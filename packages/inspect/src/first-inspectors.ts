import type { InspectorMaker } from './inspector.ts';
import { directory } from './inspectors/directory.ts';
import { encapsulated } from './inspectors/encapsulated.ts';
import { path } from './inspectors/path.ts';
import { pixels } from './inspectors/pixels.ts';
import { sop } from './inspectors/sop.ts';
import { structure } from './inspectors/structure.ts';
import { trailing } from './inspectors/trailing.ts';
import { uid } from './inspectors/uid.ts';
import { vr } from './inspectors/vr.ts';

/** The inspectors of a data set, in the order they are asked. Preamble and file meta are looked at by FileInspection. */
export const FIRST_INSPECTORS: readonly InspectorMaker[] = [
  structure,
  vr,
  uid,
  path,
  sop,
  pixels,
  encapsulated,
  directory,
  trailing,
];
