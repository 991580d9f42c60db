// npm run bench -- --relay [--rounds N] [--pause MS] [--only TEXT] [--json FILE]
// What Leadglass adds to an operation: the same peer asked directly and through Leadglass, turn about, in one run.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Command, cEchoRq, cStoreRq, EMPTY_COMMAND, VERIFICATION } from '@leadglass/dimse';
import { callPeer, contextOf, type DimsePeer, type Message } from '../dimse-peer.ts';
import { makeObject, renumber, SHAPES, type Shape } from '../objects.ts';
import { type Peer, startStorescp, which } from '../peers.ts';
import { dumped, type Place, relayingGateway, startPeer } from '../relaying.ts';
import { worklistItem } from '../worklist.ts';
import { startInstantRis } from './instant-ris.ts';

const WORKLIST = '1.2.840.10008.5.1.4.31';
const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const C_FIND_RQ = 0x0020;
const PENDING = 0xff00;
/** Universal keys Patient's Name, Patient ID, Study Instance UID, in implicit VR. */
const KEYS = Buffer.from('1000100000000000' + '1000200000000000' + '20000d0000000000', 'hex');
const ENTRIES = 10;
const WARM_UP = 100;

const HELP = `npm run bench -- --relay [--rounds N] [--pause MS] [--only TEXT] [--json FILE]
  --rounds  operations of each kind on each path (600)
  --pause   milliseconds before each (0): what is done behind an answer is then not in the way of the next
  --only    cases whose name holds this
  --json    also writes every row to FILE
`;

const { values } = parseArgs({
  options: {
    relay: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    rounds: { type: 'string' },
    pause: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

const pauseMs = Number(values.pause ?? 0);

/** One kind of operation, on either path. */
interface Case {
  readonly name: string;
  readonly direct: Place;
  readonly through: Place;
  readonly contexts: readonly ReturnType<typeof contextOf>[];
  /** A whole association for each, from connect to release, and not one for all. */
  readonly isWhole: boolean;
  /** Makes what is sent before the time runs; then sends it and hears the last answer. */
  prepare(): (peer: DimsePeer) => Promise<void>;
}

interface Row {
  readonly name: string;
  readonly rounds: number;
  readonly directMs: Figures;
  readonly throughMs: Figures;
  /** Of the differences between the two of a round. */
  readonly addedMs: Figures;
}
interface Figures {
  readonly p50: number;
  readonly p99: number;
}

const figuresOf = (samples: readonly number[]): Figures => {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
};

const isPending = ({ command }: Message): boolean => command.status === PENDING;

async function finalOf(peer: DimsePeer, contextId: number, command: Command, dataSet?: Buffer): Promise<number> {
  let [answer, results] = [await peer.ask(contextId, command, dataSet), 0];
  for (; isPending(answer); answer = await peer.message()) results += 1;
  if (answer.command.status !== 0) throw new Error(`answered ${answer.command.status.toString(16)}`);
  return results;
}

const echoing = () => async (peer: DimsePeer) => void (await finalOf(peer, 1, cEchoRq(1)));

const finding = () => async (peer: DimsePeer) => {
  const command = { ...EMPTY_COMMAND, commandField: C_FIND_RQ, messageId: 1, affectedSopClassUid: WORKLIST };
  const results = await finalOf(peer, 1, command, KEYS);
  if (results !== ENTRIES) throw new Error(`${results} results`);
};

function storing(shape: Shape): Case['prepare'] {
  let object = makeObject(shape);
  return () => {
    object = renumber(object);
    const { sopClassUid, sopInstanceUid } = object;
    const command = cStoreRq({
      messageId: 1,
      affectedSopClassUid: sopClassUid,
      affectedSopInstanceUid: sopInstanceUid,
      priority: 0,
    });
    return async (peer) => void (await finalOf(peer, 1, command, object.dataSet));
  };
}

async function called(place: Place, { contexts }: Case): Promise<DimsePeer> {
  const peer = await callPeer(place, contexts);
  if (peer.accepted?.contexts.some(({ result }) => result === 0) !== true)
    throw new Error(`${place.called} took nothing`);
  return peer;
}

/** One path: an association for all, or one for each. */
async function pathOf(place: Place, one: Case) {
  const kept = one.isWhole ? undefined : await called(place, one);
  return {
    async time(): Promise<number> {
      const work = one.prepare();
      if (pauseMs > 0) await delay(pauseMs);
      const beganMs = performance.now();
      const peer = kept ?? (await called(place, one));
      await work(peer);
      if (kept === undefined) await peer.release();
      return performance.now() - beganMs;
    },
    end: async () => kept?.release(),
  };
}

async function measure(one: Case, rounds: number): Promise<Row> {
  const [direct, through] = [await pathOf(one.direct, one), await pathOf(one.through, one)];
  const samples: (readonly [number, number])[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    // Turn about: whoever comes second finds warm what the first has warmed.
    const isDirectFirst = round % 2 === 0;
    const first = await (isDirectFirst ? direct : through).time();
    const second = await (isDirectFirst ? through : direct).time();
    if (round >= 0) samples.push(isDirectFirst ? [first, second] : [second, first]);
  }
  await direct.end();
  await through.end();
  return {
    ...{ name: one.name, rounds },
    directMs: figuresOf(samples.map(([ms]) => ms)),
    throughMs: figuresOf(samples.map(([, ms]) => ms)),
    addedMs: figuresOf(samples.map(([a, b]) => b - a)),
  };
}

async function startWorklist(folder: string): Promise<Peer> {
  const database = join(folder, 'OFFIS');
  mkdirSync(database);
  for (let at = 0; at < ENTRIES; at += 1) await dumped(database, `item-${at}.wl`, worklistItem(at));
  writeFileSync(join(database, 'lockfile'), '');
  return startPeer('OFFIS', (port) => ['wlmscpfs', ['-dfp', folder, String(port)]]);
}

function print(row: Row): void {
  const cells = [row.directMs, row.throughMs, row.addedMs].flatMap(({ p50, p99 }) => [p50, p99]);
  process.stdout.write(`${row.name.padEnd(46)}${cells.map((ms) => ms.toFixed(2).padStart(9)).join('')}\n`);
}

async function bench(folder: string): Promise<void> {
  const rounds = Number(values.rounds ?? 600);
  const [ris, store, instant] = await Promise.all([
    startWorklist(folder),
    startStorescp({ keep: false, noDelay: true }),
    startInstantRis(ENTRIES),
  ]);
  const gateways = await Promise.all([
    relayingGateway([{ name: 'ris', port: ris.port, aet: ris.aet, services: 'worklist' }]),
    relayingGateway([{ name: 'ris', port: instant.port, aet: 'INSTANT', services: 'worklist' }]),
  ]);
  const [gateway, gatewayToInstant] = gateways;
  await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${store.port}`, '--called', store.aet);
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
  const toRis = { direct: { port: ris.port, called: ris.aet }, through: { port: gateway.dimse, called: 'LEADGLASS' } };
  const toStore = { direct: { port: store.port, called: store.aet }, through: toRis.through };
  const toInstant = {
    direct: { port: instant.port, called: 'INSTANT' },
    through: { port: gatewayToInstant.dimse, called: 'LEADGLASS' },
  };
  const worklist = { contexts: [contextOf(WORKLIST)], prepare: finding };
  const echo = { contexts: [contextOf(VERIFICATION)], prepare: echoing };
  const object = (shape: Shape) => ({
    contexts: [contextOf(SHAPES[shape].sopClassUid, [EXPLICIT_LE])],
    prepare: storing(shape),
  });
  const all: readonly Case[] = [
    { name: 'C-ECHO, storescp', ...toStore, ...echo, isWhole: false },
    { name: 'C-ECHO, storescp, whole association', ...toStore, ...echo, isWhole: true },
    { name: 'worklist, 10 results, wlmscpfs', ...toRis, ...worklist, isWhole: false },
    { name: 'worklist, wlmscpfs, whole association', ...toRis, ...worklist, isWhole: true },
    { name: 'worklist, 10 results, instant peer', ...toInstant, ...worklist, isWhole: false },
    { name: 'worklist, instant peer, whole association', ...toInstant, ...worklist, isWhole: true },
    { name: 'C-STORE 5 kB, storescp', ...toStore, ...object('sr'), isWhole: false },
    { name: 'C-STORE 0.5 MB, storescp', ...toStore, ...object('ct'), isWhole: false },
  ];
  const cases = all.filter(({ name }) => name.includes(values.only ?? ''));
  try {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? ''}`;
    process.stdout.write(
      `${new Date().toISOString()}  ${machine}  Node ${process.version}  ${rounds} of each, ${pauseMs} ms before each, load ${loadavg()[0]?.toFixed(1)}\n`,
    );
    process.stdout.write(
      `${'ms'.padEnd(46)}${['direct', 'p99', 'through', 'p99', 'added', 'p99'].map((head) => head.padStart(9)).join('')}\n`,
    );
    const rows: Row[] = [];
    for (const one of cases) {
      const row = await measure(one, rounds);
      print(row);
      rows.push(row);
    }
    process.stdout.write(`load at the end ${loadavg()[0]?.toFixed(1)}\n`);
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2)}\n`);
  } finally {
    await Promise.all([...gateways.map((each) => each.dispose()), ris.stop(), store.stop(), instant.stop()]);
  }
}

if (values.help === true) process.stdout.write(HELP);
else if (which('wlmscpfs') === undefined || which('storescp') === undefined) {
  process.stderr.write('wlmscpfs and storescp (DCMTK) are needed.\n');
  process.exitCode = 2;
} else {
  // DCMTK writes its answers in pieces: with Nagle's algorithm on, each stalls 40 ms. Not measured here.
  process.env.TCP_NODELAY = '1';
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-bench-relay-'));
  try {
    await bench(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
