import { type AeTitle, NAME_WILDCARDS, PEER_MODES, type Peer, type QueryLimits } from '@leadglass/model';
import { z } from 'zod';
import { recordsFaults } from './faults.ts';
import type { PeersTable } from './schema.ts';

const limits = z.object({
  mostResults: z.exactOptional(z.number()),
  mostDays: z.exactOptional(z.number()),
  perMinute: z.exactOptional(z.number()),
  hours: z.exactOptional(z.string()),
  nameWildcards: z.exactOptional(z.enum(NAME_WILDCARDS)),
  sweeps: z.exactOptional(z.boolean()),
  modalities: z.exactOptional(z.array(z.string())),
  ownStation: z.exactOptional(z.boolean()),
  moveTo: z.exactOptional(z.array(z.string().transform((title) => title as AeTitle))),
});

type Binding = Pick<PeersTable, 'mode' | 'query_limits'>;

/** How far a peer is held to its rules, from its row. A mode nobody knows is as if none was chosen: enforced. */
export function bindingOf(row: Binding): Pick<Peer, 'mode' | 'queryLimits'> {
  const mode = PEER_MODES.find((each) => each === row.mode);
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(row.query_limits === null ? {} : { queryLimits: limitsOf(row.query_limits) }),
  };
}

export function bindingRow({ mode, queryLimits }: Pick<Peer, 'mode' | 'queryLimits'>): Binding {
  return { mode: mode ?? null, query_limits: queryLimits === undefined ? null : JSON.stringify(queryLimits) };
}

function limitsOf(json: string): QueryLimits {
  try {
    return limits.parse(JSON.parse(json));
  } catch (thrown) {
    throw recordsFaults.corrupt(thrown);
  }
}
