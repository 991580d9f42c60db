import { hash } from 'node:crypto';
import type { Event } from '@leadglass/model';

/** What an event is found by: numbers that stand for a study, an object, an association; null where it is about none. */
export interface EventKeys {
  readonly study: number | null;
  readonly object: number | null;
  readonly association: number | null;
}

/** 52 bits: an integer that every engine and every JavaScript number holds. Two that are alike are told apart by the event itself. */
const KEY_DIGITS = 13;

/** Stands for a study in the index of events. */
export function studyKey(uid: string): number {
  return keyOf(hash('sha256', uid));
}

/** Stands for an object; its SHA-256 is as good as random already. */
export function objectKey(sha256: string): number {
  return /^[0-9a-f]{13}/.test(sha256) ? keyOf(sha256) : keyOf(hash('sha256', sha256));
}

/** Stands for an association: the beginning of its UUID v7 is its time, so that new ones lie beside each other in the index. */
export function associationKey(id: string): number {
  const digits = id.slice(0, 36).replaceAll('-', '');
  return /^[0-9a-f]{32}$/.test(digits) ? keyOf(digits) : keyOf(hash('sha256', id));
}

function keyOf(hex: string): number {
  return Number.parseInt(hex.slice(0, KEY_DIGITS), 16);
}

/** What `event` is found by. Of several studies, the first. */
export function keysOf(event: Event): EventKeys {
  return {
    study: orNull(studyOf(event), studyKey),
    object: orNull(objectOf(event), objectKey),
    association: orNull(associationOf(event), associationKey),
  };
}

/** The study an event is about; empty when about none. */
export function studyOf(event: Event): string {
  if ('studyInstanceUid' in event) return event.studyInstanceUid;
  return 'studies' in event ? (event.studies[0] ?? '') : '';
}

/** The object an event is about: of a disarmed copy, the copy. A certificate's fingerprint is no object. */
export function objectOf(event: Event): string {
  return 'sha256' in event && !event.kind.startsWith('certificate.') ? (event.sha256 ?? '') : '';
}

/** The association an event is of, or the transaction in which commitment was asked for; empty when of neither. */
export function associationOf(event: Event): string {
  if ('associationId' in event) return event.associationId;
  return 'transactionUid' in event ? event.transactionUid : '';
}

function orNull(value: string, key: (value: string) => number): number | null {
  return value === '' ? null : key(value);
}
