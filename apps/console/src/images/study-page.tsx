import { needsReason } from '@leadglass/contract';
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { type Answer, call } from '../client/index.ts';
import { EmptyState, ErrorPanel, PageFrame, Section } from '../kit/index.ts';
import { useMay, useMe } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import css from './images.module.css';
import { isUid } from './light/study.ts';
import { OpenedStudy } from './opened-study.tsx';
import { IMAGES } from './words.ts';

const MOST_REASON = 500;

/** One study: opened by an act that the ledger tells, then read in one of three ways. */
export function Page() {
  const words = useWords(IMAGES);
  const { study = '' } = useParams({ strict: false });
  return (
    <PageFrame title={words.one} actions={<Actions study={study} />}>
      {isUid(study) ? (
        <Study key={study} study={study} />
      ) : (
        <EmptyState icon="images" title={words.notAStudy}>
          <Link to="/images">{words.search}</Link>
        </EmptyState>
      )}
    </PageFrame>
  );
}

function Actions({ study }: { readonly study: string }) {
  const words = useWords(IMAGES);
  return (
    <>
      {useMay()('journey') ? (
        <Link to="/journey/$id" params={{ id: study }}>
          {words.journey}
        </Link>
      ) : null}
      <Link to="/images">{words.search}</Link>
    </>
  );
}

function Study({ study }: { readonly study: string }) {
  const [opened, setOpened] = useState<Answer<'study.open'>>();
  return opened === undefined ? (
    <Open study={study} onOpened={setOpened} />
  ) : (
    <OpenedStudy study={study} ways={opened} />
  );
}

interface OpenProps {
  readonly study: string;
  readonly onOpened: (ways: Answer<'study.open'>) => void;
}

function Open({ study, onOpened }: OpenProps) {
  const words = useWords(IMAGES);
  const role = useMe().person?.role;
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const opening = useMutation({
    mutationFn: (why: string) => call('study.open', { studyInstanceUid: study, reason: why }),
    onSuccess: onOpened,
  });
  const isNeeded = role !== undefined && needsReason(role);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isWithout = isNeeded && reason.trim() === '';
    setMissing(isWithout);
    if (!isWithout) opening.mutate(reason.trim());
  };
  return (
    <Section title={words.open} lead={words.openLead}>
      <form className={css.open} onSubmit={submit}>
        <p className={css.uid}>
          {words.uid} <code>{study}</code>
        </p>
        <TextInput
          label={words.reason}
          description={isNeeded ? words.reasonNeeded : words.reasonWelcome}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={isMissing ? words.reasonMissing : undefined}
          withAsterisk={isNeeded}
          maxLength={MOST_REASON}
          autoComplete="off"
          autoFocus
        />
        <Button type="submit" loading={opening.isPending}>
          {words.open}
        </Button>
      </form>
      {opening.isError ? <ErrorPanel error={opening.error} /> : null}
    </Section>
  );
}
