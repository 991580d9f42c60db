import { type ElementHead, lookup, vrOf } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('vr');

/** What a VR can be wrong about. */
export const VR_KINDS = {
  wrongFamily: kind(
    'wrong',
    'malformed',
    'PS3.6 §6',
    'Un élément connu porte un type de valeur (VR) tout autre que celui de la norme : un logiciel peut y lire autre chose ou tomber.',
    'A known element carries a value type (VR) quite other than the standard’s: a program may read something else in it, or crash.',
  ),
  neighbour: kind(
    'neighbour',
    'information',
    'PS3.6 §6',
    'Un élément connu porte un type de valeur voisin de celui de la norme ; c’est une particularité de certains appareils.',
    'A known element carries a value type close to the standard’s, a quirk of some devices.',
  ),
  length: kind(
    'length',
    'malformed',
    'PS3.5 §6.2',
    'Un nombre binaire n’a pas la longueur de son type : un logiciel lirait au-delà de la valeur.',
    'A binary number does not have the length of its type: a program would read beyond the value.',
  ),
  number: kind(
    'number',
    'suspicious',
    'PS3.5 §6.2',
    'Un élément qui doit contenir un nombre contient un texte.',
    'An element that has to hold a number holds text.',
  ),
} as const;

type Family = 'text' | 'integer' | 'float' | 'tag' | 'bulk' | 'sequence';

const FAMILY: Readonly<Record<string, Family>> = Object.fromEntries([
  ...family('text', 'AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT'),
  ...family('integer', 'US SS UL SL UV SV'),
  ...family('float', 'FL FD'),
  ...family('tag', 'AT'),
  ...family('bulk', 'OB OW OF OD OL OV'),
  ...family('sequence', 'SQ'),
]);

function family(name: Family, vrs: string): [string, Family][] {
  return vrs.split(' ').map((vr) => [vr, name]);
}

/** Bytes of one value of a binary VR (PS3.5 Table 6.2-1). The bulk VRs are judged by whoever reads them. */
const UNIT: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, AT: 4, FD: 8, UV: 8, SV: 8 };

/** Whether a dictionary VR was read from the wire as `vr` with the same size of unit and the same kind of content. */
function areNeighbours(vr: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => {
    if (FAMILY[one] !== FAMILY[vr])
      return FAMILY[one] === 'bulk' && (FAMILY[vr] === 'integer' || FAMILY[vr] === 'float');
    return UNIT[one] === UNIT[vr];
  });
}

/** Known tags under a wrong VR, and binary numbers of impossible length (INSPECT-20 to 23). */
export function vr(scene: Scene): Inspector {
  const checkVr = (head: ElementHead): void => {
    if (!head.isVrExplicit || head.vr === 'UN' || head.vr === vrOf(head.tag)) return;
    const allowed = lookup(head.tag)?.vrs;
    if (allowed === undefined || allowed.includes(head.vr) || FAMILY[head.vr] === undefined) return;
    scene.find(areNeighbours(head.vr, allowed) ? VR_KINDS.neighbour : VR_KINDS.wrongFamily);
  };
  const checkLength = (head: ElementHead): void => {
    const unit = UNIT[judgedVr(head)];
    if (unit !== undefined && head.length % unit !== 0) scene.find(VR_KINDS.length);
  };
  return {
    name: 'vr',
    element(head): void {
      checkVr(head);
      checkLength(head);
    },
    sequence: checkVr,
    beginning(head, bytes): void {
      if ((head.vr === 'IS' || head.vr === 'DS') && !isNumeric(bytes, head.length)) scene.find(VR_KINDS.number);
    },
  };
}

/** UN says nothing of a known element: it is judged by the dictionary when that leaves no choice. */
function judgedVr(head: ElementHead): string {
  if (head.vr !== 'UN') return head.vr;
  return vrOf(head.tag);
}

/** Digits, signs, point, backslash and space: almost every number, told without making a string. */
function isOfNumber(byte: number): boolean {
  return (byte >= 0x2b && byte <= 0x39 && byte !== 0x2f) || byte === 0x20 || byte === 0x5c;
}

/** Digits, signs, point, exponent, separators and padding. Decimals in an IS, and values too long, are quirks and not looked for. */
const NUMERIC = /^[0-9+\-.eE\\ \0\t\r\n,]*$/;
/** Written by real devices where they have no value. */
const NO_VALUE = /^(nan|[+-]?inf|[+-]?infinity|none|null|n\/a)$/i;

function isNumeric(bytes: Uint8Array, length: number): boolean {
  if (bytes.every(isOfNumber)) return true;
  const text = latin1(bytes);
  if (NUMERIC.test(text)) return true;
  if (length > bytes.length) return false;
  return text
    .split('\\')
    .every((value) => NUMERIC.test(value) || NO_VALUE.test(value.replace(/[ \0]+$/, '').trimStart()));
}
