import type { AnswerOf, RequestAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../client/index.ts';
import { CopyCommand, DangerDialog, Section, toast } from '../kit/index.ts';
import { useMay, useMe } from '../shell/me.tsx';
import { text, useFormat, useWords } from '../words/index.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import css from './holds.module.css';
import { HOLDS } from './words.ts';

type Shown = AnswerOf<'hold.show'>;

/** What a person may decide here, and what takes two of them elsewhere. */
export function DecidePanel({ shown }: { readonly shown: Shown }) {
  const words = useWords(HOLDS);
  const may = useMay();
  const { hold, rules, request } = shown;
  if (!may('hold.release'))
    return (
      <Section title={words.decide}>
        <p className={css.note}>{words.lookOnly}</p>
      </Section>
    );
  return (
    <Section title={words.decide} lead={words.decideLead}>
      {request === null ? null : <Waiting request={request} />}
      <div className={css.tools} data-no-print>
        {rules.release === 'one-person' && request === null ? <Release sha256={hold.sha256} /> : null}
        {rules.destroy === 'one-person' && request === null ? <Destroy sha256={hold.sha256} /> : null}
      </div>
      {rules.release === 'two-persons' && request === null ? (
        <Two sha256={hold.sha256} act="release" says={words.twoRelease} />
      ) : null}
      {rules.destroy === 'two-persons' && request === null ? (
        <Two sha256={hold.sha256} act="destroy" says={words.twoDestroy} />
      ) : null}
    </Section>
  );
}

function Release({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const release = useAct('hold.release');
  const onAct = async (reason: string) => tell(await release.mutateAsync({ id: sha256, reason }));
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.release}</Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.releaseTitle}
        act={words.releaseAct}
        onAct={onAct}
      >
        <p>{words.releaseText}</p>
      </DangerDialog>
    </>
  );
}

function Destroy({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const destroy = useAct('hold.destroy');
  const onAct = async (reason: string) => tell(await destroy.mutateAsync({ id: sha256, reason }));
  return (
    <>
      <Button variant="default" color="red" onClick={() => setOpen(true)}>
        {words.destroy}
      </Button>
      <DestroyDialog isOpen={isOpen} onClose={() => setOpen(false)} sha256={sha256} onAct={onAct} />
    </>
  );
}

/** Says what came of a decision, and what to know of it. */
function tell({ act, outcome, destinations, notices }: AnswerOf<'hold.release'>): void {
  const isReleased = act === 'release' && outcome === 'done' && destinations.length > 0;
  toast({ text: isReleased ? HOLDS.doneTo(destinations.join(', ')) : HOLDS.done });
  for (const notice of notices.slice(0, 2)) toast({ text: text(notice.fr, notice.en) });
}

interface TwoProps {
  readonly sha256: string;
  readonly act: 'release' | 'destroy';
  readonly says: string;
}

/** How two people decide: each signs with a key that no browser has. */
function Two({ sha256, act, says }: TwoProps) {
  const words = useWords(HOLDS);
  const account = useMe().person?.account ?? 'NAME';
  return (
    <div className={css.two}>
      <h3>{words.two}</h3>
      <p>{says}</p>
      <p>{words.askFirst}</p>
      <CopyCommand command={`./leadglass hold ${act} ${sha256} --reason "…" --as ${account}`} />
      <p>{words.thenApprove}</p>
      <CopyCommand command={`./leadglass hold approve ${sha256} --as NAME`} />
    </div>
  );
}

function Waiting({ request }: { readonly request: RequestAnswer }) {
  const words = useWords(HOLDS);
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const withdraw = useAct('hold.withdraw');
  const { operator, act, reason, untilMs, isExpired, sha256 } = request;
  return (
    <div className={css.two}>
      <h3>{words.asked(operator, act === 'release' ? words.actRelease : words.actDestroy)}</h3>
      <p>{words.askedWhy(reason)}</p>
      <p>{isExpired ? words.expired : words.until(format.moment(untilMs))}</p>
      {isExpired ? null : (
        <>
          <p>{words.thenApprove}</p>
          <CopyCommand command={`./leadglass hold approve ${sha256} --as NAME`} />
        </>
      )}
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        {words.withdraw}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.withdrawTitle}
        act={words.withdraw}
        isReasonNeeded={false}
        onAct={() => withdraw.mutateAsync({ id: sha256 })}
      >
        <p>{words.withdrawText}</p>
      </DangerDialog>
    </div>
  );
}
