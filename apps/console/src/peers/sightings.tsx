import { ServiceSchema } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Ago, Badge, ErrorPanel } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useSay, useWords } from '../words/index.ts';
import { give } from './acts.ts';
import type { Service, Sighting } from './facts.ts';
import css from './peers.module.css';
import { LEARNING, PEERS, RIGHTS } from './words.ts';

/** What was asked for, in words; a service that has no right of its own by its name. */
export function useRequestWords(): (seen: Sighting) => string {
  const say = useSay();
  return ({ service, level, sopClassUid }) => {
    const right = ServiceSchema.safeParse(service);
    const other = service === 'association' ? say(PEERS.association) : service;
    const what = right.success ? say(RIGHTS[right.data]) : other;
    return [what, level, sopClassUid].filter((each) => each !== '').join(' · ');
  };
}

function GiveButton({ seen, right }: { readonly seen: Sighting; readonly right: Service }) {
  const words = useWords(PEERS);
  const say = useSay();
  const [error, setError] = useState<unknown>();
  const said = say(RIGHTS[right]);
  return (
    <div className={css.acts}>
      <Button
        size="xs"
        variant="default"
        onClick={() => void give(seen.peer as Parameters<typeof give>[0], right, said).catch(setError)}
      >
        {words.give(said)}
      </Button>
      {error === undefined ? null : <ErrorPanel error={error} />}
    </div>
  );
}

interface SightingsProps {
  readonly seen: readonly Sighting[];
  /** Rights each title has already. */
  readonly hasRight: (peer: string, right: Service) => boolean;
  readonly showsPeer?: boolean;
}

/** Traffic beyond the rules, each with the right that would cover it. */
export function Sightings({ seen, hasRight, showsPeer = false }: SightingsProps) {
  const words = useWords(PEERS);
  const learning = useWords(LEARNING);
  const requestWords = useRequestWords();
  const mayGive = useMay()('policy.allow');
  return (
    <ul className={css.lines}>
      {seen.map((each) => {
        const right = ServiceSchema.safeParse(each.service);
        return (
          <li key={JSON.stringify(each)} className={css.lineItem}>
            <div className={css.who}>
              <div className={css.whoHead}>
                {showsPeer ? <strong>{each.peer}</strong> : null}
                <span>{requestWords(each)}</span>
                <Badge tone={each.outcome === 'refused' ? 'bad' : 'warn'}>
                  {each.outcome === 'refused' ? words.wasRefused : words.passedObserved}
                </Badge>
              </div>
              <p className={css.small}>
                {learning.exchanges(each.count)} · {each.address} · {words.last} <Ago at={each.lastMs} />
              </p>
            </div>
            {right.success && mayGive && !hasRight(each.peer, right.data) ? (
              <GiveButton seen={each} right={right.data} />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
