import type { MeaningAnswer } from '@leadglass/contract';
import { type Answer, useAsk } from '../client/index.ts';
import { Asked, Section, Ticked } from '../kit/index.ts';
import { type Said, useSay, useWords } from '../words/index.ts';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

type Config = Answer<'config.show'>['config'];
const LISTS = ['peers', 'destinations', 'routes', 'relays', 'quirks', 'clamav', 'continuity', 'retention'] as const;

function titleOf(words: Said<typeof SETTINGS>, list: string): string {
  const known = LISTS.find((each) => each === list);
  return known === undefined ? list : words[known];
}

/** The items of a list in force; a setting that is one item alone, as one. */
export function itemsOf(config: Config, list: string): readonly Readonly<Record<string, unknown>>[] {
  const value = (config as unknown as Readonly<Record<string, unknown>>)[list];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Readonly<Record<string, unknown>>[];
}

/** A value as it stands in the file, near enough to be recognised. */
export function valueWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueWords).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Item({ item }: { readonly item: Readonly<Record<string, unknown>> }) {
  return (
    <li className={css.item}>
      {Object.entries(item).map(([name, value]) => (
        <span key={name}>
          <span>{name}</span> {valueWords(value)}
        </span>
      ))}
    </li>
  );
}

function Meanings({ of }: { readonly of: MeaningAnswer }) {
  const words = useWords(SETTINGS);
  const say = useSay();
  return (
    <details>
      <summary className={css.summary}>{words.meanings}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className={css.scroll} tabIndex={0} aria-label={`${titleOf(words, of.list)} · ${words.meanings}`}>
        <table className={css.meanings}>
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              <th scope="col">{words.meaning}</th>
              <th scope="col">{words.whenLeftOut}</th>
              <th scope="col">{words.example}</th>
            </tr>
          </thead>
          <tbody>
            {of.fields.map(({ name, about, isNeeded, fallback, example }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{say(about)}</td>
                <td>{isNeeded ? words.needed : <code>{fallback ?? words.noChoice}</code>}</td>
                <td>
                  <code>{example}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function Meaning({ of, config }: { readonly of: MeaningAnswer; readonly config: Config }) {
  const words = useWords(SETTINGS);
  const say = useSay();
  const items = itemsOf(config, of.list);
  return (
    <Section
      title={titleOf(words, of.list)}
      lead={<Ticked>{say(of.about)}</Ticked>}
      aside={<span className={css.quiet}>{items.length === 0 ? words.nothing : words.inForce(items.length)}</span>}
    >
      <ul className={css.items}>
        {items.map((item) => (
          <Item key={JSON.stringify(item)} item={item} />
        ))}
      </ul>
      <Meanings of={of} />
    </Section>
  );
}

/** What is in force, list by list, each field with what it means: in the words of the gateway's own reference. */
export function MeaningTab() {
  const inForce = useAsk('config.show', {});
  const meanings = useAsk('config.meanings', {});
  return (
    <Asked of={meanings}>
      {({ sections }) => (
        <Asked of={inForce}>
          {({ config }) => sections.map((section) => <Meaning key={section.list} of={section} config={config} />)}
        </Asked>
      )}
    </Asked>
  );
}
