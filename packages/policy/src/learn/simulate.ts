import type { Text } from '@leadglass/kit';
import type { Sighting } from '@leadglass/model';
import { type JudgedRules, judgeSighting } from './judge.ts';

/** One kind of traffic that other rules treat in another way than it was. */
export interface Difference {
  readonly seen: Sighting;
  /** `refused`: it passed, or was let pass, and would not. `admitted`: it was refused, and would pass. */
  readonly now: 'refused' | 'admitted';
  /** Why it would be refused; of what would be admitted, empty. */
  readonly why: Text;
  /** The command that would let it pass. */
  readonly hint: string;
  readonly isPartly: boolean;
}

export interface Simulation {
  /** Kinds of traffic replayed, and how often each was seen in all. */
  readonly kinds: number;
  readonly count: number;
  /** What would be refused first, then by how often it was seen. */
  readonly differences: readonly Difference[];
}

const NOTHING: Text = { fr: '', en: '' };

/** Replays what was seen against rules. What was only proposed is not replayed: nothing was asked with it. */
export function simulate(sightings: readonly Sighting[], rules: JudgedRules, ourTitle: string): Simulation {
  const replayed = sightings.filter(({ service, peer }) => service !== 'proposed' && peer !== '');
  const differences = replayed.flatMap((seen): Difference[] => {
    const verdict = judgeSighting(seen, rules, ourTitle);
    const passed = seen.outcome !== 'refused';
    if (verdict.passes === passed) return [];
    if (verdict.passes) return [{ seen, now: 'admitted', why: NOTHING, hint: '', isPartly: false }];
    return [{ seen, now: 'refused', why: verdict.why, hint: verdict.hint, isPartly: verdict.isPartly === true }];
  });
  const order = { refused: 0, admitted: 1 } as const;
  differences.sort((a, b) => order[a.now] - order[b.now] || b.seen.count - a.seen.count);
  const count = replayed.reduce((sum, seen) => sum + seen.count, 0);
  return { kinds: replayed.length, count, differences };
}
