import type { StatementTable } from '@leadglass/kit';
import { STORE_STATUSES, statusName } from './delivery-status.ts';
import { MOST_UNDER_WAY } from './operations/channel.ts';
import { MOST_KEYS } from './operations/identifier-shape.ts';
import { MOST_IDENTIFIER_BYTES } from './operations/relayed-operations.ts';

/** What an answer to a delivery means, and the bounds of what is passed on to upstreams. */
export const CONFORMANCE: readonly StatementTable[] = [
  {
    name: 'relay.delivery-statuses',
    head: ['C-STORE status of a destination', 'the object is', 'as'],
    rows: STORE_STATUSES.map(({ from, to, means, meaning }) => [
      from === to ? statusName(from) : `${statusName(from)} to ${statusName(to)}`,
      means,
      meaning,
    ]),
  },
  {
    name: 'relay.operation-limits',
    head: ['Operations passed on', 'Value'],
    rows: [
      ['Under way at once on an association', String(MOST_UNDER_WAY)],
      ['Identifier of a query', `${MOST_IDENTIFIER_BYTES} bytes, ${MOST_KEYS} keys`],
    ],
  },
];
