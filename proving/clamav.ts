import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { MARKER } from '../packages/wire/src/clamd.testkit.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, startStorescp } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const WITHIN_MS = 30_000;

/** A private element of 8 kB at the object's end, its value `value` and zeros. */
function carrying(made: MadeObject, value: Buffer): MadeObject {
  const at = made.dataSet.indexOf(Buffer.from('e07f1000', 'hex'));
  const content = Buffer.alloc(8192);
  value.copy(content);
  const creator = Buffer.concat([Buffer.from('290010004c4f0800', 'hex'), Buffer.from('LEADTEST')]);
  const head = Buffer.from('290001104f42000000000000', 'hex');
  head.writeUInt32LE(content.length, 8);
  const dataSet = Buffer.concat([made.dataSet.subarray(0, at), creator, head, content, made.dataSet.subarray(at)]);
  return { ...made, dataSet };
}

/** An image that carries what the tests' database names. */
export const marked = (): MadeObject => carrying(makeObject('ct'), Buffer.from(MARKER));
/** The marker packed: nobody sees it who does not unpack what is embedded. */
export const packed = (): MadeObject =>
  carrying(makeObject('ct'), gzipSync(Buffer.from(`${'x'.repeat(300)}${MARKER}`)));

/** A gateway with the clamd at `address`, a destination, and two peers: PROVER, whose flow nobody chose, and CLOSED, whose flow holds. */
export async function startWith(
  t: TestContext,
  address: string,
  settings = '',
): Promise<{ gateway: Gateway; pacs: Peer }> {
  const pacs = await startStorescp();
  const gateway = await Gateway.start({ withMetrics: true });
  t.after(async () => {
    await gateway.dispose();
    await pacs.stop();
  });
  await gateway.admitProver(pacs);
  await gateway.cli('peer', 'add', 'CLOSED', '--from', '127.0.0.1/32', '--allow', 'store', '--when-unfinished', 'hold');
  await use(gateway, `clamav: { address: ${address}${settings} }\n`);
  return { gateway, pacs };
}

/** Has `clamav` replaced in the configuration. */
export async function use(gateway: Gateway, clamav: string): Promise<void> {
  const file = join(gateway.home, 'wanted.yaml');
  const shown = await gateway.cli('config', 'show');
  writeFileSync(file, shown.replace(/^clamav:\n( .*\n)*/m, '') + clamav);
  await gateway.cli('config', 'apply', file);
}

/** Sends objects over one association. @returns the statuses its sender saw. */
export async function send(gateway: Gateway, calling: string, ...objects: readonly MadeObject[]): Promise<number[]> {
  const association = await callGateway(gateway.dimse, calling);
  const statuses: number[] = [];
  for (const object of objects) statuses.push(await storeOne(association, object));
  await association.release().catch(() => {});
  return statuses;
}

/** What a hold says. */
export interface Hold {
  readonly sopInstanceUid: string;
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly text: { readonly en: string } }[];
}

/** As what each object is held; undefined for one that is not. */
export async function heldAs(gateway: Gateway, ...objects: readonly MadeObject[]): Promise<(Hold | undefined)[]> {
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: readonly Hold[] };
  return objects.map((object) => holds.find(({ sopInstanceUid }) => sopInstanceUid === object.sopInstanceUid));
}

/** The events of ClamAV, in order. */
export const kindsTold = async (gateway: Gateway): Promise<string[]> => {
  const { entries } = JSON.parse(await gateway.cli('log', '--kind', 'clamav', '--json', '--last', '100')) as {
    entries: readonly { readonly event: { readonly kind: string } }[];
  };
  return entries.map(({ event }) => event.kind);
};

/** Waits until the metrics hold `line`. */
export async function until(gateway: Gateway, line: string): Promise<void> {
  for (const endMs = performance.now() + WITHIN_MS; ; await delay(25)) {
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.metrics}/metrics`)).text();
    if (`\n${metrics}`.includes(`\n${line}\n`)) return;
    if (performance.now() > endMs) throw new Error(`not reached in ${WITHIN_MS} ms: ${line} in ${metrics}`);
  }
}

export const untilUp = (gateway: Gateway, isUp: boolean) => until(gateway, `leadglass_clamav_up ${isUp ? 1 : 0}`);
export const untilDelivered = (gateway: Gateway, count: number) =>
  until(gateway, `leadglass_deliveries{state="delivered"} ${count}`);
