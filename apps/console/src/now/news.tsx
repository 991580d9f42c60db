import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Live, useLive } from '../client/index.ts';
import { Moment, Section } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './now.module.css';
import { NOW } from './words.ts';

const MOST_SHOWN = 10;

/** The newest lines of the log, as they come; held still to be read. */
export function News() {
  const words = useWords(NOW);
  const say = useSay();
  const log = useLive((live) => live.log);
  const skipped = useLive((live) => live.skipped);
  const [still, setStill] = useState<Live['log']>();
  const shown = (still ?? log).slice(0, MOST_SHOWN);
  const hold = (
    <Button size="compact-xs" variant="default" onClick={() => setStill(still === undefined ? log : undefined)}>
      {still === undefined ? words.newsPause : words.newsGo}
    </Button>
  );
  return (
    <Section title={words.newsTitle} aside={hold}>
      {shown.length === 0 ? <p className={css.advice}>{words.newsNone}</p> : null}
      <ol className={css.news}>
        {shown.map(({ seq, event, sentence }) => (
          <li key={seq}>
            <Moment at={event.atMs} /> {say(sentence)}
          </li>
        ))}
      </ol>
      {skipped === 0 ? null : <p className={css.advice}>{words.newsSkipped(skipped)}</p>}
    </Section>
  );
}
