import type { AnswerOf } from '@leadglass/contract';
import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, CopyCommand, EmptyState, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import { AddFoot, AddInDialog, RemoveNamed } from './named-acts.tsx';
import css from './settings.module.css';
import { TOKENS } from './token-words.ts';

type Token = AnswerOf<'web.token.list'>['tokens'][number];
type Right = 'qido' | 'wado' | 'stow';

const RIGHTS: readonly Right[] = ['qido', 'wado', 'stow'];
const [DAYS, MOST_DAYS] = [365, 3660];

/** Secrets with which programs use the web services: listed, given once, taken back. */
export function TokensTab() {
  const words = useWords(TOKENS);
  const may = useMay();
  const asked = useAsk('web.token.list', {});
  return (
    <Section title={words.title} lead={words.lead} aside={may('web.token.add') ? <Add /> : null}>
      <Asked of={asked}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <EmptyState icon="key" title={words.none}>
              <p>{words.noneText}</p>
            </EmptyState>
          ) : (
            tokens.map((each) => <Row key={each.name} token={each} />)
          )
        }
      </Asked>
    </Section>
  );
}

function Row({ token }: { readonly token: Token }) {
  const words = useWords(TOKENS);
  const format = useFormat();
  const may = useMay();
  const { name, allow, addedAtMs, untilMs, isInForce } = token;
  const until = untilMs === null ? words.forever : words.until(format.date(untilMs));
  return (
    <div className={css.destination}>
      <h3>{name}</h3>
      <p className={css.note}>
        <Badge tone={isInForce ? 'good' : 'plain'}>{isInForce ? words.inForce : words.over}</Badge>{' '}
        {[
          RIGHTS.filter((right) => allow.includes(right))
            .map((right) => words[right])
            .join(', '),
          words.since(format.date(addedAtMs)),
          until,
        ].join(' · ')}
      </p>
      {may('web.token.remove') ? <Remove name={name} /> : null}
    </div>
  );
}

function Remove({ name }: { readonly name: Token['name'] }) {
  const words = useWords(TOKENS);
  const remove = useAct('web.token.remove');
  const onAct = async () => {
    await remove.mutateAsync({ name });
    toast({ text: TOKENS.removed(name) });
  };
  return <RemoveNamed name={name} words={words} look={{ size: 'xs' }} onAct={onAct} />;
}

function Add() {
  const words = useWords(TOKENS);
  return (
    <AddInDialog words={words} look={{ size: 'xs' }}>
      {(onClose) => <AddForm onClose={onClose} />}
    </AddInDialog>
  );
}

function AddForm({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(TOKENS);
  const [name, setName] = useState('');
  const [allow, setAllow] = useState<readonly Right[]>(['qido', 'wado']);
  const [days, setDays] = useState<number | undefined>(DAYS);
  const [error, setError] = useState<unknown>();
  const add = useAct('web.token.add');
  // Nowhere but in this dialog, and gone with it.
  const { secret } = add.data ?? {};
  if (secret !== undefined) return <Secret secret={secret} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutateAsync({ name, allow: [...allow], ...(days === undefined ? {} : { days }) }).catch(setError);
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <TextInput
        label={words.name}
        description={words.nameMeaning}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={16}
        required
      />
      <fieldset className={css.rights}>
        <legend>{words.rights}</legend>
        {RIGHTS.map((right) => (
          <Checkbox
            key={right}
            label={words[right]}
            checked={allow.includes(right)}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              setAllow(RIGHTS.filter((each) => (each === right ? isOn : allow.includes(each))));
            }}
          />
        ))}
      </fieldset>
      <NumberInput
        label={words.days}
        description={words.daysMeaning}
        value={days ?? ''}
        onChange={(value) => setDays(value === '' ? undefined : Number(value))}
        min={1}
        max={MOST_DAYS}
        hideControls
      />
      <CopyCommand
        command={`./leadglass web token add ${name === '' ? 'NAME' : name} --allow ${allow.join(',')}${days === undefined ? '' : ` --days ${days}`}`}
      />
      <AddFoot words={words} error={error} isBusy={add.isPending} isDisabled={allow.length === 0} onClose={onClose} />
    </form>
  );
}

function Secret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const words = useWords(TOKENS);
  return (
    <div className={css.form}>
      <p>{words.secretText}</p>
      <p>
        <code data-testid="token-secret">{secret}</code>
      </p>
      <p className={css.note}>{words.secretUse}</p>
      <Button onClick={onClose}>{words.secretKept}</Button>
    </div>
  );
}
