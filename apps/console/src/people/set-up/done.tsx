import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../client/index.ts';
import { useWords } from '../../words/index.ts';
import { useDoing } from '../act.ts';
import { whoNow } from '../auth.ts';
import { Failure } from '../failure.tsx';
import css from '../people.module.css';
import { DONE_COMMANDS } from './commands.ts';
import { SET } from './words.ts';

/** The end of the set-up, and what is worth doing next. */
export function DoneStep() {
  const words = useWords(SET);
  const navigate = useNavigate();
  const doing = useDoing();
  const finish = () =>
    doing.run(async () => {
      await call('setup.done', {});
      await whoNow();
      await navigate({ to: '/', replace: true });
    });
  return (
    <section className={css.form}>
      <h2>{words.doneTitle}</h2>
      <p>{words.doneLead}</p>
      <ul>
        <li>
          {words.donePeople} <code>{DONE_COMMANDS.people}</code>
        </li>
        <li>
          {words.doneEmergency} <code>{DONE_COMMANDS.emergency}</code>
        </li>
        <li>{words.doneOthers}</li>
      </ul>
      <Failure error={doing.error} />
      <Button loading={doing.isBusy} onClick={finish}>
        {words.finish}
      </Button>
    </section>
  );
}
