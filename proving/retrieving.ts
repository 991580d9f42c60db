import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { DEFAULT_READER_LIMITS, Part10Reader, SILENT_HANDLER, writeFileMeta } from '@leadglass/dicom';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import { type Peer, startStorescp, which } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

void [DEFAULT_READER_LIMITS, Part10Reader, SILENT_HANDLER];

/** What a retrieval was told, as DCMTK prints it with `-d`. */
export interface Told {
  readonly exit: number | null;
  readonly output: string;
  /** DIMSE status of the last response. */
  readonly status: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

const FINAL = /C-(?:MOVE|GET) RSP[\s\S]*?DIMSE Status\s+: 0x([0-9a-f]{4})/g;

/** Runs one of DCMTK's retrieving programs to its end. */
export function dcmtk(tool: 'movescu' | 'getscu', args: readonly string[]): Promise<Told> {
  return new Promise((resolve) => {
    execFile(which(tool) ?? tool, ['-d', ...args], { maxBuffer: 64 * 2 ** 20, timeout: 60_000 }, (error, out, err) => {
      const output = `${out}${err}`;
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ exit, output, ...lastWord(output) });
    });
  });
}

function lastWord(output: string): Pick<Told, 'status' | 'completed' | 'failed' | 'warning'> {
  const statuses = [...output.matchAll(FINAL)];
  const last = output.slice(statuses.at(-1)?.index ?? 0);
  const count = (name: string) => Number(new RegExp(`${name} Suboperations\\s+: (\\d+)`).exec(last)?.[1] ?? -1);
  return {
    status: Number.parseInt(statuses.at(-1)?.[1] ?? 'ffff', 16),
    completed: count('Completed'),
    failed: count('Failed'),
    warning: count('Warning'),
  };
}

/** Digests of the data sets of the DICOM files in a folder, in order: what was received, byte for byte, whatever the files are called. */
export function received(folder: string): readonly string[] {
  return readdirSync(folder)
    .map((name) => digest(dataSetOf(readFileSync(join(folder, name)))))
    .toSorted();
}

export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Digests of made objects, in order. */
export function digests(objects: readonly MadeObject[]): readonly string[] {
  return objects.map(({ dataSet }) => digest(dataSet)).toSorted();
}

/** A folder of the test's own. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'leadglass-retrieve-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Made objects as files. */
export function asFiles(path: string, objects: readonly MadeObject[]): void {
  mkdirSync(path, { recursive: true });
  for (const object of objects) {
    const meta = writeFileMeta({
      sopClassUid: object.sopClassUid,
      sopInstanceUid: object.sopInstanceUid,
      transferSyntaxUid: object.transferSyntaxUid,
      implementationClassUid: '2.25.1',
      implementationVersionName: 'PROVING',
    });
    writeFileSync(join(path, `${object.sopInstanceUid}.dcm`), Buffer.concat([meta, object.dataSet]));
  }
}

/** Sends objects to a gateway as the peer PROVER; each has to be answered with success. */
export async function fill(gateway: Gateway, objects: readonly MadeObject[]): Promise<void> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  for (const object of objects) {
    const status = await storeOne(association, object);
    if (status !== 0) throw new Error(`not stored: ${status.toString(16)}`);
  }
  await association.release();
}

/** A gateway with a peer `PROVER` that sends, a peer `WS` that retrieves, and a storescp of that title where it listens. */
export async function startSite(t: TestContext): Promise<{ readonly gateway: Gateway; readonly workstation: Peer }> {
  const workstation = await startStorescp({ aet: 'WS' });
  const gateway = await Gateway.start();
  t.after(async () => {
    await gateway.dispose();
    await workstation.stop();
  });
  await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.1/32', '--allow', 'echo,store,commit');
  await gateway.cli('peer', 'add', 'WS', '--from', '127.0.0.1/32', '--allow', 'echo,move,get');
  await gateway.cli('destination', 'add', 'ws', '--to', `127.0.0.1:${workstation.port}`, '--called', 'WS');
  return { gateway, workstation };
}

/** Arguments of a study-level retrieval in the Study Root model from `port`. */
export function study(port: number, uid: string, calling = 'WS'): string[] {
  return [
    '-aet',
    calling,
    '-aec',
    'LEADGLASS',
    '-S',
    '127.0.0.1',
    String(port),
    '-k',
    '0008,0052=STUDY',
    '-k',
    `0020,000d=${uid}`,
  ];
}
