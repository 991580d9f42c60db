import assert from 'node:assert/strict';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { inspectDataSet } from '../index.ts';
import type { InspectorMaker } from '../inspector.ts';
import { injection } from '../inspectors/injection.ts';
import { mesh } from '../inspectors/mesh.ts';
import { pdf } from '../inspectors/pdf.ts';
import { retrieveUrl } from '../inspectors/retrieve-url.ts';
import { video } from '../inspectors/video.ts';
import { xml } from '../inspectors/xml.ts';
import { CT_CLASS, EXPLICIT, element, INSTANCE } from '../test-data.ts';

/** The inspectors of content, alone: what others say of the same bytes does not blur what these say. */
export const CONTENT_INSPECTORS: readonly InspectorMaker[] = [injection, mesh, pdf, retrieveUrl, video, xml];

/** What is told of an object besides its bytes. */
export interface Told {
  readonly sopClass?: string;
  readonly transferSyntax?: string;
}

export interface Seen {
  readonly verdict: Verdict;
  /** Codes in the order they came. */
  readonly codes: readonly string[];
  readonly paths: readonly string[];
  readonly unfinished: readonly string[];
}

function inspect(dataSet: Uint8Array, told: Told, pieceBytes: number, inspectors: readonly InspectorMaker[]): Seen {
  const context = {
    transferSyntaxUid: told.transferSyntax ?? EXPLICIT,
    sopClassUid: told.sopClass ?? CT_CLASS,
    sopInstanceUid: INSTANCE,
  };
  const { verdict, findings, unfinished } = inspectDataSet({ context, inspectors }, pieces(dataSet, pieceBytes));
  const [codes, paths] = [findings.map((finding) => finding.code), findings.map((finding) => finding.path)];
  return { verdict, codes, paths, unfinished };
}

/** Pieces in a buffer that is used again for each, as a network does: whoever keeps a view is found out. */
function* pieces(bytes: Uint8Array, pieceBytes: number): Iterable<Uint8Array> {
  const buffer = new Uint8Array(Math.min(pieceBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

/** Inspects whole, in pieces of 7 and of 1: the same each time, or the test fails. @param inspectors those of content unless said. */
export function look(dataSet: Uint8Array, told: Told = {}, inspectors = CONTENT_INSPECTORS): Seen {
  const whole = inspect(dataSet, told, Math.max(1, dataSet.length), inspectors);
  for (const pieceBytes of [7, 1])
    assert.deepEqual(inspect(dataSet, told, pieceBytes, inspectors), whole, `pieces of ${pieceBytes}`);
  return whole;
}

/** Expects exactly these codes, and the verdict they make. */
export function expectCodes(dataSet: Uint8Array, verdict: Verdict, codes: readonly string[], told: Told = {}): void {
  const seen = look(dataSet, told);
  assert.deepEqual([...new Set(seen.codes)].sort(), [...codes].sort());
  assert.equal(seen.verdict, verdict);
}

/** Latin-1 text as bytes. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** An encapsulated document with its type, as PS3.3 §C.24.2 puts them. */
export function encapsulatedDocument(document: Uint8Array | string, mime: string): Uint8Array {
  const bytes = typeof document === 'string' ? bytesOf(document) : document;
  const even = bytes.length % 2 === 0 ? bytes : concatBytes(bytes, Uint8Array.of(0));
  return concatBytes(element(0x00420011, 'OB', even), element(0x00420012, 'LO', mime));
}
