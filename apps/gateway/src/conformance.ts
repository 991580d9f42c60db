import { COMMAND_FIELD, statusMeaning } from '@leadglass/dimse';
import type { StatementTable } from '@leadglass/kit';
import { DEFAULT_AE_TITLE, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, SERVICES } from '@leadglass/model';
import { DEFAULT_ASSOCIATION_LIMITS } from '@leadglass/policy';
import { MOST_CONNECTIONS } from './connections.ts';
import { STATUS } from './intake-refusals.ts';
import { MOST_COLLECTED_BYTES, MOST_UNANSWERED } from './intake-session.ts';
import { MAXIMUM_LENGTH, TIMEOUTS } from './relayed-session.ts';

const code = (status: number): string => `${status.toString(16).toUpperCase().padStart(4, '0')}H`;

/** What only the whole program knows of itself. */
export const CONFORMANCE: readonly StatementTable[] = [
  {
    name: 'gateway.identity',
    head: ['This implementation', 'Value'],
    rows: [
      ['AE title', `\`${DEFAULT_AE_TITLE}\``],
      ['Implementation class UID', IMPLEMENTATION_CLASS_UID],
      ['Implementation version name', `\`${IMPLEMENTATION_VERSION_NAME}\``],
      ['Rights a peer can have', SERVICES.map((service) => `\`${service}\``).join(', ')],
      [
        'Associations; of one calling title',
        `${DEFAULT_ASSOCIATION_LIMITS.total}; ${DEFAULT_ASSOCIATION_LIMITS.perPeer}`,
      ],
      ['Transport connections', String(MOST_CONNECTIONS)],
      ['Requests of an association that may be unanswered', String(MOST_UNANSWERED)],
      ['Largest N-EVENT-REPORT', `${MOST_COLLECTED_BYTES} bytes`],
    ],
  },
  {
    name: 'gateway.statuses-given',
    head: ['Status given', 'means'],
    rows: Object.values(STATUS)
      .toSorted((a, b) => a - b)
      .map((status) => [code(status), statusMeaning(status, COMMAND_FIELD.cStoreRsp).meaning.en]),
  },
  {
    name: 'gateway.upstream-limits',
    head: ['As requestor of upstreams', 'Value'],
    rows: [
      ['Maximum length announced', `${MAXIMUM_LENGTH} bytes`],
      ...Object.entries(TIMEOUTS).map(([name, ms]) => [name.replace(/Ms$/, ''), `${ms / 1000} s`]),
    ],
  },
];
