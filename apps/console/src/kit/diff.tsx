import { useMemo } from 'react';
import { useWords } from '../words/index.ts';
import css from './diff.module.css';
import { Unseen } from './frame.tsx';
import { lineDiff, onlyChanges } from './line-diff.ts';
import { KIT } from './words.ts';

const SIGNS = { same: ' ', gone: '−', new: '+' } as const;

/** Two texts laid over each other: what goes and what comes, in words for whoever does not see the colours. */
export function Diff({
  label,
  before,
  after,
}: {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}) {
  const words = useWords(KIT);
  const lines = useMemo(() => onlyChanges(lineDiff(before, after)), [before, after]);
  if (lines.every((line) => line === undefined || line.kind === 'same')) return <p>{words.noDifference}</p>;
  const says = { same: '', gone: words.gone, new: words.came };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className={css.diff} tabIndex={0} aria-label={label}>
      {lines.map((line, index) =>
        line === undefined ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines do not move by themselves.
          <div key={index} className={css.skipped}>
            ⋯
          </div>
        ) : (
          <div key={`${line.kind}${line.line}`} className={css.line} data-kind={line.kind}>
            <span className={css.sign} aria-hidden="true">
              {SIGNS[line.kind]}
            </span>
            <Unseen>{says[line.kind]}</Unseen>
            <code>{line.text}</code>
          </div>
        ),
      )}
    </section>
  );
}
