// The long form of memory.peers.ts: objects of 2 GB before all inspectors, and before each by itself. npm run prove -- --only memory

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOMB_SHAPES, HUGE_SHAPES } from './memory/huge.ts';
import { grownOver } from './memory/measure.ts';

const isShort = process.env.LEADGLASS_PROVE === 'ci';
/** As large as ten million elements of the shape `small` may be; a value of 32-bit length could be twice this. */
const TOGETHER_BYTES = isShort ? 192e6 : 2e9;
const ALONE_BYTES = isShort ? 96e6 : 256e6;
/** In the short form each inspector by itself sees these alone. */
const SHORT_ALONE: ReadonlySet<string> = new Set(['native', 'unknown', 'zip-bomb']);
const BOMB_BYTES = 2 ** 30;
const MOST_GROWN_BYTES = 48 * 2 ** 20;

const sizeOf = (shape: string, bytes: number): number => (BOMB_SHAPES.includes(shape) ? BOMB_BYTES : bytes);

for (const manner of ['together', 'alone'] as const) {
  for (const shape of [...HUGE_SHAPES, ...BOMB_SHAPES]) {
    if (isShort && manner === 'alone' && !SHORT_ALONE.has(shape)) continue;
    test(`[PROVE-95] ${shape}, before the inspectors ${manner}: memory does not grow with its size`, async (t) => {
      const all = await grownOver(shape, sizeOf(shape, manner === 'alone' ? ALONE_BYTES : TOGETHER_BYTES), manner);
      for (const { inspector, grown, shown, ms } of all) {
        t.diagnostic(`${inspector}: ${(shown / 1e6).toFixed(0)} MB, ${(grown / 1e6).toFixed(1)} MB more, ${ms} ms`);
        assert.ok(grown < MOST_GROWN_BYTES, `${inspector}: ${grown} bytes`);
      }
    });
  }
}
