import { type ElementHead, TAG } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { PerItem } from '../levels.ts';

const kind = kindsOf('charset');

/** What an object's alphabets can be wrong about. */
export const CHARSET_KINDS = {
  unknownTerm: kind(
    'unknown-term',
    'information',
    'PS3.3 §C.12.1.1.2',
    'L’objet nomme un jeu de caractères que la norme ne connaît pas : des accents ou des idéogrammes peuvent être mal lus.',
    'The object names a character set the standard does not know: accents or ideograms may be misread.',
  ),
  undeclared: kind(
    'undeclared-escape',
    'information',
    'PS3.5 §6.1.2.5, PS3.3 §C.12.1.1.2',
    'Un texte passe à un jeu de caractères que l’objet n’annonce pas ; c’est une particularité de certains appareils.',
    'A text switches to a character set the object does not declare, a quirk of some devices.',
  ),
  foreign: kind(
    'foreign-escape',
    'suspicious',
    'PS3.5 §6.1.2.5, §6.1.3',
    'Un texte contient une séquence de commande (échappement) qui n’est pas un changement d’alphabet : elle peut agir sur un écran ou cacher une partie du texte.',
    'A text holds a control sequence (escape) that is no change of alphabet: it can act on a terminal or hide a part of the text.',
  ),
} as const;

/** Escape sequences behind ESC (PS3.3 Tables C.12-3 and C.12-4) and the number of the set each switches to. */
const SET_OF_ESCAPE: Readonly<Record<string, number>> = {
  '(B': 6,
  '-A': 100,
  '-B': 101,
  '-C': 109,
  '-D': 110,
  '-L': 144,
  '-G': 127,
  '-F': 126,
  '-H': 138,
  '-M': 148,
  '-b': 203,
  '-T': 166,
  '(J': 13,
  ')I': 13,
  $B: 87,
  '$@': 87,
  '$(D': 159,
  '$)C': 149,
  '$)A': 58,
};
const LONGEST_ESCAPE = 3;
/** Terms with and without code extensions; 6 alone is no defined term but written for the default everywhere. */
const SETS = new Set([6, 13, 58, 87, 100, 101, 109, 110, 126, 127, 138, 144, 148, 149, 159, 166, 192, 203]);
const TEXT_VRS = new Set(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT']);
const ESC = 0x1b;
const SHORT_VALUE_BYTES = 64;

/** Declared sets by their numbers, as far as known. */
type Declared = ReadonlySet<number>;
const NOTHING_DECLARED: Declared = new Set();

/** Specific Character Set and the escape sequences of texts, each item under its own or its parent's declaration (INSPECT-190 to 192). */
export function charset(scene: Scene): Inspector {
  const inherited: Declared[] = [NOTHING_DECLARED];
  const items = new PerItem((): { declared: Declared } => ({ declared: inherited.at(-1) ?? NOTHING_DECLARED }));
  const declare = (bytes: Uint8Array): void => {
    const terms = latin1(bytes).split('\\', MOST_TERMS).map(plain);
    if (terms.some((term) => !isTerm(term))) scene.find(CHARSET_KINDS.unknownTerm);
    items.current.declared = new Set(terms.map(setOf));
  };
  return {
    name: 'charset',
    beginning(head, bytes): void {
      if (head.tag === TAG.SpecificCharacterSet) declare(bytes);
      else if (TEXT_VRS.has(head.vr)) judge(scene, head, bytes, items.known?.declared ?? inherited.at(-1));
    },
    item(): void {
      inherited.push(items.known?.declared ?? inherited.at(-1) ?? NOTHING_DECLARED);
      items.enter();
    },
    itemEnd(): void {
      items.leave();
      if (inherited.length > 1) inherited.pop();
    },
  };
}

const MOST_TERMS = 32;

function plain(term: string): string {
  return term.replace(/[\0 ]+$/, '').trimStart();
}

function isTerm(term: string): boolean {
  if (term === '' || term === 'GB18030' || term === 'GBK') return true;
  const number = numberOf(term);
  return number >= 0 && SETS.has(number);
}

/** 13 of `ISO_IR 13` and of `ISO 2022 IR 13`; -1 of anything else. */
function numberOf(term: string): number {
  const digits = /^(?:ISO_IR|ISO 2022 IR) ([0-9]{1,3})$/.exec(term)?.[1];
  return digits === undefined ? -1 : Number(digits);
}

function setOf(term: string): number {
  return term === '' ? 6 : numberOf(term);
}

/** The gravest of a value's escapes, once a value. Manufacturers' own elements hold what they like. */
function judge(scene: Scene, head: ElementHead, bytes: Uint8Array, declared: Declared = NOTHING_DECLARED): void {
  let at = firstEscape(bytes);
  let isUndeclared = false;
  for (; at >= 0; at = bytes.indexOf(ESC, at + 1)) {
    const set = escapeAt(bytes, at + 1);
    if (set === undefined) {
      const isCut = at + 1 + LONGEST_ESCAPE > bytes.length && bytes.length < head.length;
      if (!isCut && !isPrivate(head)) {
        scene.find(CHARSET_KINDS.foreign);
        return;
      }
    } else if (set !== 6 && !declared.has(set)) isUndeclared = true;
  }
  if (isUndeclared) scene.find(CHARSET_KINDS.undeclared);
}

/** A loop for short values: it costs less than the call of `indexOf` does. */
function firstEscape(bytes: Uint8Array): number {
  if (bytes.length > SHORT_VALUE_BYTES) return bytes.indexOf(ESC);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === ESC) return at;
  return -1;
}

function escapeAt(bytes: Uint8Array, at: number): number | undefined {
  const text = latin1(bytes.subarray(at, at + LONGEST_ESCAPE));
  return SET_OF_ESCAPE[text.slice(0, 2)] ?? SET_OF_ESCAPE[text];
}

function isPrivate(head: ElementHead): boolean {
  return (head.tag & 0x10000) !== 0;
}
