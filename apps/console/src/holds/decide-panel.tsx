import type { AnswerOf } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../client/index.ts';
import { DangerDialog, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import css from './holds.module.css';
import { tell } from './tell.ts';
import { AskForTwo, Waiting } from './two-persons.tsx';
import { HOLDS } from './words.ts';

type Shown = AnswerOf<'hold.show'>;

/** What a person may decide here, alone or as one of two. */
export function DecidePanel({ shown }: { readonly shown: Shown }) {
  const words = useWords(HOLDS);
  const may = useMay();
  const { hold, rules, request } = shown;
  const byTwo = (['release', 'destroy'] as const).filter((act) => rules[act] === 'two-persons');
  if (!may('hold.release'))
    return (
      <Section title={words.decide}>
        <p className={css.note}>{words.lookOnly}</p>
      </Section>
    );
  return (
    <Section title={words.decide} lead={words.decideLead}>
      {request === null ? null : <Waiting hold={hold} request={request} />}
      <div className={css.tools} data-no-print>
        {rules.release === 'one-person' && request === null ? <Release sha256={hold.sha256} /> : null}
        {rules.destroy === 'one-person' && request === null ? <Destroy sha256={hold.sha256} /> : null}
      </div>
      {byTwo.length > 0 && (request === null || request.isExpired) ? <AskForTwo hold={hold} acts={byTwo} /> : null}
    </Section>
  );
}

function Release({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const release = useAct('hold.release');
  const onAct = async (reason: string) => tell(await release.mutateAsync({ id: sha256, reason }));
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.release}</Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.releaseTitle}
        act={words.releaseAct}
        onAct={onAct}
      >
        <p>{words.releaseText}</p>
      </DangerDialog>
    </>
  );
}

function Destroy({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const destroy = useAct('hold.destroy');
  const onAct = async (reason: string) => tell(await destroy.mutateAsync({ id: sha256, reason }));
  return (
    <>
      <Button variant="default" color="red" onClick={() => setOpen(true)}>
        {words.destroy}
      </Button>
      <DestroyDialog isOpen={isOpen} onClose={() => setOpen(false)} sha256={sha256} onAct={onAct} />
    </>
  );
}
