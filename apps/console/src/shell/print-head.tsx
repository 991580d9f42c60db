import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useFormat, useWords } from '../words/index.ts';
import { useMe } from './me.tsx';
import css from './shell.module.css';
import { SHELL } from './words.ts';

/** On paper alone: whose gateway this is, who printed it, and when. The number of each sheet is the browser's (`@page`). */
export function PrintHead() {
  const words = useWords(SHELL);
  const format = useFormat();
  const { site, person, isDemo } = useMe();
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    // What is printed is what stands in the page when the event is over.
    const onPrint = () => flushSync(() => setNow(Date.now()));
    window.addEventListener('beforeprint', onPrint);
    return () => window.removeEventListener('beforeprint', onPrint);
  }, []);
  return (
    <div className={css.printHead}>
      <strong>{site}</strong>
      <span>{words.printed(person?.displayName ?? '', format.moment(nowMs))}</span>
      {isDemo ? <span>{words.demo}</span> : null}
    </div>
  );
}
