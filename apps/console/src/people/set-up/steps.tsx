import { useWords } from '../../words/index.ts';
import css from '../people.module.css';
import { SET } from './words.ts';

export const STEPS = ['site', 'administrator', 'way', 'recovery', 'pacs', 'device', 'done'] as const;
export type Step = (typeof STEPS)[number];

/** Where one is. */
export function Steps({ now }: { readonly now: Step }) {
  const words = useWords(SET);
  const names: Readonly<Record<Step, string>> = {
    site: words.stepSite,
    administrator: words.stepAdministrator,
    way: words.stepWay,
    recovery: words.stepRecovery,
    pacs: words.stepPacs,
    device: words.stepDevice,
    done: words.stepDone,
  };
  const at = STEPS.indexOf(now);
  return (
    <ol className={css.steps} aria-label={words.steps}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index === at ? css.stepNow : index < at ? css.stepDone : undefined}
          aria-current={index === at ? 'step' : undefined}
        >
          {index + 1}. {names[step]}
          {index < at ? <span className={css.unseen}> ({words.stepIsDone})</span> : null}
        </li>
      ))}
    </ol>
  );
}
