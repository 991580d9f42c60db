import type { NeedAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useAsk, useLive } from '../client/index.ts';
import {
  Ago,
  Asked,
  Badge,
  CopyCommand,
  DangerDialog,
  EmptyState,
  ErrorPanel,
  Section,
  type Tone,
  toast,
} from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useSay, useWords } from '../words/index.ts';
import { type Act, doAct, operationOf, readinessOf, undoOf } from './act.ts';
import css from './now.module.css';
import { NOW } from './words.ts';

const TONES: Readonly<Record<NeedAnswer['severity'], Tone>> = { urgent: 'bad', soon: 'warn', sometime: 'calm' };
const EVERY_MS = 20_000;
/** The gravest; the map has to be seen too. */
const FIRST_SHOWN = 4;

/** Does an act and says so; what went wrong stays beside the button. */
function useDoing(act: Act | undefined) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (reason?: string): Promise<void> => {
    if (act === undefined) return;
    const answer = await doAct(act, reason);
    const undo = undoOf(act, answer);
    toast({
      text: { fr: NOW.done(act.text.fr).fr, en: NOW.done(act.text.en).en },
      ...(undo === undefined ? {} : { undo }),
    });
    await client.invalidateQueries();
  };
  const press = () => {
    setBusy(true);
    setError(undefined);
    run()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return { isBusy, error, run, press };
}

function ActButton({ act, isFirst }: { readonly act: Act; readonly isFirst: boolean }) {
  const say = useSay();
  const [isAsking, setAsking] = useState(false);
  const { isBusy, error, run, press } = useDoing(act);
  const asksReason = readinessOf(act) === 'reason';
  return (
    <>
      <Button
        size="sm"
        variant={isFirst ? 'filled' : 'default'}
        loading={isBusy}
        onClick={asksReason ? () => setAsking(true) : press}
      >
        {say(act.text)}
      </Button>
      {error === undefined ? null : <ErrorPanel error={error} />}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={say(act.text)}
        act={say(act.text)}
        onAct={run}
      >
        {null}
      </DangerDialog>
    </>
  );
}

function Need({ need, isFirst }: { readonly need: NeedAnswer; readonly isFirst: boolean }) {
  const words = useWords(NOW);
  const say = useSay();
  const may = useMay();
  const operation = need.act === undefined ? undefined : operationOf(need.act);
  const isActHere =
    need.act !== undefined && operation !== undefined && may(operation) && readinessOf(need.act) !== 'not-here';
  return (
    <li className={css.need} data-severity={need.severity}>
      <div className={css.needWords}>
        <div className={css.needHead}>
          <Badge tone={TONES[need.severity]}>{words[need.severity]}</Badge>
          <strong>{say(need.text)}</strong>
        </div>
        <p className={css.advice}>{say(need.advice)}</p>
        <div className={css.needFoot}>
          <Ago at={need.sinceMs} />
          {need.command === undefined ? null : (
            <details>
              <summary>{words.otherwise}</summary>
              <CopyCommand command={need.command} />
            </details>
          )}
        </div>
      </div>
      <div className={css.needActs}>
        {isActHere && need.act !== undefined ? <ActButton act={need.act} isFirst={isFirst} /> : null}
        {need.page === undefined ? null : (
          <Button
            size="sm"
            variant={isFirst && !isActHere ? 'filled' : 'default'}
            renderRoot={(props: object) => <Link to={need.page ?? '/'} {...props} />}
          >
            {words.look}
          </Button>
        )}
      </div>
    </li>
  );
}

function NeedList({ needs }: { readonly needs: readonly NeedAnswer[] }) {
  const words = useWords(NOW);
  const [isWhole, setWhole] = useState(false);
  const hidden = needs.length - FIRST_SHOWN;
  return (
    <>
      <ul className={css.needs}>
        {needs.slice(0, isWhole ? undefined : FIRST_SHOWN).map((need, index) => (
          <Need key={need.id} need={need} isFirst={index === 0} />
        ))}
      </ul>
      {hidden <= 0 ? null : (
        <Button variant="subtle" color="gray" size="sm" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole ? words.fewer : words.more(hidden)}
        </Button>
      )}
    </>
  );
}

/** What a person is needed for, the gravest first, each with the one button that settles it. */
export function Needs() {
  const words = useWords(NOW);
  const count = useLive(({ needs }) => needs?.count);
  const asked = useAsk('needs', {}, { everyMs: EVERY_MS });
  const { refetch } = asked;
  // The stream tells that the count has changed; the list itself is asked for.
  useEffect(() => {
    if (count !== undefined) void refetch();
  }, [count, refetch]);
  return (
    <Section title={words.needsTitle}>
      <Asked of={asked}>
        {({ needs }) =>
          needs.length === 0 ? (
            <EmptyState icon="check" title={words.calm}>
              <p>{words.calmAdvice}</p>
            </EmptyState>
          ) : (
            <NeedList needs={needs} />
          )
        }
      </Asked>
    </Section>
  );
}
