import type { FoundAnswer } from '@leadglass/contract';
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useId, useState } from 'react';
import { EmptyState, ErrorPanel, Icon } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './journey.module.css';
import { useSearch } from './use-search.ts';
import { JOURNEY, SUBJECTS } from './words.ts';

interface SearchBoxProps {
  /** Words somebody already gave elsewhere. */
  readonly first?: string;
  /** Of all that is found, what can be opened here. */
  readonly isWanted?: (found: FoundAnswer) => boolean;
  readonly onOpen: (found: FoundAnswer) => void;
}

/** A field that answers while somebody types: ↑ and ↓ choose, Enter opens. */
export function SearchBox({ first = '', isWanted = () => true, onOpen }: SearchBoxProps) {
  const words = useWords(JOURNEY);
  const search = useSearch(first);
  const list = useId();
  const [at, setAt] = useState(0);
  const found = search.answer?.found.filter(isWanted) ?? [];
  const chosen = Math.min(at, found.length - 1);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const one = found[chosen];
    if (event.key === 'Enter' && one !== undefined && !search.isBusy) onOpen(one);
    if (step === 0 || found.length === 0) return;
    event.preventDefault();
    setAt((chosen + step + found.length) % found.length);
  };
  return (
    <div className={css.search}>
      <TextInput
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
      <p className={css.note} role="status">
        {search.isBusy ? words.searching : saidOf(search.words, search.answer, words)}
      </p>
      {search.error === undefined ? null : <ErrorPanel error={search.error} />}
      <div id={list} role="listbox" aria-label={words.kinds} className={css.results} hidden={found.length === 0}>
        {found.map((each, place) => (
          <Result
            key={`${each.kind} ${each.id}`}
            id={`${list}-${place}`}
            found={each}
            isChosen={place === chosen}
            onOpen={onOpen}
          />
        ))}
      </div>
      {search.answer !== undefined && !search.isBusy && found.length === 0 ? (
        <EmptyState icon="search" title={words.nothing}>
          <p>{words.nothingText}</p>
        </EmptyState>
      ) : null}
    </div>
  );
}

function saidOf(
  typed: string,
  answer: { readonly found: readonly unknown[]; readonly isCut: boolean } | undefined,
  words: { readonly typeMore: string; readonly cut: string; found(n: number): string },
): string {
  if (typed.trim().length === 1) return words.typeMore;
  if (answer === undefined) return '';
  return answer.isCut ? `${words.found(answer.found.length)}. ${words.cut}` : words.found(answer.found.length);
}

interface ResultProps {
  readonly id: string;
  readonly found: FoundAnswer;
  readonly isChosen: boolean;
  readonly onOpen: (found: FoundAnswer) => void;
}

function Result({ id, found, isChosen, onOpen }: ResultProps) {
  const words = useWords(JOURNEY);
  const format = useFormat();
  const say = useSay();
  const { kind, title, patientId, born, date, modality, description, objects } = found;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: see SearchBox.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys.
    <div
      role="option"
      id={id}
      aria-selected={isChosen}
      className={isChosen ? `${css.result} ${css.chosen}` : css.result}
      onClick={() => onOpen(found)}
    >
      <strong>{title === '' ? found.id : title}</strong>
      <span className={css.pale}>
        {[patientId, dayIn(born, format.date)].filter((each) => each !== '').join(' · ')}
      </span>
      <span>{[dayIn(date, format.date), modality, description].filter((each) => each !== '').join(' · ')}</span>
      <span className={css.pale}>
        {say(SUBJECTS[kind])} · {words.objects(objects)}
      </span>
    </div>
  );
}

/** `20260131` or `2026-01-31` as the reader writes dates; anything else as it is. */
export function dayIn(date: string, write: (atMs: number) => string): string {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date) ?? [];
  return year === undefined ? date : write(new Date(Number(year), Number(month) - 1, Number(day)).getTime());
}
