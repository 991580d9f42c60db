import { carried } from './carried/carried.ts';
import type { ContentEyeMaker } from './carried/content.ts';
import { DEFAULT_EYES } from './carried/default-eyes.ts';
import type { InspectorMaker } from './inspector.ts';
import { charset } from './inspectors/charset.ts';
import { codec } from './inspectors/codec.ts';
import { confidentiality } from './inspectors/confidentiality.ts';
import { declared } from './inspectors/declared.ts';
import { differential } from './inspectors/differential.ts';
import { directory } from './inspectors/directory.ts';
import { encapsulated } from './inspectors/encapsulated.ts';
import { injection } from './inspectors/injection.ts';
import { mesh } from './inspectors/mesh.ts';
import { path } from './inspectors/path.ts';
import { pdf } from './inspectors/pdf.ts';
import { pixels } from './inspectors/pixels.ts';
import { retrieveUrl } from './inspectors/retrieve-url.ts';
import { sop } from './inspectors/sop.ts';
import { structure } from './inspectors/structure.ts';
import { trailing } from './inspectors/trailing.ts';
import { uid } from './inspectors/uid.ts';
import { video } from './inspectors/video.ts';
import { vr } from './inspectors/vr.ts';
import { xml } from './inspectors/xml.ts';

/** Those that need no eyes. */
const PLAIN: readonly InspectorMaker[] = [
  structure,
  vr,
  uid,
  path,
  sop,
  pixels,
  encapsulated,
  codec,
  directory,
  trailing,
  charset,
  differential,
  declared,
  confidentiality,
  injection,
  mesh,
  pdf,
  retrieveUrl,
  video,
  xml,
];

/**
 * The inspectors of a data set, in the order they are asked; `more` eyes look at what it carries, beside the default ones. Preamble and
 * file meta are looked at by FileInspection.
 */
export function firstInspectors(more: readonly ContentEyeMaker[]): readonly InspectorMaker[] {
  return [...PLAIN, carried([...DEFAULT_EYES, ...more])];
}

/** The same with the default eyes alone. */
export const FIRST_INSPECTORS: readonly InspectorMaker[] = firstInspectors([]);
