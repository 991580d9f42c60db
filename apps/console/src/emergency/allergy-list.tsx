import type { AllergyAnswer, AllergyVersionAnswer } from '@leadglass/contract';
import { Badge } from '../kit/index.ts';
import { useFormat, useLanguage, useWords } from '../words/index.ts';
import { detailsOf, stateOf, substanceOf } from './allergies.ts';
import css from './allergy-list.module.css';
import { ALLERGY } from './allergy-words.ts';

/** At the head of a chart, on paper too: what was told of allergies, that none is known, or that nobody told anything. */
export function AllergyList({ allergies }: { readonly allergies: readonly AllergyAnswer[] }) {
  const words = useWords(ALLERGY);
  const state = stateOf(allergies);
  if (state === 'untold') return <p className={css.untold}>{words.noneTold}</p>;
  const isGrave = state === 'some' || state === 'both';
  return (
    <section aria-label={words.title} className={isGrave ? `${css.box} ${css.grave}` : css.box}>
      <h3 className={css.title}>
        {words.title}
        {state === 'none-known' ? <Badge tone="calm">{words.noneKnown}</Badge> : null}
      </h3>
      {state === 'both' ? <p className={css.note}>{words.contradiction}</p> : null}
      {state === 'past' ? <p className={css.note}>{words.onlyWithdrawn}</p> : null}
      <ul className={css.list}>
        {allergies.map((allergy) => (
          <Allergy key={keyOf(allergy)} allergy={allergy} />
        ))}
      </ul>
    </section>
  );
}

function keyOf({ feed, source, versions }: AllergyAnswer): string {
  return `${feed} ${source} ${versions.map(({ message, code }) => `${message} ${code.id} ${code.text}`).join(' ')}`;
}

function Allergy({ allergy: { feed, versions } }: { readonly allergy: AllergyAnswer }) {
  const words = useWords(ALLERGY);
  const format = useFormat();
  const [newest, ...older] = versions;
  if (newest === undefined) return null;
  const isPlain = newest.isNoneKnown || newest.state !== 'current';
  return (
    <li className={isPlain ? css.plain : css.item}>
      <One version={newest} />
      {newest.state === 'unrepeated' ? <Badge tone="warn">{words.unrepeated}</Badge> : null}
      {newest.state === 'removed' ? <Badge>{words.removed}</Badge> : null}
      <small>{words.told(feed, format.moment(newest.heardMs))}</small>
      {older.length === 0 ? null : (
        <details className={css.before} data-no-print>
          <summary>{words.before}</summary>
          {older.map((version) => (
            <p key={version.message}>
              <del>
                <One version={version} />
              </del>{' '}
              <small>{words.told(feed, format.moment(version.heardMs))}</small>
            </p>
          ))}
        </details>
      )}
    </li>
  );
}

function One({ version }: { readonly version: AllergyVersionAnswer }) {
  const language = useLanguage();
  const details = detailsOf(version, language).join(' · ');
  const substance = substanceOf(version, language);
  return (
    <span>
      {version.state === 'removed' ? <del>{substance}</del> : <strong>{substance}</strong>}
      {details === '' ? '' : ` · ${details}`}
    </span>
  );
}
