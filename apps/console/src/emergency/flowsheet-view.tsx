import type { ResultGroupAnswer, VersionAnswer } from '@leadglass/contract';
import { useMemo } from 'react';
import { Badge, Section } from '../kit/index.ts';
import { useLanguage, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { type Cell, type Flowsheet, flowsheetOf, pointsOf, type Row, standing, trendOf } from './flowsheet.ts';
import { timeOf } from './sent.ts';
import { EMERGENCY } from './words.ts';

/** Columns on paper. */
const PRINTED = 6;

/** Results of the laboratory: an analyte a row, a time a column, the newest beside the name. */
export function FlowsheetView({ groups }: { readonly groups: readonly ResultGroupAnswer[] }) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const sheet = useMemo(() => flowsheetOf(groups), [groups]);
  if (sheet.rows.length === 0)
    return (
      <Section title={words.results}>
        <p className={css.pale}>{words.noResults}</p>
      </Section>
    );
  return (
    <Section title={words.results} lead={words.resultsLead}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className={css.scrolled} tabIndex={0} aria-label={words.results}>
        <table className={css.sheet}>
          <thead>
            <tr>
              <th scope="col">{words.analyte}</th>
              {sheet.moments.map(({ key, sent, heardMs }, at) => (
                <th key={key} scope="col" className={at < PRINTED ? undefined : css.older}>
                  {timeOf(sent, heardMs, language)}
                </th>
              ))}
              <th scope="col">{words.unitRange}</th>
              <th scope="col">{words.trend}</th>
            </tr>
          </thead>
          <tbody>
            {sheet.rows.map((row) => (
              <Analyte key={row.key} row={row} sheet={sheet} />
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

function Analyte({ row, sheet }: { readonly row: Row; readonly sheet: Flowsheet }) {
  const words = useWords(EMERGENCY);
  const { name, panel, unit, range, isCritical, cells } = row;
  return (
    <tr className={isCritical ? css.critical : undefined} data-pin={row.pin}>
      <th scope="row">
        {name} {isCritical ? <Badge tone="bad">{words.isCritical}</Badge> : null}
        <small className={css.pale}>{panel}</small>
      </th>
      {sheet.moments.map(({ key }, at) => (
        <td key={key} className={at < PRINTED ? undefined : css.older}>
          {cells.get(key)?.map((cell) => (
            <Values key={cell.versions[0]?.message} cell={cell} />
          ))}
        </td>
      ))}
      <td className={css.unit}>{[unit, range].filter((each) => each !== '').join(' · ')}</td>
      <td>
        <Trend row={row} sheet={sheet} />
      </td>
    </tr>
  );
}

/** Every version of one value: what stands first, what no longer does struck through. */
function Values({ cell: { versions } }: { readonly cell: Cell }) {
  const stands = standing(versions);
  const [newest] = versions;
  const others = versions.filter((version) => version !== stands);
  return (
    <>
      {stands === undefined ? null : <Value version={stands} />}
      {others.map((version) => (
        <Gone key={version.message} version={version} isNewest={version === newest} />
      ))}
    </>
  );
}

const said = ({ values, flags }: VersionAnswer): string =>
  [values.join(' / '), ...flags].filter((each) => each !== '').join(' ');

function Value({ version }: { readonly version: VersionAnswer }) {
  const { values, flags, isCritical, notes, range, laboratory } = version;
  const title = [range, laboratory, ...notes].filter((each) => each !== '').join('\n');
  return (
    <span className={isCritical ? css.valueCritical : flags.length > 0 ? css.valueFlagged : css.value} title={title}>
      {values.join(' / ')}
      {flags.map((flag) => (
        <b key={flag}>{flag}</b>
      ))}
      {version.status === 'F' || version.status === '' ? null : <i>{version.status}</i>}
      {notes.length > 0 ? <sup aria-hidden="true">*</sup> : null}
    </span>
  );
}

function Gone({ version, isNewest }: { readonly version: VersionAnswer; readonly isNewest: boolean }) {
  const words = useWords(EMERGENCY);
  const why = version.state === 'removed' ? words.removed : words.superseded;
  return (
    <span className={css.gone}>
      <del>{said(version)}</del>{' '}
      <small>{isNewest || version.state === 'removed' ? why : <span className={css.unseen}>{why}</span>}</small>
    </span>
  );
}

const [WIDTH, HEIGHT, EDGE] = [96, 24, 3];

/** A line of the values that stand, told in words to whoever does not see it. */
function Trend({ row, sheet }: { readonly row: Row; readonly sheet: Flowsheet }) {
  const words = useWords(EMERGENCY);
  const values = trendOf(row, sheet);
  if (values.length < 2) return null;
  const points = pointsOf(values, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE);
  const [lastX, lastY] = points.at(-1) ?? [0, 0];
  const label = words.trendOf(row.name, `${values.join(', ')} ${row.unit}`.trim());
  return (
    <svg
      className={css.trend}
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <title>{label}</title>
      <g transform={`translate(${EDGE} ${EDGE})`}>
        <polyline points={points.map(([x, y]) => `${x},${y}`).join(' ')} fill="none" />
        <circle cx={lastX} cy={lastY} r={2.5} />
      </g>
    </svg>
  );
}
