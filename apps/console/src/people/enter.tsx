import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Icon } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { useDoing } from './act.ts';
import { directoryAddress, enterCode, enterEmergencyCode, enterPassword, enterWithPasskey } from './auth.ts';
import { CodeInput, useNoPasskeys } from './enrol.tsx';
import { Failure } from './failure.tsx';
import { Password } from './password.tsx';
import css from './people.module.css';
import { SIGN } from './words.ts';

interface EnterProps {
  /** Once the person has shown who they are. */
  readonly onDone: () => Promise<unknown>;
  /** Whose session is locked. */
  readonly account?: string | undefined;
}

/** Every way to come in: the passkey first, the others behind one click each. */
export function Enter({ onDone, account = '' }: EnterProps) {
  const words = useWords(SIGN);
  const { methods, directory } = useMe();
  const [way, setWay] = useState<'password' | 'emergency' | undefined>();
  const trouble = useNoPasskeys();
  return (
    <div className={css.form}>
      {trouble === undefined ? <ByPasskey onDone={onDone} /> : <p className={css.notice}>{trouble}</p>}
      {methods.includes('oidc') ? <ByDirectory name={directory ?? ''} /> : null}
      <p className={css.divider}>{words.orElse}</p>
      <Way title={words.withPassword} icon="keyboard" isOpen={way === 'password'} onOpen={() => setWay('password')}>
        <ByPassword onDone={onDone} account={account} />
      </Way>
      <Way title={words.withEmergency} icon="key" isOpen={way === 'emergency'} onOpen={() => setWay('emergency')}>
        <ByEmergencyCode onDone={onDone} account={account} />
      </Way>
    </div>
  );
}

interface WayProps {
  readonly title: string;
  readonly icon: 'keyboard' | 'key';
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly children: React.ReactNode;
}

function Way({ title, icon, isOpen, onOpen, children }: WayProps) {
  if (!isOpen) {
    return (
      <Button variant="default" leftSection={<Icon name={icon} size={16} />} onClick={onOpen}>
        {title}
      </Button>
    );
  }
  return (
    <section className={css.way} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function ByPasskey({ onDone }: EnterProps) {
  const words = useWords(SIGN);
  const doing = useDoing();
  const enter = () =>
    doing.run(async () => {
      await enterWithPasskey();
      await onDone();
    });
  return (
    <>
      <Button size="md" leftSection={<Icon name="key" />} loading={doing.isBusy} onClick={enter}>
        {words.withPasskey}
      </Button>
      <p className={css.note}>{words.passkeyMeaning}</p>
      <Failure error={doing.error} />
    </>
  );
}

function ByDirectory({ name }: { readonly name: string }) {
  const words = useWords(SIGN);
  const doing = useDoing();
  const go = () => doing.run(async () => window.location.assign(await directoryAddress()));
  return (
    <>
      <Button variant="default" leftSection={<Icon name="people" size={16} />} loading={doing.isBusy} onClick={go}>
        {words.withDirectory(name)}
      </Button>
      <Failure error={doing.error} />
    </>
  );
}

function ByPassword({ onDone, account }: EnterProps) {
  const [isHalf, setHalf] = useState(false);
  if (isHalf) return <CodeHalf onDone={onDone} onBack={() => setHalf(false)} />;
  return <PasswordHalf account={account ?? ''} onHalf={() => setHalf(true)} />;
}

function PasswordHalf({ account, onHalf }: { readonly account: string; readonly onHalf: () => void }) {
  const words = useWords(SIGN);
  const [name, setName] = useState(account);
  const [password, setPassword] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(() => enterPassword(name.trim(), password).then(onHalf));
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <AccountInput value={name} onChange={setName} />
      <Password label={words.password} value={password} onChange={setPassword} kind="current-password" />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.next}
      </Button>
    </form>
  );
}

function AccountInput({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <TextInput
      label={useWords(SIGN).account}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={64}
      required
    />
  );
}

function CodeHalf({ onDone, onBack }: EnterProps & { readonly onBack: () => void }) {
  const words = useWords(SIGN);
  const [code, setCode] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await enterCode(code.replace(/\s/g, ''));
      await onDone();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <CodeInput label={words.code} description={words.codeMeaning} value={code} onChange={setCode} />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.enter}
      </Button>
      <Button variant="subtle" color="gray" onClick={onBack}>
        {words.back}
      </Button>
    </form>
  );
}

function ByEmergencyCode({ onDone, account }: EnterProps) {
  const words = useWords(SIGN);
  const [name, setName] = useState(account ?? '');
  const [code, setCode] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await enterEmergencyCode(name.trim(), code);
      await onDone();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <AccountInput value={name} onChange={setName} />
      <TextInput
        label={words.emergencyCode}
        description={words.emergencyMeaning}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={40}
        required
      />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.enter}
      </Button>
    </form>
  );
}
