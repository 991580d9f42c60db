import { useEffect, useSyncExternalStore } from 'react';
import { ApiError } from '../client/index.ts';
import { type Text, useSay, useWords } from '../words/index.ts';
import { Icon } from './icons.tsx';
import css from './kit.module.css';
import { KIT } from './words.ts';

/** Something that was done, said for a while. `undo` takes it back. */
export interface Toast {
  readonly text: Text;
  readonly undo?: () => Promise<unknown>;
}

interface Shown extends Toast {
  readonly id: number;
}

const MOST_SHOWN = 4;
const SHOWN_MS = 6000;
/** What can be undone stays longer: long enough to read it and reach the button (WCAG 2.2.1). */
const UNDO_SHOWN_MS = 20_000;

let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Shown[]): void {
  shown = next;
  for (const tell of listeners) tell();
}

/** Says that something was done. */
export function toast(said: Toast): void {
  lastId += 1;
  set([...shown.slice(1 - MOST_SHOWN), { ...said, id: lastId }]);
}

function dismiss(id: number): void {
  set(shown.filter((each) => each.id !== id));
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function undo(said: Shown): void {
  dismiss(said.id);
  said.undo?.().then(
    () => toast({ text: KIT.undone }),
    (thrown: unknown) => toast({ text: thrown instanceof ApiError ? thrown.text : KIT.failed }),
  );
}

function OneToast({ said }: { readonly said: Shown }) {
  const words = useWords(KIT);
  const say = useSay();
  useEffect(() => {
    const timer = setTimeout(() => dismiss(said.id), said.undo === undefined ? SHOWN_MS : UNDO_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className={css.toast}>
      <span>{say(said.text)}</span>
      {said.undo === undefined ? null : (
        <button type="button" onClick={() => undo(said)}>
          {words.undo}
        </button>
      )}
      <button type="button" aria-label={words.dismiss} onClick={() => dismiss(said.id)}>
        <Icon name="cross" size={14} />
      </button>
    </div>
  );
}

/** Where toasts appear; once, at the foot of the window. */
export function Toasts() {
  const all = useSyncExternalStore(subscribe, () => shown);
  return (
    <section className={css.toasts} aria-live="polite" aria-label={useWords(KIT).messages} data-no-print>
      {all.map((said) => (
        <OneToast key={said.id} said={said} />
      ))}
    </section>
  );
}
