import type { DrillAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { Dialog } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './drills.module.css';
import { timeOf } from './times.ts';
import { DRILLS } from './words.ts';

interface Step {
  readonly step: string;
  readonly text: { readonly fr: string; readonly en: string };
  readonly ms: number;
}

/** The steps of a drill, each with its time. */
export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  const say = useSay();
  const { language } = useFormat();
  return (
    <div className={css.steps}>
      {steps.map(({ step, text, ms }) => [
        <span key={step}>✓ {say(text)}</span>,
        <span key={`${step} ms`} className={css.time}>
          {timeOf(ms, language, '')}
        </span>,
      ])}
    </div>
  );
}

/** All that is known of one. */
export function Detail({ drill, onClose }: { readonly drill: DrillAnswer | undefined; readonly onClose: () => void }) {
  const words = useWords(DRILLS);
  return (
    <Dialog isOpen={drill !== undefined} onClose={onClose} title={`${words.title} — ${words.no} ${drill?.no ?? ''}`}>
      {drill === undefined ? null : <Told drill={drill} />}
      <Button variant="default" onClick={onClose}>
        {words.close}
      </Button>
    </Dialog>
  );
}

function Told({ drill }: { readonly drill: DrillAnswer }) {
  const words = useWords(DRILLS);
  const say = useSay();
  const { failedAt, why, untried, cutOff, destroyed } = drill;
  return (
    <>
      <StepList steps={drill.steps} />
      {why === null ? null : (
        <p>{failedAt === null || failedAt.fr === '' ? say(why) : words.failedAt(say(failedAt), say(why))}</p>
      )}
      <Spreads drill={drill} />
      {untried.map((each) => (
        <p key={each.step} className={css.pale}>
          {words.untried(say(each.text), say(each.why))}
        </p>
      ))}
      {cutOff.length === 0 ? null : <p className={css.pale}>{words.cutOff(cutOff.join(', '))}</p>}
      {drill.kind === 'outage' || drill.outcome === 'missed' ? null : (
        <p className={css.pale}>{words.destroyed(destroyed.objects, destroyed.messages, destroyed.charts)}</p>
      )}
      {destroyed.left === 0 ? null : <p>{words.left(destroyed.left)}</p>}
    </>
  );
}

function Spreads({ drill: { images, results } }: { readonly drill: DrillAnswer }) {
  const words = useWords(DRILLS);
  const { language } = useFormat();
  const named = [
    [words.images, images],
    [words.results, results],
  ] as const;
  return named.map(([name, spread]) => {
    if (spread === null) return null;
    const { count, medianMs, p95Ms, worstMs } = spread;
    const [median, p95, worst] = [medianMs, p95Ms, worstMs].map((ms) => timeOf(ms, language, '')) as [
      ...[string, string, string],
    ];
    return <p key={name}>{words.spread(name, count, median, p95, worst)}</p>;
  });
}
