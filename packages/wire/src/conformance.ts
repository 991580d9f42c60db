import type { StatementTable } from '@leadglass/kit';
import { DEFAULT_SCP_LIMITS, type ScpLimits } from './scp.ts';
import { MOST_CONTEXTS } from './scu.ts';
import { DEFAULT_SCU_TIMEOUTS, type ScuTimeouts } from './scu-link.ts';
import { TLS_GROUPS, TLS_HANDSHAKE_MS, TLS_SIGNATURES, TLS_SUITES } from './tls-profile.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;
const bytes = (count: number): string => `${count} bytes`;

type Words<T> = Readonly<Record<keyof T, readonly [what: string, value: (value: number) => string]>>;

const AS_ACCEPTOR: Words<ScpLimits> = {
  associatePduBytes: ['Longest A-ASSOCIATE PDU read', bytes],
  maximumLength: ['Maximum length announced and enforced', bytes],
  artimMs: ['ARTIM', seconds],
  idleMs: ['Silence between two messages', seconds],
  stallMs: ['Silence inside a message', seconds],
  slowestBytesPerSecond: ['Slowest message, beyond the silence allowed', (value) => `${value} bytes a second`],
  unreadBytes: ['Answers waiting to be read', bytes],
  unreadMs: ['Time for which what was sent may stay unread', seconds],
  lingerMs: ['Lingering after the last word', seconds],
};

const AS_REQUESTOR: Words<ScuTimeouts> = {
  connectMs: ['Name, TCP and TLS', seconds],
  associateMs: ['A-ASSOCIATE-RQ to its answer', seconds],
  responseMs: ['Request to response', seconds],
  writeStallMs: ['What was sent stays unread', seconds],
  releaseMs: ['A-RELEASE-RQ to its answer, then A-ABORT', seconds],
};

/** One row a limit, in the order of its words: a limit without words does not compile. */
export function limitRows<T extends object>(words: Words<T>, limits: T): string[][] {
  return (Object.keys(words) as (keyof T)[]).map((key) => {
    const [what, value] = words[key];
    return [what, value(Number(limits[key]))];
  });
}

/** The transport: bounds of both roles, and TLS. */
export const CONFORMANCE: readonly StatementTable[] = [
  { name: 'wire.acceptor-limits', head: ['As acceptor', 'Value'], rows: limitRows(AS_ACCEPTOR, DEFAULT_SCP_LIMITS) },
  {
    name: 'wire.requestor-limits',
    head: ['As requestor of deliveries', 'Value'],
    rows: [['Presentation contexts', String(MOST_CONTEXTS)], ...limitRows(AS_REQUESTOR, DEFAULT_SCU_TIMEOUTS)],
  },
  {
    name: 'wire.tls-suites',
    head: ['TLS', 'Suite, strongest first', 'from'],
    rows: TLS_SUITES.map(({ name, version, from }) => [version.replace('TLSv', ''), name, from]),
  },
  {
    name: 'wire.tls',
    head: ['TLS', 'Value'],
    rows: [
      ['Groups', TLS_GROUPS.join(', ')],
      ['Signatures', TLS_SIGNATURES.join(', ')],
      ['Handshake within', seconds(TLS_HANDSHAKE_MS)],
    ],
  },
];
