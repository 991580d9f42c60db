import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { keepPicture } from './console-evidence.ts';
import { requirePeer } from './peers.ts';
import { serveConsole } from './served-console.ts';

/** What this machine's gateway cannot take in itself: the page is told of it as the console tells. */
const [PEERS, DESTINATIONS, OBJECTS_A_SECOND] = [200, 4, 1_000];
/** What the console passes on of the log in a second; of the rest it tells the number. */
const TOLD_A_SECOND = 50;
const WATCHED_SECONDS = process.env.LEADGLASS_PROVE === 'ci' ? 10 : 60;
/** Elements of the page: the map groups what would not fit, the news are the newest. */
const MOST_ELEMENTS = 1_500;

test('[CONSOLE-101] with 200 associations and 1,000 objects a second the page Now stays as large as it was, and answers', async (t) => {
  const executablePath = requirePeer(t, 'chromium');
  if (executablePath === undefined) return;
  const answers = { needs: () => ({ needs: [] }), pillars: () => ({ pillars: [], sinceMs: 0 }), flows: () => flows(0) };
  const origin = await serveConsole(t, { answers, role: 'administrator', live: tellAll });
  const browser = await startChromium(t, executablePath, ['--enable-precise-memory-info']);
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale: 'en-GB' });
  await page.goto(origin);
  await page.getByText('1,000 objects/s').first().waitFor();
  const before = await elements(page);
  const frames = await page.evaluate<readonly number[]>(framesOf(WATCHED_SECONDS));
  const after = await elements(page);
  await keepPicture(page, 'now-busy');
  const inOrder = frames.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(inOrder[Math.floor(share * (inOrder.length - 1))] ?? 0);
  t.diagnostic(
    `${frames.length} frames in ${WATCHED_SECONDS} s: p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(1)} ms; ${after} elements`,
  );
  assert.ok(before < MOST_ELEMENTS && after < MOST_ELEMENTS, `${before}, then ${after} elements`);
  await page.getByRole('link', { name: 'Peers' }).first().click();
  await page.getByRole('heading', { name: 'Peers', level: 1 }).waitFor();
});

const elements = (page: Page): Promise<number> => page.locator('*').count();

function tellAll(answer: ServerResponse): void {
  let [second, seq] = [0, 1];
  const tell = (event: string, data: unknown) => answer.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const all = () => {
    second += 1;
    tell('flows', flows(second));
    for (let n = 0; n < TOLD_A_SECOND; n += 1, seq += 1) tell('log', entry(seq));
    tell('gap', { skipped: OBJECTS_A_SECOND - TOLD_A_SECOND });
  };
  all();
  const timer = setInterval(all, 1000);
  answer.once('close', () => clearInterval(timer));
}

function entry(seq: number) {
  const words = `Object 2.25.${seq} from “CT${seq % PEERS}” received and kept.`;
  return {
    ...{ seq, ledgerIndex: null, event: { id: String(seq), atMs: Date.now(), kind: 'arrival.stored' } },
    sentence: { fr: words, en: words },
  };
}

function flows(second: number) {
  const peers = Array.from({ length: PEERS }, (_, n) => `CT${n}`);
  const destinations = Array.from({ length: DESTINATIONS }, (_, n) => `pacs${n}`);
  const objects = 60 * OBJECTS_A_SECOND;
  const edge = (from: string, to: string, share: number) => ({
    ...{ from, to, objects: Math.round(objects / share) + second, bytes: Math.round((objects * 5e5) / share) },
    ...{ questions: 0, refusals: 0, holds: 0, waiting: second % 7 },
  });
  return {
    ...{
      atMs: Date.now(),
      windowMs: 60_000,
      associations: PEERS,
      objectsPerSecond: OBJECTS_A_SECOND,
      bytesPerSecond: 5e8,
    },
    nodes: [
      { kind: 'gateway', name: 'LEADGLASS', state: 'active' },
      ...peers.map((name) => ({ kind: 'peer', name, state: 'active', lastSeenAtMs: Date.now() })),
      ...destinations.map((name) => ({ kind: 'destination', name, state: 'active' })),
    ],
    edges: [
      ...peers.map((name) => edge(`peer:${name}`, 'gateway:LEADGLASS', PEERS)),
      ...destinations.map((name) => edge('gateway:LEADGLASS', `destination:${name}`, DESTINATIONS)),
    ],
  };
}

/** Milliseconds between each two frames, over so many seconds. */
const framesOf = (seconds: number): string => `new Promise((resolve) => {
  const began = performance.now();
  const frames = [];
  let last = began;
  const turn = (now) => {
    frames.push(now - last);
    last = now;
    if (now - began > ${seconds * 1000}) return resolve(frames.slice(1));
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
})`;
