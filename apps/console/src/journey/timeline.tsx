import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Moment } from '../kit/index.ts';
import { ProofPanel } from '../ledger/proof-panel.tsx';
import { LEDGER } from '../ledger/words.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import type { Group, Stage, Step } from './groups.ts';
import css from './journey.module.css';
import { JOURNEY, STAGES } from './words.ts';

/** Entries shown of an open step before somebody asks for all. */
const SHOWN = 20;

const TONES: Readonly<Record<Stage, string | undefined>> = {
  knock: css.plain,
  arrival: css.calm,
  verdict: css.calm,
  custody: css.good,
  hold: css.warn,
  delivery: css.good,
  receipt: css.good,
  question: css.plain,
  given: css.plain,
  decision: css.warn,
};

/** What happened, stage after stage. */
export function Timeline({ groups, isAllOpen }: { readonly groups: readonly Group[]; readonly isAllOpen: boolean }) {
  return (
    <ol className={css.timeline}>
      {groups.map((group) => (
        <GroupItem
          key={`${group.steps[0]?.entry.seq} ${isAllOpen}`}
          group={group}
          isOpenFirst={isAllOpen || groups.length === 1}
        />
      ))}
    </ol>
  );
}

function GroupItem({ group, isOpenFirst }: { readonly group: Group; readonly isOpenFirst: boolean }) {
  const words = useWords(JOURNEY);
  const format = useFormat();
  const say = useSay();
  const { stage, steps, fromMs, toMs, objects, kinds } = group;
  const [first] = steps;
  const now = Date.now();
  const isLong = toMs - fromMs >= 1000;
  return (
    <li className={`${css.group} ${TONES[stage]}`}>
      <details open={isOpenFirst}>
        <summary>
          <span className={css.stage}>{say(STAGES[stage].name)}</span>
          <span className={css.when}>
            {isLong ? words.between(format.time(fromMs, now), format.time(toMs, now)) : <Moment at={fromMs} />}
          </span>
          <span className={css.counts}>
            {words.entries(steps.length)}
            {objects > 0 ? ` · ${words.objects(objects)}` : ''}
          </span>
          <span className={css.gist}>
            {steps.length === 1 && first !== undefined ? say(first.entry.sentence) : say(STAGES[stage].meaning)}
          </span>
          {kinds.length > 1 ? (
            <span className={css.kinds}>{kinds.map(([kind, n]) => `${kind} × ${format.number(n)}`).join(', ')}</span>
          ) : null}
        </summary>
        <Steps steps={steps} />
      </details>
    </li>
  );
}

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const words = useWords(JOURNEY);
  const format = useFormat();
  const [isAll, setAll] = useState(false);
  const shown = isAll ? steps : steps.slice(0, SHOWN);
  return (
    <>
      <ol className={css.steps}>
        {shown.map((step) => (
          <StepItem key={step.entry.seq} step={step} />
        ))}
      </ol>
      {shown.length < steps.length ? (
        <Button size="xs" variant="default" onClick={() => setAll(true)}>
          {words.showAll(format.number(steps.length))}
        </Button>
      ) : null}
    </>
  );
}

function StepItem({ step }: { readonly step: Step }) {
  const say = useSay();
  const { entry } = step;
  return (
    <li className={css.step}>
      <span className={css.when}>
        <Moment at={entry.event.atMs} />
      </span>
      <div>
        <p>{say(entry.sentence)}</p>
        <Place step={step} />
      </div>
    </li>
  );
}

/** Where it is written, with its proof for whoever may have one. */
function Place({ step }: { readonly step: Step }) {
  const words = useWords(JOURNEY);
  const ledger = useWords(LEDGER);
  const may = useMay();
  const index = step.entry.ledgerIndex;
  if (index === null) return <p className={css.pale}>{ledger.notYet}</p>;
  const place = words.inLedger(String(index));
  return (
    <div className={css.place}>
      {may('ledger.show') ? (
        <Link to="/ledger/$index" params={{ index: String(index) }}>
          {place}
        </Link>
      ) : (
        <span className={css.pale}>{place}</span>
      )}
      {may('ledger.prove') ? <ProofPanel index={index} /> : null}
    </div>
  );
}
