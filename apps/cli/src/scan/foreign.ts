import { EXPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { type FindingBox, type FindingKind, Inspection } from '@leadglass/inspect';
import type { Inspectors } from './inspectors.ts';
import { FILE_KINDS } from './kinds.ts';
import type { Nature } from './nature.ts';
import type { Source } from './source.ts';

const ENCAPSULATED_DOCUMENT = 0x00420011;
const MIME_TYPE = 0x00420012;
const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const ENCAPSULATED_CDA = '1.2.840.10008.5.1.4.1.1.104.2';
/** Longest length a 32-bit field can hold that means a length. */
const LONGEST = 0xfffffffe;
/** The storage that holds the macros of an Office document, as its directory writes names: UTF-16 (MS-OVBA §2.2.1). */
const MACROS = Buffer.from('_VBA_PROJECT', 'utf16le');

/** As what a file is shown to the inspectors of documents: SOP class and MIME type. */
const SHOWN_AS: Partial<Record<Nature, readonly [sopClassUid: string, mime: string]>> = {
  pdf: [ENCAPSULATED_PDF, 'application/pdf'],
  xml: [ENCAPSULATED_CDA, 'text/XML'],
};

/**
 * Looks at a whole file that is no DICOM object with the inspectors made for payloads: they are shown one encapsulated document, and what
 * they find is told of the file. Reads the source to its end.
 * @returns names of the inspectors that could not finish.
 */
export async function lookAtForeign(
  source: Source,
  nature: Nature,
  inspectors: Inspectors,
  box: FindingBox,
): Promise<readonly string[]> {
  const [sopClassUid, mime] = SHOWN_AS[nature] ?? ['', ''];
  const context = { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, sopClassUid, sopInstanceUid: '' };
  const inspection = new Inspection({ context, inspectors: inspectors.foreign });
  const macros = nature === 'office' ? new Needle(MACROS) : undefined;
  open(inspection, ENCAPSULATED_DOCUMENT, 'OB', LONGEST);
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
    inspection.value(piece);
    macros?.push(piece);
  }
  inspection.elementEnd();
  if (mime !== '') {
    open(inspection, MIME_TYPE, 'LO', mime.length);
    inspection.value(Buffer.from(mime, 'latin1'));
    inspection.elementEnd();
  }
  const { findings, unfinished } = await inspection.settled();
  // A file has no elements: where in it stands in the offset, if anywhere.
  for (const finding of findings) box.add({ ...finding, path: '' });
  if (macros?.isFound === true) box.add(findingOf(FILE_KINDS.macro));
  return unfinished;
}

function open(inspection: Inspection, tag: number, vr: string, length: number): void {
  inspection.element({ tag, vr, isVrExplicit: true, length, offset: 0, depth: 0 });
}

/** `kind` as a finding about a file as a whole. */
export function findingOf(kind: FindingKind) {
  const { inspector, code, severity, text, cites } = kind;
  return { inspector, code, severity, path: '', offset: -1, text, cites };
}

/** Looks for bytes in a stream, across the borders of its pieces. */
class Needle {
  readonly #needle: Buffer;
  #tail: Buffer = Buffer.alloc(0);
  isFound = false;

  constructor(needle: Buffer) {
    this.#needle = needle;
  }

  push(piece: Uint8Array): void {
    if (this.isFound) return;
    const overlap = this.#needle.length - 1;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const border = Buffer.concat([this.#tail, bytes.subarray(0, overlap)]);
    this.isFound = border.includes(this.#needle) || bytes.includes(this.#needle);
    this.#tail = Buffer.from(bytes.length >= overlap ? bytes.subarray(-overlap) : border.subarray(-overlap));
  }
}
