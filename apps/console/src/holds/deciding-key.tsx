import { type OperatorAnswer, type Passkey, passkeyCode } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Asked, Badge, CopyCommand, ErrorPanel, Section } from '../kit/index.ts';
import { useNoPasskeys } from '../people/enrol.tsx';
import { useMay, useMe } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { fingerprintOf, makeDecidingPasskey, operatorNameOf } from './deciding.ts';
import { DECIDING } from './deciding-words.ts';
import css from './holds.module.css';

/** The passkey of whoever is signed in, among the operators: the one for this host name, else any. */
export function ownOperator(operators: readonly OperatorAnswer[], account: string): OperatorAnswer | undefined {
  const own = operators.filter(({ passkey }) => passkey?.account === account);
  return own.find(({ passkey }) => passkey?.rpId === window.location.hostname) ?? own[0];
}

/** In one's account: the passkey with which one is one of the two who decide. Nothing for whoever decides nothing. */
export function DecidingKey() {
  const words = useWords(DECIDING);
  const may = useMay();
  const { person } = useMe();
  if (person === undefined || !may('hold.approve')) return null;
  return (
    <Section title={words.title} lead={words.lead}>
      <Listed account={person.account} />
    </Section>
  );
}

function Listed({ account }: { readonly account: string }) {
  const asked = useAsk('operator.list', {});
  return (
    <Asked of={asked}>
      {({ operators }) => {
        const own = ownOperator(operators, account);
        return own === undefined ? <Make account={account} /> : <Registered own={own} />;
      }}
    </Asked>
  );
}

function Registered({ own }: { readonly own: OperatorAnswer }) {
  const words = useWords(DECIDING);
  const format = useFormat();
  const { name, fingerprint, isInForce, inForceAtMs, passkey } = own;
  const isHere = passkey?.rpId === window.location.hostname;
  return (
    <>
      <p className={css.marks}>
        <Badge tone={isInForce ? 'good' : 'calm'}>
          {isInForce ? words.inForce : words.notYet(format.moment(inForceAtMs))}
        </Badge>
        <span>{words.registered(name)}</span>
      </p>
      <p>
        {words.fingerprint} <code>{fingerprint}</code>
      </p>
      {isHere ? null : <p>{words.elsewhere(passkey?.rpId ?? '')}</p>}
      <p className={css.note}>{words.replace}</p>
      <CopyCommand command={`./leadglass operator remove ${name}`} />
    </>
  );
}

interface Made {
  readonly passkey: Passkey;
  readonly fingerprint: string;
}

function Make({ account }: { readonly account: string }) {
  const words = useWords(DECIDING);
  const say = useSay();
  const trouble = useNoPasskeys();
  const [made, setMade] = useState<Made>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (trouble !== undefined) return <p className={css.note}>{trouble}</p>;
  const make = () => {
    setBusy(true);
    setError(undefined);
    makeDecidingPasskey(account, say(DECIDING.label(account)))
      .then(async (passkey) => setMade({ passkey, fingerprint: await fingerprintOf(passkey.publicKey) }))
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <>
      {made === undefined ? null : <HandOver made={made} account={account} />}
      {error === undefined ? null : <ErrorPanel error={error} />}
      <Button variant={made === undefined ? 'filled' : 'default'} loading={isBusy} onClick={make} data-no-print>
        {made === undefined ? words.make : words.makeAnew}
      </Button>
    </>
  );
}

function HandOver({ made, account }: { readonly made: Made; readonly account: string }) {
  const words = useWords(DECIDING);
  return (
    <div className={css.two}>
      <p>{words.made}</p>
      <CopyCommand
        command={`./leadglass operator add ${operatorNameOf(account)} --passkey ${passkeyCode(made.passkey)}`}
      />
      <p>
        {words.fingerprint} <code>{made.fingerprint}</code>
      </p>
      <p className={css.note}>{words.keep}</p>
    </div>
  );
}
