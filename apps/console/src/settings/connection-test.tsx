import type { DestinationTestAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { call, type Request } from '../client/index.ts';
import { Badge, ErrorPanel } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { TESTS } from './destination-words.ts';
import css from './settings.module.css';

/** The gateway waits so long for a service that takes the connection and says nothing. */
const ANSWER_MS = 90_000;

interface ConnectionTestProps {
  /** What is tried; undefined while the form is not whole. */
  readonly asked: Request<'destination.test'> | undefined;
  /** Where several stand on one page: which. */
  readonly name?: string;
}

/** Tries a connection as a delivery would, and says what came of it and what to do. Changes nothing. */
export function ConnectionTest({ asked, name }: ConnectionTestProps) {
  const words = useWords(TESTS);
  const [found, setFound] = useState<DestinationTestAnswer>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const test = () => {
    if (asked === undefined) return;
    setBusy(true);
    setFound(undefined);
    setError(undefined);
    call('destination.test', asked, { timeoutMs: ANSWER_MS })
      .then(setFound, setError)
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button
        variant="default"
        loading={isBusy}
        disabled={asked === undefined}
        onClick={test}
        aria-label={name === undefined ? undefined : words.testNamed(name)}
        data-no-print
      >
        {words.test}
      </Button>
      <div role="status" className={css.tested}>
        {isBusy ? <p>{words.testing}</p> : null}
        {found === undefined ? null : <Found found={found} />}
        {error === undefined ? null : <ErrorPanel error={error} />}
      </div>
    </>
  );
}

function Found({ found }: { readonly found: DestinationTestAnswer }) {
  const words = useWords(TESTS);
  const say = useSay();
  const format = useFormat();
  const { isGood, text, advice, associateMs, echoMs, implementation, storage } = found;
  const refused = storage.filter(({ isAccepted }) => !isAccepted);
  return (
    <div className={isGood ? css.testGood : css.testBad}>
      <p>
        <Badge tone={isGood ? 'good' : 'bad'}>{isGood ? words.good : words.bad}</Badge> {say(text)}
      </p>
      {advice.length === 0 ? null : (
        <ul>
          {advice.map((each) => (
            <li key={each.en}>{say(each)}</li>
          ))}
        </ul>
      )}
      {associateMs === null ? null : (
        <p className={css.note}>
          {words.answered(implementation, format.number(Math.round(associateMs + (echoMs ?? 0))))}
        </p>
      )}
      {refused.length === 0 || associateMs === null ? null : (
        <details>
          <summary>{words.notTaken(refused.length)}</summary>
          <p>{refused.map(({ name }) => name).join(', ')}</p>
        </details>
      )}
    </div>
  );
}
