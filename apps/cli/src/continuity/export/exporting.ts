import type { ExportLine } from '@leadglass/contract';
import type { ControlClient } from '../../client.ts';
import { ExportedCharts, folded, type Listing, withStudies } from './exported-charts.ts';
import type { ExportWriter, Stored } from './writer.ts';

type Study = Extract<ExportLine, { kind: 'study' }>;
type Told = Study['series'][number]['objects'][number];

/** An object as the page has it. */
interface Listed {
  readonly sop: string;
  readonly number: number;
  readonly frames: number;
  readonly file: Stored;
  readonly picture: Stored | null;
  readonly report: Stored | null;
}

export interface Exported {
  readonly studies: number;
  readonly objects: number;
  /** Objects that have a picture. */
  readonly pictures: number;
  readonly leftOut: number;
  readonly charts: number;
  /** Documents of charts. */
  readonly documents: number;
  /** Days of schedules. */
  readonly days: number;
}

export interface ExportingOptions {
  readonly client: ControlClient;
  readonly writer: ExportWriter;
  readonly budgetBytes: number | undefined;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  progress(studies: number, of: number, objects: number): void;
}

/** Takes the set from the gateway, a study after the other, into the writer, and finishes it. Throws CliFailure, and the system's errors. */
export async function exportSet(options: ExportingOptions): Promise<Exported> {
  const { client, writer, budgetBytes, signal, nowMs, progress } = options;
  const shut = new AbortController();
  const lines = client.lines(
    'continuity.export',
    budgetBytes === undefined ? {} : { budgetBytes },
    AbortSignal.any([signal, shut.signal]),
  );
  const studies: Listing[] = [];
  const charts = new ExportedCharts(client, writer);
  let [objects, pictures, leftOut, isWhole] = [0, 0, 0, false];
  for await (const line of lines) {
    if (line.kind === 'end') {
      [leftOut, isWhole] = [line.leftOut, true];
      break;
    }
    if (line.kind !== 'study') {
      await charts.take(line);
      progress(charts.patients.length, line.kind === 'chart' ? line.of : 0, objects);
      continue;
    }
    const series: object[] = [];
    for (const one of line.series) {
      const listed: Listed[] = [];
      for (const object of one.objects) {
        listed.push(await stored(client, writer, object));
        objects += 1;
        pictures += Number(listed.at(-1)?.picture !== null);
        progress(studies.length, line.of, objects);
      }
      const { modality, number, description } = one;
      series.push({ modality, number, description, objects: listed.toSorted((a, b) => a.number - b.number) });
    }
    studies.push(studyOf(line, series));
  }
  shut.abort();
  if (!isWhole) throw new Error('the gateway gave up');
  const first = writer.next;
  const { around, patients, documents } = charts;
  await writer.finish({
    ...{ madeAt: new Date(nowMs).toISOString(), leftOut, first, studies, ...around },
    patients: patients.map((one) => withStudies(one, studies)),
  });
  const told = { charts: patients.length, documents, days: around.days.length };
  return { studies: studies.length, objects, pictures, leftOut, ...told };
}

async function stored(client: ControlClient, writer: ExportWriter, object: Told): Promise<Listed> {
  const { sha256, sopInstanceUid: sop, number, frames, isReport } = object;
  const file = await writer.add(client.bytes('continuity.object', { sha256 }));
  const picture = isReport ? undefined : await writer.add(client.bytes('continuity.picture', { sha256 }));
  const text = isReport ? await client.call('continuity.text', { sha256 }) : undefined;
  const report =
    text === undefined || text.lines.length === 0 ? null : await writer.add([Buffer.from(JSON.stringify(text))]);
  return { sop, number, frames, file, picture: picture === undefined || picture.bytes === 0 ? null : picture, report };
}

function studyOf({ study, patient, date, time, accession, description }: Study, series: readonly object[]): Listing {
  const words = folded([patient.name, patient.id, patient.birthDate, date, accession, description].join(' '));
  return { study, patient, date, time, accession, description, words, series };
}
