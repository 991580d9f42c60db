import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Answer, useAct, useAsk } from '../client/index.ts';
import { Badge, DangerDialog, ErrorPanel, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import css from './reconcile.module.css';
import { MESSAGE_STATES, TOLD } from './told-words.ts';

const EVERY_MS = 5000;

type Message = Answer<'hl7.messages'>['messages'][number];
type Receiver = Answer<'hl7.list'>['destinations'][number];

/** What information systems are told by HL7, as far as it waits or a person is needed; nothing where nobody is told. */
export function Told() {
  const words = useWords(TOLD);
  const receivers = useAsk('hl7.list', {}, { everyMs: EVERY_MS });
  const messages = useAsk('hl7.messages', {}, { everyMs: EVERY_MS });
  const [settled, setSettled] = useState<Message>();
  const retry = useAct('hl7.retry');
  const rows = messages.data?.messages ?? [];
  const known = receivers.data?.destinations ?? [];
  if (known.length === 0 && rows.length === 0) return null;
  const again = async ({ no, message }: Message): Promise<void> => {
    await retry.mutateAsync({ no });
    toast({ text: TOLD.retried(message) });
  };
  return (
    <Section title={words.title}>
      {known.map((one) => (
        <OneReceiver key={one.destination.name} one={one} />
      ))}
      {retry.isError ? <ErrorPanel error={retry.error} /> : null}
      {rows.length === 0 ? (
        <p>{words.none}</p>
      ) : (
        // What it rejects with is shown above.
        <Messages rows={rows} onRetry={(one) => void again(one).catch(() => {})} onSettle={setSettled} />
      )}
      <SettleDialog of={settled} onClose={() => setSettled(undefined)} />
    </Section>
  );
}

function OneReceiver({ one }: { readonly one: Receiver }) {
  const words = useWords(TOLD);
  const { destination, isDown, waiting, delivered, needsPerson } = one;
  return (
    <div className={css.head}>
      <strong className={css.mono}>{destination.name}</strong>
      <Badge tone={isDown ? 'warn' : 'good'}>{isDown ? words.down : words.ready}</Badge>
      <span>{words.waits(waiting)}</span>
      <span>{words.delivered(delivered)}</span>
      {needsPerson === 0 ? null : <Badge tone="warn">{words.needsPerson(needsPerson)}</Badge>}
    </div>
  );
}

interface MessagesProps {
  readonly rows: readonly Message[];
  readonly onRetry: (message: Message) => void;
  readonly onSettle: (message: Message) => void;
}

function Messages({ rows, onRetry, onSettle }: MessagesProps) {
  const words = useWords(TOLD);
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{words.receiver}</th>
            <th scope="col">{words.message}</th>
            <th scope="col">{words.number}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.state}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <MessageRow key={one.no} one={one} onRetry={onRetry} onSettle={onSettle} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MessageRow({ one, onRetry, onSettle }: Omit<MessagesProps, 'rows'> & { readonly one: Message }) {
  const words = useWords(TOLD);
  const states = useWords(MESSAGE_STATES);
  const format = useFormat();
  const { destination, message, number, atMs, state, code } = one;
  const may = useMay();
  const isAside = state === 'refused';
  return (
    <tr>
      <td>{destination}</td>
      <td className={css.mono}>{message === 'unmerge' ? words.unmerge : message}</td>
      <td className={css.mono}>{number}</td>
      <td>{format.moment(atMs)}</td>
      <td>
        <Badge tone={state === 'waiting' ? 'good' : 'warn'}>{states[state]}</Badge> {code}
        {isAside && may('hl7.message') ? <Answered no={one.no} /> : null}
      </td>
      <td>
        {isAside && may('hl7.retry') ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onRetry(one)}
            aria-label={words.retryOf(message, number)}
          >
            {words.retry}
          </Button>
        ) : null}
        {(isAside || state === 'by-hand') && may('hl7.skip') ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onSettle(one)}
            aria-label={words.settleOf(message, number)}
          >
            {words.settle}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

/** What the receiver said of it, for whoever may read it: its words may name a patient. */
function Answered({ no }: { readonly no: number }) {
  const { data } = useAsk('hl7.message', { no });
  return data === undefined || data.answer === '' ? null : <div>{data.answer}</div>;
}

function SettleDialog({ of, onClose }: { readonly of: Message | undefined; readonly onClose: () => void }) {
  const words = useWords(TOLD);
  const skip = useAct('hl7.skip');
  const { no = 0, message = '', number = '' } = of ?? {};
  const done = async (reason: string): Promise<void> => {
    await skip.mutateAsync({ no, reason });
    toast({ text: TOLD.settled(message) });
    onClose();
  };
  return (
    <DangerDialog
      isOpen={of !== undefined}
      onClose={onClose}
      title={words.settleOf(message, number)}
      act={words.settle}
      onAct={done}
      isReasonNeeded
    >
      {words.settleMeaning}
    </DangerDialog>
  );
}
