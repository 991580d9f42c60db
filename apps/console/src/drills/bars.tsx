import type { DrillAnswer } from '@leadglass/contract';
import { useFormat, useWords } from '../words/index.ts';
import css from './drills.module.css';
import { shareOf, timeOf } from './times.ts';
import { DRILLS } from './words.ts';

/** Times against aims, a row each: what is right of the line was late. */
export function Bars({ drills }: { readonly drills: readonly DrillAnswer[] }) {
  const words = useWords(DRILLS);
  const format = useFormat();
  return (
    <div className={css.bars}>
      <span className={css.head}>{words.when}</span>
      <span className={css.head}>{words.image}</span>
      <span className={css.head}>{words.lab}</span>
      {drills.map((drill) => (
        <Row key={drill.no} drill={drill} when={format.date(drill.beganAtMs)} />
      ))}
    </div>
  );
}

function Row({ drill, when }: { readonly drill: DrillAnswer; readonly when: string }) {
  const words = useWords(DRILLS);
  const what = drill.kind === 'outage' ? words.outageOf(drill.upstream) : `${words.no} ${drill.no}`;
  return (
    <>
      <span className={css.label}>
        {when} · {what}
      </span>
      <Bar name={words.image} of={drill.image} />
      <Bar name={words.lab} of={drill.lab} />
    </>
  );
}

function Bar({ name, of }: { readonly name: string; readonly of: DrillAnswer['image'] }) {
  const words = useWords(DRILLS);
  const { language } = useFormat();
  const share = shareOf(of);
  const [time, aim] = [of.ms, of.aimMs].map((ms) => timeOf(ms, language, words.never)) as [string, string];
  const isLate = of.ms !== null && of.ms > of.aimMs;
  const said = `${name}, ${words.timeOfAim(time, aim)}`;
  return (
    <div className={css.bar} title={said}>
      <svg viewBox="0 0 200 20" preserveAspectRatio="none" role="img" aria-label={said}>
        {share === null ? null : (
          <rect x="0" y="2" width={Math.max(2, share * 200)} height="16" className={isLate ? css.bad : css.good} />
        )}
        <line x1="100" y1="0" x2="100" y2="20" className={css.aim} />
      </svg>
      <span className={css.kind} aria-hidden="true">
        {name}
      </span>
    </div>
  );
}
