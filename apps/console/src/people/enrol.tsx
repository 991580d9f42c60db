import { Button, TextInput } from '@mantine/core';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { type FormEvent, useState } from 'react';
import { useMe } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { useDoing } from './act.ts';
import { appAddress } from './app-address.ts';
import { addPasskey, beginTotp, confirmTotp } from './auth.ts';
import { Failure } from './failure.tsx';
import { Password } from './password.tsx';
import css from './people.module.css';
import { QrCode } from './qr.tsx';
import { SIGN, WAYS } from './words.ts';

interface EnrolProps {
  readonly onDone: () => Promise<unknown>;
}

/** Whether passkeys work here; the words that say why not. */
export function useNoPasskeys(): string | undefined {
  const words = useWords(SIGN);
  const { methods } = useMe();
  if (!methods.includes('passkey')) return words.noPasskeyHere;
  return browserSupportsWebAuthn() ? undefined : words.noPasskeyBrowser;
}

/** Makes a passkey. */
export function EnrolPasskey({ onDone }: EnrolProps) {
  const words = useWords(WAYS);
  const { person } = useMe();
  const [name, setName] = useState('');
  const doing = useDoing();
  const trouble = useNoPasskeys();
  if (trouble !== undefined) return <p className={css.note}>{trouble}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await addPasskey(name.trim(), person?.displayName ?? '');
      await onDone();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <p className={css.note}>{words.passkeyWhy}</p>
      <TextInput
        label={words.passkeyName}
        description={words.passkeyNameMeaning}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={64}
      />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.makePasskey}
      </Button>
    </form>
  );
}

/** Sets a password, then codes. */
export function EnrolTotp({ onDone }: EnrolProps) {
  const [uri, setUri] = useState<string>();
  return uri === undefined ? <PasswordStep onUri={setUri} /> : <CodeStep uri={uri} onDone={onDone} />;
}

function PasswordStep({ onUri }: { readonly onUri: (uri: string) => void }) {
  const words = useWords(WAYS);
  const { person } = useMe();
  const [password, setPassword] = useState('');
  const doing = useDoing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => onUri(await beginTotp(password)));
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <p className={css.note}>{words.totpWhy}</p>
      {/* For the browser's own store of passwords. */}
      <input type="text" autoComplete="username" value={person?.account ?? ''} readOnly hidden />
      <Password
        label={words.newPassword}
        description={words.newPasswordMeaning}
        value={password}
        onChange={setPassword}
        kind="new-password"
      />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.continue}
      </Button>
    </form>
  );
}

function CodeStep({ uri, onDone }: EnrolProps & { readonly uri: string }) {
  const words = useWords(WAYS);
  const { person, site } = useMe();
  const [code, setCode] = useState('');
  const doing = useDoing();
  const { address, secret } = appAddress(uri, person?.account ?? '', site);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await confirmTotp(code.replace(/\s/g, ''));
      await onDone();
    });
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <p>{words.scan}</p>
      <QrCode value={address} label={words.scanAlt} />
      <p>
        {words.secret} <code className={css.secret}>{secret.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <CodeInput label={words.firstCode} value={code} onChange={setCode} />
      <Failure error={doing.error} />
      <Button type="submit" loading={doing.isBusy}>
        {words.confirm}
      </Button>
    </form>
  );
}

interface CodeInputProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Six digits, as telephones offer to fill in. */
export function CodeInput({ label, description, value, onChange }: CodeInputProps) {
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete="one-time-code"
      inputMode="numeric"
      pattern="[0-9 ]{6,7}"
      maxLength={7}
      required
    />
  );
}

/** Chooses between the two ways, and enrols one. */
export function EnrolAWay({ onDone }: EnrolProps) {
  const words = useWords(WAYS);
  const isPasskeyHere = useNoPasskeys() === undefined;
  const [way, setWay] = useState<'passkey' | 'totp'>(isPasskeyHere ? 'passkey' : 'totp');
  return (
    <div className={css.form}>
      <fieldset className={css.choices}>
        <legend className={css.unseen}>{words.continue}</legend>
        {(['passkey', 'totp'] as const).map((each) => (
          <label key={each} className={way === each ? `${css.choice} ${css.chosen}` : css.choice}>
            <input type="radio" name="way" checked={way === each} onChange={() => setWay(each)} />
            {each === 'passkey' ? words.passkey : words.totp}
          </label>
        ))}
      </fieldset>
      {way === 'passkey' ? <EnrolPasskey onDone={onDone} /> : <EnrolTotp onDone={onDone} />}
    </div>
  );
}
