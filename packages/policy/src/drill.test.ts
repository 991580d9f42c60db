import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AeTitle, DRILL_AE_TITLE, type Relay, type Route } from '@leadglass/model';
import { relayFor } from './operation.ts';
import { routesFor } from './rights.ts';

const ONE_RUN = `${DRILL_AE_TITLE}ABCD2345`;

test('[CONT-170] a drill takes no route and no relay, not even one that names it', () => {
  const routes: readonly Route[] = [
    { from: '*', to: 'pacs' },
    ...[DRILL_AE_TITLE, ONE_RUN as AeTitle].map((from) => ({ from, to: 'pacs' })),
  ];
  const relays: readonly Relay[] = [
    { from: DRILL_AE_TITLE, services: ['find'], to: 'pacs' },
    { from: '*', services: ['find'], to: 'pacs' },
  ];
  for (const title of [DRILL_AE_TITLE, ONE_RUN]) {
    assert.deepEqual(routesFor(routes, title), []);
    assert.equal(relayFor(relays, title, 'find'), undefined);
  }
  assert.deepEqual(routesFor(routes, 'LG-DRIL'), ['pacs']);
  assert.equal(relayFor(relays, 'CT1', 'find')?.to, 'pacs');
});
