import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, call, queryClient, useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, Diff, ErrorPanel, PageFrame, Section, toast } from '../kit/index.ts';
import { leaveSource } from '../shell/handover.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useLanguage, useWords } from '../words/index.ts';
import { Differences } from './differences.tsx';
import { EnforceDialog } from './enforce-dialog.tsx';
import css from './peers.module.css';
import { Sightings } from './sightings.tsx';
import { LEARNING, PEERS } from './words.ts';

const OBSERVED_MS = 14 * 86_400_000;

function ObservedRanges({ observation }: { readonly observation: Answer<'policy.show'>['observation'] }) {
  const words = useWords(LEARNING);
  const format = useFormat();
  const { ranges, siteUntilMs } = observation;
  if (ranges.length === 0 && siteUntilMs === null) return <p className={css.quiet}>{words.noObservation}</p>;
  return (
    <ul className={css.lines}>
      {siteUntilMs === null ? null : (
        <li className={css.lineItem}>
          <strong>{words.site}</strong>
          <span>{words.siteUntil(format.moment(siteUntilMs))}</span>
        </li>
      )}
      {ranges.map(({ from, sinceMs, untilMs, isOver }) => (
        <li key={from} className={css.lineItem}>
          <strong>{from}</strong>
          <span>{words.observing(format.date(sinceMs), format.date(untilMs))}</span>
          {isOver ? <Badge>{words.over}</Badge> : null}
        </li>
      ))}
    </ul>
  );
}

function Observation({ policy }: { readonly policy: Answer<'policy.show'> }) {
  const words = useWords(LEARNING);
  const may = useMay();
  const [error, setError] = useState<unknown>();
  const observe = async () => {
    await call('policy.observe', { site: true, untilMs: Date.now() + OBSERVED_MS });
    await queryClient.invalidateQueries();
    toast({ text: LEARNING.observeSiteDone });
  };
  const seen = [...policy.observed, ...policy.refused];
  const rules = policy.peers.map(({ rule }) => rule);
  return (
    <Section title={words.observation}>
      <div className={css.stack}>
        <ObservedRanges observation={policy.observation} />
        {may('policy.observe') ? (
          <div className={css.acts}>
            <Button variant="default" onClick={() => void observe().catch(setError)}>
              {words.observeSite}
            </Button>
            <span className={css.small}>{words.observeSiteMeaning}</span>
          </div>
        ) : null}
        {error === undefined ? null : <ErrorPanel error={error} />}
        <h3>{words.seen}</h3>
        {seen.length === 0 ? (
          <p className={css.quiet}>{words.seenNone}</p>
        ) : (
          <Sightings
            seen={seen}
            showsPeer
            hasRight={(peer, right) => rules.some(({ aeTitle, allow }) => aeTitle === peer && allow.includes(right))}
          />
        )}
      </div>
    </Section>
  );
}

function Proposal({ proposed, before }: { readonly proposed: Answer<'policy.propose'>; readonly before: string }) {
  const words = useWords(LEARNING);
  const language = useLanguage();
  const navigate = useNavigate();
  const simulate = useAct('policy.simulate', { changesNothing: true });
  const source = proposed.source[language];
  const toSettings = () => {
    leaveSource(source);
    void navigate({ to: '/settings' });
  };
  return (
    <>
      <p className={css.quiet}>{words.proposeLead(proposed.sightings, proposed.peers)}</p>
      <h3>{words.before}</h3>
      <Diff label={words.before} before={before} after={source} />
      {proposed.differences.length === 0 ? null : (
        <>
          <h3>{words.uncovered}</h3>
          <Differences of={proposed.differences} />
        </>
      )}
      <h3>{words.simulate}</h3>
      <div className={css.acts}>
        <Button variant="default" loading={simulate.isPending} onClick={() => simulate.mutate({ source })}>
          {words.simulateButton}
        </Button>
        <Button onClick={toSettings}>{words.toSettings}</Button>
      </div>
      {simulate.isError ? <ErrorPanel error={simulate.error} /> : null}
      {simulate.data === undefined ? null : (
        <>
          <p className={css.quiet}>{words.simulated(simulate.data.kinds, simulate.data.count)}</p>
          <Differences of={simulate.data.differences} />
        </>
      )}
    </>
  );
}

function Proposing() {
  const words = useWords(LEARNING);
  const propose = useAct('policy.propose', { changesNothing: true });
  const inForce = useAsk('config.show', {});
  return (
    <Section title={words.propose}>
      <div className={css.stack}>
        <div className={css.acts}>
          <Button loading={propose.isPending} onClick={() => propose.mutate({})}>
            {words.proposeButton}
          </Button>
        </div>
        {propose.isError ? <ErrorPanel error={propose.error} /> : null}
        {propose.data === undefined ? null : (
          <Asked of={inForce}>{({ source }) => <Proposal proposed={propose.data} before={source} />}</Asked>
        )}
      </div>
    </Section>
  );
}

function Enforcing() {
  const words = useWords(LEARNING);
  const [isOpen, setOpen] = useState(false);
  const enforce = async () => {
    await call('policy.enforce', { all: true, dryRun: false });
    await queryClient.invalidateQueries();
    toast({ text: LEARNING.enforced });
  };
  return (
    <Section title={words.enforce}>
      <Button variant="default" onClick={() => setOpen(true)}>
        {words.enforceAll}
      </Button>
      <EnforceDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.enforceAllTitle}
        lead={words.enforceAllMeaning}
        onAct={enforce}
      />
    </Section>
  );
}

/** From what devices do to rules that let them do just that. */
export function Page() {
  const words = useWords(LEARNING);
  const peers = useWords(PEERS);
  const may = useMay();
  const asked = useAsk('policy.show', {});
  return (
    <PageFrame title={words.title} lead={words.lead} actions={<Link to="/peers">{peers.back}</Link>}>
      <Asked of={asked}>{(policy) => <Observation policy={policy} />}</Asked>
      {may('policy.propose') ? <Proposing /> : null}
      {may('policy.enforce') ? <Enforcing /> : null}
    </PageFrame>
  );
}
