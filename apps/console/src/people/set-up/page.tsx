import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../client/index.ts';
import { Asked, CopyCommand, Loading } from '../../kit/index.ts';
import { SIGN_IN } from '../../pages.ts';
import { useMe } from '../../shell/me.tsx';
import { useWords } from '../../words/index.ts';
import { whoNow } from '../auth.ts';
import { Card } from '../card.tsx';
import { EnrolAWay } from '../enrol.tsx';
import css from '../people.module.css';
import { AdministratorStep } from './administrator.tsx';
import { DeviceStep } from './device.tsx';
import { DoneStep } from './done.tsx';
import { PacsStep } from './pacs.tsx';
import { RecoveryStep } from './recovery.tsx';
import { SiteStep } from './site.tsx';
import { type Step, Steps } from './steps.tsx';
import { SET } from './words.ts';

/** The guided set-up: who comes with the one-time link walks it; who broke it off goes on where the gateway says they are. */
export function Page() {
  const words = useWords(SET);
  const { setUp, person, how, isLocked } = useMe();
  const isWalking = person !== undefined && how === 'set-up';
  const [token] = useState(() => window.location.hash.slice(1));
  return (
    <Card title={words.title} lead={words.lead} isWide>
      {isWalking ? (
        <Walk token={token} begin={isLocked === true ? 'way' : 'recovery'} />
      ) : setUp === 'done' ? (
        <AlreadyDone />
      ) : (
        <WithToken token={token} />
      )}
    </Card>
  );
}

function AlreadyDone() {
  const words = useWords(SET);
  return (
    <div className={css.form}>
      <p>{words.isDone}</p>
      <Button component="a" href={SIGN_IN}>
        {words.goSignIn}
      </Button>
    </div>
  );
}

function WithToken({ token }: { readonly token: string }) {
  const words = useWords(SET);
  const asked = useQuery({
    queryKey: ['setup.check'],
    queryFn: () => call('setup.check', { token }),
    enabled: token !== '',
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (token === '') return <p className={css.refusal}>{words.noToken}</p>;
  return (
    <Asked of={asked}>
      {({ isGood }) => (isGood ? <Walk token={token} begin="site" /> : <p className={css.refusal}>{words.badToken}</p>)}
    </Asked>
  );
}

/** What the steps have found out, until the page is left. */
interface Found {
  readonly site: string;
  /** Shown once, and kept nowhere but in this page's memory until the next step. */
  readonly recoveryKey: string | null;
}

// One memory for the walk: making the administrator changes who is signed in, and with it what is drawn around the steps.
let walked: { step: Step; found: Found } | undefined;

function Walk({ token, begin }: { readonly token: string; readonly begin: Step }) {
  const [step, setStep] = useState<Step>(walked?.step ?? begin);
  const [found, setFound] = useState<Found>(walked?.found ?? { site: '', recoveryKey: null });
  const go = (to: Step, more: Partial<Found> = {}) => {
    walked = { step: to, found: { ...found, ...more } };
    setFound(walked.found);
    setStep(to);
  };
  const onMade = async (recoveryKey: string | null) => {
    go('way', { recoveryKey });
    window.history.replaceState(null, '', window.location.pathname);
    await whoNow();
  };
  const onEnrolled = async () => {
    go('recovery');
    await whoNow();
  };
  return (
    <>
      <Steps now={step} />
      {step === 'site' ? <SiteStep onNext={(site) => go('administrator', { site })} /> : null}
      {step === 'administrator' ? <AdministratorStep token={token} site={found.site} onMade={onMade} /> : null}
      {step === 'way' ? <WayStep onDone={onEnrolled} /> : null}
      {step === 'recovery' ? (
        <RecoveryStep recoveryKey={found.recoveryKey} onNext={() => go('pacs', { recoveryKey: null })} />
      ) : null}
      {step === 'pacs' ? <PacsStep onNext={() => go('device')} /> : null}
      {step === 'device' ? <DeviceStep onNext={() => go('done')} /> : null}
      {step === 'done' ? <DoneStep /> : null}
    </>
  );
}

/**
 * A way to sign in. Only once it is known who is signed in: learning that draws the walk anew, and what a button began before then would end
 * in a step that is no longer shown.
 */
function WayStep({ onDone }: { readonly onDone: () => Promise<void> }) {
  const words = useWords(SET);
  const { person } = useMe();
  return (
    <section className={css.form}>
      <h2>{words.stepWay}</h2>
      <p>{words.wayLead}</p>
      {person === undefined ? <Loading /> : <EnrolAWay onDone={onDone} />}
      <p className={css.note}>{words.wayCommand}</p>
      <CopyCommand command={`leadglass person invite ${person?.account ?? 'ACCOUNT'}`} />
    </section>
  );
}
