import type { AnswerOf, OperatorAnswer, RequestAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct, useAsk } from '../client/index.ts';
import { CopyCommand, DangerDialog } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import { signDecision } from './deciding.ts';
import { ownOperator } from './deciding-key.tsx';
import { DECIDING } from './deciding-words.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import css from './holds.module.css';
import { tell } from './tell.ts';
import { HOLDS } from './words.ts';

type Hold = AnswerOf<'hold.show'>['hold'];
type Act = RequestAnswer['act'];

const EVERY_MS = 30_000;

/** The operator who is signed in here with a passkey; undefined while it is asked, or without one. */
function useOwn(): OperatorAnswer | undefined {
  const account = useMe().person?.account ?? '';
  const { data } = useAsk('operator.list', {}, { everyMs: EVERY_MS });
  return data === undefined ? undefined : ownOperator(data.operators, account);
}

/** What keeps `own` from deciding here, with what to do; nothing when nothing does. */
function Obstacle({ own }: { readonly own: OperatorAnswer | undefined }) {
  const words = useWords(DECIDING);
  const format = useFormat();
  if (own === undefined)
    return (
      <p>
        {words.none} <Link to="/account">{words.prepare}</Link>
      </p>
    );
  if (own.passkey?.rpId !== window.location.hostname) return <p>{words.elsewhere(own.passkey?.rpId ?? '')}</p>;
  return own.isInForce ? null : <p>{words.tooNew(format.moment(own.inForceAtMs))}</p>;
}

const canDecide = (own: OperatorAnswer | undefined): own is OperatorAnswer =>
  own?.isInForce === true && own.passkey?.rpId === window.location.hostname;

/** The first of two persons: asks here by passkey, or on the command line by their key. */
export function AskForTwo({ hold, acts }: { readonly hold: Hold; readonly acts: readonly Act[] }) {
  const words = useWords(DECIDING);
  const holds = useWords(HOLDS);
  const own = useOwn();
  return (
    <div className={css.two}>
      <h3>{holds.two}</h3>
      {acts.map((act) => (
        <p key={act}>{act === 'release' ? words.twoRelease : words.twoDestroy}</p>
      ))}
      <Obstacle own={own} />
      {canDecide(own) ? (
        <div className={css.tools} data-no-print>
          {acts.map((act) => (
            <AskButton key={act} hold={hold} act={act} own={own} />
          ))}
        </div>
      ) : null}
      <ByCommand commands={acts.map((act) => `./leadglass hold ${act} ${hold.sha256} --reason "…" --as NAME`)} />
    </div>
  );
}

interface ActProps {
  readonly hold: Hold;
  readonly act: Act;
  readonly own: OperatorAnswer;
}

function AskButton({ hold, act, own }: ActProps) {
  const words = useWords(DECIDING);
  const [isOpen, setOpen] = useState(false);
  const release = useAct('hold.release');
  const destroy = useAct('hold.destroy');
  const { sha256, verdict } = hold;
  const onAct = async (reason: string) => {
    const signed = await signDecision(own, { act, sha256, verdict, request: '', reason });
    const asked = { id: sha256, reason, signed };
    tell(await (act === 'release' ? release.mutateAsync(asked) : destroy.mutateAsync(asked)));
  };
  const isRelease = act === 'release';
  return (
    <>
      <Button variant={isRelease ? 'filled' : 'default'} onClick={() => setOpen(true)}>
        {isRelease ? words.askRelease : words.askDestroy}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={isRelease ? words.askReleaseTitle : words.askDestroyTitle}
        act={words.sign}
        isDanger={false}
        onAct={onAct}
      >
        <p>{words.askText}</p>
      </DangerDialog>
    </>
  );
}

/** What waits for the second of two persons: approved here by passkey or on the command line, or withdrawn by anybody. */
export function Waiting({ hold, request }: { readonly hold: Hold; readonly request: RequestAnswer }) {
  const words = useWords(HOLDS);
  const deciding = useWords(DECIDING);
  const format = useFormat();
  const own = useOwn();
  const { operator, act, reason, untilMs, isExpired, sha256 } = request;
  const isMine = own !== undefined && own.name === operator;
  return (
    <div className={css.two}>
      <h3>{words.asked(operator, act === 'release' ? words.actRelease : words.actDestroy)}</h3>
      <p>{words.askedWhy(reason)}</p>
      <p>{isExpired ? words.expired : words.until(format.moment(untilMs))}</p>
      {isMine && !isExpired ? <p>{deciding.yours}</p> : null}
      {isExpired || isMine ? null : <Obstacle own={own} />}
      <div className={css.tools} data-no-print>
        {canDecide(own) && !isMine && !isExpired ? <Approve hold={hold} request={request} own={own} /> : null}
        <Withdraw sha256={sha256} />
      </div>
      {isExpired ? null : <ByCommand commands={[`./leadglass hold approve ${sha256} --as NAME`]} />}
    </div>
  );
}

function Approve({ hold, request, own }: Omit<ActProps, 'act'> & { readonly request: RequestAnswer }) {
  const words = useWords(DECIDING);
  const [isOpen, setOpen] = useState(false);
  const approve = useAct('hold.approve');
  const { act, reason, id, operator } = request;
  const { sha256, verdict } = hold;
  const onAct = async () => {
    const signed = await signDecision(own, { act: `approve-${act}`, sha256, verdict, request: id, reason });
    tell(await approve.mutateAsync({ id: sha256, request: id, signed }));
  };
  const isRelease = act === 'release';
  return (
    <>
      <Button onClick={() => setOpen(true)}>{isRelease ? words.approveRelease : words.approveDestroy}</Button>
      {isRelease ? (
        <DangerDialog
          isOpen={isOpen}
          onClose={() => setOpen(false)}
          title={words.approveTitle}
          act={words.signApproval}
          isReasonNeeded={false}
          onAct={onAct}
        >
          <p>{words.approveReleaseText(operator, reason)}</p>
        </DangerDialog>
      ) : (
        <DestroyDialog
          isOpen={isOpen}
          onClose={() => setOpen(false)}
          sha256={sha256}
          approving={{ text: words.approveDestroyText(operator, reason), act: words.signApproval }}
          onAct={onAct}
        />
      )}
    </>
  );
}

function Withdraw({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const withdraw = useAct('hold.withdraw');
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
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
    </>
  );
}

/** The same for whoever signs with a key of their own: that key never enters a browser. */
function ByCommand({ commands }: { readonly commands: readonly string[] }) {
  const words = useWords(DECIDING);
  return (
    <details className={css.byCommand}>
      <summary>{words.onCommandLine}</summary>
      {commands.map((command) => (
        <CopyCommand key={command} command={command} />
      ))}
    </details>
  );
}
