import type { LogEntry } from '@leadglass/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Asked, type Column, DataTable, EmptyState, Moment } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './ledger.module.css';
import { LEDGER } from './words.ts';

const [FIRST, MORE, MOST] = [200, 5, 10_000];

/** The newest events of one kind: as the log tells them, each with its place in the ledger. */
export function KindList({ kind }: { readonly kind: string }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const [limit, setLimit] = useState(FIRST);
  const asked = useAsk('log', { kinds: [kind], limit });
  const columns = useColumns();
  const onNearEnd = () => {
    if (asked.data?.entries.length === limit) setLimit(Math.min(MOST, limit * MORE));
  };
  return (
    <Asked of={asked}>
      {({ entries }) => (
        <>
          <p className={css.note}>{words.lastOfKind(format.number(entries.length))}</p>
          <DataTable
            label={words.entries}
            columns={columns}
            rows={[...entries].reverse()}
            keyOf={({ seq }) => String(seq)}
            onNearEnd={onNearEnd}
            empty={
              <EmptyState icon="ledger" title={words.nothingOfKind}>
                <p>{words.nothingOfKindText}</p>
              </EmptyState>
            }
          />
        </>
      )}
    </Asked>
  );
}

function useColumns(): readonly Column<LogEntry>[] {
  const words = useWords(LEDGER);
  const say = useSay();
  return [
    { id: 'when', title: words.when, width: '170px', cell: ({ event }) => <Moment at={event.atMs} /> },
    { id: 'kind', title: words.kind, width: '190px', cell: ({ event }) => <code>{event.kind}</code> },
    { id: 'what', title: words.what, width: 'minmax(280px, 1fr)', cell: ({ sentence }) => say(sentence) },
    {
      id: 'entry',
      title: words.title,
      width: '130px',
      isEnd: true,
      cell: ({ ledgerIndex }) =>
        ledgerIndex === null ? (
          <span className={css.pale}>{words.waiting}</span>
        ) : (
          <Link to="/ledger/$index" params={{ index: String(ledgerIndex) }}>
            {words.entry(String(ledgerIndex))}
          </Link>
        ),
    },
  ];
}
