import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type ElementToEncode, encodeElements, tagOf } from '@leadglass/dicom';
import { type AttributeSet, nameOf, readDataSet } from '@leadglass/query';
import { dataSetOf } from './custody-check.ts';
import type { MadeObject } from './objects.ts';
import { freePort, which } from './peers.ts';

const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const LIMITS = { characters: 1_000_000, elements: 1000, items: 100, depth: 4 };

/** One object by the keywords of its attributes; text in UTF-8 and declared so when it is not ASCII. */
export function objectOf(values: Readonly<Record<string, string>>): MadeObject {
  const all: Record<string, string> = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', Rows: '2', Columns: '2', ...values };
  const isPlain = Object.values(all).every((value) => /^[\x20-\x7e]*$/.test(value));
  const elements: ElementToEncode[] = Object.entries(all).map(([keyword, value]) => ({
    tag: tagOf(keyword) ?? 0,
    value: keyword === 'Rows' || keyword === 'Columns' ? Number(value) : value,
  }));
  if (!isPlain) elements.push({ tag: 0x00080005, value: 'ISO_IR 192' });
  for (const [tag, value] of [
    [0x00280002, 1],
    [0x00280100, 8],
    [0x00280101, 8],
    [0x00280102, 7],
    [0x00280103, 0],
  ] as const)
    elements.push({ tag, value });
  elements.push({ tag: 0x00280004, value: 'MONOCHROME2' }, { tag: 0x7fe00010, vr: 'OW', value: new Uint8Array(4) });
  const inOrder = elements.toSorted((a, b) => a.tag - b.tag);
  return {
    sopClassUid: all.SOPClassUID ?? '',
    sopInstanceUid: all.SOPInstanceUID ?? '',
    transferSyntaxUid: EXPLICIT_LE,
    dataSet: Buffer.from(encodeElements(inOrder, EXPLICIT_LE)),
  };
}

/** What findscu was told. */
export interface Asked {
  /** Each pending answer, by name of tag. */
  readonly answers: readonly AttributeSet[];
  /** DIMSE status of the last response. */
  readonly status: number;
  readonly output: string;
}

const STATUS = /DIMSE Status\s+: 0x([0-9a-f]{4})/g;

/** Asks with DCMTK's findscu. @param args before the keys, e.g. `-S`; @param keys as findscu takes them. */
export async function findscu(
  scp: { readonly port: number; readonly aet: string },
  args: readonly string[],
  keys: readonly string[],
  calling = 'WS',
): Promise<Asked> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-find-'));
  try {
    const where = ['-aet', calling, '-aec', scp.aet, '127.0.0.1', String(scp.port)];
    const output = await new Promise<string>((resolve) => {
      const all = ['-d', '-X', '-od', folder, ...args, ...where, ...keys.flatMap((key) => ['-k', key])];
      const options = { maxBuffer: 256 * 2 ** 20, timeout: 60_000 };
      execFile(which('findscu') ?? 'findscu', all, options, (_, out, err) => resolve(`${out}${err}`));
    });
    const files = readdirSync(folder).toSorted();
    const answers = files.map((file) => {
      const bytes = dataSetOf(readFileSync(join(folder, file)));
      return readDataSet(bytes, EXPLICIT_LE, LIMITS).attributes;
    });
    const statuses = [...output.matchAll(STATUS)];
    return { answers, status: Number.parseInt(statuses.at(-1)?.[1] ?? 'ffff', 16), output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The values of some attributes of each answer, in order of the alphabet: what may be compared whatever else an SCP tells. */
export function told(answers: readonly AttributeSet[], keywords: readonly string[]): readonly string[] {
  const value = (answer: AttributeSet, keyword: string): string => {
    const found = answer[nameOf(tagOf(keyword) ?? 0)] ?? '';
    // The order of several values means nothing in what is computed.
    return typeof found === 'string' ? found.split('\\').toSorted().join('\\') : JSON.stringify(found);
  };
  return answers.map((answer) => keywords.map((keyword) => value(answer, keyword)).join('|')).toSorted();
}

/** DCMTK's own archive, empty, that answers everybody. */
export async function startQrscp(t: TestContext): Promise<{ readonly port: number; readonly aet: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-qrscp-'));
  mkdirSync(join(folder, 'db'));
  const port = await freePort();
  const configuration = [
    `NetworkTCPPort = ${port}`,
    'MaxPDUSize = 16384',
    'MaxAssociations = 16',
    'HostTable BEGIN',
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    `QRSCP ${join(folder, 'db')} RW (500, 1024mb) ANY`,
    'AETable END',
    '',
  ];
  const file = join(folder, 'dcmqrscp.cfg');
  writeFileSync(file, configuration.join('\n'));
  const child = spawn(which('dcmqrscp') ?? 'dcmqrscp', ['-c', file], { stdio: 'ignore' });
  t.after(async () => {
    child.kill('SIGKILL');
    await delay(50);
    rmSync(folder, { recursive: true, force: true });
  });
  await delay(500);
  return { port, aet: 'QRSCP' };
}
