import { Button, NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ErrorPanel, Section } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import css from './ledger.module.css';
import { saveFile } from './save.ts';
import { apiSource } from './verify/api-source.ts';
import { PORTION_MAX, provedPortion, Unproved } from './verify/portion.ts';
import { LEDGER } from './words.ts';

const CHECKER = '/check_proof.py';
const USUAL = 200;

interface Wanted {
  readonly first: number;
  readonly count: number;
}

/** Makes the file and gives it to the person. @returns how many entries are in it */
async function handOver(wanted: Wanted, signal: AbortSignal, onProgress: (done: number) => void): Promise<number> {
  const answer = await fetch(CHECKER, { signal });
  if (!answer.ok) throw new Error(`${CHECKER} ${answer.status}`);
  const checker = await answer.text();
  const portion = await provedPortion(apiSource(), wanted, signal, onProgress);
  const { exportZip } = await import('./export.ts');
  const name = `leadglass-ledger-${wanted.first}-${wanted.first + portion.entries.length - 1}.zip`;
  saveFile(name, exportZip({ portion, checker, madeAt: new Date() }), 'application/zip');
  return portion.entries.length;
}

/** Entries, proofs and signed root in one file, for somebody who believes neither us nor the site. */
export function ExportPanel({ size }: { readonly size: number }) {
  const words = useWords(LEDGER);
  const format = useFormat();
  const [from, setFrom] = useState<string | number>(Math.max(0, size - USUAL));
  const [to, setTo] = useState<string | number>(size - 1);
  const [done, setDone] = useState(0);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const making = useMutation({
    mutationFn: (wanted: Wanted) => {
      stop.current = new AbortController();
      setDone(0);
      return handOver(wanted, stop.current.signal, setDone);
    },
  });
  const wanted = wantedOf(from, to);
  return (
    <Section title={words.export} lead={words.exportLead}>
      <div className={css.tools}>
        <NumberInput label={words.from} min={0} max={size - 1} allowDecimal={false} value={from} onChange={setFrom} />
        <NumberInput label={words.to} min={0} max={size - 1} allowDecimal={false} value={to} onChange={setTo} />
        <Button
          loading={making.isPending}
          disabled={wanted === undefined}
          onClick={() => wanted !== undefined && making.mutate(wanted)}
        >
          {words.exportAct}
        </Button>
        {making.isPending ? (
          <Button variant="default" onClick={() => stop.current.abort()}>
            {words.stop}
          </Button>
        ) : null}
      </div>
      <p className={css.note}>
        {wanted === undefined ? words.exportRange : words.exportMost(format.number(PORTION_MAX))}
      </p>
      <div aria-live="polite">
        {making.isPending ? <p>{words.progress(format.number(done), format.number(wanted?.count ?? 0))}</p> : null}
        {making.isSuccess ? <p>{words.exportDone(making.data)}</p> : null}
        {making.error instanceof Unproved ? <p className={css.failed}>{words.exportUnproved}</p> : null}
        {making.isError && !(making.error instanceof Unproved) && making.error.name !== 'AbortError' ? (
          <ErrorPanel error={making.error} />
        ) : null}
      </div>
    </Section>
  );
}

function wantedOf(from: string | number, to: string | number): Wanted | undefined {
  if (typeof from !== 'number' || typeof to !== 'number' || from < 0 || to < from) return undefined;
  return { first: from, count: Math.min(PORTION_MAX, to - from + 1) };
}
