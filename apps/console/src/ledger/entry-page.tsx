import { Link, useParams } from '@tanstack/react-router';
import { ApiError } from '../client/index.ts';
import { Asked, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { useEntry } from './entries.ts';
import { EntryView } from './entry-view.tsx';
import css from './ledger.module.css';
import { LEDGER } from './words.ts';

const INDEX = /^(0|[1-9][0-9]{0,14})$/;

/** One entry alone: what other pages lead to, and what is printed. */
export function Page() {
  const words = useWords(LEDGER);
  const { index = '' } = useParams({ strict: false });
  return (
    <PageFrame title={words.entry(index.slice(0, 15))} actions={<Neighbours index={Number(index)} />}>
      {INDEX.test(index) ? <One index={Number(index)} /> : <NoEntry />}
    </PageFrame>
  );
}

function Neighbours({ index }: { readonly index: number }) {
  const words = useWords(LEDGER);
  if (!Number.isSafeInteger(index)) return null;
  return (
    <nav className={css.tools} aria-label={words.entries}>
      {index === 0 ? null : (
        <Link to="/ledger/$index" params={{ index: String(index - 1) }}>
          {words.before}
        </Link>
      )}
      <Link to="/ledger/$index" params={{ index: String(index + 1) }}>
        {words.after}
      </Link>
      <Link to="/ledger">{words.title}</Link>
    </nav>
  );
}

function One({ index }: { readonly index: number }) {
  const asked = useEntry(index);
  if (asked.error instanceof ApiError && asked.error.status === 404) return <NoEntry />;
  return (
    <Asked of={asked}>
      {(entry) =>
        entry === null ? (
          <NoEntry />
        ) : (
          <Section>
            <EntryView index={index} content={entry.content} />
          </Section>
        )
      }
    </Asked>
  );
}

function NoEntry() {
  const words = useWords(LEDGER);
  return (
    <EmptyState icon="ledger" title={words.noEntry}>
      <Link to="/ledger">{words.title}</Link>
    </EmptyState>
  );
}
