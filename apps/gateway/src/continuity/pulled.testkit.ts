import assert from 'node:assert/strict';
import type { MessageState } from '@leadglass/records';
import type { House } from '../control.testkit.ts';
import type { ChartHost } from '../feeds/chart-host.ts';
import { understand } from '../feeds/read-message.ts';
import type { ScheduleHost } from '../schedule/schedule-host.ts';
import { ContinuityParts } from './parts.ts';

/** Keeps a message as the desk does. */
export async function keep(
  { records, services }: House,
  message: string,
  state: MessageState = 'waiting',
  feed = 'labo',
): Promise<void> {
  const { sealer } = services.charts;
  const bytes = Buffer.from(message);
  const { told } = understand(bytes, 'windows-1252');
  assert(told !== undefined);
  const { type, charset, problems, reading } = told;
  await records.charts.commit([
    {
      ...{ identity: message, content: message, feed, receivedAtMs: services.clock.now(), bytes: bytes.length },
      ...{ answered: 'AA', state, sealed: sealer.seal('facts', '', JSON.stringify({ type, charset, problems })) },
      body: sealer.seal('body', '', bytes),
      reading: sealer.seal('reading', '', Buffer.from(reading, 'base64')),
    },
  ]);
  await services.charts.catchUp();
}

/** What a gateway gives out, without a network. */
export function partsOf({ records, services }: House, drilled: readonly string[] = []): ContinuityParts {
  const charts = services.charts as ChartHost;
  const schedule = services.schedule as ScheduleHost;
  return new ContinuityParts({
    ...{ records, clock: services.clock, around: () => ({ charts, schedule, drilled }), appended: () => {} },
  });
}

/** One pull, as the puller makes it. @returns the keys that came. */
export async function pull(gateway: House, box: House, from = 'gateway'): Promise<readonly string[]> {
  const parts = partsOf(gateway);
  const { pulled } = box.services;
  await pulled.begin({ from });
  const list = await parts.list();
  const { parts: listed, asOfMs, leftOut } = list;
  const { missing } = await pulled.missing({ parts: listed.map(({ key, version }) => ({ key, version })) });
  for (const key of missing) {
    const json = await parts.content(key, list);
    if (json === undefined) continue;
    const taken = await pulled.take({ key, json });
    for (const { chart, document } of taken.documents) {
      const bytes = Buffer.from((await parts.document(taken.key, document)) ?? []).toString('base64');
      await pulled.document({ key: taken.key, chart, document, bytes });
    }
    await pulled.done({ key: taken.key, version: taken.version });
  }
  await pulled.end({ what: 'parts', asOfMs, leftOut });
  return missing;
}
