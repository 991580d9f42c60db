import type { ChartAnswer, ChartStudyAnswer } from '@leadglass/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Section } from '../kit/index.ts';
import { useLanguage, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { timeSent } from './sent.ts';
import { newestFirst } from './viewer/priors.ts';
import { EMERGENCY } from './words.ts';

/** Studies whose thumbnails are loaded; the others are a line. */
const MOST_THUMBNAILS = 12;

/** Once the chart is there: the viewer itself, and what the newest study begins with. */
function useAhead(study: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (study === undefined) return;
    // What fails ahead fails again, and is told, when it is asked for.
    const ahead = async () => {
      await import('./study-page.tsx');
      const { readAhead } = await import('./viewer/use-stack.ts');
      await readAhead(client, study);
    };
    ahead().catch(() => undefined);
  }, [client, study]);
}

/** The images of the patient, newest first. */
export function StudyList({ chart: { studies, patient } }: { readonly chart: ChartAnswer }) {
  const words = useWords(EMERGENCY);
  const ordered = newestFirst(studies);
  useAhead(ordered[0]?.studyInstanceUid);
  return (
    <Section title={words.images}>
      {studies.length === 0 ? <p className={css.pale}>{words.noImages}</p> : null}
      <ul className={css.studies}>
        {ordered.map((study, place) => (
          <li key={study.studyInstanceUid}>
            <Study study={study} chart={patient.chart} place={place} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface StudyProps {
  readonly study: ChartStudyAnswer;
  readonly chart: number;
  readonly place: number;
}

function Study({ study, chart, place }: StudyProps) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const { studyInstanceUid: uid, studyDate, studyTime, description, modalities, instances } = study;
  const when = timeSent(`${studyDate}${studyTime}`, language);
  const what = [modalities.join(' '), description].filter((each) => each !== '').join(' ');
  return (
    <Link to="/emergency/patient/$chart/$study" params={{ chart: String(chart), study: uid }} className={css.study}>
      {place < MOST_THUMBNAILS ? (
        <img
          src={`/dicomweb/studies/${uid}/thumbnail`}
          alt=""
          loading={place < 4 ? 'eager' : 'lazy'}
          width={128}
          height={128}
        />
      ) : null}
      <strong>{when}</strong>
      <span>{what}</span>
      <span className={css.pale}>
        {words.objects(instances)}
        {place === 0 ? ` · ${words.newest}` : ''}
      </span>
    </Link>
  );
}
