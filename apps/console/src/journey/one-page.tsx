import type { JourneyAnswer, ObjectAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, useAsk } from '../client/index.ts';
import { Asked, Badge, type Column, DataTable, EmptyState, Icon, Moment, PageFrame, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { groupsOf } from './groups.ts';
import css from './journey.module.css';
import { Timeline } from './timeline.tsx';
import { JOURNEY, SUBJECTS } from './words.ts';

const MOST_STEPS = 2000;

/** The whole journey of one thing. */
export function Page() {
  const words = useWords(JOURNEY);
  const { id = '' } = useParams({ strict: false });
  const asked = useAsk('journey', { id: id.slice(0, 128), limit: MOST_STEPS });
  const isUnknown = asked.error instanceof ApiError && asked.error.status === 404;
  return (
    <PageFrame title={words.title} actions={<Actions journey={asked.data} />}>
      {isUnknown ? <Nothing /> : <Asked of={asked}>{(journey) => <Journey journey={journey} />}</Asked>}
    </PageFrame>
  );
}

function Actions({ journey }: { readonly journey: JourneyAnswer | undefined }) {
  const words = useWords(JOURNEY);
  const may = useMay();
  const study = journey?.objects[0]?.studyInstanceUid ?? '';
  return (
    <>
      {may('journey.search') && study !== '' ? (
        <Link to="/images/$study" params={{ study }} className={css.action}>
          <Icon name="images" /> {words.openImages}
        </Link>
      ) : null}
      <Link to="/journey" className={css.action}>
        <Icon name="search" /> {words.search}
      </Link>
    </>
  );
}

function Nothing() {
  const words = useWords(JOURNEY);
  return (
    <EmptyState icon="journey" title={words.noSteps}>
      <p>{words.noStepsText}</p>
      <Link to="/journey">{words.search}</Link>
    </EmptyState>
  );
}

function Journey({ journey }: { readonly journey: JourneyAnswer }) {
  const words = useWords(JOURNEY);
  const [isAllOpen, setAllOpen] = useState(false);
  const groups = groupsOf(journey.steps);
  if (journey.steps.length === 0 && journey.objects.length === 0) return <Nothing />;
  return (
    <>
      <Subject subject={journey.subject} />
      {journey.isCut ? <p className={css.cut}>{words.isCut}</p> : null}
      <Section
        title={words.timeline}
        lead={words.timelineLead}
        aside={
          <Button size="xs" variant="default" onClick={() => setAllOpen(!isAllOpen)}>
            {isAllOpen ? words.closeAll : words.openAll}
          </Button>
        }
      >
        <Timeline groups={groups} isAllOpen={isAllOpen} />
      </Section>
      {journey.objects.length > 1 ? <Objects objects={journey.objects} /> : null}
    </>
  );
}

function Subject({ subject }: { readonly subject: JourneyAnswer['subject'] }) {
  const words = useWords(JOURNEY);
  const format = useFormat();
  const say = useSay();
  const { kind, id, modality, objects, bytes, peers, firstAtMs, lastAtMs } = subject;
  return (
    <Section title={say(SUBJECTS[kind])} aside={modality === '' ? undefined : <Badge tone="calm">{modality}</Badge>}>
      <dl className={css.subject}>
        <dt>{words.identifier}</dt>
        <dd className={css.wideValue}>
          <code>{id}</code>
        </dd>
        <dt>{words.size}</dt>
        <dd>
          {words.objects(objects)}, {format.bytes(bytes)}
        </dd>
        <dt>{words.from}</dt>
        <dd>{peers.join(', ') || '–'}</dd>
        <dt>{words.first}</dt>
        <dd>
          <Moment at={firstAtMs} />
        </dd>
        <dt>{words.last}</dt>
        <dd>
          <Moment at={lastAtMs} />
        </dd>
      </dl>
    </Section>
  );
}

function Objects({ objects }: { readonly objects: readonly ObjectAnswer[] }) {
  const words = useWords(JOURNEY);
  const format = useFormat();
  const columns: readonly Column<ObjectAnswer>[] = [
    { id: 'when', title: words.received, width: '170px', cell: ({ receivedAtMs }) => <Moment at={receivedAtMs} /> },
    { id: 'modality', title: words.modality, width: '90px', cell: ({ modality }) => modality },
    {
      id: 'verdict',
      title: words.verdict,
      width: '120px',
      cell: ({ verdict }) => <Badge tone={verdict === 'clean' ? 'good' : 'warn'}>{verdict}</Badge>,
    },
    { id: 'size', title: words.size, width: '90px', isEnd: true, cell: ({ plainBytes }) => format.bytes(plainBytes) },
    {
      id: 'object',
      title: words.object,
      width: 'minmax(260px, 1fr)',
      cell: ({ sha256, sopInstanceUid }) => (
        <Link to="/journey/$id" params={{ id: sha256 }} title={words.showObject}>
          {sopInstanceUid}
        </Link>
      ),
    },
  ];
  return (
    <Section title={words.objectList}>
      <DataTable label={words.objectList} columns={columns} rows={objects} keyOf={({ sha256 }) => sha256} />
    </Section>
  );
}
