import type { PatientAnswer } from '@leadglass/contract';
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { type Answer, useAsk } from '../client/index.ts';
import { EmptyState, ErrorPanel, Icon, PageFrame, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { leavePatient } from './handover.ts';
import { PatientLine } from './patient-line.tsx';
import { Planned } from './planned.tsx';
import { Standing } from './standing.tsx';
import { StudiesToo } from './studies-too.tsx';
import { usePatientSearch } from './use-patients.ts';
import { EMERGENCY } from './words.ts';

/** Each question is an act that the ledger tells. */
const ASKED_EVERY_MS = 120_000;
const LISTED = 30;

type Found = Answer<'chart.search'>['patients'];

/** Finds a patient: by what somebody types, among those who came today, or because a result is critical. */
export function Page() {
  const words = useWords(EMERGENCY);
  const navigate = useNavigate();
  const critical = useAsk('chart.search', { only: 'critical', limit: LISTED }, { everyMs: ASKED_EVERY_MS });
  const today = useAsk('chart.search', { only: 'today', limit: LISTED }, { everyMs: ASKED_EVERY_MS });
  const open = (patient: PatientAnswer) => {
    leavePatient(patient);
    void navigate({ to: '/emergency/patient/$chart', params: { chart: String(patient.chart) } });
  };
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Standing feeds={critical.data?.asOf} />
      <Section>
        <Search onOpen={open} />
      </Section>
      <div className={css.lists}>
        <Section title={words.critical} lead={words.criticalLead}>
          <List of={critical} none={words.noCritical} onOpen={open} />
        </Section>
        <Section title={words.today}>
          <List of={today} none={words.noToday} onOpen={open} />
        </Section>
      </div>
      <Planned />
    </PageFrame>
  );
}

interface ListProps {
  readonly of: ReturnType<typeof useAsk<'chart.search'>>;
  readonly none: string;
  readonly onOpen: (patient: PatientAnswer) => void;
}

function List({ of, none, onOpen }: ListProps) {
  if (of.isError) return <ErrorPanel error={of.error} onRetry={() => void of.refetch()} />;
  const patients = of.data?.patients ?? [];
  if (of.data !== undefined && patients.length === 0) return <p className={css.pale}>{none}</p>;
  return (
    <ul className={css.patients}>
      {patients.map(({ patient }) => (
        <li key={patient.chart}>
          <button type="button" className={css.patient} onClick={() => onOpen(patient)}>
            <PatientLine patient={patient} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A field that answers while somebody types: ↑ and ↓ choose, Enter opens. */
function Search({ onOpen }: { readonly onOpen: (patient: PatientAnswer) => void }) {
  const words = useWords(EMERGENCY);
  const search = usePatientSearch();
  const list = useId();
  const [at, setAt] = useState(0);
  const found = search.answer?.patients ?? [];
  const chosen = Math.min(at, found.length - 1);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const one = found[chosen];
    if (event.key === 'Enter' && one !== undefined && !search.isBusy) onOpen(one.patient);
    if (step === 0 || found.length === 0) return;
    event.preventDefault();
    setAt((chosen + step + found.length) % found.length);
  };
  return (
    <div className={css.search}>
      <div className={css.fields}>
        <TextInput
          className={css.field ?? ''}
          label={words.search}
          description={words.searchMeaning}
          size="md"
          leftSection={<Icon name="search" />}
          value={search.words}
          onChange={(event) => {
            search.setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={list}
          aria-activedescendant={found.length > 0 ? `${list}-${chosen}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          autoFocus
        />
        <TextInput
          type="date"
          label={words.born}
          size="md"
          value={search.bornOn}
          onChange={(event) => search.setBornOn(event.currentTarget.value)}
          autoComplete="off"
        />
      </div>
      <Said search={search} />
      {search.error === undefined ? null : <ErrorPanel error={search.error} />}
      <div id={list} role="listbox" aria-label={words.title} className={css.results} hidden={found.length === 0}>
        <Results found={found} list={list} chosen={chosen} onOpen={onOpen} />
      </div>
      <StudiesToo wanted={search.words} known={found.map(({ patient }) => patient)} />
      {search.answer !== undefined && !search.isBusy && found.length === 0 ? (
        <EmptyState icon="search" title={words.nobody}>
          <p>{words.nobodyText}</p>
        </EmptyState>
      ) : null}
    </div>
  );
}

function Said({ search: { isBusy, answer } }: { readonly search: ReturnType<typeof usePatientSearch> }) {
  const words = useWords(EMERGENCY);
  const count = answer === undefined ? '' : words.found(answer.patients.length);
  return (
    <p className={css.pale} role="status">
      {isBusy ? words.searching : answer?.isCut === true ? `${count}. ${words.cut}` : count}
    </p>
  );
}

interface ResultsProps {
  readonly found: Found;
  readonly list: string;
  readonly chosen: number;
  readonly onOpen: (patient: PatientAnswer) => void;
}

function Results({ found, list, chosen, onOpen }: ResultsProps) {
  return found.map(({ patient, fit }, place) => (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and hears the keys.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same.
    <div
      key={patient.chart}
      role="option"
      id={`${list}-${place}`}
      aria-selected={place === chosen}
      className={place === chosen ? `${css.result} ${css.chosen}` : css.result}
      onClick={() => onOpen(patient)}
    >
      <PatientLine patient={patient} fit={fit} />
    </div>
  ));
}
