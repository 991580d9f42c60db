import type { AnswerInputOf, DrillAnswer, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import {
  DEFAULT_CONTINUITY,
  DEFAULT_DRILL,
  DRILL_STEP_WORDS,
  type DrillSettings,
  type DrillTold,
  type EventOf,
} from '@leadglass/model';
import type { Drill } from '@leadglass/records';
import type { ConfigControl } from '../control-config.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';

type Services = Pick<ControlServices, 'records' | 'drill'>;
type Acts = {
  readonly [K in 'drill.list' | 'drill.show' | 'drill.schedule']: (
    asked: ParsedRequestOf<K>,
  ) => Promise<AnswerInputOf<K>>;
};
type OutageTold = Omit<EventOf<'drill.outage'>, 'id' | 'atMs' | 'kind' | 'no' | 'sinceMs'>;

/** Acts of the control socket on drills. */
export function drillActs({ records, drill }: Services, config: ConfigControl): Acts {
  const planned = () => ({ settings: drill.settings, nextMs: drill.nextMs() ?? null });
  return {
    'drill.list': async ({ limit, before = Number.MAX_SAFE_INTEGER, kind }) => {
      const found = await records.drills.list(limit + 1, before, kind);
      const drills = found.slice(0, limit).map(shownDrill);
      return { ...planned(), drills, isCut: found.length > limit, runningNo: drill.runningNo ?? null };
    },
    'drill.show': async ({ no }) => {
      const found = await records.drills.of(no);
      if (found === undefined) throw controlFault('control.not-found');
      return { drill: shownDrill(found) };
    },
    'drill.schedule': async (asked) => {
      await config.changeBy((before) => {
        const continuity = before.continuity ?? DEFAULT_CONTINUITY;
        const now = continuity.drill ?? DEFAULT_DRILL;
        const wanted: DrillSettings = { ...now, ...asked };
        const isSame = (Object.keys(wanted) as (keyof DrillSettings)[]).every((key) => wanted[key] === now[key]);
        if (isSame) return { config: before, changes: [] };
        return { config: { ...before, continuity: { ...continuity, drill: wanted } }, changes: [changeOf(wanted)] };
      });
      return planned();
    },
  };
}

/** Runs one, a line at a time. */
export async function* drillLines({ records, drill }: Services): AsyncGenerator<AnswerInputOf<'drill.run'>> {
  for await (const { no, step, told } of drill.run()) {
    if (step !== undefined) yield { kind: 'step', no, ...step, text: wordsOf(step.step) };
    else if (told === undefined) yield { kind: 'began', no };
    else {
      const found = await records.drills.of(no);
      if (found !== undefined) yield { kind: 'ended', drill: shownDrill(found) };
    }
  }
}

/** A drill as it is shown, whichever kind it is. */
export function shownDrill(drill: Drill): DrillAnswer {
  const { no, kind, beganAtMs, endedAtMs, outcome } = drill;
  const head = { no, kind, beganAtMs, endedAtMs: endedAtMs === 0 ? null : endedAtMs };
  const shown = { ...NOTHING_TOLD, ...head, outcome: outcome as DrillAnswer['outcome'] };
  const facts = factsOf(drill.facts);
  if (facts === undefined) return shown;
  if (kind === 'outage') return { ...shown, ...outageOf(facts as unknown as OutageTold) };
  if (outcome === 'missed') return { ...shown, why: (facts as unknown as { readonly why: Text }).why };
  return { ...shown, ...toldOf(facts as unknown as DrillTold) };
}

function toldOf(told: DrillTold): Partial<DrillAnswer> {
  const { by, steps, untried, cutOff, destroyed, left } = told;
  const isWrong = told.failedAt !== '' || told.why.fr !== '';
  return {
    ...{ by, cutOff, destroyed: { ...destroyed, left } },
    image: { ms: told.imageMs, aimMs: told.imageAimMs },
    lab: { ms: told.labMs, aimMs: told.labAimMs },
    steps: steps.map(({ step, ms }) => ({ step, ms, text: wordsOf(step) })),
    untried: untried.map(({ step, why }) => ({ step, why, text: wordsOf(step) })),
    ...(isWrong ? { failedAt: wordsOf(told.failedAt), why: told.why } : {}),
  };
}

function outageOf({ upstream, images, results, imageAimMs, labAimMs }: OutageTold): Partial<DrillAnswer> {
  const p95 = ({ count, p95Ms }: OutageTold['images']) => (count === 0 ? null : p95Ms);
  return {
    ...{ upstream, images, results },
    image: { ms: p95(images), aimMs: imageAimMs },
    lab: { ms: p95(results), aimMs: labAimMs },
  };
}

const wordsOf = (step: string): Text => DRILL_STEP_WORDS[step] ?? text('', '');

function factsOf(facts: string): object | undefined {
  return facts === '' ? undefined : (JSON.parse(facts) as object);
}

function changeOf({ on, at, imageSeconds, labSeconds }: DrillSettings): Text {
  const aims = `image ${imageSeconds} s, lab ${labSeconds} s`;
  return on === 'never'
    ? text(`aucun exercice de lui-même ; buts : ${aims}`, `no drill by itself; aims: ${aims}`)
    : text(`exercices : ${on} à ${at} ; buts : ${aims}`, `drills: ${on} at ${at}; aims: ${aims}`);
}

const NOTHING_TOLD = {
  ...{
    by: '',
    upstream: '',
    steps: [],
    untried: [],
    failedAt: null,
    why: null,
    cutOff: [],
    images: null,
    results: null,
  },
  image: { ms: null, aimMs: 0 },
  lab: { ms: null, aimMs: 0 },
  destroyed: { objects: 0, messages: 0, charts: 0, left: 0 },
} as const;
