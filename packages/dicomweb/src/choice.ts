import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '@leadglass/dicom';
import { type AcceptedType, covers } from './media-type.ts';

/** In which form a DICOM resource is answered: one part after the other, or the object alone. */
export interface DicomChoice {
  readonly isMultipart: boolean;
  /** `stored`: as it lies; else the one transfer syntax asked for. */
  readonly transferSyntaxes: readonly string[];
}

/** What may stand for any transfer syntax. */
export const AS_STORED = '*';

/**
 * The forms in which a DICOM object may be answered, best first (PS3.18 §8.7.3.5). Without a transfer syntax explicit VR little endian is
 * meant; where the client takes anything at all it gets the object as it lies, whole and unchanged. Empty: none that is offered here (406).
 */
export function dicomChoices(accepted: readonly AcceptedType[]): readonly DicomChoice[] {
  const choices: DicomChoice[] = [];
  for (const { type, parameters } of accepted) {
    const inner = parameters.get('type')?.toLowerCase() ?? 'application/dicom';
    const isMultipart = covers(type, 'multipart/related') && covers(inner, 'application/dicom');
    if (isMultipart) choices.push({ isMultipart, transferSyntaxes: [syntaxOf(type, parameters)] });
    else if (type === 'application/dicom' || type === 'application/*')
      choices.push({ isMultipart: false, transferSyntaxes: [syntaxOf(type, parameters)] });
  }
  return merged(choices);
}

function syntaxOf(type: string, parameters: ReadonlyMap<string, string>): string {
  return parameters.get('transfer-syntax') ?? (type === '*/*' ? AS_STORED : EXPLICIT_VR_LITTLE_ENDIAN);
}

/** Several ranges of one form name several transfer syntaxes. */
function merged(choices: readonly DicomChoice[]): DicomChoice[] {
  const out: DicomChoice[] = [];
  for (const isMultipart of [choices[0]?.isMultipart ?? true, !(choices[0]?.isMultipart ?? true)]) {
    const of = choices.filter((choice) => choice.isMultipart === isMultipart);
    if (of.length > 0) out.push({ isMultipart, transferSyntaxes: of.flatMap((choice) => choice.transferSyntaxes) });
  }
  return out;
}

/** How one object is given out: as it lies, or written anew in explicit VR little endian; undefined: not as asked (406). */
export function givenAs(
  wanted: readonly string[],
  stored: string,
  canWriteAnew: boolean,
): 'stored' | 'explicit' | undefined {
  if (wanted.some((syntax) => syntax === AS_STORED || syntax === stored)) return 'stored';
  return canWriteAnew && wanted.includes(EXPLICIT_VR_LITTLE_ENDIAN) ? 'explicit' : undefined;
}

/** The media type of a frame compressed as `transferSyntaxUid` says (PS3.18 Table 8.7.3-5); undefined for uncompressed ones. */
export function frameMediaType(transferSyntaxUid: string): string | undefined {
  const syntax = transferSyntax(transferSyntaxUid);
  if (syntax === undefined || syntax.kind !== 'encapsulated') return undefined;
  return FRAME_TYPES[syntax.codec];
}

const FRAME_TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  'jpeg-ls': 'image/jls',
  'jpeg-2000': 'image/jp2',
  htj2k: 'image/jphc',
  'jpeg-xl': 'image/jxl',
  rle: 'image/dicom-rle',
  'mpeg-2': 'video/mpeg',
  h264: 'video/mp4',
  hevc: 'video/mp4',
  deflate: 'application/x-deflate',
};

/** In which form frames or bulk data are answered. */
export interface BytesChoice {
  readonly isMultipart: boolean;
  readonly mediaType: string;
  /** Bytes as they lie, or decoded, little endian. */
  readonly form: 'stored' | 'plain';
}

/**
 * The form in which frames of `stored` are answered (PS3.18 §8.7.3.5.2, Table 8.7.3-5); undefined: none as asked (406). A client that names
 * `application/octet-stream` with any transfer syntax, as viewers do, gets the compressed bytes under that name.
 * @param isSingle whether one frame is asked for: then it may come without a multipart around it.
 */
export function frameChoice(
  accepted: readonly AcceptedType[],
  stored: string,
  canDecode: boolean,
  isSingle: boolean,
): BytesChoice | undefined {
  const compressed = frameMediaType(stored);
  for (const { type, parameters } of accepted) {
    const isMultipart = type === 'multipart/related' || type === 'multipart/*' || type === '*/*';
    if (!isMultipart && !isSingle) continue;
    const inner =
      type === '*/*'
        ? '*/*'
        : isMultipart
          ? (parameters.get('type')?.toLowerCase() ?? 'application/octet-stream')
          : type;
    const chosen = bytesChoice(inner, parameters.get('transfer-syntax'), stored, compressed, canDecode);
    if (chosen !== undefined) return { ...chosen, isMultipart };
  }
  return undefined;
}

const OCTETS = 'application/octet-stream';

function bytesChoice(
  inner: string,
  syntax: string | undefined,
  stored: string,
  compressed: string | undefined,
  canDecode: boolean,
): Omit<BytesChoice, 'isMultipart'> | undefined {
  const isAsStored = syntax === AS_STORED || syntax === stored || (inner === '*/*' && syntax === undefined);
  if (compressed !== undefined) {
    if (covers(inner, compressed) && (isAsStored || syntax === undefined))
      return { mediaType: compressed, form: 'stored' };
    if (covers(inner, OCTETS) && isAsStored) return { mediaType: OCTETS, form: 'stored' };
  }
  if (!covers(inner, OCTETS)) return undefined;
  const isPlainMeant = syntax === undefined || syntax === AS_STORED || syntax === EXPLICIT_VR_LITTLE_ENDIAN;
  return isPlainMeant && (compressed === undefined || canDecode) ? { mediaType: OCTETS, form: 'plain' } : undefined;
}

/** The first of `offered` that is accepted, and whether within a multipart (`multipart/related; type=…`); undefined: none (406). */
export function plainChoice(
  accepted: readonly AcceptedType[],
  offered: readonly string[],
): { readonly type: string; readonly isMultipart: boolean } | undefined {
  for (const { type, parameters } of accepted) {
    const inner = parameters.get('type')?.toLowerCase();
    const isMultipart = type === 'multipart/related' && inner !== undefined;
    const found = offered.find((one) => covers(isMultipart ? inner : type, one));
    if (found !== undefined) return { type: found, isMultipart };
  }
  return undefined;
}
