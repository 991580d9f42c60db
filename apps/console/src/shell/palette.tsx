import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Dialog } from '../kit/index.ts';
import { PAGES } from '../pages.ts';
import { useSay, useWords } from '../words/index.ts';
import { leaveWords } from './handover.ts';
import { maySee, useMay, useMe } from './me.tsx';
import css from './shell.module.css';
import { SHELL } from './words.ts';

interface Choice {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly note?: string;
  readonly go: () => void;
}

const MOST_SHOWN = 12;
const SEARCH_PAGE = '/journey';

/** Lower case, without accents: `Réglages` is found by `regl`. */
export function plain(words: string): string {
  return words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function useChoices(typed: string, onDone: () => void): readonly Choice[] {
  const words = useWords(SHELL);
  const say = useSay();
  const may = useMay();
  const role = useMe().person?.role;
  const navigate = useNavigate();
  const peers = useAsk('peer.list', {}, { isEnabled: may('peer.list') });
  const titles = [...new Set((peers.data?.peers ?? []).map(({ aeTitle }): string => aeTitle))];
  const go = (to: string) => () => {
    onDone();
    void navigate({ to });
  };
  const pages = PAGES.filter((page) => page.nav !== undefined && maySee(page, role)).map(
    (page): Choice => ({ id: page.path, kind: words.kindPage, label: say(page.title), go: go(page.path) }),
  );
  const known = titles.map(
    (title): Choice => ({
      id: title,
      kind: words.kindPeer,
      label: title,
      go: go(`/peers/${encodeURIComponent(title)}`),
    }),
  );
  const sought = plain(typed.trim());
  const found = [...pages, ...known].filter(({ label }) => plain(label).includes(sought)).slice(0, MOST_SHOWN);
  const maySearch = may('journey.search') && PAGES.some(({ path }) => path === SEARCH_PAGE);
  if (sought.length < 2 || !maySearch) return found;
  const search = () => {
    leaveWords(typed.trim());
    go(SEARCH_PAGE)();
  };
  const label = words.paletteSearch(typed.trim());
  return [...found, { id: '?search', kind: words.kindAct, label, note: words.paletteSearchNote, go: search }];
}

function Choices({
  id,
  choices,
  at,
}: {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly at: number;
}) {
  return (
    <div id={id} role="listbox" className={css.choices} aria-label={useWords(SHELL).paletteTitle}>
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus.
        <div
          key={choice.id}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={css.choice}
          onClick={choice.go}
        >
          <span>{choice.label}</span>
          <span className={css.choiceKind}>{choice.note ?? choice.kind}</span>
        </div>
      ))}
    </div>
  );
}

function Search({ onDone }: { readonly onDone: () => void }) {
  const words = useWords(SHELL);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const choices = useChoices(typed, onDone);
  const count = choices.length;
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && count > 0) {
      event.preventDefault();
      setAt((at + step + count) % count);
    }
    if (event.key === 'Enter') choices[at]?.go();
  };
  return (
    <>
      <input
        className={css.paletteField}
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here.
        autoFocus
        role="combobox"
        aria-expanded={true}
        aria-controls={id}
        aria-activedescendant={count === 0 ? undefined : `${id}-${at}`}
        aria-label={words.paletteTitle}
        placeholder={words.paletteHint}
        value={typed}
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <Choices id={id} choices={choices} at={at} />
      {count === 0 ? <p role="status">{words.paletteNothing}</p> : null}
    </>
  );
}

/** Ctrl-K: goes to any page or peer, and hands words over to the search. */
export function Palette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const title = useWords(SHELL).paletteTitle;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <Search onDone={onClose} />
    </Dialog>
  );
}
