import type { PatientAnswer } from '@leadglass/contract';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { dayIn } from '../journey/search-box.tsx';
import { useSearch } from '../journey/use-search.ts';
import { useFormat, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { EMERGENCY } from './words.ts';

/** Studies of whom no laboratory and no information system has told: images came, or a number is temporary. Nobody is missed for want of a feed. */
export function StudiesToo({ wanted, known }: { readonly wanted: string; readonly known: readonly PatientAnswer[] }) {
  const words = useWords(EMERGENCY);
  const format = useFormat();
  const { setWords, answer } = useSearch();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setter is made anew at each rendering.
  useEffect(() => setWords(wanted), [wanted]);
  const charted = new Set(known.flatMap(({ identifiers }) => identifiers.map(({ value }) => value)));
  const studies = answer?.found.filter(({ kind, patientId }) => kind === 'study' && !charted.has(patientId)) ?? [];
  if (wanted.trim() === '' || studies.length === 0) return null;
  return (
    <section aria-label={words.studiesToo}>
      <p className={css.pale}>{words.studiesToo}</p>
      <ul className={css.patients}>
        {studies.map(({ id, title, patientId, born, date, modality, description }) => (
          <li key={id}>
            <Link to="/images/$study" params={{ study: id }} className={css.patient}>
              <strong>{title === '' ? patientId : title}</strong>
              <span className={css.pale}>
                {[dayIn(born, format.date), patientId].filter((each) => each !== '').join(' · ')}
              </span>
              <span>{[dayIn(date, format.date), modality, description].filter((each) => each !== '').join(' · ')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
