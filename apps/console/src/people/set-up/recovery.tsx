import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { call } from '../../client/index.ts';
import { CopyCommand, Icon } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { useDoing } from '../act.ts';
import { Failure } from '../failure.tsx';
import css from '../people.module.css';
import { SET } from './words.ts';

interface RecoveryProps {
  /** null: it was shown in the terminal, and is no longer there to be shown. */
  readonly recoveryKey: string | null;
  readonly onNext: () => void;
}

/** The recovery key, once; and the proof that somebody has it. */
export function RecoveryStep({ recoveryKey, onNext }: RecoveryProps) {
  const words = useWords(SET);
  const [end, setEnd] = useState('');
  const [isWrong, setWrong] = useState(false);
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      const { isRight } = await call('setup.recovery-kept', { lastCharacters: end.trim() });
      setWrong(!isRight);
      if (isRight) onNext();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <h2>{words.stepRecovery}</h2>
      <p>{words.recoveryLead}</p>
      {recoveryKey === null ? (
        <p className={css.notice}>{words.recoveryShown}</p>
      ) : (
        <TheKey recoveryKey={recoveryKey} />
      )}
      <TextInput
        label={words.recoveryEnd}
        description={words.recoveryEndMeaning}
        value={end}
        onChange={(event) => setEnd(event.currentTarget.value)}
        error={isWrong ? words.recoveryWrong : undefined}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={16}
        required
      />
      <Failure error={doing.error} />
      <p className={css.note}>{words.recoveryLost}</p>
      <CopyCommand command="leadglass site recovery-kept" />
      <div className={css.buttons}>
        <Button type="submit" loading={doing.isBusy}>
          {words.recoveryKept}
        </Button>
        <Button variant="subtle" color="gray" onClick={onNext}>
          {words.later}
        </Button>
      </div>
    </form>
  );
}

function TheKey({ recoveryKey }: { readonly recoveryKey: string }) {
  const words = useWords(SET);
  return (
    <>
      <p className={css.recovery} data-testid="recovery-key">
        {recoveryKey}
      </p>
      <p className={css.warning}>{words.recoveryNow}</p>
      <Button variant="default" leftSection={<Icon name="print" size={16} />} onClick={() => window.print()}>
        {words.print}
      </Button>
    </>
  );
}
