import type { MeAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient, useAct, useAsk } from '../client/index.ts';
import { DecidingKey } from '../holds/deciding-key.tsx';
import { Asked, Badge, DangerDialog, Dialog, EmptyState, PageFrame, Section, toast } from '../kit/index.ts';
import { SIGN_IN } from '../pages.ts';
import { useMe } from '../shell/me.tsx';
import { LANGUAGES, setLanguage, useFormat, useLanguage, useWords } from '../words/index.ts';
import { useDoing } from './act.ts';
import { changePassword, type OwnPasskey, ownPasskeys, removePasskey, removeTotp, signOut, whoNow } from './auth.ts';
import { EnrolPasskey, EnrolTotp } from './enrol.tsx';
import { Failure } from './failure.tsx';
import { Password } from './password.tsx';
import css from './people.module.css';
import { SessionTable } from './sessions.tsx';
import { PEOPLE, SIGN, WAYS } from './words.ts';

type Person = NonNullable<MeAnswer['person']>;

/** One's own account. */
export function Page() {
  const words = useWords(WAYS);
  const sign = useWords(SIGN);
  const { person, directory } = useMe();
  if (person === undefined) return null;
  const leave = () => void signOut().finally(() => window.location.assign(SIGN_IN));
  const actions = (
    <Button variant="default" onClick={leave}>
      {sign.signOut}
    </Button>
  );
  return (
    <PageFrame title={words.title} lead={words.lead} actions={actions}>
      {person.isFromDirectory ? (
        <Section>{words.fromDirectory(directory ?? words.theDirectory)}</Section>
      ) : (
        <>
          <Passkeys />
          <Totp person={person} />
        </>
      )}
      <DecidingKey />
      <Language />
      <Sessions isAdministrator={person.role === 'administrator'} />
    </PageFrame>
  );
}

function Passkeys() {
  const words = useWords(WAYS);
  const asked = useQuery({ queryKey: ['own-passkeys'], queryFn: ownPasskeys });
  const [isAdding, setAdding] = useState(false);
  const onAdded = async () => {
    setAdding(false);
    await Promise.all([asked.refetch(), queryClient.refetchQueries({ queryKey: ['me'] })]);
  };
  const add = (
    <Button size="xs" onClick={() => setAdding(true)}>
      {words.addPasskey}
    </Button>
  );
  return (
    <Section title={words.passkeys} aside={add}>
      <Asked of={asked}>
        {(keys) =>
          keys.length === 0 ? (
            <EmptyState icon="key" title={words.noPasskeys}>
              <p>{words.noPasskeysAdvice}</p>
            </EmptyState>
          ) : (
            keys.map((key) => <PasskeyRow key={key.id} passkey={key} onGone={() => void onAdded()} />)
          )
        }
      </Asked>
      <Dialog isOpen={isAdding} onClose={() => setAdding(false)} title={words.addPasskey}>
        <EnrolPasskey onDone={onAdded} />
      </Dialog>
    </Section>
  );
}

function PasskeyRow({ passkey, onGone }: { readonly passkey: OwnPasskey; readonly onGone: () => void }) {
  const words = useWords(WAYS);
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  const name = passkey.name === '' ? words.unnamed : passkey.name;
  return (
    <div className={css.row}>
      <div>
        <strong>{name}</strong>{' '}
        <span className={css.note}>
          {passkey.createdAtMs === null ? null : words.added(format.date(passkey.createdAtMs))} ·{' '}
          {passkey.isSynced ? words.synced : words.onOneDevice}
        </span>
      </div>
      <Button size="xs" variant="default" onClick={() => setAsking(true)} aria-label={words.removeNamed(name)}>
        {words.remove}
      </Button>
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.removeNamed(name)}
        act={words.remove}
        isReasonNeeded={false}
        onAct={() => removePasskey(passkey.id).then(onGone)}
      >
        <p>{words.removePasskeyMeaning}</p>
      </DangerDialog>
    </div>
  );
}

function Totp({ person }: { readonly person: Person }) {
  const words = useWords(WAYS);
  const [open, setOpen] = useState<'enrol' | 'change' | 'remove' | undefined>();
  const close = () => setOpen(undefined);
  const onDone = async () => {
    close();
    await whoNow();
  };
  const badge = <Badge tone={person.hasTotp ? 'good' : 'plain'}>{person.hasTotp ? words.totpOn : words.totpOff}</Badge>;
  return (
    <Section title={words.totp} aside={badge} lead={words.totpWhy}>
      <div className={css.buttons}>
        {person.hasTotp ? null : <Button onClick={() => setOpen('enrol')}>{words.setUpTotp}</Button>}
        {person.hasTotp ? (
          <Button variant="default" onClick={() => setOpen('change')}>
            {words.change}
          </Button>
        ) : null}
        {person.hasTotp ? (
          <Button variant="default" onClick={() => setOpen('remove')}>
            {words.removeTotp}
          </Button>
        ) : null}
      </div>
      <Dialog isOpen={open === 'enrol'} onClose={close} title={words.setUpTotp}>
        <EnrolTotp onDone={onDone} />
      </Dialog>
      <Dialog isOpen={open === 'change'} onClose={close} title={words.change}>
        <ChangePassword onDone={onDone} />
      </Dialog>
      <Dialog isOpen={open === 'remove'} onClose={close} title={words.removeTotp}>
        <RemoveTotp onDone={onDone} />
      </Dialog>
    </Section>
  );
}

function ChangePassword({ onDone }: { readonly onDone: () => Promise<void> }) {
  const words = useWords(WAYS);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await changePassword(current, password);
      toast({ text: WAYS.changed });
      await onDone();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <Password label={words.currentPassword} value={current} onChange={setCurrent} kind="current-password" />
      <Password label={words.newPassword} value={password} onChange={setPassword} kind="new-password" />
      <p className={css.note}>{words.newPasswordMeaning}</p>
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.change}
      </Button>
    </form>
  );
}

function RemoveTotp({ onDone }: { readonly onDone: () => Promise<void> }) {
  const words = useWords(WAYS);
  const [password, setPassword] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(() => removeTotp(password).then(onDone));
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <p>{words.removeTotpMeaning}</p>
      <Password label={words.currentPassword} value={password} onChange={setPassword} kind="current-password" />
      <Failure error={doing.error} />
      <Button type="submit" color="red" loading={doing.isBusy}>
        {words.remove}
      </Button>
    </form>
  );
}

function Language() {
  const words = useWords(PEOPLE);
  const current = useLanguage();
  const act = useAct('me.language');
  return (
    <Section title={words.language}>
      <fieldset className={css.choices}>
        <legend className={css.unseen}>{words.language}</legend>
        {LANGUAGES.map((language) => (
          <label
            key={language}
            className={current === language ? `${css.choice} ${css.chosen}` : css.choice}
            lang={language}
          >
            <input
              type="radio"
              name="language"
              checked={current === language}
              onChange={() => {
                setLanguage(language);
                act.mutate({ language });
              }}
            />
            {language === 'fr' ? 'Français' : 'English'}
          </label>
        ))}
      </fieldset>
    </Section>
  );
}

function Sessions({ isAdministrator }: { readonly isAdministrator: boolean }) {
  const words = useWords(WAYS);
  const [ofAll, setOfAll] = useState(false);
  const asked = useAsk('session.list', { ofAll });
  const aside = isAdministrator ? (
    <label>
      <input type="checkbox" checked={ofAll} onChange={(event) => setOfAll(event.currentTarget.checked)} />{' '}
      {words.allSessions}
    </label>
  ) : null;
  return (
    <Section title={words.sessions} aside={aside}>
      <Asked of={asked}>{({ sessions }) => <SessionTable sessions={sessions} hasAccounts={ofAll} />}</Asked>
    </Section>
  );
}
