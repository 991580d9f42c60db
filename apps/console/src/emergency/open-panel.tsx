import { OPENING_WHYS, type OpeningWhy } from '@leadglass/contract';
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Request } from '../client/index.ts';
import { ErrorPanel, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { patientLeft } from './handover.ts';
import { PatientLine } from './patient-line.tsx';
import { EMERGENCY } from './words.ts';

const MOST_WORDS = 300;

interface OpenPanelProps {
  readonly chart: number;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onOpen: (asked: Request<'patient.open'>) => void;
}

/** Asks why before anything is shown: one click for the usual reasons. */
export function OpenPanel({ chart, isBusy, error, onOpen }: OpenPanelProps) {
  const words = useWords(EMERGENCY);
  const [more, setMore] = useState('');
  const [isMissing, setMissing] = useState(false);
  const patient = patientLeft(chart);
  const open = (why: OpeningWhy) => {
    const isWithout = why === 'other' && more.trim() === '';
    setMissing(isWithout);
    if (!isWithout) onOpen({ chart, why, words: more.trim() });
  };
  return (
    <Section title={words.open} lead={words.openLead}>
      {patient === undefined ? null : (
        <p className={css.who}>
          <PatientLine patient={patient} />
        </p>
      )}
      <div className={css.whys}>
        {OPENING_WHYS.map((why) => (
          <Button
            key={why}
            size="md"
            variant={why === 'care' ? 'filled' : 'default'}
            loading={isBusy}
            onClick={() => open(why)}
          >
            {words[why]}
          </Button>
        ))}
      </div>
      <TextInput
        className={css.more ?? ''}
        label={words.more}
        value={more}
        onChange={(event) => setMore(event.currentTarget.value)}
        error={isMissing ? words.moreMissing : undefined}
        maxLength={MOST_WORDS}
        autoComplete="off"
      />
      {error === null || error === undefined ? null : <ErrorPanel error={error} />}
    </Section>
  );
}
