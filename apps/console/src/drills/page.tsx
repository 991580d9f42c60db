import type { DrillAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callLines, useAsk } from '../client/index.ts';
import {
  Asked,
  Badge,
  type Column,
  DangerDialog,
  DataTable,
  EmptyState,
  ErrorPanel,
  Moment,
  PageFrame,
  Section,
  type Tone,
} from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import { Bars } from './bars.tsx';
import { Detail, StepList } from './detail.tsx';
import { Schedule } from './schedule.tsx';
import { timeOf } from './times.ts';
import { DRILLS } from './words.ts';

const LISTED = 50;
const DRAWN = 12;
const EVERY_MS = 10_000;
const TONES: Readonly<Record<DrillAnswer['outcome'], Tone>> = {
  ...{ running: 'calm', 'in-time': 'good', late: 'bad', failed: 'bad', 'broken-off': 'warn' },
  ...{ missed: 'warn', 'nothing-came': 'plain' },
};

/** Drills of the bad day and real outages, side by side. */
export function Page() {
  const words = useWords(DRILLS);
  const may = useMay();
  const asked = useAsk('drill.list', { limit: LISTED }, { everyMs: EVERY_MS });
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Asked of={asked}>
        {({ drills, settings, nextMs, runningNo }) => (
          <>
            {may('drill.run') ? <Run isRunning={runningNo !== null} /> : null}
            <Drawn drills={drills} />
            <Section title={words.history}>
              <History drills={drills} />
            </Section>
            <Section title={words.schedule}>
              <Schedule
                key={JSON.stringify(settings)}
                settings={settings}
                nextMs={nextMs}
                mayChange={may('drill.schedule')}
              />
            </Section>
          </>
        )}
      </Asked>
    </PageFrame>
  );
}

type Step = DrillAnswer['steps'][number];

function Run({ isRunning }: { readonly isRunning: boolean }) {
  const words = useWords(DRILLS);
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [error, setError] = useState<unknown>();
  const read = async () => {
    for await (const line of callLines('drill.run', {}, new AbortController().signal))
      if (line.kind === 'step') setSteps((before) => [...before, line]);
  };
  // The dialog closes at once: the steps are seen below the button.
  const run = async () => {
    setSteps([]);
    setError(undefined);
    setBusy(true);
    void read()
      .catch(setError)
      .finally(() => {
        setBusy(false);
        void client.invalidateQueries();
      });
  };
  return (
    <Section>
      <Button loading={isBusy || isRunning} onClick={() => setAsking(true)}>
        {words.run}
      </Button>
      <div aria-live="polite">
        {isBusy ? <p>{words.runs}</p> : null}
        <StepList steps={steps} />
      </div>
      {error === undefined ? null : <ErrorPanel error={error} />}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.sure}
        act={words.run}
        onAct={run}
        isReasonNeeded={false}
        isDanger={false}
      >
        <p>{words.sureText}</p>
      </DangerDialog>
    </Section>
  );
}

function Drawn({ drills }: { readonly drills: readonly DrillAnswer[] }) {
  const words = useWords(DRILLS);
  const timed = drills.filter(({ image, lab }) => image.ms !== null || lab.ms !== null).slice(0, DRAWN);
  if (timed.length === 0) return null;
  return (
    <Section title={words.last} lead={words.lastLead}>
      <Bars drills={timed} />
    </Section>
  );
}

function History({ drills }: { readonly drills: readonly DrillAnswer[] }) {
  const words = useWords(DRILLS);
  const [shown, setShown] = useState<DrillAnswer>();
  const columns = useColumns(setShown);
  const empty = (
    <EmptyState icon="information" title={words.none}>
      <p>{words.noneText}</p>
    </EmptyState>
  );
  return (
    <>
      <DataTable label={words.history} columns={columns} rows={drills} keyOf={({ no }) => String(no)} empty={empty} />
      <Detail drill={shown} onClose={() => setShown(undefined)} />
    </>
  );
}

function useColumns(onShow: (drill: DrillAnswer) => void): readonly Column<DrillAnswer>[] {
  const words = useWords(DRILLS);
  const { language } = useFormat();
  const what = ({ kind, upstream, by }: DrillAnswer): string => {
    if (kind === 'outage') return words.outageOf(upstream);
    return by === '' ? words.scheduled : words.drillBy(by);
  };
  const aimed = ({ ms, aimMs }: DrillAnswer['image']) =>
    aimMs === 0 ? '–' : words.timeOfAim(timeOf(ms, language, words.never), timeOf(aimMs, language, ''));
  return [
    { id: 'no', title: words.no, width: '60px', cell: ({ no }) => String(no) },
    { id: 'when', title: words.when, width: '170px', cell: ({ beganAtMs }) => <Moment at={beganAtMs} /> },
    { id: 'what', title: words.what, width: 'minmax(170px, 2fr)', cell: what },
    {
      id: 'outcome',
      title: words.outcome,
      width: '140px',
      cell: ({ outcome }) => <Badge tone={TONES[outcome]}>{words[outcome]}</Badge>,
    },
    { id: 'image', title: words.image, width: '150px', cell: ({ image }) => aimed(image) },
    { id: 'lab', title: words.lab, width: '150px', cell: ({ lab }) => aimed(lab) },
    {
      id: 'detail',
      title: words.detail,
      width: '110px',
      cell: (drill) => (
        <Button size="compact-sm" variant="default" onClick={() => onShow(drill)}>
          {words.detail}
        </Button>
      ),
    },
  ];
}
