import type { DrillSettingsAnswer } from '@leadglass/contract';
import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../client/index.ts';
import { ErrorPanel, Moment, toast } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './drills.module.css';
import { DAYS, DRILLS } from './words.ts';

const MOST_SECONDS = 3600;
const MOST_TELL = 200;

interface ScheduleProps {
  readonly settings: DrillSettingsAnswer;
  readonly nextMs: number | null;
  readonly mayChange: boolean;
}

/** When drills run by themselves, and what the site aims at. */
export function Schedule({ settings, nextMs, mayChange }: ScheduleProps) {
  const words = useWords(DRILLS);
  const say = useSay();
  const [draft, setDraft] = useState(settings);
  const change = (part: Partial<DrillSettingsAnswer>) => setDraft((before) => ({ ...before, ...part }));
  const save = useAct('drill.schedule');
  const days = Object.entries(DAYS).map(([value, label]) => ({ value, label: say(label) }));
  return (
    <>
      <p>
        {nextMs === null ? (
          words.noNext
        ) : (
          <>
            {words.next} <Moment at={nextMs} />
          </>
        )}
      </p>
      <div className={css.form}>
        <NativeSelect
          label={words.on}
          data={days}
          value={draft.on}
          disabled={!mayChange}
          onChange={(event) => change({ on: event.currentTarget.value as DrillSettingsAnswer['on'] })}
        />
        <TextInput
          type="time"
          label={words.at}
          value={draft.at}
          disabled={!mayChange}
          onChange={(event) => change({ at: event.currentTarget.value })}
        />
        <Seconds
          label={words.imageSeconds}
          value={draft.imageSeconds}
          isOff={!mayChange}
          onValue={(imageSeconds) => change({ imageSeconds })}
        />
        <Seconds
          label={words.labSeconds}
          value={draft.labSeconds}
          isOff={!mayChange}
          onValue={(labSeconds) => change({ labSeconds })}
        />
        <TextInput
          label={words.tell}
          value={draft.tell}
          maxLength={MOST_TELL}
          disabled={!mayChange}
          onChange={(event) => change({ tell: event.currentTarget.value })}
        />
        {mayChange ? (
          <Button
            variant="default"
            loading={save.isPending}
            onClick={() => save.mutate(draft, { onSuccess: () => toast({ text: DRILLS.saved }) })}
          >
            {words.save}
          </Button>
        ) : null}
      </div>
      {save.isError ? <ErrorPanel error={save.error} /> : null}
    </>
  );
}

interface SecondsProps {
  readonly label: string;
  readonly value: number;
  readonly isOff: boolean;
  readonly onValue: (value: number) => void;
}

function Seconds({ label, value, isOff, onValue }: SecondsProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={1}
      max={MOST_SECONDS}
      allowDecimal={false}
      disabled={isOff}
      onChange={(now) => {
        if (typeof now === 'number') onValue(now);
      }}
    />
  );
}
