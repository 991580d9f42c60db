import { assert } from '@leadglass/kit';

/** One measured value. Labels hold our own words only: peers' titles would let a peer make series without end. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts of one distribution: `counts[i]` values at most `bounds[i]` and above the bound before; the last count is the rest. */
export interface Distribution {
  readonly labels?: Readonly<Record<string, string>>;
  readonly bounds: readonly number[];
  /** One more than `bounds`. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A family of values. Names and units as Prometheus asks: `leadglass_arrivals_total`, `…_seconds`, `…_bytes`. */
export type Metric =
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'counter' | 'gauge';
      readonly samples: readonly Sample[];
    }
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'histogram';
      readonly samples: readonly Distribution[];
    };

/** Media type of the text format. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const escapeHelp = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (value: string): string => escapeHelp(value).replaceAll('"', '\\"');

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function series(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, content]) => {
    assert(LABEL.test(label), `label name ${label}`);
    return `${label}="${escapeLabel(content)}"`;
  });
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}\n`;
}

function distribution(name: string, { labels = {}, bounds, counts, sum }: Distribution): string {
  assert(counts.length === bounds.length + 1, `${name}: one count more than bounds`);
  let total = 0;
  let text = '';
  for (const [index, count] of counts.entries()) {
    total += count;
    const le = number(bounds[index] ?? Number.POSITIVE_INFINITY);
    text += series(`${name}_bucket`, { ...labels, le }, total);
  }
  return text + series(`${name}_sum`, labels, sum) + series(`${name}_count`, labels, total);
}

/** The Prometheus text format (version 0.0.4) of `metrics`: every family once, a line a series. */
export function exposition(metrics: readonly Metric[]): string {
  const seen = new Set<string>();
  let text = '';
  for (const metric of metrics) {
    assert(NAME.test(metric.name) && !seen.has(metric.name), `metric name ${metric.name}`);
    seen.add(metric.name);
    text += `# HELP ${metric.name} ${escapeHelp(metric.help)}\n# TYPE ${metric.name} ${metric.type}\n`;
    if (metric.type === 'histogram') for (const each of metric.samples) text += distribution(metric.name, each);
    else for (const each of metric.samples) text += series(metric.name, each.labels ?? {}, each.value);
  }
  return text;
}
