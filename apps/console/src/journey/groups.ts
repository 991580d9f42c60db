import type { JourneyAnswer } from '@leadglass/contract';

export type Step = JourneyAnswer['steps'][number];
export type Stage = Step['stage'];

/** Steps of one stage that follow each other. */
export interface Group {
  readonly stage: Stage;
  readonly steps: readonly Step[];
  readonly fromMs: number;
  readonly toMs: number;
  /** How many objects they are about. */
  readonly objects: number;
  /** How many of each kind of event, the most frequent first. */
  readonly kinds: readonly (readonly [kind: string, count: number])[];
}

/** A run of one stage is cut by another only when that one lasts: 500 objects arrive and are kept one by one. */
const PATIENCE = 8;

/** The steps in groups, in the order of their time: what alternates quickly stands together, stage by stage. */
export function groupsOf(steps: readonly Step[]): readonly Group[] {
  const runs: { stage: Stage; steps: Step[]; last: number }[] = [];
  for (const [at, step] of steps.entries()) {
    const open = runs.findLast((run) => run.stage === step.stage);
    if (open !== undefined && at - open.last <= PATIENCE) {
      open.steps.push(step);
      open.last = at;
    } else runs.push({ stage: step.stage, steps: [step], last: at });
  }
  return runs.map(({ stage, steps: own }) => ({
    stage,
    steps: own,
    fromMs: own[0]?.entry.event.atMs ?? 0,
    toMs: own.at(-1)?.entry.event.atMs ?? 0,
    objects: new Set(own.flatMap(({ objects }) => objects)).size,
    kinds: countsOf(own),
  }));
}

function countsOf(steps: readonly Step[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { entry } of steps) counts.set(entry.event.kind, (counts.get(entry.event.kind) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
