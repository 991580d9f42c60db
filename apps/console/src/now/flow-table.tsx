import type { FlowsAnswer } from '@leadglass/contract';
import { Link } from '@tanstack/react-router';
import { Badge, type Tone } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { pageOf } from './flow-words.ts';
import { type FlowEdge, type FlowNode, idOf } from './layout.ts';
import css from './now.module.css';
import { NOW } from './words.ts';

const TONES: Readonly<Record<FlowNode['state'], Tone>> = {
  active: 'good',
  quiet: 'plain',
  trouble: 'warn',
  refused: 'bad',
};
/** What a page bears; more than so many ways are no longer read one by one. */
const MOST_ROWS = 300;

const busyness = (edge: FlowEdge) => edge.refusals * 1e9 + edge.holds * 1e9 + edge.waiting * 1e6 + edge.objects;

function End({ node }: { readonly node: FlowNode | undefined }) {
  const words = useWords(NOW);
  const say = useSay();
  if (node === undefined) return null;
  if (node.kind === 'gateway') return <>{words.gateway}</>;
  return (
    <>
      <Link to={pageOf(node)}>{node.name}</Link> <Badge tone={TONES[node.state]}>{words[node.state]}</Badge>
      {node.why === undefined ? null : <div className={css.why}>{say(node.why)}</div>}
    </>
  );
}

/** The same as the map, to be read line by line: for a screen reader, a phone, and paper. */
export function FlowTable({ flows }: { readonly flows: FlowsAnswer }) {
  const words = useWords(NOW);
  const format = useFormat();
  const nodes = new Map(flows.nodes.map((node) => [idOf(node), node]));
  const edges = flows.edges.toSorted((a, b) => busyness(b) - busyness(a)).slice(0, MOST_ROWS);
  const counts = (edge: FlowEdge) => [edge.objects, edge.questions, edge.refusals, edge.holds, edge.waiting];
  const heads = [words.objectsHead, words.questionsHead, words.refusalsHead, words.holdsHead, words.waitingHead];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className={css.scroll} tabIndex={0} aria-label={words.asTable}>
      <table className={css.flowTable}>
        <thead>
          <tr>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.to}</th>
            {heads.map((head) => (
              <th scope="col" key={head} className={css.end}>
                {head}
              </th>
            ))}
            <th scope="col" className={css.end}>
              {words.bytesHead}
            </th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={`${edge.from} ${edge.to}`}>
              <th scope="row">
                <End node={nodes.get(edge.from)} />
              </th>
              <td>
                <End node={nodes.get(edge.to)} />
              </td>
              {counts(edge).map((count, index) => (
                <td key={heads[index]} className={css.end}>
                  {format.number(count)}
                </td>
              ))}
              <td className={css.end}>{format.bytes(edge.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
