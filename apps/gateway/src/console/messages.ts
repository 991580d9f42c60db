import { z } from 'zod';
import { hex64 } from '../message-parts.ts';
import type { OwnerOperation } from './sessions.ts';

/**
 * What the keeper and the console's process say to each other. What the console asks of the gateway goes over the control socket like
 * anybody's; here is only what that socket does not have. The keeper believes the console on who is signed in, and on nothing else.
 */
const ready = z.object({
  t: z.literal('ready'),
  port: z.int().min(1).max(65535),
  isSetUp: z.boolean(),
  /** The pages are built and will be served. */
  isBuilt: z.boolean(),
});
/** `errno`: of the listening socket. */
const cannotListen = z.object({ t: z.literal('cannot-listen'), errno: z.string().max(32) });
/** Something else keeps it from starting; the process ends. */
const failed = z.object({ t: z.literal('failed'), detail: z.string().max(2000) });
/** Whoever shows the set-up's token asks for the recovery key, which the keeper shows once. */
const recoveryKey = z.object({ t: z.literal('recovery-key'), ask: z.int(), token: z.string().max(128) });
const setUpUsed = z.object({ t: z.literal('set-up-used') });
/** A person may read images from now on, as the bearer of a token that only the console knows. */
const viewer = z.object({
  t: z.literal('viewer'),
  sha256: hex64,
  account: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/),
  address: z.string().max(64),
});
const viewerOver = z.object({ t: z.literal('viewer-over'), sha256: hex64 });

/** What became of what the owner of the machine asked: an answer, or a refusal in words. */
const ownerAnswer = z.object({
  t: z.literal('owner-answer'),
  ask: z.int(),
  answer: z.unknown(),
  fault: z.optional(
    z.object({ code: z.string().max(64), text: z.object({ fr: z.string().max(2000), en: z.string().max(2000) }) }),
  ),
});

/** Anything the console's process says. */
export const fromConsole = z.discriminatedUnion('t', [
  ready,
  cannotListen,
  failed,
  recoveryKey,
  setUpUsed,
  viewer,
  viewerOver,
  ownerAnswer,
]);
export type FromConsole = z.infer<typeof fromConsole>;
export type ViewerMessage = z.infer<typeof viewer>;

/** A certificate, those that signed it, and its key, PEM. */
export interface ConsoleTls {
  readonly certPem: string;
  readonly keyPem: string;
  /** The site's authority, for everybody to have. */
  readonly caPem: string;
}

/** How the process begins. Nothing of it opens what is sealed. */
export interface ConsoleConfiguration {
  readonly t: 'configure';
  readonly home: string;
  readonly host: string;
  /** Tried in this order. */
  readonly ports: readonly number[];
  /** Host names and addresses under which it is reached, besides `host`. */
  readonly names: readonly string[];
  readonly tls: ConsoleTls;
  /** SHA-256 of the one-time token of this start; absent: it has been used. */
  readonly setUpSha256?: string;
  readonly siteName: string;
  readonly isDemo: boolean;
  readonly version: string;
  /** Folder of the built pages, and of the viewer. */
  readonly dist: string;
  readonly viewer: string;
}

/** Anything the keeper says to it. */
export type ToConsole =
  | ConsoleConfiguration
  | { readonly t: 'tls'; readonly tls: ConsoleTls; readonly names: readonly string[] }
  | { readonly t: 'recovery-key'; readonly ask: number; readonly key: string | null }
  /** The owner of the machine asks something about people: over this channel, which nobody else can open. */
  | { readonly t: 'owner'; readonly ask: number; readonly name: OwnerOperation; readonly request: unknown };
