import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway } from './gateway.ts';
import { freePort, type Peer, startProgram } from './peers.ts';

/** Where a client calls: directly, or through the gateway. */
export interface Place {
  readonly port: number;
  readonly called: string;
}

/** What one run of a client came to. `answers`: the data sets it received, in order. */
export interface Answer {
  readonly code: number | null;
  readonly said: string;
  readonly answers: readonly Buffer[];
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) });
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString('latin1');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** Runs DCMTK's findscu and takes what it extracted. `keys`: `-k` arguments; `model`: `-W`, `-P`, `-S`, `-O`. */
export async function find(
  place: Place,
  model: string,
  keys: readonly string[],
  extra: readonly string[] = [],
  calling = 'FINDER',
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-find-'));
  try {
    const args = [
      ...['-v', model, '-X', '-od', folder, '-aet', calling, '-aec', place.called, ...extra],
      ...keys.flatMap((key) => ['-k', key]),
      ...['127.0.0.1', String(place.port)],
    ];
    const { code, said } = await run('findscu', args);
    const files = readdirSync(folder).sort();
    return { code, said, answers: files.map((file) => dataSetOf(readFileSync(join(folder, file)))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Behind the file meta, which findscu makes up (PS3.10 §7.1). */
function dataSetOf(file: Buffer): Buffer {
  const [metaAt, groupLengthBytes] = [132, 12];
  return file.subarray(metaAt + groupLengthBytes + file.readUInt32LE(metaAt + 8));
}

/** Writes a data set from DCMTK's dump form and returns its path. */
export async function dumped(folder: string, name: string, lines: readonly string[]): Promise<string> {
  const [text, file] = [join(folder, `${name}.dump`), join(folder, name)];
  writeFileSync(text, `${lines.join('\n')}\n`);
  const { code, said } = await run('dump2dcm', [text, file]);
  if (code !== 0) throw new Error(`dump2dcm: ${said}`);
  return file;
}

/** A gateway that lets FINDER ask everything of `upstreams`. @param relay fields of every relay besides. */
export async function relayingGateway(
  upstreams: readonly {
    readonly name: string;
    readonly port: number;
    readonly aet: string;
    readonly services: string;
    /** One that is driven to fail, and never counts as down for it. */
    readonly downAfterSeconds?: number;
  }[],
  relay: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const gateway = await Gateway.start();
  const allow = 'echo,store,find,worklist,mpps,commit,print,ups,availability'.split(',');
  // What these suites ask is what an archive answers, and not what a peer may ask.
  const queryLimits = { sweeps: true, perMinute: 100_000 };
  const config = {
    peers: [{ aeTitle: 'FINDER', from: '127.0.0.1/32', allow, queryLimits }],
    destinations: upstreams.map(({ name, port, aet, downAfterSeconds }) => ({
      ...{ name, host: '127.0.0.1', port, called: aet },
      ...(downAfterSeconds === undefined ? {} : { downAfterSeconds }),
    })),
    relays: upstreams.map(({ name, services }) => ({ from: '*', services: services.split(','), to: name, ...relay })),
  };
  // Upstreams here count who calls them: nothing is asked of them but what devices ask.
  await gateway.cli('worklist', 'set', '--hours-ahead', '0');
  const file = join(gateway.home, 'relaying.yaml');
  writeFileSync(file, JSON.stringify(config));
  await gateway.cli('config', 'apply', file).catch(async (why: unknown) => {
    await gateway.dispose();
    throw why;
  });
  return gateway;
}

/** Starts a DICOM service of somebody else's on a free port. @param argsOf program and arguments, for that port. */
export async function startPeer(
  aet: string,
  argsOf: (port: number) => readonly [program: string, args: readonly string[]],
): Promise<Peer> {
  const port = await freePort();
  const [program, args] = argsOf(port);
  return startProgram(program, args, port, aet);
}
