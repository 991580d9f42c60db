import assert from 'node:assert/strict';
import { readV2 } from './reader.ts';
import type { ObservationReading, PatientPart, Reading } from './readings.ts';

/** Segments as a message. */
export function message(...segments: readonly string[]): string {
  return segments.map((segment) => `${segment}\r`).join('');
}

/** A segment by the numbers of its fields, with the usual delimiters. */
export function row(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|');
}

/** The MSH of a message of a type, version 2.5. */
export function msh(type: string): string {
  return `MSH|^~\\&|LAB|CHU|LG|GW|20260102||${type}|M1|P|2.5`;
}

/** What a message tells; it must be readable. */
export function read(bytes: Uint8Array): Reading {
  const reading = readV2(bytes, { fallbackCharset: '8859/1' });
  assert.ok(reading.kind !== 'unreadable');
  return reading;
}

/** The same of segments under an MSH of a type, in UTF-8 that is declared. */
export function readAs(type: string, ...segments: readonly string[]): Reading {
  return read(Buffer.from(message(`${msh(type)}||||||UNICODE UTF-8`, ...segments)));
}

/** The only patient of a reading. */
export function onlyPart({ patients }: Reading): PatientPart {
  const [part] = patients;
  assert.ok(part !== undefined && patients.length === 1);
  return part;
}

/** The observations of the only report of the only patient. */
export function observationsIn(reading: Reading): readonly ObservationReading[] {
  const { reports } = onlyPart(reading);
  assert.equal(reports.length, 1);
  return reports[0]?.observations ?? [];
}

/** Codes and places of its problems, `!` before a fatal one. */
export function problemsOf({ problems }: Pick<Reading, 'problems'>): readonly string[] {
  return problems.map(({ code, place, isFatal }) => `${isFatal ? '!' : ''}${code} ${place}`);
}
