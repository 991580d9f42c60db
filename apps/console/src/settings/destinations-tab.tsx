import type { AnswerOf } from '@leadglass/contract';
import { Checkbox, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct, useAsk } from '../client/index.ts';
import { Asked, CopyCommand, EmptyState, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { ConnectionTest } from './connection-test.tsx';
import { DESTINATIONS } from './destination-words.ts';
import { AddFoot, AddInDialog, RemoveNamed } from './named-acts.tsx';
import css from './settings.module.css';

type Destination = AnswerOf<'destination.list'>['destinations'][number];

const OUR_TITLE = 'LEADGLASS';
const place = ({ host, port }: Pick<Destination, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Where images go: tried, added, removed. */
export function DestinationsTab() {
  const words = useWords(DESTINATIONS);
  const may = useMay();
  const asked = useAsk('destination.list', {});
  return (
    <Section title={words.title} lead={words.lead} aside={may('destination.add') ? <Add /> : null}>
      <Asked of={asked}>
        {({ destinations }) =>
          destinations.length === 0 ? (
            <EmptyState icon="peers" title={words.none}>
              <p>{words.noneText}</p>
            </EmptyState>
          ) : (
            destinations.map((each) => <Row key={each.name} destination={each} />)
          )
        }
      </Asked>
    </Section>
  );
}

function Row({ destination }: { readonly destination: Destination }) {
  const words = useWords(DESTINATIONS);
  const may = useMay();
  const { name, called, tls, commitment } = destination;
  const more = [...(tls ? [words.overTls] : []), ...(commitment ? [words.commitment] : [])];
  return (
    <div className={css.destination}>
      <h3>{name}</h3>
      <p className={css.note}>{[words.where(place(destination), called), ...more].join(', ')}</p>
      <div className={css.destinationActs}>
        {may('destination.test') ? <ConnectionTest asked={{ name }} name={name} /> : null}
        {may('destination.remove') ? <Remove name={name} /> : null}
      </div>
    </div>
  );
}

function Remove({ name }: { readonly name: string }) {
  const words = useWords(DESTINATIONS);
  const remove = useAct('destination.remove');
  const onAct = async () => {
    await remove.mutateAsync({ name });
    toast({ text: DESTINATIONS.removed(name) });
  };
  return <RemoveNamed name={name} words={words} look={{ 'data-no-print': true }} onAct={onAct} />;
}

interface Wanted {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly called: string;
  readonly tls: boolean;
}

const NEW: Wanted = { name: 'pacs', host: '', port: 104, called: '', tls: false };

function Add() {
  const words = useWords(DESTINATIONS);
  return (
    <AddInDialog words={words} look={{ size: 'xs', 'data-no-print': true }}>
      {(onClose) => <AddForm onClose={onClose} />}
    </AddInDialog>
  );
}

function AddForm({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(DESTINATIONS);
  const [wanted, setWanted] = useState(NEW);
  const [error, setError] = useState<unknown>();
  const add = useAct('destination.add');
  const { name, ...target } = wanted;
  const isWhole = target.host !== '' && target.called !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutateAsync({ name, ...target, calling: OUR_TITLE }).then(() => {
      toast({ text: DESTINATIONS.added(name) });
      onClose();
    }, setError);
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <Fields wanted={wanted} onChange={setWanted} />
      <ConnectionTest asked={isWhole ? { target: { ...target, calling: OUR_TITLE } } : undefined} />
      {isWhole ? (
        <CopyCommand
          command={`./leadglass destination add ${name} --to ${place(target)} --called ${target.called}${target.tls ? ' --tls' : ''}`}
        />
      ) : null}
      <AddFoot words={words} error={error} isBusy={add.isPending} onClose={onClose} />
    </form>
  );
}

function Fields({ wanted, onChange }: { readonly wanted: Wanted; readonly onChange: (wanted: Wanted) => void }) {
  const words = useWords(DESTINATIONS);
  const set = (change: Partial<Wanted>) => onChange({ ...wanted, ...change });
  return (
    <>
      <TextInput
        label={words.name}
        description={words.nameMeaning}
        value={wanted.name}
        onChange={(event) => set({ name: event.currentTarget.value.trim() })}
        maxLength={64}
        required
      />
      <TextInput
        label={words.host}
        value={wanted.host}
        onChange={(event) => set({ host: event.currentTarget.value.trim() })}
        maxLength={253}
        required
      />
      <NumberInput
        label={words.port}
        value={wanted.port}
        onChange={(value) => set({ port: Number(value) })}
        min={1}
        max={65_535}
        hideControls
        required
      />
      <TextInput
        label={words.called}
        value={wanted.called}
        onChange={(event) => set({ called: event.currentTarget.value })}
        maxLength={16}
        required
      />
      <Checkbox
        label={words.tls}
        checked={wanted.tls}
        onChange={(event) => set({ tls: event.currentTarget.checked })}
      />
    </>
  );
}
