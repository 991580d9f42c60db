import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reading, readV2 } from '@leadglass/hl7';
import { ManualClock, Secret, silentLogger } from '@leadglass/kit';
import type { Feed } from '@leadglass/model';
import { type MessageState, openSqliteRecords, type Records } from '@leadglass/records';
import { ChartReader } from './chart-reader.ts';
import { Charter } from './charter.ts';
import { ChartSealer } from './sealer.ts';
import type { MessageFacts } from './told.ts';

type Context = { after(done: () => Promise<void> | void): void };

/** Noon of the first day. */
export const T0 = Date.UTC(2026, 0, 1, 12);

export const LABO: Feed = {
  ...{ name: 'labo', kind: 'lab', from: '192.0.2.30/32', charset: 'windows-1252', processing: 'production' },
  mostPerSecond: 1000,
};

/** Records, a charter and a reader, as the keeper has them; messages are read and kept without a network. */
export class ChartHouse {
  readonly clock = new ManualClock(T0);
  readonly records: Records;
  readonly sealer = new ChartSealer(new Secret(Buffer.alloc(32, 9)));
  readonly reader: ChartReader;
  charter: Charter;
  readonly #readings = new Map<string, Reading>();
  #kept = 0;

  private constructor(records: Records) {
    this.records = records;
    this.charter = this.newCharter();
    this.reader = new ChartReader({
      ...{ records: records.charts, sealer: this.sealer, clock: this.clock, feeds: () => [LABO] },
      dayOf: (ms) => ms - (ms % 86_400_000),
    });
  }

  static async open(t: Context): Promise<ChartHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-charts-'));
    const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock(T0) });
    t.after(async () => {
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new ChartHouse(records);
  }

  /** Another charter over the same records: what a restart leaves. */
  newCharter(records: ConstructorParameters<typeof Charter>[0]['records'] = this.records.charts): Charter {
    return new Charter({
      ...{ records, sealer: this.sealer, clock: this.clock, log: silentLogger },
      parse: (key) => this.#readings.get(key),
      pseudonym: (chart) => `p${chart}`,
    });
  }

  /** Keeps a message as if it had been acknowledged; not entered yet. */
  async keep(message: string, feed = 'labo', state: MessageState = 'waiting'): Promise<void> {
    const bytes = Buffer.from(message, 'utf8');
    const reading = readV2(bytes, { fallbackCharset: '8859/1' });
    if (reading.kind === 'unreadable') throw new Error('a test message that cannot be read');
    this.#kept += 1;
    const key = `reading ${this.#kept}`;
    this.#readings.set(key, reading);
    const { type, trigger } = reading.header;
    const facts: MessageFacts = { type: `${type}^${trigger}`, charset: reading.charset, problems: reading.problems };
    await this.records.charts.commit([
      {
        ...{
          identity: key,
          content: key,
          feed,
          receivedAtMs: this.clock.now(),
          bytes: bytes.length,
          answered: 'AA',
          state,
        },
        sealed: this.sealer.seal('facts', '', JSON.stringify(facts)),
        body: this.sealer.seal('body', '', bytes),
        reading: this.sealer.seal('reading', '', key),
      },
    ]);
  }

  /** Keeps messages, one a second, and has them entered. */
  async tell(...messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      this.clock.advance(1000);
      await this.keep(message);
    }
    await this.charter.catchUp(60_000);
  }

  /** The chart with a number of the hospital. */
  async chartOf(number: string) {
    const { found } = await this.reader.search({ words: number, limit: 5 });
    const chart = found[0] === undefined ? undefined : await this.reader.chart(found[0].patient.chart);
    if (chart === undefined) throw new Error(`no chart of ${number}`);
    return chart;
  }
}

export interface Who {
  /** Of the hospital. */
  readonly ipp?: string;
  readonly identifiers?: string;
  readonly name?: string;
  readonly born?: string;
}

let sent = 0;

/** MSH and PID. */
export function headOf(
  type: string,
  { ipp = '100', identifiers, name = 'DUPONT^Claire', born = '19500215' }: Who,
): string[] {
  sent += 1;
  const pid3 = identifiers ?? `${ipp}^^^CHU&1.2.3.4&ISO^PI`;
  return [
    `MSH|^~\\&|LABO|CHU|LG|SITE|20260101120000||${type}|M${sent}|P|2.5|||||FRA|UNICODE UTF-8`,
    `PID|1||${pid3}||${name}^^^^^L||${born}|F`,
  ];
}

export interface Result {
  readonly value?: string;
  readonly status?: string;
  readonly flags?: string;
  readonly code?: string;
  readonly sub?: string;
  readonly unit?: string;
  readonly type?: string;
}

/** A report of a laboratory. */
export function oru(who: Who, results: readonly Result[], filler = 'F1', status = 'F'): string {
  const lines = results.map((result, at) => {
    const { value = '4.1', flags = 'N', code = '2823-3^Potassium^LN', sub = '', unit = 'mmol/L', type = 'NM' } = result;
    return `OBX|${at + 1}|${type}|${code}|${sub}|${value}|${unit}|3.5-5.1|${flags}|||${result.status ?? 'F'}`;
  });
  const obr = `OBR|1|P1|${filler}|24320-4^Ionogramme^LN|||20260101093000||||||||||||||||||${status}`;
  return [...headOf('ORU^R01^ORU_R01', who), 'ORC|RE', obr, ...lines, ''].join('\r');
}

/** A movement; `from` makes it a merge. */
export function adt(trigger: string, who: Who, pv1 = '', from?: string): string {
  const mrg = from === undefined ? [] : [`MRG|${from}`];
  return [...headOf(`ADT^${trigger}`, who), ...mrg, ...(pv1 === '' ? [] : [pv1]), ''].join('\r');
}
