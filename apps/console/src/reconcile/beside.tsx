import { knownFrom } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { type Answer, type Request, useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, EmptyState, ErrorPanel, toast } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import { NewPatient } from './new-patient.tsx';
import css from './reconcile.module.css';
import { FIELDS, GRADES, LIKENESSES, RECONCILE } from './words.ts';

type Candidate = Answer<'reconcile.show'>['candidates'][number];

/** One that was shown, or one who is new. */
type Who = Pick<Request<'reconcile.accept'>, 'candidate' | 'identity'>;

interface BesideProps {
  readonly number: string;
  readonly onDone: () => void;
}

/** One temporary identity beside everybody it may be of, and the one act. */
export function Beside({ number, onDone }: BesideProps) {
  const words = useWords(RECONCILE);
  const asked = useAsk('reconcile.show', { number });
  const accept = useAct('reconcile.accept');
  const chosen = async (who: Who): Promise<void> => {
    const { temporary } = await accept.mutateAsync({ number, ...who });
    toast({ text: temporary.state === 'asked' ? RECONCILE.asked(number) : RECONCILE.accepted(number) });
    onDone();
  };
  return (
    <Asked of={asked}>
      {({ candidates, here, accepted }) => (
        <div className={css.candidates}>
          {accept.isError ? <ErrorPanel error={accept.error} /> : null}
          {candidates.length === 0 ? (
            <EmptyState icon="search" title={words.noCandidates}>
              {words.noCandidatesMeaning}
            </EmptyState>
          ) : null}
          {candidates.map((one) => (
            // What it rejects with is shown above.
            <OneCandidate key={one.id} one={one} onChosen={() => void chosen({ candidate: one.id }).catch(() => {})} />
          ))}
          <NewPatient
            here={here}
            said={candidates.some(({ identity }) => isSame(identity, accepted)) ? undefined : accepted}
            isBusy={accept.isPending}
            onAccept={(identity) => void chosen({ identity }).catch(() => {})}
          />
          <div>
            <Button variant="default" onClick={onDone}>
              {words.back}
            </Button>
          </div>
        </div>
      )}
    </Asked>
  );
}

/** Whether that is who was said. */
function isSame(identity: Candidate['identity'], said: Candidate['identity'] | undefined): boolean {
  return identity.patientId === said?.patientId && identity.familyName === said.familyName;
}

function OneCandidate({ one, onChosen }: { readonly one: Candidate; readonly onChosen: () => void }) {
  const words = useWords(RECONCILE);
  const [fields, grades, likenesses] = [useWords(FIELDS), useWords(GRADES), useWords(LIKENESSES)];
  const { identity, source, also, grade, score, comparisons } = one;
  const say = useSay();
  const shown = comparisons.filter(({ here, there }) => here !== '' || there !== '');
  return (
    <article aria-label={identity.patientId}>
      <div className={css.head}>
        <strong className={css.mono}>{identity.patientId}</strong>
        <span>{words.knownFrom([source, ...also].map((each) => say(knownFrom(each))).join(' + '))}</span>
        <span className={css.mono}>{identity.accession}</span>
        <Badge tone={grade === 'sure' ? 'good' : 'warn'}>{grades[grade]}</Badge>
        <span>{words.score(score)}</span>
        <Button size="compact-sm" onClick={onChosen} aria-label={words.acceptAs(identity.patientId)}>
          {words.accept}
        </Button>
      </div>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.here}</th>
              <th scope="col">{words.there}</th>
              <th scope="col">{words.likeness}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ field, here, there, likeness }) => (
              <tr key={field} className={likeness === 'differs' ? css.differs : undefined}>
                <th scope="row">{fields[field]}</th>
                <td>{here}</td>
                <td>{there}</td>
                <td>{likenesses[likeness]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}
