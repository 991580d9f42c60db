import type { DifferenceAnswer } from '@leadglass/contract';
import { Badge, CopyCommand } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './peers.module.css';
import { useRequestWords } from './sightings.tsx';
import { LEARNING } from './words.ts';

/** What other rules would treat otherwise, in sentences: who, what, why, and what would help. */
export function Differences({ of }: { readonly of: readonly DifferenceAnswer[] }) {
  const words = useWords(LEARNING);
  const say = useSay();
  const requestWords = useRequestWords();
  if (of.length === 0) return <p className={css.quiet}>{words.noDifference}</p>;
  return (
    <ul className={css.lines}>
      {of.map((each) => (
        <li key={JSON.stringify(each.seen) + each.now} className={css.lineItem}>
          <div className={css.who}>
            <div className={css.whoHead}>
              <Badge tone={each.now === 'refused' ? 'bad' : 'good'}>
                {each.now === 'refused' ? words.wouldRefuse : words.wouldAdmit}
              </Badge>
              <strong>{each.seen.peer}</strong>
              <span>{requestWords(each.seen)}</span>
              {each.isPartly ? <span className={css.quiet}>({words.partly})</span> : null}
            </div>
            <p>{say(each.why)}</p>
            <p className={css.small}>{words.exchanges(each.seen.count)}</p>
            {each.hint === '' ? null : <CopyCommand command={each.hint} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
