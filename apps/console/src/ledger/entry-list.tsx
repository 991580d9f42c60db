import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Moment } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { readEntry } from './audit.ts';
import { useEntries } from './entries.ts';
import css from './ledger.module.css';
import { drawnPx, rowsInSight } from './scroll.ts';
import { useScroll } from './use-scroll.ts';
import { LEDGER } from './words.ts';

const ROW_PX = 36;

interface EntryListProps {
  /** Entries of the log at the moment the list was made. */
  readonly size: number;
  /** Entry chosen, by its number. */
  readonly chosen: number | undefined;
  readonly onChoose: (index: number) => void;
}

/** All entries, the newest first, however many: what is in sight is drawn and asked for, nothing else. */
export function EntryList({ size, chosen, onChoose }: EntryListProps) {
  const words = useWords(LEDGER);
  const scroll = useScroll(size, ROW_PX);
  const { frame, offset, isSettled, place } = scroll;
  const { from, to } = rowsInSight(frame, offset);
  // While the list moves, what was last asked for stays; nothing is asked for on the way.
  const asked = useRef({ from, to });
  if (isSettled) asked.current = { from, to };
  const entries = useEntries(size - asked.current.to, size - asked.current.from, size);
  const row = chosen === undefined ? undefined : size - 1 - chosen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row is shown when it is chosen, not whenever the list moves.
  useEffect(() => {
    if (row !== undefined) scroll.show(row);
  }, [row]);
  const onKey = (event: KeyboardEvent) => {
    const next = rowAfter(event.key, row ?? -1, Math.floor(frame.viewPx / ROW_PX), size);
    if (next === undefined) return;
    event.preventDefault();
    onChoose(size - 1 - next);
  };
  return (
    <div
      role="listbox"
      tabIndex={0}
      aria-label={words.entries}
      aria-activedescendant={row === undefined ? undefined : `entry-${chosen}`}
      className={css.scroller}
      ref={place}
      onScroll={scroll.onScroll}
      onKeyDown={onKey}
    >
      <div className={css.long} role="presentation" style={{ height: drawnPx(frame) }}>
        <div className={css.inSight} role="presentation">
          {Array.from({ length: to - from }, (_, at) => {
            const index = size - 1 - from - at;
            const content = entries.get(index)?.content;
            const top = (from + at) * ROW_PX - offset;
            return (
              <Row key={index} {...{ index, top, size, content }} isChosen={index === chosen} onChoose={onChoose} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Where a key leads from `row`; undefined: nowhere. */
function rowAfter(key: string, row: number, page: number, size: number): number | undefined {
  const wanted: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: size - 1,
  };
  const next = wanted[key];
  return next === undefined || size === 0 ? undefined : Math.min(size - 1, Math.max(0, next));
}

interface RowProps {
  readonly index: number;
  readonly top: number;
  readonly size: number;
  readonly content: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: (index: number) => void;
}

function Row({ index, top, size, content, isChosen, onChoose }: RowProps) {
  const format = useFormat();
  const say = useSay();
  const entry = content === undefined ? undefined : readEntry(content);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active option.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys.
    <div
      role="option"
      id={`entry-${index}`}
      aria-selected={isChosen}
      aria-posinset={size - index}
      aria-setsize={size}
      className={isChosen ? `${css.row} ${css.chosen}` : css.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(index)}
    >
      <span className={css.index}>{format.number(index)}</span>
      {entry === undefined ? (
        <span className={css.pale}>{content === undefined ? '…' : content.slice(0, 120)}</span>
      ) : (
        <>
          <span className={css.time}>
            <Moment at={entry.atMs} />
          </span>
          <code className={css.kind}>{entry.kind}</code>
          <span className={entry.outcome === 0 ? css.words : `${css.words} ${css.failed}`}>{say(entry)}</span>
        </>
      )}
    </div>
  );
}
