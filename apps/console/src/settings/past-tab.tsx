import type { SettingsPastAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { call, queryClient, useAsk } from '../client/index.ts';
import { Asked, Badge, DangerDialog, Diff, EmptyState, Moment, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

const FIRST_LIMIT = 30;
const LARGEST_LIMIT = 200;

/** Goes back to a state; the toast goes back to the one of now. */
async function goBack(to: number, from: number): Promise<void> {
  const undo = async (no: number) => {
    await call('config.undo', { no });
    await queryClient.invalidateQueries();
  };
  await undo(to);
  toast({ text: SETTINGS.wentBack, undo: () => undo(from) });
}

interface PastProps {
  readonly past: SettingsPastAnswer;
  /** The state before it, to tell what it changed. */
  readonly before: SettingsPastAnswer | undefined;
  readonly present: SettingsPastAnswer;
}

function Past({ past, before, present }: PastProps) {
  const words = useWords(SETTINGS);
  const say = useSay();
  const format = useFormat();
  const mayGoBack = useMay()('config.undo') && past.no !== present.no;
  const [isAsking, setAsking] = useState(false);
  return (
    <li>
      <div className={css.past}>
        <div className={css.pastWords}>
          <strong>{say(past.change)}</strong>
          <span className={css.quiet}>
            <Moment at={past.atMs} /> {words.by(past.by)}
          </span>
        </div>
        {past.no === present.no ? <Badge tone="good">{words.present}</Badge> : null}
        {mayGoBack ? (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            {words.goBack}
          </Button>
        ) : null}
      </div>
      {before === undefined ? null : (
        <details>
          <summary className={css.summary}>{words.showChange}</summary>
          <Diff label={words.showChange} before={before.source} after={past.source} />
        </details>
      )}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.goBackTitle(format.moment(past.atMs))}
        act={words.goBackAct}
        onAct={() => goBack(past.no, present.no)}
        isReasonNeeded={false}
        isDanger={false}
      >
        <p>{words.goBackMeaning}</p>
        <Diff label={words.goBackMeaning} before={present.source} after={past.source} />
      </DangerDialog>
    </li>
  );
}

/** Every state the settings had, and the way back to each. */
export function PastTab() {
  const words = useWords(SETTINGS);
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const asked = useAsk('config.history', { limit });
  return (
    <Section title={words.tabPast} lead={words.pastLead}>
      <Asked of={asked}>
        {({ past }) => {
          const [present] = past;
          if (present === undefined) {
            return (
              <EmptyState icon="undo" title={words.pastNone}>
                <p>{words.pastNoneAdvice}</p>
              </EmptyState>
            );
          }
          return (
            <>
              <ol className={css.list}>
                {past.map((each, index) => (
                  <Past key={each.no} past={each} before={past[index + 1]} present={present} />
                ))}
              </ol>
              {past.length === limit && limit < LARGEST_LIMIT ? (
                <Button variant="default" onClick={() => setLimit(LARGEST_LIMIT)}>
                  {words.older}
                </Button>
              ) : null}
            </>
          );
        }}
      </Asked>
    </Section>
  );
}
