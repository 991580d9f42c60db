import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Badge, DangerDialog, Icon, Section } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './ledger.module.css';
import { saveFile } from './save.ts';
import { useVerify, type Verifier } from './use-verify.ts';
import type { Verification } from './verify/verify.ts';
import { FAULTS, LEDGER } from './words.ts';

/** Checks the log in this browser, and says plainly what came of it. */
export function VerifyPanel() {
  const words = useWords(LEDGER);
  const format = useFormat();
  const verifier = useVerify();
  const { state, remembered } = verifier;
  return (
    <Section title={words.verify} lead={words.verifyLead}>
      <p className={css.note}>
        {remembered === undefined
          ? words.neverVerified
          : words.remembered(format.number(remembered.size), format.moment(remembered.atMs))}
      </p>
      <div className={css.tools}>
        <Button disabled={state.kind === 'running'} onClick={() => verifier.start('quick')}>
          {words.verifyQuick}
        </Button>
        <Button variant="default" disabled={state.kind === 'running'} onClick={() => verifier.start('whole')}>
          {words.verifyWhole}
        </Button>
        <span className={css.note}>{words.verifyWholeMeaning}</span>
      </div>
      <div aria-live="polite">
        <State verifier={verifier} />
      </div>
    </Section>
  );
}

function State({ verifier }: { readonly verifier: Verifier }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const { state, stop } = verifier;
  if (state.kind === 'idle') return null;
  if (state.kind === 'found') return <Found found={state.found} onForget={verifier.forget} />;
  if (state.kind === 'failed')
    return (
      <div className={`${css.verdict} ${css.doubt}`} role="alert">
        <h3>{words.notChecked}</h3>
        <p>{words.notCheckedAdvice}</p>
        <code>{state.code}</code>
      </div>
    );
  const { done, size } = state;
  const said = size === 0 ? words.beginning : words.progress(format.number(done), format.number(size));
  return (
    <div className={css.progress}>
      <progress max={Math.max(1, size)} value={done} aria-label={said} />
      <span>{said}</span>
      <Button size="compact-sm" variant="default" onClick={stop}>
        {words.stop}
      </Button>
    </div>
  );
}

function Found({ found, onForget }: { readonly found: Verification; readonly onForget: () => void }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const { isSound, size, previous } = found;
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={`${css.verdict} ${isSound ? css.sound : css.unsound}`} role={isSound ? 'status' : 'alert'}>
      <h3>
        <Icon name={isSound ? 'check' : 'warning'} size={22} />
        {isSound ? words.sound : words.unsound}
      </h3>
      {isSound ? <Sound found={found} /> : <Faults found={found} />}
      <dl className={css.facts}>
        <dt>{words.signedBy(format.number(size))}</dt>
        <dd>
          <code>{found.origin}</code>
        </dd>
        <dt>{words.fingerprint}</dt>
        <dd>
          <code>{found.fingerprint}</code>
        </dd>
        <dt>{words.rootHash}</dt>
        <dd>
          <code>{found.rootHash}</code>
        </dd>
        <dt>{words.checkedAt}</dt>
        <dd>{format.moment(found.atMs)}</dd>
      </dl>
      {isSound ? null : (
        <div className={css.tools}>
          <Button
            color="red"
            onClick={() => saveFile('leadglass-evidence.json', evidenceOf(found), 'application/json')}
          >
            {words.saveEvidence}
          </Button>
          {previous === undefined ? null : (
            <Button variant="subtle" color="gray" onClick={() => setAsking(true)}>
              {words.forget}
            </Button>
          )}
        </div>
      )}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.forget}
        act={words.forgetAct}
        isReasonNeeded={false}
        onAct={async () => onForget()}
      >
        <p>{words.forgetWarning}</p>
      </DangerDialog>
    </div>
  );
}

/** Both signed statements side by side: whoever has them can show that the log contradicts itself. */
function evidenceOf(found: Verification): string {
  return `${JSON.stringify(found, undefined, 2)}\n`;
}

function Sound({ found }: { readonly found: Verification }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const { depth, entries, tiles, previous } = found;
  return (
    <ul className={css.list}>
      <li>
        {depth === 'whole' ? words.checkedEntries(format.number(entries), format.number(tiles)) : words.checkedQuick}
      </li>
      <li>
        {previous === undefined
          ? words.firstTime
          : words.extends(format.number(previous.size), format.moment(previous.atMs))}
      </li>
    </ul>
  );
}

function Faults({ found }: { readonly found: Verification }) {
  const words = useWords(LEDGER);
  const say = useSay();
  return (
    <>
      <ul className={css.list}>
        {found.faults.map(({ code, index }) => (
          <li key={`${code} ${index}`}>
            <Badge tone="bad">{code}</Badge> {say(FAULTS[code])}{' '}
            {index < 0 ? null : (
              <Link to="/ledger/$index" params={{ index: String(index) }}>
                {words.entry(String(index))}
              </Link>
            )}
          </li>
        ))}
      </ul>
      <p>{words.unsoundAdvice}</p>
    </>
  );
}
