import { TextSchema } from '@leadglass/contract';
import type { Text } from '@leadglass/kit';
import type { AeTitle } from '@leadglass/model';
import { z } from 'zod';

// What a box's command and its puller say to each other. The puller reads the network and is not believed.

const COUNT = z.int().min(0);

/** How a box finds its gateway and is known there; kept in the box's home. */
export const NodeFile = z.strictObject({
  /** `https://HOST:PORT`. */
  from: z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]{1,255}$/),
  name: z.string().max(64),
  /** What it shows to be known by. */
  secret: z.string().max(200),
  /** What opens the objects that are sealed to it: `AGE-SECRET-KEY-1…`. */
  identity: z.string().max(128),
  /** The authority that has to have signed the gateway’s certificate, PEM. */
  authority: z.string().max(100_000),
  /** The key that checks the gateway’s log (C2SP vkey), and the last checkpoint seen; empty: none yet. */
  ledgerKey: z.string().max(300),
  checkpoint: z.string().max(10_000),
  pulledAtMs: z.number(),
});
export type NodeFile = z.output<typeof NodeFile>;

/** Where what was pulled is handed in. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly calling: AeTitle;
  readonly called: AeTitle;
}

export type ToPuller =
  | {
      readonly t: 'enrol';
      readonly from: string;
      readonly code: string;
      readonly identity: string;
      readonly secret: string;
    }
  | { readonly t: 'pull'; readonly node: NodeFile; readonly door: Door }
  /** The answer to the box’s part that was asked for last. `why`: it refuses. */
  | {
      readonly t: 'answered';
      readonly answer?: unknown;
      readonly why?: { readonly code: string; readonly text: Text };
    };

/** All that a puller may ask of the keeper of its box. */
export const ASKED = [
  ...(['continuity.missing', 'continuity.parts.begin', 'continuity.parts.missing', 'continuity.parts.take'] as const),
  ...(['continuity.parts.document', 'continuity.parts.done', 'continuity.parts.end'] as const),
] as const;
export type Asked = (typeof ASKED)[number];

export const FromPuller = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('enrolled'),
    name: z.string().max(64),
    authority: z.string().max(100_000),
    ledgerKey: z.string().max(300),
  }),
  /** The gateway’s log goes on from what was remembered: to be remembered from now on. */
  z.object({ t: z.literal('checkpoint'), checkpoint: z.string().max(10_000) }),
  /** A page of what the gateway wants kept. */
  z.object({ t: z.literal('wanted'), studies: z.array(z.string().regex(/^[0-9.]{1,64}$/)).max(5_000) }),
  z.object({
    t: z.literal('ask'),
    /** One at a time: what the keeper of this box is asked. It holds the request against its own schema. */
    ask: z.enum(ASKED),
    request: z.record(z.string(), z.unknown()),
  }),
  z.object({ t: z.literal('parts'), of: COUNT, parts: COUNT, documents: COUNT, bytes: z.number().min(0) }),
  z.object({ t: z.literal('progress'), studies: COUNT, of: COUNT, objects: COUNT, bytes: z.number().min(0) }),
  /** `refused`: what this box itself did not take. */
  z.object({ t: z.literal('done'), studies: COUNT, objects: COUNT, bytes: z.number().min(0), refused: COUNT }),
  z.object({ t: z.literal('failed'), code: z.string().max(64), text: TextSchema }),
]);
export type FromPuller = z.output<typeof FromPuller>;
