import type { StrangerAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { queryClient, useAct, useAsk, useLive } from '../../client/index.ts';
import { Asked, CopyCommand, Loading } from '../../kit/index.ts';
import { useSay, useWords } from '../../words/index.ts';
import { Failure } from '../failure.tsx';
import css from '../people.module.css';
import { admitCommand } from './commands.ts';
import { SET } from './words.ts';

const ASK_EVERY_MS = 3000;
/** Somebody who knocked just before this page was open counts too. */
const BEFORE_MS = 10 * 60_000;

/** Waits for a device to knock, and lets it in. */
export function DeviceStep({ onNext }: { readonly onNext: () => void }) {
  const words = useWords(SET);
  const [sinceMs] = useState(() => Date.now() - BEFORE_MS);
  const newest = useLive(({ log }) => log[0]?.seq ?? 0);
  const asked = useAsk('stranger.list', { sinceMs, limit: 10 }, { everyMs: ASK_EVERY_MS });
  const [admitted, setAdmitted] = useState<string>();
  useEffect(() => {
    if (newest > 0) void queryClient.invalidateQueries({ queryKey: ['stranger.list'] });
  }, [newest]);
  return (
    <section className={css.form}>
      <h2>{words.stepDevice}</h2>
      <p>{words.deviceLead}</p>
      <OurAddress />
      <div aria-live="polite" className={css.form}>
        {admitted === undefined ? (
          <Asked of={asked}>{({ strangers }) => <Knocks strangers={strangers} onAdmitted={setAdmitted} />}</Asked>
        ) : (
          <Admitted title={admitted} />
        )}
      </div>
      <div className={css.buttons}>
        <Button
          variant={admitted === undefined ? 'subtle' : 'filled'}
          color={admitted === undefined ? 'gray' : 'amber'}
          onClick={onNext}
        >
          {admitted === undefined ? words.later : words.next}
        </Button>
      </div>
    </section>
  );
}

/** What to enter on the device: where the gateway listens for DICOM. */
function OurAddress() {
  const words = useWords(SET);
  const asked = useAsk('status', {});
  const listeners = asked.data?.listeners.filter(({ name }) => name.startsWith('dimse')) ?? [];
  return (
    <p className={css.notice}>
      {words.ourTitle} <strong>LEADGLASS</strong> · {words.ourAddress}{' '}
      <strong>{listeners.map(({ name, address }) => `${address} (${name})`).join(', ')}</strong>
    </p>
  );
}

interface KnocksProps {
  readonly strangers: readonly StrangerAnswer[];
  readonly onAdmitted: (title: string) => void;
}

function Knocks({ strangers, onAdmitted }: KnocksProps) {
  const words = useWords(SET);
  if (strangers.length === 0) {
    return (
      <div role="status">
        <Loading />
        <p>{words.waiting}</p>
        <p className={css.note}>{words.knocksCommand}</p>
        <CopyCommand command="leadglass strangers" />
      </div>
    );
  }
  return strangers.map((stranger) => (
    <Knock
      key={`${stranger.aeTitle} ${stranger.address} ${stranger.isTls}`}
      stranger={stranger}
      onAdmitted={onAdmitted}
    />
  ));
}

function Knock({
  stranger,
  onAdmitted,
}: {
  readonly stranger: StrangerAnswer;
  readonly onAdmitted: (title: string) => void;
}) {
  const words = useWords(SET);
  const say = useSay();
  const act = useAct('peer.add');
  const { peer, aeTitle, address, why } = stranger;
  return (
    <article className={css.knock}>
      <h3>{words.knocked(aeTitle, address)}</h3>
      <p className={css.note}>{say(why)}</p>
      {peer === undefined ? (
        <p>{words.cannotAdmit}</p>
      ) : (
        <>
          <CopyCommand command={admitCommand(peer)} />
          <Failure error={act.error ?? undefined} />
          <Button loading={act.isPending} onClick={() => act.mutate(peer, { onSuccess: () => onAdmitted(aeTitle) })}>
            {words.admit}
          </Button>
        </>
      )}
    </article>
  );
}

/** Whether the device that was let in has come in. */
function Admitted({ title }: { readonly title: string }) {
  const words = useWords(SET);
  const isIn = useLive(({ log }) =>
    log.some(({ event }) => String(event.kind).startsWith('arrival') && JSON.stringify(event).includes(`"${title}"`)),
  );
  return <p className={css.notice}>{isIn ? words.arrived(title) : words.admitted(title)}</p>;
}
