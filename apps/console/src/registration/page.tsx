import type { RegistrationAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type Answer, useAct, useAsk } from '../client/index.ts';
import { Asked, DangerDialog, EmptyState, Icon, PageFrame, Section, toast } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import { DayTable, RowActs } from './day-table.tsx';
import { RegistrationForm } from './form.tsx';
import css from './registration.module.css';
import { DaySheet, LabelSheet } from './sheets.tsx';
import { REGISTRATION } from './words.ts';

const EVERY_MS = 5000;

type Schedule = Answer<'worklist.status'>['schedules'][number];

/** What stands on the page: the form and the list, or what is to be printed. */
type View = { readonly kind: 'work' | 'day' } | { readonly kind: 'labels'; readonly of: RegistrationAnswer };

/** Downtime registration: a patient and an exam in seconds, labels, and the list of the day. */
export function Page() {
  const [view, setView] = useState<View>({ kind: 'work' });
  const [corrected, setCorrected] = useState<RegistrationAnswer>();
  const [cancelled, setCancelled] = useState<RegistrationAnswer>();
  const asked = useAsk('registration.list', {}, { everyMs: EVERY_MS });
  const rows = asked.data?.registrations ?? [];
  const back = () => setView({ kind: 'work' });
  if (view.kind === 'labels') return <LabelSheet of={view.of} onBack={back} />;
  if (view.kind === 'day') return <DaySheet rows={rows} onBack={back} />;
  return (
    <Work
      rows={rows}
      onDay={() => setView({ kind: 'day' })}
      corrected={corrected}
      onCorrected={() => setCorrected(undefined)}
    >
      <Asked of={asked}>
        {() => (
          <Today
            rows={rows}
            onLabels={(of) => setView({ kind: 'labels', of })}
            onCorrect={setCorrected}
            onCancel={setCancelled}
          />
        )}
      </Asked>
      <CancelDialog of={cancelled} onClose={() => setCancelled(undefined)} />
    </Work>
  );
}

interface WorkProps {
  readonly rows: readonly RegistrationAnswer[];
  readonly onDay: () => void;
  readonly corrected: RegistrationAnswer | undefined;
  readonly onCorrected: () => void;
  readonly children: ReactNode;
}

function Work({ rows, onDay, corrected, onCorrected, children }: WorkProps) {
  const words = useWords(REGISTRATION);
  const stations = [...new Set(rows.map(({ station }) => station))];
  const actions = (
    <Button
      variant="default"
      leftSection={<Icon name="print" size={16} />}
      onClick={onDay}
      disabled={rows.length === 0}
    >
      {words.printList}
    </Button>
  );
  return (
    <PageFrame title={words.title} lead={words.lead} actions={actions} isWide>
      <Standing />
      <Section title={corrected === undefined ? words.add : words.correctOf(corrected.number)}>
        <RegistrationForm
          key={corrected?.number ?? 'new'}
          of={corrected}
          stations={stations}
          onDone={onCorrected}
          onGiveUp={onCorrected}
        />
      </Section>
      <Section title={words.today}>{children}</Section>
    </PageFrame>
  );
}

/** Whether devices read what is registered here, and how old the schedule is that they read beside it. */
function Standing() {
  const words = useWords(REGISTRATION);
  const asked = useAsk('worklist.status', {}, { everyMs: EVERY_MS });
  const all = asked.data?.schedules;
  if (all === undefined) return null;
  const schedules = all.filter(({ hasWorklist }) => hasWorklist);
  const owed = all.reduce((sum, { waiting }) => sum + waiting, 0);
  const [up, down] = [schedules.filter(isAnswering), schedules.filter((one) => !isAnswering(one))];
  return (
    <div className={down.length === 0 && up.length > 0 ? css.notice : css.warning} role="status">
      {schedules.length === 0 ? <p>{words.noRis}</p> : null}
      {up.length === 0 ? null : <p>{words.live(up.map(({ destination }) => destination).join(', '))}</p>}
      {down.map((one) => (
        <Away key={one.destination} of={one} />
      ))}
      {owed === 0 ? null : <p>{words.waiting(owed)}.</p>}
    </div>
  );
}

function Away({ of }: { readonly of: Schedule }) {
  const words = useWords(REGISTRATION);
  const format = useFormat();
  const oldest = Math.min(...of.days.map(({ asOfMs }) => asOfMs));
  const asOf = of.days.length === 0 ? words.neverKept : words.asOf(format.moment(oldest));
  return <p>{words.away(of.destination, asOf)}</p>;
}

function isAnswering({ isDown, why }: Schedule): boolean {
  return !isDown && why === undefined;
}

interface TodayProps {
  readonly rows: readonly RegistrationAnswer[];
  readonly onLabels: (one: RegistrationAnswer) => void;
  readonly onCorrect: (one: RegistrationAnswer) => void;
  readonly onCancel: (one: RegistrationAnswer) => void;
}

function Today({ rows, onLabels, onCorrect, onCancel }: TodayProps) {
  const words = useWords(REGISTRATION);
  if (rows.length === 0)
    return (
      <EmptyState icon="people" title={words.none}>
        {words.noneMeaning}
      </EmptyState>
    );
  const acts = (one: RegistrationAnswer) => (
    <RowActs one={one} onLabels={() => onLabels(one)} onCorrect={() => onCorrect(one)} onCancel={() => onCancel(one)} />
  );
  return <DayTable rows={rows.toReversed()} acts={acts} />;
}

function CancelDialog({ of, onClose }: { readonly of: RegistrationAnswer | undefined; readonly onClose: () => void }) {
  const words = useWords(REGISTRATION);
  const cancel = useAct('registration.cancel');
  const number = of?.number ?? '';
  const act = async (reason: string) => {
    await cancel.mutateAsync({ number, reason });
    toast({ text: REGISTRATION.cancelled(number) });
    onClose();
  };
  return (
    <DangerDialog
      isOpen={of !== undefined}
      onClose={onClose}
      title={words.cancelOf(number)}
      act={words.cancel}
      onAct={act}
      isReasonNeeded
    >
      {words.cancelMeaning}
    </DangerDialog>
  );
}
