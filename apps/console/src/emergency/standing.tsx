import type { AsOf, BoxStanding, ContinuityState } from '@leadglass/contract';
import { useAsk } from '../client/index.ts';
import { Icon } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { STANDING } from './words.ts';

const ASKED_EVERY_MS = 10_000;

/** At the top of every page for emergencies, always: outage mode, data as of when, what is missing. */
export function Standing({ feeds }: { readonly feeds: readonly AsOf[] | undefined }) {
  const words = useWords(STANDING);
  const format = useFormat();
  const say = useSay();
  const { data: state, isError } = useAsk('continuity.state', {}, { everyMs: ASKED_EVERY_MS });
  const isSilent = feeds?.some(({ silentSinceMs }) => silentSinceMs !== null) === true;
  const isOut = state?.mode === 'outage' || state?.isIsolated === true || isError || isSilent;
  const when = state === undefined ? '' : state.asOfMs === null ? words.never : words.asOf(format.moment(state.asOfMs));
  return (
    <section className={isOut ? `${css.standing} ${css.out}` : css.standing} aria-label={words.label}>
      <p className={css.mode} role="status">
        {isOut ? <Icon name="warning" size={18} /> : null}
        <strong>{isError ? words.unknown : words[modeOf(state, isSilent)]}</strong>
        {state?.isIsolated === true ? <strong>{words.isolated}</strong> : null}
        <span>{when}</span>
      </p>
      {state?.box === undefined ? null : <Box box={state.box} />}
      {state === undefined || state.missing.length === 0 ? null : (
        <div>
          <h2 className={css.missing}>{words.missing}</h2>
          <ul className={css.lines}>
            {state.missing.map((sentence) => (
              <li key={sentence.fr}>{say(sentence)}</li>
            ))}
          </ul>
        </div>
      )}
      {feeds === undefined ? null : <Feeds feeds={feeds} />}
    </section>
  );
}

/** A second box is neither well nor in an outage: it is a copy. */
function modeOf(state: ContinuityState | undefined, isSilent: boolean): 'outage' | 'quiet' | 'box' | 'normal' {
  if (state?.mode === 'outage') return 'outage';
  if (isSilent) return 'quiet';
  return state?.box === undefined ? 'normal' : 'box';
}

/** How old each kind is that a second box serves. */
function Box({ box }: { readonly box: BoxStanding }) {
  const words = useWords(STANDING);
  const format = useFormat();
  const said = box.kinds.map(({ kind, asOfMs }) =>
    words[kind](asOfMs === null ? words.neverPulled : format.moment(asOfMs)),
  );
  return <p className={css.feeds}>{said.join(' · ')}</p>;
}

function Feeds({ feeds }: { readonly feeds: readonly AsOf[] }) {
  const words = useWords(STANDING);
  const format = useFormat();
  if (feeds.length === 0) return <p className={css.feeds}>{words.noFeed}</p>;
  return (
    <ul className={css.feeds}>
      {feeds.map(({ feed, kind, lastMs, waiting, notUnderstood, silentSinceMs }) => (
        <li key={feed} className={silentSinceMs === null ? undefined : css.silent}>
          {[
            silentSinceMs === null || lastMs === null ? '' : words.feedAsOf(kind, format.moment(lastMs)),
            silentSinceMs === null ? '' : words.feedSilent(feed, format.moment(silentSinceMs)),
            lastMs === null
              ? words.feedNever(feed)
              : silentSinceMs === null
                ? words.feed(feed, format.time(lastMs, Date.now()))
                : '',
            waiting > 0 ? words.waiting(waiting) : '',
            notUnderstood > 0 ? words.notUnderstood(notUnderstood) : '',
          ]
            .filter((each) => each !== '')
            .join(' · ')}
        </li>
      ))}
    </ul>
  );
}
