/** How a VR's length stands on the wire in explicit VR: two bytes, or two reserved bytes and four (PS3.5 §7.1.2). */
export const VR_NONE = 0;
export const VR_SHORT = 1;
export const VR_LONG = 2;

/** Every VR of PS3.5 §6.2 whose explicit length is 16 bits. */
export const SHORT_VRS: readonly string[] = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'SL',
  'SS',
  'ST',
  'TM',
  'UI',
  'UL',
  'US',
];
/** Every VR of PS3.5 §6.2 whose explicit length is 32 bits. */
export const LONG_VRS: readonly string[] = [
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
];

const LETTERS = 26;
const FIRST_LETTER = 0x41;
const forms = new Uint8Array(LETTERS * LETTERS);
const names: string[] = [];

function slot(first: number, second: number): number {
  return (first - FIRST_LETTER) * LETTERS + (second - FIRST_LETTER);
}

for (let first = 0; first < LETTERS; first += 1) {
  for (let second = 0; second < LETTERS; second += 1) {
    names.push(String.fromCharCode(FIRST_LETTER + first, FIRST_LETTER + second));
  }
}
for (const vr of SHORT_VRS) forms[slot(vr.charCodeAt(0), vr.charCodeAt(1))] = VR_SHORT;
for (const vr of LONG_VRS) forms[slot(vr.charCodeAt(0), vr.charCodeAt(1))] = VR_LONG;

/** Whether a byte is one of A–Z. */
export function isCapital(byte: number): boolean {
  return byte >= FIRST_LETTER && byte < FIRST_LETTER + LETTERS;
}

/** The form of the VR two bytes spell: VR_SHORT, VR_LONG, or VR_NONE when they spell none. */
export function vrForm(first: number, second: number): number {
  return isCapital(first) && isCapital(second) ? (forms[slot(first, second)] as number) : VR_NONE;
}

/** The two capitals as a string, without allocating. @param first a byte A–Z; @param second the same. */
export function vrName(first: number, second: number): string {
  return names[slot(first, second)] as string;
}

/** Whether an element of this VR has a 32-bit length in explicit VR; true for what is no VR, as a later standard's would be. */
export function hasLongLength(vr: string): boolean {
  return vrForm(vr.charCodeAt(0), vr.charCodeAt(1)) !== VR_SHORT;
}

/** Whether `vr` is a VR of the current standard. */
export function isStandardVr(vr: string): boolean {
  return vr.length === 2 && vrForm(vr.charCodeAt(0), vr.charCodeAt(1)) !== VR_NONE;
}
