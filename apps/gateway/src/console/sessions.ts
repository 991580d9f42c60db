import type { IncomingHttpHeaders } from 'node:http';
import type {
  CONSOLE,
  ConsoleAnswerOf,
  ConsoleRoute,
  PEOPLE_CONTROL,
  PersonAnswer,
  PersonEvent,
  SessionAnswer,
} from '@leadglass/contract';
import type { Clock, Logger } from '@leadglass/kit';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';

/** Who asks, once their cookie has been read. */
export interface Session {
  readonly id: string;
  readonly person: PersonAnswer;
  readonly how: SessionAnswer['how'];
  /** It gives nothing but `me` until the person shows again who they are. */
  readonly isLocked: boolean;
}

/** What of a request says who asks. `FastifyRequest` fits. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  /** Address of the socket; forwarding headers are believed of nobody. */
  readonly ip: string;
}

/** What a handler is given besides its parsed request. */
export interface Asked {
  readonly session: Session | undefined;
  readonly request: Asking;
  /** For cookies (`set-cookie`): the handler never sends. */
  readonly reply: Pick<FastifyReply, 'header'>;
  /** `https://HOST:PORT` as the browser has it, one of `SessionsTools.origins()`. */
  readonly origin: string;
}

/** The entries of `CONSOLE` that are about people and their sessions. */
export type PeopleRoute = Exclude<ConsoleRoute, 'study.open' | 'patient.open'>;
/**
 * One handler an entry. Its access was checked before: `signed-in` and roles have an unlocked session, `set-up` has a good token and no
 * administrator yet. It throws a Fault (`consoleFault`).
 */
export type PeopleHandlers = {
  readonly [K in PeopleRoute]: (
    request: z.output<(typeof CONSOLE)[K]['request']>,
    asked: Asked,
  ) => Promise<ConsoleAnswerOf<K>>;
};

/** Operations that the keeper hands on for the owner of the machine. */
export type OwnerOperation = keyof typeof PEOPLE_CONTROL;

/** Who is signed in. */
export interface Sessions {
  /** The entries of `CONSOLE`, by name. */
  readonly handlers: PeopleHandlers;
  /** What the owner of the machine does about people, by name of the operation; the keeper parsed the request. Throws Fault. */
  asOwner(name: OwnerOperation, request: unknown): Promise<unknown>;
  /** Of the cookie; undefined: nobody. `isActivity` (default true) false: a page that merely stays open, which the idle time does not count. */
  sessionOf(request: Asking, options?: { readonly isActivity: boolean }): Promise<Session | undefined>;
  /** Whether there is an administrator: until then only the set-up may be asked. */
  isSetUp(): Promise<boolean>;
  /** Mounts `/api/auth/*`. Host, Origin, `x-leadglass` and the rate of the address were checked before; the rest is its own. */
  routes(app: FastifyInstance): Promise<void>;
  /** Called when a session ends or locks for whatever reason, its role changes, or its person is removed; `undefined`: all may have. @returns unsubscribe. */
  onEnded(heard: (sessionId: string | undefined) => void): () => void;
  close(): Promise<void>;
}

/** What the sessions are built on. */
export interface SessionsTools {
  /** `<home>/people`, 0700: the one folder this process may write. */
  readonly folder: string;
  /** Every `https://HOST:PORT` under which the console is reached; the first is the one links bear. */
  origins(): readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  /** For the ledger (`person.told` on the control socket). Rejects when it could not be told: then it did not happen. */
  tell(event: PersonEvent): Promise<void>;
  readonly setUp: {
    /** Whether this is the one-time token of this start. Compared in constant time; the process knows its SHA-256 alone. */
    isGood(token: string): boolean;
    /** With a good token, the recovery key of a home made at this start, once; else null. The keeper keeps it until then. */
    recoveryKey(token: string): Promise<string | null>;
    /** The token is good for nothing any more. */
    used(): void;
  };
  readonly isDemo: boolean;
  /** Name of the site's certificates, until the set-up gives one. */
  readonly siteName: string;
}

/** Made by `sign-in/index.ts` as `openSessions`. */
export type OpenSessions = (tools: SessionsTools) => Promise<Sessions>;
