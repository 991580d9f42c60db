import type { StrangerAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Ago, Asked, Badge, EmptyState, ErrorPanel, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useSay, useWords } from '../words/index.ts';
import { admit } from './acts.ts';
import type { Peer } from './facts.ts';
import { Rights } from './parts.tsx';
import { PeerDialog } from './peer-form.tsx';
import css from './peers.module.css';
import { PEERS } from './words.ts';

/** Somebody may be standing at the scanner, waiting to be seen. */
const EVERY_MS = 3000;
/** Whoever is allowed has to be seen too. */
const FIRST_SHOWN = 5;

function AdmitButtons({ peer, known }: { readonly peer: Peer; readonly known: readonly Peer[] }) {
  const words = useWords(PEERS);
  const [isChoosing, setChoosing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const press = () => {
    setBusy(true);
    setError(undefined);
    admit(peer, known)
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <div className={css.acts}>
      <Button loading={isBusy} onClick={press} aria-label={words.admitNamed(peer.aeTitle)}>
        {words.admit}
      </Button>
      <Button variant="default" onClick={() => setChoosing(true)}>
        {words.choose}
      </Button>
      {error === undefined ? null : <ErrorPanel error={error} />}
      <PeerDialog isOpen={isChoosing} peer={peer} known={known} onDone={() => setChoosing(false)} />
    </div>
  );
}

function Stranger({ stranger, known }: { readonly stranger: StrangerAnswer; readonly known: readonly Peer[] }) {
  const words = useWords(PEERS);
  const say = useSay();
  const mayAdmit = useMay()('peer.add');
  const peer = stranger.peer as Peer | undefined;
  return (
    <li className={css.stranger}>
      <div className={css.who}>
        <div className={css.whoHead}>
          <span className={css.title}>{stranger.aeTitle === '' ? words.untitled : stranger.aeTitle}</span>
          <span className={css.mono}>{stranger.address}</span>
          <Badge tone={stranger.isTls ? 'good' : 'plain'}>{stranger.isTls ? words.overTls : words.inClear}</Badge>
        </div>
        <p>{say(stranger.why)}</p>
        <p className={css.small}>
          {words.times(stranger.times)} · {words.last} <Ago at={stranger.lastAtMs} />
        </p>
        {peer === undefined ? null : (
          <div className={css.gives}>
            <span>{words.wouldGive}</span>
            <Rights of={peer.allow} />
          </div>
        )}
      </div>
      {peer === undefined || !mayAdmit ? null : <AdmitButtons peer={peer} known={known} />}
    </li>
  );
}

interface StrangerListProps {
  readonly strangers: readonly StrangerAnswer[];
  readonly known: readonly Peer[];
}

function StrangerList({ strangers, known }: StrangerListProps) {
  const words = useWords(PEERS);
  const [isWhole, setWhole] = useState(false);
  const hidden = strangers.length - FIRST_SHOWN;
  return (
    <>
      <ul className={css.strangers}>
        {strangers.slice(0, isWhole ? undefined : FIRST_SHOWN).map((stranger) => (
          <Stranger
            key={`${stranger.aeTitle} ${stranger.address} ${stranger.isTls} ${stranger.certSha256 ?? ''}`}
            stranger={stranger}
            known={known}
          />
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

/** Who knocked and was not let in. */
export function Strangers({ known }: { readonly known: readonly Peer[] }) {
  const words = useWords(PEERS);
  const asked = useAsk('stranger.list', {}, { everyMs: EVERY_MS });
  return (
    <Section title={words.knocked} lead={words.knockedLead} id="knocked">
      <Asked of={asked}>
        {({ strangers }) =>
          strangers.length === 0 ? (
            <EmptyState icon="peers" title={words.nobodyKnocked}>
              <p>{words.nobodyKnockedAdvice}</p>
            </EmptyState>
          ) : (
            <StrangerList strangers={strangers} known={known} />
          )
        }
      </Asked>
    </Section>
  );
}
