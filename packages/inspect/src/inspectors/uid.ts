import { type ElementHead, vrOf } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('uid');

/** What a UID can be wrong about. */
export const UID_KINDS = {
  tooLong: kind(
    'too-long',
    'malformed',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) dépasse 64 caractères : un logiciel qui réserve la place prévue par la norme déborderait.',
    'A unique identifier (UID) is longer than 64 characters: a program that reserves the room the standard sets would overflow.',
  ),
  nulInside: kind(
    'nul-inside',
    'malformed',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) contient un octet nul en son milieu : deux logiciels n’y liraient pas le même identifiant.',
    'A unique identifier (UID) has a NUL byte in its middle: two programs would not read the same identifier.',
  ),
  characters: kind(
    'characters',
    'malformed',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) contient autre chose que des chiffres et des points.',
    'A unique identifier (UID) holds something else than digits and dots.',
  ),
  emptyComponent: kind(
    'empty-component',
    'malformed',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) a une composante vide (deux points de suite, ou un point au bord).',
    'A unique identifier (UID) has an empty component (two dots in a row, or a dot at its edge).',
  ),
  leadingZero: kind(
    'leading-zero',
    'information',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) a une composante commençant par zéro ; c’est une particularité de certains appareils.',
    'A unique identifier (UID) has a component that begins with zero, a quirk of some devices.',
  ),
  padding: kind(
    'padding',
    'information',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) est complété autrement que par un seul octet nul ; c’est une particularité de certains appareils.',
    'A unique identifier (UID) is padded otherwise than with one NUL byte, a quirk of some devices.',
  ),
  privateSyntax: kind(
    'private-syntax',
    'information',
    'PS3.5 §7.8',
    'Un élément privé d’un constructeur est déclaré comme identifiant (UID) sans en avoir la forme.',
    'A private element of a manufacturer is declared an identifier (UID) without having its form.',
  ),
} as const;

const LONGEST_UID = 64;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether the element holds UIDs, by the wire or by the dictionary: another VR on a known UID does not take it out of sight. */
export function holdsUids(head: ElementHead): boolean {
  return head.vr === 'UI' || (head.isVrExplicit && vrOf(head.tag) === 'UI');
}

/** What is wrong with one UID of a value, padding still on; undefined when nothing is. */
export function uidTrouble(value: string): FindingKind | undefined {
  const bare = value.replace(/[\0 ]+$/, '').replace(/^ +/, '');
  if (bare === '') return undefined;
  if (bare.includes('\0')) return UID_KINDS.nulInside;
  if (!/^[0-9.]+$/.test(bare)) return UID_KINDS.characters;
  if (bare.length > LONGEST_UID) return UID_KINDS.tooLong;
  if (bare.startsWith('.') || bare.endsWith('.') || bare.includes('..')) return UID_KINDS.emptyComponent;
  if (/(^|\.)0[0-9]/.test(bare)) return UID_KINDS.leadingZero;
  const padding = value.length - bare.length;
  return padding > 1 || (padding === 1 && value.endsWith(' ')) ? UID_KINDS.padding : undefined;
}

/** Syntax and length of every UID, at every depth (INSPECT-30 to 33). */
export function uid(scene: Scene): Inspector {
  return {
    name: 'uid',
    beginning(head, bytes): void {
      if (!holdsUids(head) || isPlainUid(bytes)) return;
      const trouble = troubleOf(latin1(bytes), bytes.length < head.length);
      if (trouble !== undefined) scene.find(isPrivate(head) ? UID_KINDS.privateSyntax : trouble);
    },
  };
}

/** Most UIDs have nothing to be said of them: told by their bytes, without making a string. */
function isPlainUid(bytes: Uint8Array): boolean {
  const end = bytes.length > 0 && bytes[bytes.length - 1] === 0 ? bytes.length - 1 : bytes.length;
  if (end > LONGEST_UID) return false;
  let previous = DOT;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    const isDigit = byte >= ZERO && byte <= NINE;
    if (!isDigit && (byte !== DOT || previous === DOT)) return false;
    if (isDigit && previous === ZERO && (at === 1 || bytes[at - 2] === DOT)) return false;
    previous = byte;
  }
  return end === 0 || previous !== DOT;
}

/** The gravest trouble among the values. Of a value cut by the frame's bound only the first UIDs are seen, the last may be cut. */
function troubleOf(text: string, isCut: boolean): FindingKind | undefined {
  const values = text.split('\\');
  if (isCut && values.length > 1) values.pop();
  let worst: FindingKind | undefined;
  for (const value of values) {
    const trouble = uidTrouble(value);
    if (trouble?.severity === 'malformed') return trouble;
    worst ??= trouble;
  }
  return worst;
}

function isPrivate(head: ElementHead): boolean {
  return (head.tag & 0x10000) !== 0;
}
