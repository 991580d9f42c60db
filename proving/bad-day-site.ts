import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMAND_FIELD, responseTo } from '@leadglass/dimse';
import { MEASURING } from './bad-day-lab.ts';
import { ReportReceiver } from './commitment.ts';
import { type DimsePeer, type Message, ScriptedUpstream } from './dimse-peer.ts';
import { Gateway } from './gateway.ts';
import { configure } from './outage.ts';
import { freePort, type Orthanc, type Peer, requirePeer, startOrthanc, startProgram } from './peers.ts';
import { childrenOf } from './processes.ts';
import { dumped } from './relaying.ts';
import { worklistItem } from './worklist.ts';

const TOOLS = ['Orthanc', 'storescu', 'findscu', 'wlmscpfs', 'dump2dcm'];
const LAB = fileURLToPath(new URL('bad-day-lab.ts', import.meta.url));
const RESULTS_A_SECOND = 4;
/** Entries of the day; one of them is an MR. */
export const ENTRIES = 6;
const DUPLICATE = 0x0111;
const UNKNOWN = 0x0112;

/** Who can be killed, and comes back by `revive`. */
export const VICTIMS = ['pacs', 'ris', 'mpps', 'lab', 'child', 'keeper'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What the system behind performed steps was told, in order. */
export interface Performed {
  readonly kind: 'create' | 'set';
  readonly uid: string;
  readonly bytes: string;
}

/** A hospital for a day: a gateway between devices and a PACS, a worklist server, a system of performed steps and a laboratory. */
export class BadDaySite {
  readonly gateway: Gateway;
  readonly performed: Performed[] = [];
  readonly reports: ReportReceiver;
  readonly labFolder: string;
  orthanc: Orthanc;
  #ris: Peer;
  #mpps: ScriptedUpstream;
  #lab: ChildProcess | undefined;
  readonly #folder: string;
  readonly #ports: { readonly pacs: number; readonly ris: number };
  readonly #begun = new Set<string>();

  private constructor(
    gateway: Gateway,
    folder: string,
    ports: { readonly pacs: number; readonly ris: number },
    peers: { readonly orthanc: Orthanc; readonly ris: Peer; readonly mpps: ScriptedUpstream; reports: ReportReceiver },
  ) {
    this.gateway = gateway;
    this.#folder = folder;
    this.labFolder = join(folder, 'lab');
    this.#ports = ports;
    ({ orthanc: this.orthanc, ris: this.#ris, mpps: this.#mpps, reports: this.reports } = peers);
  }

  /** All of it, running; undefined where a program is missing. */
  static async open(t: TestContext): Promise<BadDaySite | undefined> {
    for (const tool of TOOLS) if (requirePeer(t, tool) === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-bad-day-site-'));
    mkdirSync(join(folder, 'lab'));
    await writeWorklist(folder);
    const ports = { pacs: await freePort(), ris: await freePort() };
    const gateway = await Gateway.start({ withHl7: true });
    const orthanc = await startPacs(gateway, ports.pacs);
    const ris = await startRis(folder, ports.ris);
    let here: BadDaySite | undefined;
    const record = (message: Message, peer: DimsePeer): void => here?.record(message, peer);
    const mpps = await ScriptedUpstream.start(record);
    const device = await freePort();
    const reports = await ReportReceiver.start(device, 'PROVER', []);
    here = new BadDaySite(gateway, folder, ports, { orthanc, ris, mpps, reports });
    t.after(() => here?.stop());
    await configure(gateway, settings({ ...ports, mpps: mpps.port, device }));
    await gateway.cli('worklist', 'refresh');
    writeFileSync(join(here.labFolder, MEASURING), '');
    here.#startLab();
    return here;
  }

  /** Kills one without a word (SIGKILL). @param draw a number in [0, 1) that says which of several. */
  async kill(victim: Victim, draw: number): Promise<void> {
    if (victim === 'pacs') return ended(this.orthanc.process);
    if (victim === 'ris') return ended(this.#ris.process);
    if (victim === 'mpps') return this.#mpps.stop();
    if (victim === 'lab') return this.#lab === undefined ? undefined : ended(this.#lab);
    if (victim === 'keeper') return this.gateway.kill('SIGKILL');
    const children = childrenOf(this.gateway.pid);
    const child = children[Math.floor(draw * children.length)];
    if (child !== undefined) process.kill(child, 'SIGKILL');
  }

  /** Starts it again with what it had on disk. */
  async revive(victim: Victim): Promise<void> {
    if (victim === 'pacs') this.orthanc = await startPacs(this.gateway, this.#ports.pacs, this.orthanc.directory);
    if (victim === 'ris') this.#ris = await startRis(this.#folder, this.#ports.ris);
    if (victim === 'mpps') {
      const record = (message: Message, peer: DimsePeer): void => this.record(message, peer);
      this.#mpps = await ScriptedUpstream.start(record, undefined, this.#mpps.port);
    }
    if (victim === 'lab') this.#startLab();
    if (victim === 'keeper') await this.gateway.restart();
  }

  /** The analysers measure no more; what is queued is sent still. */
  endOfMeasuring(): void {
    rmSync(join(this.labFolder, MEASURING), { force: true });
  }

  async stop(): Promise<void> {
    if (this.#lab !== undefined) await ended(this.#lab);
    await this.gateway.dispose();
    await Promise.all([this.orthanc.stop(), this.#ris.stop(), this.#mpps.stop(), this.reports.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A system of performed steps that keeps to PS3.4 F.7.2 and writes down what it takes. */
  record(message: Message, peer: DimsePeer): void {
    const { command, contextId, dataSet } = message;
    if (command.commandField === COMMAND_FIELD.cEchoRq) return peer.send(contextId, responseTo(command, 0));
    const kind = command.commandField === COMMAND_FIELD.nCreateRq ? 'create' : 'set';
    const uid = command.affectedSopInstanceUid || command.requestedSopInstanceUid;
    const isBegun = this.#begun.has(uid);
    const status = kind === 'create' ? (isBegun ? DUPLICATE : 0) : isBegun ? 0 : UNKNOWN;
    if (kind === 'create') this.#begun.add(uid);
    if (status === 0) this.performed.push({ kind, uid, bytes: dataSet?.toString('hex') ?? '' });
    peer.send(contextId, responseTo(command, status));
  }

  #startLab(): void {
    const args = ['--no-warnings', LAB, String(this.gateway.hl7), this.labFolder, String(RESULTS_A_SECOND)];
    this.#lab = spawn(process.execPath, args, { stdio: 'inherit' });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}

function startPacs(gateway: Gateway, port: number, directory?: string): Promise<Orthanc> {
  const extra = { DicomModalities: { lead: ['LEADGLASS', '127.0.0.1', gateway.dimse] } };
  return startOrthanc({ aet: 'ORTHANC', port, extra, ...(directory === undefined ? {} : { directory }) });
}

function startRis(folder: string, port: number): Promise<Peer> {
  return startProgram('wlmscpfs', ['-s', '-dfp', join(folder, 'wlistdb'), String(port)], port, 'OFFIS');
}

async function writeWorklist(folder: string): Promise<void> {
  const place = join(folder, 'wlistdb', 'OFFIS');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'lockfile'), '');
  const now = new Date();
  const day = `${now.getFullYear()}${`${now.getMonth() + 1}`.padStart(2, '0')}${`${now.getDate()}`.padStart(2, '0')}`;
  for (let at = 0; at < ENTRIES; at += 1) {
    const dated = worklistItem(at).map((line) => line.replace('[20260101]', `[${day}]`));
    cpSync(await dumped(folder, `step-${at}`, dated), join(place, `step-${at}.wl`));
  }
}

function settings(port: { readonly pacs: number; readonly ris: number; mpps: number; device: number }): string {
  const queryLimits = { sweeps: true, perMinute: 100_000 };
  const from = '127.0.0.1/32';
  const place = (name: string, on: number, called: string) => ({ name, host: '127.0.0.1', port: on, called });
  const all = {
    peers: [
      { aeTitle: 'PROVER', from, allow: ['echo', 'store', 'commit'] },
      { aeTitle: 'FINDER', from, allow: ['echo', 'find', 'worklist', 'mpps'], queryLimits },
      { aeTitle: 'ORTHANC', from, allow: ['echo', 'commit'] },
    ],
    destinations: [
      place('pacs', port.pacs, 'ORTHANC'),
      place('ris', port.ris, 'OFFIS'),
      place('mpps', port.mpps, 'MPPS'),
      place('device', port.device, 'PROVER'),
    ],
    routes: [{ from: 'PROVER', to: 'pacs' }],
    relays: [
      { from: '*', services: ['find', 'commit'], to: 'pacs' },
      { from: '*', services: ['worklist'], to: 'ris' },
      { from: '*', services: ['mpps'], to: 'mpps' },
    ],
    feeds: [{ name: 'labo', kind: 'lab', from }],
  };
  return JSON.stringify(all, null, 1);
}
