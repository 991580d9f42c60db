import type { GlassAnswer } from '@leadglass/contract';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAsk } from '../client/index.ts';
import {
  Asked,
  type Column,
  DataTable,
  EmptyState,
  ErrorPanel,
  Moment,
  PageFrame,
  Section,
  toast,
} from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { ROLE_WORDS } from '../shell/words.ts';
import { useSay, useWords } from '../words/index.ts';
import { GLASS } from './words.ts';

const LISTED = 200;
const MOST_NOTE = 300;

/** Who opened a patient without a known relation, until somebody who answers for it has looked. */
export function Page() {
  const words = useWords(GLASS);
  const [isAll, setAll] = useState(false);
  const asked = useAsk('glass.list', { isAll, limit: LISTED });
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Checkbox label={words.all} checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} />
      <Asked of={asked}>
        {({ openings, waiting, isCut }) => (
          <Section title={words.waiting(waiting)}>
            <Openings openings={openings} />
            {isCut ? <p>{words.cut}</p> : null}
          </Section>
        )}
      </Asked>
    </PageFrame>
  );
}

function Openings({ openings }: { readonly openings: readonly GlassAnswer[] }) {
  const words = useWords(GLASS);
  const mayReview = useMay()('glass.review');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const turn = (no: number) =>
    setChosen((before) => new Set(before.has(no) ? [...before].filter((each) => each !== no) : [...before, no]));
  const columns = useColumns(mayReview ? { chosen, turn } : undefined);
  const empty = (
    <EmptyState icon="check" title={words.none}>
      <p>{words.noneText}</p>
    </EmptyState>
  );
  return (
    <>
      <DataTable label={words.title} columns={columns} rows={openings} keyOf={({ no }) => String(no)} empty={empty} />
      {mayReview && openings.length > 0 ? <Review nos={[...chosen]} onDone={() => setChosen(new Set())} /> : null}
    </>
  );
}

interface Choice {
  readonly chosen: ReadonlySet<number>;
  readonly turn: (no: number) => void;
}

function useColumns(choice: Choice | undefined): readonly Column<GlassAnswer>[] {
  const words = useWords(GLASS);
  const say = useSay();
  return [
    { id: 'when', title: words.when, width: '170px', cell: ({ lastMs }) => <Moment at={lastMs} /> },
    {
      id: 'who',
      title: words.who,
      width: 'minmax(160px, 1fr)',
      cell: ({ by, role }) => `${by} (${say(ROLE_WORDS[role])})`,
    },
    { id: 'chart', title: words.chart, width: '90px', cell: ({ chart }) => String(chart) },
    {
      id: 'why',
      title: words.why,
      width: 'minmax(220px, 2fr)',
      cell: ({ why, words: more }) => [words[why], more].filter((each) => each !== '').join(', '),
    },
    { id: 'times', title: words.times, width: '80px', isEnd: true, cell: ({ times }) => String(times) },
    {
      id: 'review',
      title: words.review,
      width: 'minmax(150px, 1fr)',
      cell: ({ no, reviewedMs, reviewedBy, note }) =>
        reviewedMs !== null ? (
          [words.reviewedBy(reviewedBy), note].filter((each) => each !== '').join(', ')
        ) : choice === undefined ? (
          '–'
        ) : (
          <Checkbox aria-label={words.choose(no)} checked={choice.chosen.has(no)} onChange={() => choice.turn(no)} />
        ),
    },
  ];
}

function Review({ nos, onDone }: { readonly nos: readonly number[]; readonly onDone: () => void }) {
  const words = useWords(GLASS);
  const [note, setNote] = useState('');
  const review = useAct('glass.review');
  const mark = () =>
    review.mutate(
      { nos: [...nos], note: note.trim() },
      {
        onSuccess: ({ reviewed }) => {
          toast({ text: GLASS.done(reviewed) });
          setNote('');
          onDone();
        },
      },
    );
  return (
    <>
      <TextInput
        mt="md"
        label={words.note}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={MOST_NOTE}
        autoComplete="off"
      />
      <Button mt="sm" disabled={nos.length === 0} loading={review.isPending} onClick={mark}>
        {words.mark}
      </Button>
      {review.isError ? <ErrorPanel error={review.error} /> : null}
    </>
  );
}
