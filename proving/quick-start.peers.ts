import { test } from 'node:test';
import { followQuickStart } from './quick-start.ts';

test('[PROVE-19] the README’s quick start does what it says, in the clear and over TLS', (t) =>
  followQuickStart(t, { slices: 20, withModules: true }));
