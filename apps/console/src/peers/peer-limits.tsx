import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import type { Draft, LimitsDraft } from './peer-draft.ts';
import css from './peers.module.css';
import { LIMITS } from './words.ts';

interface FieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly wrong: ReadonlySet<string>;
}

/** Whether the rule binds, how the peer proves who it is, and how far its queries reach. */
export function BindingFields({ draft, set, wrong }: FieldsProps) {
  const words = useWords(LIMITS);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <NativeSelect
        label={words.mode}
        description={words.modeMeaning}
        value={draft.mode}
        onChange={(event) => set({ mode: event.currentTarget.value as Draft['mode'] })}
        data={[
          { value: '', label: words.asSite },
          { value: 'enforce', label: words.enforce },
          { value: 'observe', label: words.observe },
        ]}
      />
      <details className={css.more}>
        <summary>{words.identity}</summary>
        <IdentityFields draft={draft} set={set} wrong={wrong} />
      </details>
      <details
        className={css.more}
        open={isOpen || wrong.size > 0}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>{words.limits}</summary>
        <LimitFields draft={draft} set={set} wrong={wrong} />
      </details>
    </>
  );
}

function IdentityFields({ draft, set, wrong }: FieldsProps) {
  const words = useWords(LIMITS);
  return (
    <div className={css.form}>
      <Anchors chosen={draft.trustAnchors} onChange={(trustAnchors) => set({ trustAnchors })} />
      <TextInput
        label={words.certName}
        description={words.certNameMeaning}
        value={draft.certName}
        maxLength={128}
        error={wrong.has('certName') ? words.wrong : undefined}
        onChange={(event) => set({ certName: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.otherDevice}
        value={draft.whenOtherDevice}
        onChange={(event) => set({ whenOtherDevice: event.currentTarget.value as Draft['whenOtherDevice'] })}
        data={[
          { value: '', label: words.notChosen },
          { value: 'tell', label: words.otherTell },
          { value: 'hold', label: words.otherHold },
        ]}
      />
    </div>
  );
}

interface AnchorsProps {
  readonly chosen: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

/** Authorities of others that were added by name, and those a rule names already. */
function Anchors({ chosen, onChange }: AnchorsProps) {
  const words = useWords(LIMITS);
  const may = useMay();
  const { data } = useAsk('trust.list', {}, { isEnabled: may('trust.list') });
  const names = [...new Set([...(data?.anchors ?? []).map(({ name }) => name), ...chosen])];
  if (names.length === 0) return <p className={css.small}>{words.noAnchors}</p>;
  return (
    <fieldset className={css.boxes}>
      <legend>{words.anchors}</legend>
      {names.map((name) => (
        <Checkbox
          key={name}
          label={name}
          checked={chosen.includes(name)}
          onChange={(event) => {
            const isOn = event.currentTarget.checked;
            onChange(names.filter((each) => (each === name ? isOn : chosen.includes(each))));
          }}
        />
      ))}
    </fieldset>
  );
}

const NUMBERS = ['mostResults', 'mostDays', 'perMinute'] as const;
const TEXTS = ['hours', 'modalities', 'moveTo'] as const;

function LimitFields({ draft, set, wrong }: FieldsProps) {
  const words = useWords(LIMITS);
  const { limits } = draft;
  const change = (more: Partial<LimitsDraft>) => set({ limits: { ...limits, ...more } });
  const yesNo = [
    { value: '', label: words.notChosen },
    { value: 'yes', label: words.yes },
    { value: 'no', label: words.no },
  ];
  return (
    <div className={css.form}>
      <p className={css.small}>{words.limitsMeaning}</p>
      {[...NUMBERS, ...TEXTS].map((name) => (
        <TextInput
          key={name}
          label={words[name]}
          description={words[`${name}Meaning`]}
          value={limits[name]}
          maxLength={name === 'moveTo' ? 1700 : 200}
          inputMode={(NUMBERS as readonly string[]).includes(name) ? 'numeric' : 'text'}
          error={wrong.has(name) ? words[`${name}Meaning`] : undefined}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
      ))}
      <NativeSelect
        label={words.nameWildcards}
        value={limits.nameWildcards}
        onChange={(event) => change({ nameWildcards: event.currentTarget.value })}
        data={[
          { value: '', label: words.notChosen },
          { value: 'any', label: words.wildcardsAny },
          { value: 'trailing', label: words.wildcardsTrailing },
          { value: 'none', label: words.wildcardsNone },
        ]}
      />
      <NativeSelect
        label={words.sweeps}
        value={limits.sweeps}
        onChange={(event) => change({ sweeps: event.currentTarget.value as LimitsDraft['sweeps'] })}
        data={yesNo}
      />
      <NativeSelect
        label={words.ownStation}
        value={limits.ownStation}
        onChange={(event) => change({ ownStation: event.currentTarget.value as LimitsDraft['ownStation'] })}
        data={yesNo}
      />
    </div>
  );
}
