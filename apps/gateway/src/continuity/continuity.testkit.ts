import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Fault, ManualClock, silentLogger, text } from '@leadglass/kit';
import type { AeTitle, Destination, Event, Feed, Peer } from '@leadglass/model';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import type { ScuAssociation } from '@leadglass/wire';
import { Continuity } from './continuity.ts';

export const UNREACHED = new Fault('wire.refused-connection', 'transient', text('rien', 'nothing'));
export const FULL = new Fault('records.full', 'transient', text('plein', 'full'));
const place = (name: string, more: Partial<Destination> = {}): Destination => ({
  ...{ name, host: '192.168.1.9', port: 104, called: name.toUpperCase() as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false, ...more },
});
export const PLACES = {
  pacs: place('pacs'),
  ws: place('ws'),
  cloud: place('cloud', { host: '8.8.8.8' }),
  partner: place('partner', { outside: true }),
  named: place('named', { host: 'pacs.example.org' }),
  stray: place('stray', { host: 'partner.example.org' }),
};

/** Continuity on real records, with a network that is played. */
export class House {
  readonly clock = new ManualClock();
  readonly records: SqliteRecords;
  /** Destinations whose connections fail, and with what. */
  readonly faults = new Map<string, Fault>();
  /** Everybody who was asked for an association. */
  readonly asked: string[] = [];
  readonly open: { readonly to: string; isOpen: boolean }[] = [];
  readonly resumed: (string | undefined)[] = [];
  addresses: Readonly<Record<string, readonly string[]>> = {};
  peers: readonly Peer[] = [];
  feeds: readonly Feed[] = [];
  /** When each feed's last message came, as the records have it. */
  lastHeard: ReadonlyMap<string, number> = new Map();
  isFull = false;
  ended = 0;
  continuity: Continuity;

  constructor(records: SqliteRecords) {
    this.records = records;
    this.continuity = this.#made();
  }

  /** The process ends and another begins on the same records. */
  async restart(): Promise<void> {
    await this.continuity.stop();
    this.continuity = this.#made();
    await this.start();
  }

  async start(): Promise<void> {
    await this.continuity.load();
    await this.continuity.configure();
  }

  async pass(ms: number, stepMs = 500): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      for (let n = 0; n < 8; n += 1) await new Promise(setImmediate);
    }
  }

  async events(...kinds: readonly string[]): Promise<readonly Event[]> {
    return (await this.records.events({ kinds: [...kinds] }, 1000)).map(({ event }) => event);
  }

  #made(): Continuity {
    const { clock, records } = this;
    return new Continuity({
      ...{ clock, log: silentLogger },
      records: {
        setting: (name) => records.setting(name),
        setSetting: (...written) => (this.isFull ? Promise.reject(FULL) : records.setSetting(...written)),
        ...{ outages: records.outages, overview: records.overview },
      },
      rules: () => ({
        ...{ peers: this.peers, destinations: Object.values(PLACES), quirks: [], feeds: this.feeds },
        hl7Destinations: [],
        routes: [{ from: '*', to: 'pacs' }],
        relays: [{ from: '*', services: ['find'], to: 'pacs' }],
      }),
      connect: (destination) => this.#connect(destination.name),
      lookup: async (host) => this.addresses[host] ?? Promise.reject(new Error('ENOTFOUND')),
      cut: () => ({ associations: this.ended, webConnections: 1 }),
      resume: (name) => void this.resumed.push(name),
      listeners: () => ['dimse 0.0.0.0:11112'],
      lastHeard: async () => this.lastHeard,
      told: () => {},
    });
  }

  async #connect(to: string): Promise<ScuAssociation> {
    this.asked.push(to);
    const fault = this.faults.get(to);
    if (fault !== undefined) throw fault;
    const association = {
      ...{ to, isOpen: true, contexts: [{ result: 0 }], echo: async () => ({ status: 0 }) },
      release: async () => {
        association.isOpen = false;
      },
      abort: () => {
        association.isOpen = false;
      },
    };
    this.open.push(association);
    return association as unknown as ScuAssociation;
  }
}

export async function house(t: TestContext): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-continuity-'));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock() });
  const made = new House(records);
  t.after(async () => {
    await made.continuity.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await made.start();
  return made;
}
