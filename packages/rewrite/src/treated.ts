import { hasLongLength, lookup, type Tag, vrOf } from '@leadglass/dicom';
import { bytesEqual } from '@leadglass/kit';
import type { Form } from './form.ts';
import { isMedical, type Treatment } from './nature.ts';
import { recastValue } from './recast.ts';
import type { ChangeKind } from './record.ts';
import { cleanText } from './text-cleaner.ts';
import { repairedUids } from './uid.ts';

/** Longest value that is made anew, in bytes. */
export const MOST_TREATED_BYTES = 2 ** 20;

/** A value before its treatment. */
export interface Untreated {
  readonly tag: Tag;
  /** VR on the wire. */
  readonly vr: string;
  readonly form: Form;
  readonly charset: string;
  readonly isImplicit: boolean;
  readonly value: Uint8Array;
}

/** A value after it, not yet padded, and what was done. */
export interface Treated {
  readonly vr: string;
  readonly value: Uint8Array;
  readonly kind: ChangeKind;
}

/** From here on a length does not fit 16 bits and be even. */
const MOST_SHORT_BYTES = 0xffff;
const NOTHING = new Uint8Array(0);

/** The value made harmless; undefined when that would take away medical content. `remove` and `notice` are not for values. */
export function treatedValue(treatment: Treatment, old: Untreated, transferSyntaxUid: string): Treated | undefined {
  if (treatment === 'clean') return cleaned(old);
  if (treatment === 'new-uid') return { vr: 'UI', value: repairedUidValue(old), kind: 'uid' };
  if (treatment === 'recast') return recast(old, transferSyntaxUid);
  return { vr: rightVr({ ...old, value: NOTHING }), value: NOTHING, kind: 'emptied' };
}

/** The dictionary's VR where one stands on the wire: what is made anew is made right. */
function rightVr({ tag, form, value }: Untreated): string {
  const known = vrOf(tag);
  const isKept = !form.isVrExplicit || known === 'UN' || known === 'SQ';
  return isKept || (value.length >= MOST_SHORT_BYTES && !hasLongLength(known)) ? form.vr : known;
}

function repairedUidValue({ tag, value }: Untreated): Uint8Array {
  const isMultiple = (lookup(tag)?.vm ?? '1-n') !== '1';
  return latin1(repairedUids(value, isMultiple));
}

function cleaned(old: Untreated): Treated {
  const known = vrOf(old.tag);
  // Sent under a VR of bytes, text is still text to who looks it up.
  const vr = known === 'UN' ? old.form.vr : known;
  const value = cleanText(old.value, old.tag, vr, old.charset);
  const isCode = vr === 'CS' && !bytesEqual(value, old.value);
  return { vr: rightVr(old), value: isCode ? codeString(value) : value, kind: 'cleaned' };
}

/** Most characters of one Code String (PS3.5 §6.2). */
const MOST_CODE_CHARACTERS = 16;

/** What was no code string becomes one that names nothing: upper case, `_` for what may not stand there, each value cut to its bound. */
function codeString(value: Uint8Array): Uint8Array {
  const values = Buffer.from(value).toString('latin1').replace(/\0$/, '').split('\\');
  const codes = values.map((one) =>
    one
      .toUpperCase()
      .replaceAll(/[^A-Z0-9_ ]/g, '_')
      .slice(0, MOST_CODE_CHARACTERS),
  );
  return latin1(codes.join('\\'));
}

function recast(old: Untreated, transferSyntaxUid: string): Treated | undefined {
  const vr = vrOf(old.tag);
  const value = recastValue(old.tag, old.vr, old.value, transferSyntaxUid);
  if (value !== undefined) return { vr, value, kind: 'recast' };
  return isMedical(old.tag) ? undefined : { vr, value: NOTHING, kind: 'emptied' };
}

function latin1(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'latin1'));
}
