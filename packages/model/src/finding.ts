import type { Text } from '@leadglass/kit';

/** How much a finding matters. `information` never changes a verdict. */
export type Severity = 'information' | 'suspicious' | 'malformed' | 'malicious';

/** What one inspector saw. Holds no patient data: the tag and the kind of trouble, not the value. */
export interface Finding {
  /** The inspector's name: `structure`, `uid`, `pixels`, `preamble`, `trailing`. */
  readonly inspector: string;
  /** Stable: `structure.duplicate-element`. */
  readonly code: string;
  readonly severity: Severity;
  /** `(0008,0018)`, nested as `(0040,A730)[2]/(0008,0100)`; empty when the finding is about the object as a whole. */
  readonly path: string;
  /** Byte offset in the data set (or in the file, for preamble and file meta); -1 when it has none. */
  readonly offset: number;
  /** What it means, in a sentence a radiology manager understands. */
  readonly text: Text;
  /** Where the standard says so: `PS3.5 §7.1`. */
  readonly cites: string;
}

/** Code of the finding that says the object cannot be read to its end: inspection reports it, policy refuses on it. */
export const UNREADABLE = 'structure.unreadable';

/** What the findings together say of an object. */
export type Verdict = 'clean' | 'suspicious' | 'malformed' | 'malicious';

const VERDICT_OF: Readonly<Record<Severity, Verdict>> = {
  information: 'clean',
  suspicious: 'suspicious',
  malformed: 'malformed',
  malicious: 'malicious',
};
const RANK: Readonly<Record<Verdict, number>> = { clean: 0, suspicious: 1, malformed: 2, malicious: 3 };

/** The worst verdict among `findings`; `clean` when there is none above information. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  let worst: Verdict = 'clean';
  for (const finding of findings) {
    const verdict = VERDICT_OF[finding.severity];
    if (RANK[verdict] > RANK[worst]) worst = verdict;
  }
  return worst;
}
