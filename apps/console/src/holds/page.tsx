import type { HoldAnswer, RequestAnswer } from '@leadglass/contract';
import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Ago, Asked, Badge, type Column, DataTable, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './holds.module.css';
import { CopyMark, StateMark, VerdictMark } from './marks.tsx';
import { HOLDS } from './words.ts';

const EVERY_MS = 10_000;
const STATES = ['held', 'released', 'destroyed'] as const;
type Choice = (typeof STATES)[number] | 'every';

/** What is held, and waits for a person. */
export function Page() {
  const words = useWords(HOLDS);
  const [choice, setChoice] = useState<Choice>('held');
  const asked = useAsk('hold.list', choice === 'every' ? {} : { state: choice }, { everyMs: EVERY_MS });
  const choices = [...STATES, 'every' as const].map((value) => ({ value, label: words[value] }));
  return (
    <PageFrame title={words.title} lead={words.lead} isWide>
      <Section
        title={words.list}
        aside={
          <SegmentedControl
            aria-label={words.showing}
            value={choice}
            onChange={(value) => setChoice(value as Choice)}
            data={choices}
          />
        }
      >
        <Asked of={asked}>{({ holds, requests }) => <Holds holds={holds} requests={requests} />}</Asked>
      </Section>
    </PageFrame>
  );
}

interface HoldsProps {
  readonly holds: readonly HoldAnswer[];
  readonly requests: readonly RequestAnswer[];
}

function Holds({ holds, requests }: HoldsProps) {
  const words = useWords(HOLDS);
  const waiting = new Set(requests.filter(({ isExpired }) => !isExpired).map(({ sha256 }) => sha256));
  const columns = useColumns(waiting);
  return (
    <>
      {holds.length > 0 ? <p className={css.note}>{words.count(holds.length)}</p> : null}
      <DataTable
        label={words.list}
        columns={columns}
        rows={holds}
        keyOf={({ sha256 }) => sha256}
        empty={
          <EmptyState icon="holds" title={words.noneTitle}>
            <p>{words.noneText}</p>
          </EmptyState>
        }
      />
    </>
  );
}

function useColumns(waiting: ReadonlySet<string>): readonly Column<HoldAnswer>[] {
  const words = useWords(HOLDS);
  const say = useSay();
  return [
    {
      id: 'state',
      title: words.state,
      width: '120px',
      cell: ({ state, sha256 }) => (
        <span className={css.marks}>
          <StateMark state={state} />
          {waiting.has(sha256) ? <Badge tone="calm">{words.waitsSecond}</Badge> : null}
        </span>
      ),
    },
    { id: 'since', title: words.since, width: '120px', cell: ({ heldAtMs }) => <Ago at={heldAtMs} /> },
    { id: 'peer', title: words.peer, width: '110px', cell: ({ peer }) => peer },
    { id: 'verdict', title: words.verdict, width: '140px', cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
    {
      id: 'why',
      title: words.why,
      width: 'minmax(220px, 1fr)',
      cell: ({ reasons, findings }) => say(reasons[0] ?? findings[0]?.text ?? { fr: '–', en: '–' }),
    },
    { id: 'copy', title: words.copy, width: '120px', cell: ({ copy }) => <CopyMark copy={copy} /> },
    {
      id: 'look',
      title: words.look,
      width: '170px',
      isEnd: true,
      cell: ({ sha256 }) => (
        <Link to="/holds/$sha" params={{ sha: sha256 }}>
          {words.look} {sha256.slice(0, 8)}
        </Link>
      ),
    },
  ];
}
