import { test } from 'node:test';
import { followQuickStart } from './quick-start.ts';

const SLICES = process.env.LEADGLASS_PROVE === 'ci' ? 50 : 500;

test(`[PROVE-20] the same from nothing but a clone and npm, with a CT of ${SLICES} slices`, (t) =>
  followQuickStart(t, { slices: SLICES, withModules: false }));
