import type { ChartAnswer, DocumentAnswer, PatientAnswer, ResultAnswer, ResultGroupAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { callBytes } from '../client/index.ts';
import { ErrorPanel, Section } from '../kit/index.ts';
import { useLanguage, useWords } from '../words/index.ts';
import { CdaView } from './cda/cda-view.tsx';
import css from './emergency.module.css';
import { isText } from './flowsheet.ts';
import { timeOf } from './sent.ts';
import { EMERGENCY } from './words.ts';

/** Reports that are text, and documents; newest first. */
export function ReportList({ chart, reason }: { readonly chart: ChartAnswer; readonly reason: string }) {
  const words = useWords(EMERGENCY);
  const reports = chart.groups.filter(({ results }) => results.some(isText));
  const isEmpty = reports.length === 0 && chart.documents.length === 0;
  return (
    <Section title={words.reports}>
      {isEmpty ? <p className={css.pale}>{words.noReports}</p> : null}
      {reports.map((group) => (
        <Report key={`${group.feed} ${group.placer} ${group.filler} ${group.heardMs}`} group={group} />
      ))}
      <ul className={css.documents}>
        {chart.documents.map((document) => (
          <li key={`${document.feed} ${document.document} ${document.heardMs}`}>
            <OneDocument patient={chart.patient} document={document} reason={reason} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Report({ group }: { readonly group: ResultGroupAnswer }) {
  const language = useLanguage();
  const { panel, section, status, issuedAt, collectedAt, heardMs, requester, results, notes } = group;
  const when = timeOf(issuedAt || collectedAt, heardMs, language);
  return (
    <article className={css.report}>
      <h3>{panel.text || panel.otherText || panel.id}</h3>
      <p className={css.pale}>{[when, section, status, requester].filter((each) => each !== '').join(' · ')}</p>
      {results.filter(isText).map((result) => (
        <TextResult key={`${result.code.id} ${result.subId}`} result={result} />
      ))}
      {notes.length === 0 ? null : <p className={css.text}>{notes.join('\n')}</p>}
    </article>
  );
}

function TextResult({ result: { code, versions } }: { readonly result: ResultAnswer }) {
  const words = useWords(EMERGENCY);
  const name = code.text || code.otherText || code.id;
  return versions.map(({ message, state, values, notes }) => {
    const body = [...values, ...notes].join('\n');
    if (body === '') return null;
    return (
      <div key={message} className={css.text}>
        {name === '' ? null : <strong>{name} </strong>}
        {state === 'current' ? (
          body
        ) : (
          <>
            <small>{state === 'removed' ? words.removed : words.superseded} </small>
            <del>{body}</del>
          </>
        )}
      </div>
    );
  });
}

const ENDINGS: Readonly<Record<DocumentAnswer['form'], string>> = {
  pdf: 'pdf',
  cda: 'xml',
  text: 'txt',
  other: 'bin',
  none: 'bin',
};

interface OneDocumentProps {
  readonly patient: PatientAnswer;
  readonly document: DocumentAnswer;
  readonly reason: string;
}

function OneDocument({ patient, document, reason }: OneDocumentProps) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const { title, issuedAt, heardMs, form, state, document: id } = document;
  const name = title === '' ? words.noTitle : title;
  const opening = useMutation({
    mutationFn: () => callBytes('chart.document', { chart: patient.chart, document: id, reason }),
  });
  return (
    <>
      <span className={state === 'current' ? undefined : css.struck}>
        {timeOf(issuedAt, heardMs, language)} · {name}
      </span>
      {id === '' ? (
        <span className={css.pale}>{words.referenceOnly}</span>
      ) : (
        <Button size="xs" variant="default" loading={opening.isPending} onClick={() => opening.mutate()}>
          {words.openDocument(name)}
        </Button>
      )}
      {opening.isError ? <ErrorPanel error={opening.error} /> : null}
      {opening.data === undefined ? null : <Shown bytes={opening.data} form={form} patient={patient} />}
    </>
  );
}

interface ShownProps {
  readonly bytes: Blob;
  readonly form: DocumentAnswer['form'];
  readonly patient: PatientAnswer;
}

/** Text as text, a clinical document as what it says; everything else to be saved: the page's policy gives a document no frame it could do something in. */
function Shown({ bytes, form, patient }: ShownProps) {
  const words = useWords(EMERGENCY);
  const [text, setText] = useState<string>();
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (form === 'text') {
      void bytes.text().then(setText);
      return undefined;
    }
    // As bytes whatever the sender calls them: the browser saves it, and runs nothing of it.
    const made = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, form]);
  if (text !== undefined) return <p className={css.text}>{text}</p>;
  if (address === undefined) return null;
  return (
    <>
      <a href={address} download={`document.${ENDINGS[form]}`} data-no-print>
        {words.save}
      </a>
      {form === 'cda' ? <CdaView bytes={bytes} patient={patient} /> : null}
    </>
  );
}
