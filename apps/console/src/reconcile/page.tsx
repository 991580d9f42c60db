import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Answer, useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, DangerDialog, EmptyState, PageFrame, Section, toast } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import { Beside } from './beside.tsx';
import css from './reconcile.module.css';
import { Told } from './told.tsx';
import { RECONCILE, STATES } from './words.ts';

const EVERY_MS = 5000;

type Temporary = Answer<'reconcile.list'>['identities'][number];
/** What a person is about to do with one of them. */
type Doing = { readonly act: 'release' | 'undo'; readonly number: string };

/** Temporary identities whose images wait, and who they may be. */
export function Page() {
  const words = useWords(RECONCILE);
  const [looked, setLooked] = useState<string>();
  const [doing, setDoing] = useState<Doing>();
  const asked = useAsk('reconcile.list', { all: true }, { everyMs: EVERY_MS });
  return (
    <PageFrame title={words.title} lead={words.lead} isWide>
      {looked === undefined ? null : (
        <Section title={words.whoIs(looked)}>
          <Beside number={looked} onDone={() => setLooked(undefined)} />
        </Section>
      )}
      <Section title={words.waiting}>
        <Asked of={asked}>
          {({ identities }) => <Waiting rows={identities} onLook={setLooked} onDoing={setDoing} />}
        </Asked>
      </Section>
      <Told />
      <DoingDialog of={doing} onClose={() => setDoing(undefined)} />
    </PageFrame>
  );
}

interface WaitingProps {
  readonly rows: readonly Temporary[];
  readonly onLook: (number: string) => void;
  readonly onDoing: (doing: Doing) => void;
}

function Waiting({ rows, onLook, onDoing }: WaitingProps) {
  const words = useWords(RECONCILE);
  if (rows.length === 0)
    return (
      <EmptyState icon="people" title={words.none}>
        {words.noneMeaning}
      </EmptyState>
    );
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{words.number}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.objects}</th>
            <th scope="col">{words.until}</th>
            <th scope="col">{words.state}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.number} one={one} onLook={onLook} onDoing={onDoing} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one, onLook, onDoing }: Omit<WaitingProps, 'rows'> & { readonly one: Temporary }) {
  const words = useWords(RECONCILE);
  const states = useWords(STATES);
  const format = useFormat();
  const { number, state } = one;
  const isWaited = state === 'open' || state === 'asked';
  return (
    <tr>
      <td className={css.mono}>{number}</td>
      <td>{format.moment(one.sinceMs)}</td>
      <td>{words.images(one.waiting + one.held + one.impossible)}</td>
      <td>{one.untilMs === undefined ? null : format.moment(one.untilMs)}</td>
      <td>
        <Badge tone={isWaited ? 'warn' : 'good'}>{states[state]}</Badge>
      </td>
      <td>
        {isWaited ? <Act word={words.look} label={words.lookAt(number)} onClick={() => onLook(number)} /> : null}
        {isWaited ? (
          <Act
            word={words.release}
            label={words.releaseOf(number)}
            onClick={() => onDoing({ act: 'release', number })}
          />
        ) : null}
        {state === 'accepted' || state === 'asked' ? (
          <Act word={words.undo} label={words.undoOf(number)} onClick={() => onDoing({ act: 'undo', number })} />
        ) : null}
      </td>
    </tr>
  );
}

interface ActProps {
  readonly word: string;
  readonly label: string;
  readonly onClick: () => void;
}

function Act({ word, label, onClick }: ActProps) {
  return (
    <Button size="compact-sm" variant="default" onClick={onClick} aria-label={label}>
      {word}
    </Button>
  );
}

function DoingDialog({ of, onClose }: { readonly of: Doing | undefined; readonly onClose: () => void }) {
  const words = useWords(RECONCILE);
  const release = useAct('reconcile.release');
  const undo = useAct('reconcile.undo');
  const { act = 'release', number = '' } = of ?? {};
  const isRelease = act === 'release';
  const done = async (reason: string) => {
    if (isRelease) await release.mutateAsync({ number, reason });
    else await undo.mutateAsync({ number, reason });
    toast({ text: isRelease ? RECONCILE.released(number) : RECONCILE.takenBack(number) });
    onClose();
  };
  return (
    <DangerDialog
      isOpen={of !== undefined}
      onClose={onClose}
      title={isRelease ? words.releaseOf(number) : words.undoOf(number)}
      act={isRelease ? words.release : words.undo}
      onAct={done}
      isReasonNeeded
    >
      {isRelease ? words.releaseMeaning : words.undoMeaning}
    </DangerDialog>
  );
}
