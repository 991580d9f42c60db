import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { EmptyState, Icon, PageFrame } from '../kit/index.ts';
import { useLanguage, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { OpenPanel } from './open-panel.tsx';
import { chartIn } from './patient-page.tsx';
import { daySent, nameOf } from './sent.ts';
import { Standing } from './standing.tsx';
import { type Opened, useOpened } from './use-opened.ts';
import { Viewer } from './viewer/viewer.tsx';
import { EMERGENCY } from './words.ts';

/** The images of one study of an open patient. */
export function Page() {
  const words = useWords(EMERGENCY);
  const { chart: param, study = '' } = useParams({ strict: false });
  const chart = chartIn(param);
  const { opened, open, isBusy, error } = useOpened(chart);
  return (
    <PageFrame title={words.images} isWide actions={<Back chart={chart} />}>
      <Standing feeds={opened?.answer.chart.asOf} />
      {opened === undefined ? (
        <OpenPanel chart={chart} isBusy={isBusy} error={error} onOpen={open} />
      ) : (
        <Images opened={opened} uid={study} />
      )}
    </PageFrame>
  );
}

function Back({ chart }: { readonly chart: number }) {
  const words = useWords(EMERGENCY);
  return (
    <Link to="/emergency/patient/$chart" params={{ chart: String(chart) }}>
      {words.backToChart}
    </Link>
  );
}

/** Whether the full viewer was fetched on this gateway. */
function useHasOhif(): boolean {
  const asked = useQuery({
    queryKey: ['ohif'],
    queryFn: async ({ signal }) => (await fetch('/ohif/app-config.js', { signal })).status !== 404,
    staleTime: 60_000,
  });
  return asked.data ?? false;
}

function Images({ opened, uid }: { readonly opened: Opened; readonly uid: string }) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const hasOhif = useHasOhif();
  const { patient, studies } = opened.answer.chart;
  const study = studies.find(({ studyInstanceUid }) => studyInstanceUid === uid);
  if (study === undefined) return <EmptyState icon="images" title={words.notHere} />;
  const born = patient.birthDate === '' ? '' : words.bornOn(daySent(patient.birthDate, language));
  return (
    <>
      <p className={css.whoLine}>
        <strong>{nameOf(patient)}</strong> {[born, patient.sex].filter((each) => each !== '').join(' · ')}
        {opened.answer.isGlass ? (
          <span className={css.glassMark}>
            <Icon name="warning" size={14} /> {words.glassShort}
          </span>
        ) : null}
      </p>
      <Viewer
        key={uid}
        study={study}
        studies={studies}
        ohif={hasOhif ? `/ohif/viewer?StudyInstanceUIDs=${uid}` : undefined}
      />
    </>
  );
}
