import type { ExportLine } from '@leadglass/contract';
import type { ControlClient } from '../../client.ts';
import type { ExportWriter, Stored } from './writer.ts';

type ChartLine = Extract<ExportLine, { kind: 'chart' }>;
type Around = Omit<Extract<ExportLine, { kind: 'around' }>, 'kind'>;
type Day = Omit<Extract<ExportLine, { kind: 'day' }>, 'kind'>;
type Patient = ChartLine['chart']['patient'];

/** A study as the page has it. */
export interface Listing {
  readonly study: string;
  readonly patient: { readonly id: string; readonly name: string; readonly birthDate: string; readonly sex: string };
  readonly date: string;
  readonly time: string;
  readonly accession: string;
  readonly description: string;
  readonly words: string;
  readonly series: readonly object[];
}

/** A patient in the page's list; the chart is opened when it is looked at. */
interface Listed {
  readonly words: string;
  readonly name: string;
  readonly birthDate: string;
  readonly identifiers: readonly string[];
  readonly isPresent: boolean;
  readonly location: string;
  readonly critical: number;
  readonly heardMs: number;
  readonly chart: Stored;
}

/** Takes charts and days into an export: each chart a chunk of its own, with its documents beside it. */
export class ExportedCharts {
  readonly #client: Pick<ControlClient, 'bytes'>;
  readonly #writer: Pick<ExportWriter, 'add'>;
  readonly patients: Listed[] = [];
  readonly #days: Day[] = [];
  #around: Around = { asOfMs: 0, registrations: [], feeds: [] };
  documents = 0;

  constructor(client: Pick<ControlClient, 'bytes'>, writer: Pick<ExportWriter, 'add'>) {
    this.#client = client;
    this.#writer = writer;
  }

  /** What stands around the charts: how old they are, and the days. */
  get around(): Around & { readonly days: readonly Day[] } {
    return { ...this.#around, days: this.#days };
  }

  async take(line: Exclude<ExportLine, { kind: 'study' | 'end' }>): Promise<void> {
    const { kind, ...rest } = line;
    if (kind === 'around') this.#around = rest as Around;
    else if (kind === 'day') this.#days.push(rest as Day);
    else await this.#chart(line as ChartLine);
  }

  async #chart({ chart }: ChartLine): Promise<void> {
    const files: Record<string, Stored> = {};
    for (const { document } of chart.documents) {
      if (document === '' || files[document] !== undefined) continue;
      files[document] = await this.#writer.add(
        this.#client.bytes('continuity.document', { chart: chart.patient.chart, document }),
      );
      this.documents += 1;
    }
    const { asOf: _, studies: __, ...told } = chart;
    const stored = await this.#writer.add([Buffer.from(JSON.stringify({ chart: told, files }))]);
    this.patients.push(listedOf(chart.patient, stored));
  }
}

function listedOf(patient: Patient, chart: Stored): Listed {
  const { birthDate, isPresent, location, critical, heardMs } = patient;
  const [first] = patient.names;
  const name =
    first === undefined ? '' : [first.family, first.given, first.further].filter((each) => each !== '').join(' ');
  const identifiers = patient.identifiers.map(({ value }) => value.trim());
  const all = patient.names.flatMap(({ family, given, further }) => [family, given, further]);
  const words = folded([...all, birthDate, ...identifiers].join(' '));
  return { words, name, birthDate, identifiers, isPresent, location, critical, heardMs, chart };
}

/** The patient with the places of their studies in the list: under one of their numbers, unless birth date and name are both others. */
export function withStudies(
  patient: Listed,
  studies: readonly Listing[],
): Listed & { readonly studies: readonly number[] } {
  const numbers = new Set(patient.identifiers);
  const words = new Set(patient.words.split(' '));
  const isTheirs = ({ patient: { id, birthDate, name } }: Listing): boolean => {
    if (!numbers.has(id.trim()) || id.trim() === '') return false;
    const isBorn = birthDate === '' || patient.birthDate === '' || patient.birthDate.startsWith(birthDate);
    return (
      isBorn ||
      folded(name)
        .split(/[^\p{L}\p{N}]+/u)
        .some((word) => word.length > 1 && words.has(word))
    );
  };
  return { ...patient, studies: studies.flatMap((study, at) => (isTheirs(study) ? [at] : [])) };
}

/** Without case and accents, as the page searches. */
export function folded(words: string): string {
  return words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
