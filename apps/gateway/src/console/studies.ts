import { createHash, randomBytes } from 'node:crypto';
import { type ConsoleAnswerOf, needsReason, type PersonEvent } from '@leadglass/contract';
import { resourceOf, WEB_ROOT } from '@leadglass/dicomweb';
import { type Clock, text } from '@leadglass/kit';
import type { Endings } from './endings.ts';
import { badField } from './faults.ts';
import type { Session } from './sessions.ts';
import { weasisLink } from './weasis.ts';

/** Studies that one session has open; the one opened first is closed for another. */
const MOST_STUDIES = 200;
const MOST_SESSIONS = 2_000;
/** Passes of one session. */
const MOST_PASSES = 50;
const TOKEN_BYTES = 32;
/** A pass is for starting a program now; once it is used it lasts as the session does. */
const PASS_UNUSED_MS = 5 * 60_000;

/** Tells the gateway who reads images. */
export interface ViewerTellers {
  add(sha256: string, account: string, address: string): void;
  remove(sha256: string): void;
}

/** What a request for images may touch. */
export interface Reading {
  /** The session on whose behalf. */
  readonly sessionId: string;
  /** What the gateway knows the reader by. */
  readonly token: string;
  mayRead(studyInstanceUid: string): boolean;
  /** Whether it may also list studies; a pass may not. */
  readonly mayList: boolean;
}

interface Opened {
  readonly token: string;
  readonly studies: Set<string>;
  /** SHA-256 of a pass → its study. */
  readonly passes: Map<string, Pass>;
}

interface Pass {
  readonly study: string;
  readonly untilMs: number;
  isUsed: boolean;
}

export interface OpenAsk {
  readonly session: Session;
  readonly address: string;
  readonly origin: string;
  /** For the ledger; rejects when it cannot be told, and then nothing is opened. */
  tell(event: PersonEvent): Promise<void>;
}

/** Which session may read which study: what it opened, by name, after the ledger was told, until it ends. */
export class Studies {
  readonly #clock: Clock;
  readonly #viewers: ViewerTellers;
  readonly #bySession = new Map<string, Opened>();

  constructor({ clock, endings, viewers }: { clock: Clock; endings: Endings; viewers: ViewerTellers }) {
    this.#clock = clock;
    this.#viewers = viewers;
    endings.onEnded((id) => this.#ended(id));
  }

  async open(
    { studyInstanceUid, reason }: { readonly studyInstanceUid: string; readonly reason: string },
    ask: OpenAsk,
  ): Promise<ConsoleAnswerOf<'study.open'>> {
    const { session, origin } = ask;
    const { account, role } = session.person;
    if (!isUid(studyInstanceUid)) throw badField('studyInstanceUid', BAD_UID);
    if (reason === '' && needsReason(role)) throw badField('reason', NO_REASON);
    await ask.tell({ what: 'opened-study', by: account, studyInstanceUid, reason });
    const opened = this.#of(session, ask.address);
    opened.studies.delete(studyInstanceUid);
    bounded(opened.studies.add(studyInstanceUid), MOST_STUDIES);
    return {
      ohif: `/ohif/viewer?StudyInstanceUIDs=${studyInstanceUid}`,
      light: `/light/${studyInstanceUid}`,
      weasis: weasisLink(`${origin}/dicomweb`, studyInstanceUid, this.#newPass(opened, studyInstanceUid)),
    };
  }

  /** These studies may be read by the session: their patient was opened, and the ledger told. */
  admit(session: Session, address: string, uids: readonly string[]): void {
    const { studies } = this.#of(session, address);
    for (const uid of uids.filter(isUid)) {
      studies.delete(uid);
      bounded(studies.add(uid), MOST_STUDIES);
    }
  }

  /** What a signed-in session may read; before it has opened anything it may list. */
  ofSession(session: Session, address: string): Reading {
    const { token, studies } = this.#of(session, address);
    return { sessionId: session.id, token, mayRead: (uid) => studies.has(uid), mayList: true };
  }

  /** What the bearer of a pass may read; undefined: it is none, or no longer. */
  ofPass(pass: string): Reading | undefined {
    const digest = digestOf(pass);
    for (const [sessionId, { token, passes }] of this.#bySession) {
      const found = passes.get(digest);
      if (found === undefined) continue;
      if (!found.isUsed && this.#clock.now() > found.untilMs) return undefined;
      found.isUsed = true;
      return { sessionId, token, mayRead: (uid) => uid === found.study, mayList: false };
    }
    return undefined;
  }

  close(): void {
    this.#ended(undefined);
  }

  #of({ id, person }: Session, address: string): Opened {
    const before = this.#bySession.get(id);
    if (before !== undefined) return before;
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size >= MOST_SESSIONS && oldest !== undefined) this.#ended(oldest);
    const opened = { token: newToken(), studies: new Set<string>(), passes: new Map<string, Pass>() };
    this.#bySession.set(id, opened);
    this.#viewers.add(digestOf(opened.token), person.account, address);
    return opened;
  }

  #newPass({ passes }: Opened, study: string): string {
    const pass = newToken();
    passes.set(digestOf(pass), { study, untilMs: this.#clock.now() + PASS_UNUSED_MS, isUsed: false });
    bounded(passes, MOST_PASSES);
    return pass;
  }

  #ended(id: string | undefined): void {
    for (const each of id === undefined ? [...this.#bySession.keys()] : [id]) {
      const opened = this.#bySession.get(each);
      if (opened !== undefined) this.#viewers.remove(digestOf(opened.token));
      this.#bySession.delete(each);
    }
  }
}

function bounded(kept: Set<string> | Map<string, unknown>, most: number): void {
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** As DICOMweb's own paths take it. */
function isUid(value: string): boolean {
  return !value.includes('/') && !('status' in resourceOf('GET', `${WEB_ROOT}/studies/${value}`));
}

const BAD_UID = text('Ce n’est pas le numéro d’un examen (UID).', 'This is not the number of a study (UID).');
const NO_REASON = text(
  'Dites pourquoi vous ouvrez cet examen : votre rôle le demande, et le registre le garde.',
  'Say why you open this study: your role asks for it, and the ledger keeps it.',
);
