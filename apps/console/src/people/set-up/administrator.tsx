import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { call } from '../../client/index.ts';
import { CopyCommand } from '../../kit/index.ts';
import { useLanguage, useWords } from '../../words/index.ts';
import { useDoing } from '../act.ts';
import { AccountField } from '../add-person.tsx';
import { Failure } from '../failure.tsx';
import css from '../people.module.css';
import { administratorCommand } from './commands.ts';
import { SET } from './words.ts';

interface AdministratorProps {
  readonly token: string;
  readonly site: string;
  readonly onMade: (recoveryKey: string | null) => Promise<void>;
}

/** The first administrator. */
export function AdministratorStep({ token, site, onMade }: AdministratorProps) {
  const words = useWords(SET);
  const language = useLanguage();
  const [displayName, setName] = useState('');
  const [account, setAccount] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      const request = { token, account: account.trim(), displayName, site, language };
      const { recoveryKey } = await call('setup.administrator', request);
      await onMade(recoveryKey);
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <h2>{words.stepAdministrator}</h2>
      <p>{words.administratorLead}</p>
      <TextInput
        label={words.name}
        value={displayName}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="name"
        maxLength={100}
        required
      />
      <AccountField value={account} onChange={setAccount} />
      <p className={css.note}>{words.administratorCommand}</p>
      <CopyCommand command={administratorCommand(account.trim(), displayName.trim())} />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.create}
      </Button>
    </form>
  );
}
