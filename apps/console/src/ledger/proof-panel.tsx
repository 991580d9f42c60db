import type { ProofAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { call } from '../client/index.ts';
import { CopyCommand, ErrorPanel, Icon } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './ledger.module.css';
import { saveFile } from './save.ts';
import { recall } from './verify/memory.ts';
import { readLogKey } from './verify/note.ts';
import { checkProof, type ProofVerdict } from './verify/proof.ts';
import { LEDGER, NOT_PROVED } from './words.ts';

interface Proved {
  readonly proof: ProofAnswer;
  readonly verdict: ProofVerdict;
  readonly size: number;
}

/** The proof of entry `index`, checked here with the key this browser knows, else with the one the gateway gives now. */
async function provedHere(index: number): Promise<Proved> {
  const { proofs } = await call('ledger.prove', { id: `#${index}` });
  const [proof] = proofs;
  if (proof === undefined || proof.index !== index) throw new Error('no proof');
  const vkey = recall(localStorage)?.vkey ?? (await call('ledger.checkpoint', {})).verifierKey;
  const key = await readLogKey(vkey);
  const verdict = key === undefined ? 'not-signed' : await checkProof(proof, key);
  return { proof, verdict, size: proof.treeSize };
}

/** Proves an entry on demand, and gives the proof to be kept. */
export function ProofPanel({ index }: { readonly index: number }) {
  const words = useWords(LEDGER);
  const proving = useMutation({ mutationFn: () => provedHere(index) });
  return (
    <div className={css.proof}>
      {proving.data === undefined ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="key" size={14} />}
          loading={proving.isPending}
          onClick={() => proving.mutate()}
        >
          {words.prove}
        </Button>
      ) : (
        <Verdict proved={proving.data} />
      )}
      {proving.isError ? <ErrorPanel error={proving.error} onRetry={() => proving.mutate()} /> : null}
    </div>
  );
}

function Verdict({ proved }: { readonly proved: Proved }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const say = useSay();
  const { proof, verdict, size } = proved;
  const index = String(proof.index);
  return (
    <div className={`${css.verdict} ${verdict === 'sound' ? css.sound : css.unsound}`} role="status">
      <p>
        <Icon name={verdict === 'sound' ? 'check' : 'warning'} />{' '}
        {verdict === 'sound'
          ? words.proved(index, format.number(size))
          : `${words.notProved}. ${say(NOT_PROVED[verdict])}`}
      </p>
      <div className={css.tools}>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          onClick={() => saveFile(`leadglass-${index}.tlog-proof`, proof.text)}
        >
          {words.downloadProof}
        </Button>
        <span className={css.note}>{words.proofMeaning}</span>
      </div>
      <CopyCommand command={`./leadglass ledger prove '#${index}'`} />
    </div>
  );
}
