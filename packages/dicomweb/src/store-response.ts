import { TAG } from '@leadglass/dicom';
import { JsonModelWriter } from './json-model.ts';
import type { ModelWriter } from './model-reader.ts';
import { pathTo } from './resource.ts';
import { XmlModelWriter } from './xml-model.ts';

/** What became of one object that was sent. UIDs are empty where none could be read. */
export interface StoredPart {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** A status of PS3.4 Table B.2-1: 0000, Bxxx stored with a warning, anything else not stored. */
  readonly status: number;
}

const RETRIEVE_URL = 0x00081190;
const WARNING_REASON = 0x00081196;
const NO_STATUS = 0x0110;

function isWarning(status: number): boolean {
  return status >> 12 === 0xb;
}

/** Whether the object is kept. */
export function isStored({ status }: StoredPart): boolean {
  return status === 0 || isWarning(status);
}

/** The status of the whole answer (PS3.18 Table 10.5.3-1): 200 all stored, 202 with warnings or some not, 409 none. */
export function storeStatus(parts: readonly StoredPart[]): 200 | 202 | 409 {
  if (!parts.some(isStored)) return 409;
  return parts.every(({ status }) => status === 0) ? 200 : 202;
}

/**
 * The Store Instances Response Module (PS3.18 Table I.1-1), as JSON or XML. @param base of our addresses. @param study as asked for, else
 * undefined.
 */
export function storeResponse(
  parts: readonly StoredPart[],
  base: string,
  study: string | undefined,
  isXml: boolean,
): string {
  const text: string[] = [];
  const writer = isXml
    ? new XmlModelWriter((piece) => text.push(piece))
    : new JsonModelWriter((piece) => text.push(piece));
  const [stored, failed] = [parts.filter(isStored), parts.filter((part) => !isStored(part))];
  const one = study ?? studyOf(stored);
  if (one !== undefined && stored.length > 0) uri(writer, pathTo(base, { study: one }));
  list(writer, TAG.FailedSOPSequence, failed, (part) => {
    uid(writer, TAG.ReferencedSOPClassUID, part.sopClassUid);
    uid(writer, TAG.ReferencedSOPInstanceUID, part.sopInstanceUid);
    number(writer, TAG.FailureReason, part.status === 0 ? NO_STATUS : part.status);
  });
  list(writer, TAG.ReferencedSOPSequence, stored, (part) => {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = part;
    uid(writer, TAG.ReferencedSOPClassUID, part.sopClassUid);
    uid(writer, TAG.ReferencedSOPInstanceUID, sopInstanceUid);
    uri(writer, pathTo(base, { study: studyInstanceUid, series: seriesInstanceUid, instance: sopInstanceUid }));
    if (part.status !== 0) number(writer, WARNING_REASON, part.status);
  });
  writer.end();
  return text.join('');
}

function studyOf(stored: readonly StoredPart[]): string | undefined {
  const studies = new Set(stored.map(({ studyInstanceUid }) => studyInstanceUid));
  return studies.size === 1 ? [...studies][0] : undefined;
}

function list(writer: ModelWriter, tag: number, parts: readonly StoredPart[], tell: (part: StoredPart) => void): void {
  if (parts.length === 0) return;
  writer.sequence(tag, undefined);
  for (const [index, part] of parts.entries()) {
    writer.item(index);
    tell(part);
    writer.itemEnd();
  }
  writer.sequenceEnd();
}

function uid(writer: ModelWriter, tag: number, value: string): void {
  writer.attribute(tag, 'UI', undefined, value === '' ? { kind: 'none' } : { kind: 'texts', values: [value] });
}

function uri(writer: ModelWriter, value: string): void {
  writer.attribute(RETRIEVE_URL, 'UR', undefined, { kind: 'texts', values: [value] });
}

function number(writer: ModelWriter, tag: number, value: number): void {
  writer.attribute(tag, 'US', undefined, { kind: 'numbers', values: [value] });
}
