import type { PatientAnswer } from '@leadglass/contract';
import type { Answer } from '../client/index.ts';
import { Badge } from '../kit/index.ts';
import { useLanguage, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { daySent, mainIdentifier, nameOf, timeSent } from './sent.ts';
import { EMERGENCY } from './words.ts';

/** Who a patient is, on one line of a list. */
export function PatientLine({
  patient,
  fit = 'same',
}: {
  readonly patient: PatientAnswer;
  readonly fit?: Answer<'chart.search'>['patients'][number]['fit'];
}) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const { birthDate, sex, isPresent, location, arrivedAt, critical, diedAt } = patient;
  const facts = [
    birthDate === '' ? '' : words.bornOn(daySent(birthDate, language)),
    sex,
    mainIdentifier(patient),
    [location, timeSent(arrivedAt, language)].filter((each) => each !== '').join(', '),
  ].filter((each) => each !== '');
  return (
    <>
      <strong>{nameOf(patient)}</strong>
      <span className={css.pale}>{facts.join(' · ')}</span>
      <span className={css.marks}>
        {critical > 0 ? <Badge tone="bad">{words.criticalCount(critical)}</Badge> : null}
        {isPresent ? <Badge tone="calm">{words.present}</Badge> : null}
        {diedAt === '' ? null : <Badge>{words.died(daySent(diedAt, language))}</Badge>}
        {fit === 'alike' ? <Badge>{words.alike}</Badge> : null}
        {fit === 'sounds' ? <Badge>{words.sounds}</Badge> : null}
      </span>
    </>
  );
}
