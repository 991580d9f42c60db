import { type Text, text } from '@leadglass/kit';
import type { Severity } from '@leadglass/model';
import type { FindingKind } from './inspector.ts';

/** A FindingKind, its code made of the inspector's name and `what`. */
export function kind(inspector: string, what: string, severity: Severity, cites: string, sentence: Text): FindingKind {
  return { inspector, code: `${inspector}.${what}`, severity, cites, text: sentence };
}

/** The same for one inspector: `(what, severity, cites, fr, en)`. */
export function kindsOf(
  inspector: string,
): (what: string, severity: Severity, cites: string, fr: string, en: string) => FindingKind {
  return (what, severity, cites, fr, en) => kind(inspector, what, severity, cites, text(fr, en));
}
