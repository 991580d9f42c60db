import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Asked, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { useEntries } from './entries.ts';
import { EntryList } from './entry-list.tsx';
import { EntryView } from './entry-view.tsx';
import { ExportPanel } from './export-panel.tsx';
import { KindList } from './kind-list.tsx';
import css from './ledger.module.css';
import { VerifyPanel } from './verify-panel.tsx';
import { KINDS, LEDGER } from './words.ts';

/** The log nobody can rewrite: verified here, walked through, proved, handed to an auditor. */
export function Page() {
  const words = useWords(LEDGER);
  const asked = useAsk('ledger.checkpoint', {});
  return (
    <PageFrame title={words.title} lead={words.lead} isWide>
      <VerifyPanel />
      <Asked of={asked}>
        {({ size, checkpoint }) =>
          size === 0 ? (
            <EmptyState icon="ledger" title={checkpoint === '' ? words.closedTitle : words.emptyTitle}>
              <p>{checkpoint === '' ? words.closedText : words.emptyText}</p>
            </EmptyState>
          ) : (
            <>
              <Entries now={size} onNewest={() => void asked.refetch()} />
              <ExportPanel size={size} />
            </>
          )
        }
      </Asked>
    </PageFrame>
  );
}

interface EntriesProps {
  readonly now: number;
  readonly onNewest: () => void;
}

function Entries({ now, onNewest }: EntriesProps) {
  const words = useWords(LEDGER);
  const format = useFormat();
  // The list stays as it was made: rows that move under the pointer help nobody.
  const [size, setSize] = useState(now);
  const [chosen, setChosen] = useState<number>();
  const [kind, setKind] = useState('');
  const newest = () => {
    onNewest();
    setSize(now);
    setChosen(now - 1);
  };
  return (
    <Section title={words.entries} lead={words.entriesLead} aside={<span>{words.size(format.number(size))}</span>}>
      <div className={css.tools}>
        <KindChoice kind={kind} onKind={setKind} />
        {kind === '' ? <GoTo size={size} onGo={setChosen} onNewest={newest} /> : null}
      </div>
      {kind === '' ? (
        <div className={chosen === undefined ? undefined : css.split}>
          <EntryList size={size} chosen={chosen} onChoose={setChosen} />
          {chosen === undefined ? null : <Beside size={size} chosen={chosen} onClose={() => setChosen(undefined)} />}
        </div>
      ) : (
        <KindList kind={kind} key={kind} />
      )}
    </Section>
  );
}

function KindChoice({ kind, onKind }: { readonly kind: string; readonly onKind: (kind: string) => void }) {
  const words = useWords(LEDGER);
  const say = useSay();
  const kinds = Object.entries(KINDS).map(([value, name]) => ({ value, label: say(name) }));
  return (
    <NativeSelect
      label={words.filter}
      value={kind}
      onChange={(event) => onKind(event.currentTarget.value)}
      data={[{ value: '', label: words.everything }, ...kinds]}
    />
  );
}

interface GoToProps {
  readonly size: number;
  readonly onGo: (index: number) => void;
  readonly onNewest: () => void;
}

function GoTo({ size, onGo, onNewest }: GoToProps) {
  const words = useWords(LEDGER);
  const [wanted, setWanted] = useState<string | number>('');
  return (
    <form
      className={css.goTo}
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof wanted === 'number') onGo(Math.min(size - 1, wanted));
      }}
    >
      <NumberInput
        label={words.goTo}
        min={0}
        max={size - 1}
        allowDecimal={false}
        hideControls
        value={wanted}
        onChange={setWanted}
      />
      <Button type="submit" variant="default">
        {words.go}
      </Button>
      <Button variant="default" onClick={onNewest}>
        {words.newest}
      </Button>
    </form>
  );
}

interface BesideProps {
  readonly size: number;
  readonly chosen: number;
  readonly onClose: () => void;
}

function Beside({ size, chosen, onClose }: BesideProps) {
  const words = useWords(LEDGER);
  const found = useEntries(chosen, chosen + 1, size).get(chosen);
  return (
    <div className={css.beside}>
      <div className={css.besideHead}>
        <h3>{words.entry(String(chosen))}</h3>
        <Link to="/ledger/$index" params={{ index: String(chosen) }}>
          {words.openAlone}
        </Link>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={onClose}>
          {words.close}
        </Button>
      </div>
      {found === undefined ? <p className={css.pale}>…</p> : <EntryView index={chosen} content={found.content} />}
    </div>
  );
}
