import type { Verdict } from '@leadglass/model';
import { inspect } from './inspect.ts';
import type { Variant } from './variants.ts';

/** Blocked under another name is blocked: malformed and malicious stand for each other. */
const RANK: Readonly<Record<Verdict, number>> = { clean: 0, suspicious: 1, malformed: 2, malicious: 2 };

function isRight({ least }: Variant, reached: Verdict): boolean {
  return least === 'clean' ? reached === 'clean' : RANK[reached] >= RANK[least];
}

/** Inspects every one. @returns what is not at or above its truth, a line each, and how many were innocent twins. */
export async function missesOf(
  all: AsyncIterable<Variant>,
): Promise<{ readonly missed: readonly string[]; readonly twins: number }> {
  const missed: string[] = [];
  let twins = 0;
  for await (const one of all) {
    if (one.least === 'clean') twins += 1;
    const { verdict, findings } = await inspect(one.bytes);
    if (isRight(one, verdict)) continue;
    const codes = findings.map(({ code }) => code).join(', ');
    missed.push(`${one.name}: ${verdict}, not ${one.least} (${codes})`);
  }
  return { missed, twins };
}
