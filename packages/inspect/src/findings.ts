import { type Finding, type Severity, UNREADABLE, type Verdict, verdictOf } from '@leadglass/model';

/** Bounds of what is kept of one object's findings. */
export interface FindingLimits {
  /** Kept in all; the rest is counted. */
  readonly kept: number;
  /** Kept of one code. */
  readonly perCode: number;
}

export const DEFAULT_FINDING_LIMITS: FindingLimits = { kept: 64, perCode: 4 };

const RANK: Readonly<Record<Severity, number>> = { information: 0, suspicious: 1, malformed: 2, malicious: 3 };

/** Keeps a bounded number of findings, the grave ones first, and counts all of them by code. */
export class FindingBox {
  readonly #limits: FindingLimits;
  readonly #kept: Finding[] = [];
  readonly #counted = new Map<string, number>();
  #worst: Severity = 'information';

  constructor(limits: FindingLimits = DEFAULT_FINDING_LIMITS) {
    this.#limits = limits;
  }

  /** Takes a finding in: always counted and weighed, kept while there is room for its code or something lighter to give up. */
  add(finding: Finding): void {
    const count = (this.#counted.get(finding.code) ?? 0) + 1;
    this.#counted.set(finding.code, count);
    if (RANK[finding.severity] > RANK[this.#worst]) this.#worst = finding.severity;
    if (count > this.#limits.perCode) return;
    if (this.#kept.length < this.#limits.kept) this.#kept.push(finding);
    else this.#replaceLighter(finding);
  }

  get findings(): readonly Finding[] {
    return this.#kept;
  }

  /** How often each code was reported, kept or not. */
  get counted(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counted);
  }

  /** The worst of everything reported, kept or not. */
  get verdict(): Verdict {
    return verdictOf([
      { inspector: '', code: '', severity: this.#worst, path: '', offset: -1, text: { fr: '', en: '' }, cites: '' },
    ]);
  }

  /** `structure.unreadable` decides between holding and refusing, so it never gives way and always finds a place. */
  #replaceLighter(finding: Finding): void {
    const weight = weightOf(finding);
    let lightest = -1;
    for (const [at, kept] of this.#kept.entries()) {
      if (weightOf(kept) < weight && (lightest < 0 || weightOf(kept) < weightOf(this.#kept[lightest] ?? kept)))
        lightest = at;
    }
    if (lightest >= 0) this.#kept[lightest] = finding;
  }
}

function weightOf(finding: Finding): number {
  return finding.code === UNREADABLE ? RANK.malicious + 1 : RANK[finding.severity];
}
