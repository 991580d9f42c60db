import type { PersonAnswer, Role } from '@leadglass/contract';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../client/index.ts';
import { Dialog } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { Failure } from './failure.tsx';
import css from './people.module.css';
import { RoleChoice } from './role-choice.tsx';
import { PEOPLE } from './words.ts';

interface AddPersonProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdded: (person: PersonAnswer, link: string) => void;
}

/** Somebody new: who, in which role; what comes of it is the link to give them. */
export function AddPerson({ isOpen, onClose, onAdded }: AddPersonProps) {
  const words = useWords(PEOPLE);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={words.add}>
      <AddForm onClose={onClose} onAdded={onAdded} />
    </Dialog>
  );
}

function AddForm({ onClose, onAdded }: Omit<AddPersonProps, 'isOpen'>) {
  const words = useWords(PEOPLE);
  const [account, setAccount] = useState('');
  const [displayName, setName] = useState('');
  const [role, setRole] = useState<Role>('technologist');
  const [language, setLanguage] = useState<'fr' | 'en'>('fr');
  const act = useAct('people.add');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { person, link } = await act.mutateAsync({ account: account.trim(), displayName, role, language });
    onClose();
    onAdded(person, link);
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} className={css.form}>
      <TextInput
        label={words.name}
        value={displayName}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        required
      />
      <AccountField value={account} onChange={setAccount} />
      <RoleChoice value={role} onChange={setRole} />
      <NativeSelect
        label={words.language}
        value={language}
        onChange={(event) => setLanguage(event.currentTarget.value === 'en' ? 'en' : 'fr')}
        data={[
          { value: 'fr', label: words.french },
          { value: 'en', label: words.english },
        ]}
      />
      <Failure error={act.error ?? undefined} />
      <div className={css.buttons}>
        <Button type="submit" loading={act.isPending}>
          {words.add}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

interface AccountFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The name of an account, as the ledger will have it. */
export function AccountField({ value, onChange }: AccountFieldProps) {
  const words = useWords(PEOPLE);
  return (
    <TextInput
      label={words.account}
      description={words.accountMeaning}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      pattern="[A-Za-z0-9][A-Za-z0-9._@\-]{0,63}"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={64}
      required
    />
  );
}
