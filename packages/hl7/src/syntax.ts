/** What separates the parts of a message (MSH-1, MSH-2); '' where the sender declares none. */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** From version 2.7 on: stands at the end of what was cut. */
  readonly truncation: string;
}

export const USUAL_DELIMITERS: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: '',
};

const USUAL_HEAD = 'MSH|^~\\&|';
const PUNCTUATION = /^[!-/:-@[-`{-~]+$/;

/** The delimiters that the beginning of an MSH segment declares, or undefined: signs of ASCII, no two alike, a component separator at least. */
export function delimitersOf(msh: string): Delimiters | undefined {
  if (msh.startsWith(USUAL_HEAD)) return USUAL_DELIMITERS;
  const field = msh.charAt(3);
  const end = msh.indexOf(field, 4);
  const encoding = msh.slice(4, end < 0 ? 16 : end);
  const all = field + encoding;
  const isSound = encoding.length >= 1 && encoding.length <= 5 && PUNCTUATION.test(all);
  if (!isSound || new Set(all).size !== all.length) return undefined;
  return {
    field,
    component: encoding.charAt(0),
    repetition: encoding.charAt(1),
    escape: encoding.charAt(2),
    subcomponent: encoding.charAt(3),
    truncation: encoding.charAt(4),
  };
}
