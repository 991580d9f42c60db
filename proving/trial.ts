import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { systemClock } from '@leadglass/kit';
import { openAssociation, type ScuAssociation } from '@leadglass/wire';
import { commonElements, fileOf, type Image, imageElements } from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import { childrenOf } from './processes.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
/** Transfer syntaxes of these suites. */
export const SYNTAX = {
  explicit: '1.2.840.10008.1.2.1',
  jpegLs: '1.2.840.10008.1.2.4.80',
  rle: '1.2.840.10008.1.2.5',
  progressive: '1.2.840.10008.1.2.4.55',
  deflate: '1.2.840.10008.1.2.8.1',
} as const;
/** A CT's picture. */
export const IMAGE: Image = {
  ...{
    rows: 512,
    columns: 512,
    samples: 1,
    allocated: 16,
    stored: 12,
    frames: 1,
    photometric: 'MONOCHROME2',
    planar: 0,
  },
};
/** The picture of `endlessJpeg`. */
export const ENDLESS: Image = { ...IMAGE, rows: 1024, columns: 1024, allocated: 8, stored: 8 };

/** A CT whose only frame is `frame`. */
export function compressed(transferSyntaxUid: string, frame: Uint8Array, seed: string, image = IMAGE): MadeObject {
  const sopInstanceUid = `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
  const elements = [...commonElements(new Seeded(seed), CT, sopInstanceUid, 'CT'), ...imageElements(image)];
  const made = { sopClassUid: CT, sopInstanceUid, transferSyntaxUid, elements, pixels: [new Uint8Array(0), frame] };
  return { sopClassUid: CT, sopInstanceUid, transferSyntaxUid, dataSet: dataSetOf(fileOf(made)) };
}

/** Opens an association in which every syntax of SYNTAX is proposed. */
export function call(port: number): Promise<ScuAssociation> {
  return openAssociation({
    ...{ host: '127.0.0.1', port, called: 'LEADGLASS', calling: 'PROVER', maximumLength: 64 * 1024 },
    contexts: Object.values(SYNTAX).map((uid) => ({ abstractSyntax: CT, transferSyntaxes: [uid] })),
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 90_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
}

/** Sends one object. @returns the status its sender saw. */
export async function store(association: ScuAssociation, made: MadeObject): Promise<number> {
  const { dataSet, transferSyntaxUid: transferSyntax, sopClassUid, sopInstanceUid } = made;
  const asked = { sopClassUid, sopInstanceUid, transferSyntax, dataSet: [dataSet], length: dataSet.length };
  return (await association.store(asked)).status;
}

/** The processes of the gateway that run `entry`. */
export function running(gateway: Gateway, entry: string): number[] {
  return childrenOf(gateway.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(entry);
    } catch {
      return false;
    }
  });
}

interface Hold {
  readonly sopInstanceUid: string;
  readonly verdict: string;
  readonly findings: readonly { readonly code: string }[];
}

/** The verdict an object is held with, and whether its trial decoding has said something of it; undefined when it is not held. */
export async function holdOf(gateway: Gateway, { sopInstanceUid }: MadeObject): Promise<[string, boolean] | undefined> {
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: readonly Hold[] };
  const hold = holds.find((each) => each.sopInstanceUid === sopInstanceUid);
  return hold && [hold.verdict, hold.findings.some(({ code }) => code.startsWith('codec.decode-'))];
}

/** A gateway that lets PROVER in, ended with the test. */
export async function start(t: TestContext): Promise<Gateway> {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.admitProver();
  return gateway;
}

/**
 * A small progressive JPEG that no decoder comes to the end of in time: tens of thousands of scans, each of which says in two bytes that
 * none of the 16,384 blocks of a 1024 x 1024 picture changes (ISO 10918-1 §G.1.2.2, end-of-band runs).
 */
export function endlessJpeg(scans: number): Buffer {
  const segment = (marker: number, ...bytes: readonly number[]) => [0xff, marker, 0, bytes.length + 2, ...bytes];
  const oneCode = (table: number, symbol: number) => [table, 1, ...Array(15).fill(0), symbol];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array(64).fill(1)),
    ...segment(0xc2, 8, 4, 0, 4, 0, 1, 1, 0x11, 0),
    ...segment(0xc4, ...oneCode(0x00, 0), ...oneCode(0x10, 0xe0)),
    ...segment(0xda, 1, 1, 0x00, 0, 0, 0),
  ];
  const scan = Buffer.from([...segment(0xda, 1, 1, 0x00, 1, 63, 0), 0x00, 0x01]);
  return Buffer.concat([
    Buffer.from(head),
    Buffer.alloc(16_384 / 8),
    ...Array.from({ length: scans }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ]);
}
