import { useQuery } from '@tanstack/react-query';
import { type Answer, ApiError } from '../client/index.ts';
import { Asked, EmptyState, Icon, Section } from '../kit/index.ts';
import { text, useFormat, useWords } from '../words/index.ts';
import css from './images.module.css';
import { type Attributes, headingOf, SERIES_FIELDS, type Series, seriesOf } from './light/study.ts';
import { IMAGES } from './words.ts';

const ANSWER_MS = 30_000;

/** What DICOMweb says of the study's series: patient data, asked for after the ledger was told. */
async function askSeries(study: string, signal: AbortSignal): Promise<readonly Attributes[]> {
  const answer = await fetch(`/dicomweb/studies/${study}/series?includefield=${SERIES_FIELDS}`, {
    headers: { accept: 'application/dicom+json' },
    cache: 'no-store',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  if (answer.status === 204) return [];
  if (!answer.ok) throw new ApiError(answer.status, { code: `dicomweb.${answer.status}`, text: NOT_GIVEN });
  return (await answer.json()) as readonly Attributes[];
}

const NOT_GIVEN = text(
  'Les images ne sont pas données à cette session. Ouvrez l’examen à nouveau ; si cela se répète, voyez « Maintenant ».',
  'The images are not given to this session. Open the study again; if it happens again, see “Now”.',
);

interface OpenedStudyProps {
  readonly study: string;
  readonly ways: Answer<'study.open'>;
}

/** The ways to read an open study, and what is in it. */
export function OpenedStudy({ study, ways }: OpenedStudyProps) {
  const words = useWords(IMAGES);
  const asked = useQuery({
    queryKey: ['dicomweb.series', study],
    queryFn: ({ signal }) => askSeries(study, signal),
    gcTime: 0,
  });
  return (
    <>
      <Section title={words.isOpen} lead={words.isOpenLead}>
        <Ways ways={ways} />
      </Section>
      <Asked of={asked}>{(found) => <Inside study={study} found={found} />}</Asked>
    </>
  );
}

/** Whether the viewer was fetched on this gateway. */
function useHasOhif(): boolean {
  const asked = useQuery({
    queryKey: ['ohif'],
    queryFn: async ({ signal }) => (await fetch('/ohif/app-config.js', { signal })).status !== 404,
    staleTime: 60_000,
  });
  return asked.data ?? true;
}

function Ways({ ways }: { readonly ways: Answer<'study.open'> }) {
  const words = useWords(IMAGES);
  const hasOhif = useHasOhif();
  return (
    <ul className={css.ways}>
      <li>
        {hasOhif ? (
          <a className={`${css.way} ${css.main}`} href={ways.ohif}>
            <Icon name="images" /> {words.ohif}
          </a>
        ) : null}
        <p>{hasOhif ? words.ohifMeaning : words.ohifMissing}</p>
      </li>
      <li>
        <a className={css.way} href={ways.light}>
          <Icon name="sun" /> {words.light}
        </a>
        <p>{words.lightMeaning}</p>
      </li>
      <li>
        <a className={css.way} href={ways.weasis}>
          <Icon name="next" /> {words.weasis}
        </a>
        <p>{words.weasisMeaning}</p>
      </li>
    </ul>
  );
}

function Inside({ study, found }: { readonly study: string; readonly found: readonly Attributes[] }) {
  const words = useWords(IMAGES);
  const series = seriesOf(found);
  if (series.length === 0)
    return (
      <EmptyState icon="images" title={words.noSeries}>
        <p>{words.noSeriesText}</p>
      </EmptyState>
    );
  return (
    <>
      <Heading of={found[0] ?? {}} />
      <Section title={words.series}>
        <ul className={css.series}>
          {series.map((each) => (
            <SeriesCard key={each.uid} study={study} series={each} />
          ))}
        </ul>
      </Section>
    </>
  );
}

function Heading({ of }: { readonly of: Attributes }) {
  const words = useWords(IMAGES);
  const { name, patientId, born, date, description, accession } = headingOf(of);
  const facts = [
    [words.patient, [name, patientId].filter((each) => each !== '').join(' · ')],
    [words.born, useDay(born)],
    [words.date, useDay(date)],
    [words.description, description],
    [words.accession, accession],
  ].filter(([, value]) => value !== '');
  return (
    <Section>
      <dl className={css.heading}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** `2026-01-31` as the reader writes dates. */
function useDay(date: string): string {
  const format = useFormat();
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  return year === undefined ? date : format.date(new Date(Number(year), Number(month) - 1, Number(day)).getTime());
}

function SeriesCard({ study, series }: { readonly study: string; readonly series: Series }) {
  const words = useWords(IMAGES);
  const { uid, modality, number, description, objects } = series;
  return (
    <li className={css.card}>
      <img src={`/dicomweb/studies/${study}/series/${uid}/thumbnail`} alt="" loading="lazy" width={128} height={128} />
      <strong>
        {modality} {number}
      </strong>
      <span>{description === '' ? words.noName : description}</span>
      {objects > 0 ? <span className={css.pale}>{words.objects(objects)}</span> : null}
    </li>
  );
}
