import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { MethodSchema, type PersonAnswer, type Role, RoleSchema } from '@leadglass/contract';
import { z } from 'zod';
import { OWN_TABLES, SQL } from './schema.ts';

const flag = z.number().transform((value) => value === 1);

const PersonRow = z.object({
  id: z.string(),
  account: z.string(),
  displayName: z.string(),
  role: RoleSchema,
  language: z.enum(['fr', 'en']),
  isDisabled: flag,
  isFromDirectory: flag,
  hasTotp: flag,
  passkeys: z.int(),
  emergencyCodes: z.int(),
  seenAt: z.nullable(z.number()),
});

const SessionRow = z.object({
  id: z.string(),
  token: z.string(),
  userId: z.string(),
  how: z.union([MethodSchema, z.literal('pending')]),
  isLocked: flag,
  beganAt: z.number(),
  seenAt: z.number(),
  address: z.nullable(z.string()),
  agent: z.nullable(z.string()),
  account: z.string(),
  role: RoleSchema,
});
/** A session as it is kept. */
export type KeptSession = z.output<typeof SessionRow>;

const InvitationRow = z.object({ userId: z.string(), untilAt: z.number() });
const IdRow = z.object({ id: z.string() });
const CountRow = z.object({ count: z.int() });
const ValueRow = z.object({ value: z.string() });

/** `<home>/people/people.sqlite`, which better-auth shares: one connection, every statement of ours whole by itself. */
export class PeopleStore {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isPrepared = false;

  /** Mode 0600 before the first byte; SQLite gives its companions the same. */
  constructor(path: string) {
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    this.database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 2000 });
    this.database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  }

  /** After better-auth's own migrations. */
  prepare(nowMs: number): void {
    this.database.exec(OWN_TABLES);
    this.#run('orphans');
    this.tidy(nowMs);
    this.#isPrepared = true;
  }

  /** Whether the tables are there. */
  get isPrepared(): boolean {
    return this.#isPrepared;
  }

  /** What is past its time is not kept. */
  tidy(nowMs: number): void {
    this.#run('oldInvitations', nowMs);
    this.#run('oldVerifications', new Date(nowMs).toISOString());
  }

  personById(id: string): PersonAnswer | undefined {
    return this.#person(this.#one('personById', id));
  }

  personByAccount(account: string): PersonAnswer | undefined {
    return this.#person(this.#one('personByAccount', account.toLowerCase()));
  }

  people(): PersonAnswer[] {
    return this.#all('people').flatMap((row) => this.#person(row) ?? []);
  }

  countPeople(): number {
    return CountRow.parse(this.#one('countPeople')).count;
  }

  /** Administrators who can come in without anybody's help. */
  administrators(): string[] {
    return this.#all('administrators').map((row) => IdRow.parse(row).id);
  }

  /** Administrators a set-up began and did not finish. */
  unfinishedAdministrators(): string[] {
    return this.#all('unfinished').map((row) => IdRow.parse(row).id);
  }

  changePerson(person: PersonAnswer, nowMs: number): void {
    const { role, isDisabled, displayName, id } = person;
    this.#run('changePerson', role, isDisabled ? 1 : 0, displayName, new Date(nowMs).toISOString(), id);
  }

  setLanguage(id: string, language: 'fr' | 'en'): void {
    this.#run('setLanguage', language, id);
  }

  sessionByToken(token: string): KeptSession | undefined {
    return this.#session(this.#one('sessionByToken', token));
  }

  sessionById(id: string): KeptSession | undefined {
    return this.#session(this.#one('sessionById', id));
  }

  sessions(ofPerson?: string): KeptSession[] {
    const rows = ofPerson === undefined ? this.#all('sessionsOfAll') : this.#all('sessionsOf', ofPerson);
    return rows.flatMap((row) => this.#session(row) ?? []);
  }

  seen(session: KeptSession, nowMs: number): void {
    this.#run('sessionSeen', nowMs, session.id);
    this.#run('personSeen', nowMs, session.userId);
  }

  /** Somebody came in. */
  personSeen(id: string, nowMs: number): void {
    this.#run('personSeen', nowMs, id);
  }

  lockSession(id: string): boolean {
    return this.#run('lockSession', id) > 0;
  }

  endSession(id: string): boolean {
    return this.#run('endSession', id) > 0;
  }

  /** In place of all that were. @param digests of the codes. */
  keepCodes(userId: string, digests: readonly string[]): void {
    this.whole(() => {
      this.#run('forgetCodes', userId);
      for (const digest of digests) this.#run('addCode', digest, userId);
    });
  }

  /** Whether it was good; it is good for nothing from now on. */
  useCode(userId: string, digest: string, nowMs: number): boolean {
    return this.#run('useCode', nowMs, digest, userId) > 0;
  }

  keepInvitation(userId: string, digest: string, untilMs: number): void {
    this.#run('forgetInvitations', userId);
    this.#run('addInvitation', digest, userId, untilMs);
  }

  /** Whom an invitation is for, once. */
  takeInvitation(digest: string, nowMs: number): string | undefined {
    const row = this.#one('takeInvitation', digest);
    if (row === undefined) return undefined;
    const { userId, untilAt } = InvitationRow.parse(row);
    return untilAt > nowMs ? userId : undefined;
  }

  hasPassword(userId: string): boolean {
    return this.#one('hasPassword', userId) !== undefined;
  }

  /** Passkeys, password and TOTP, in one step. */
  forgetCredentials(userId: string): void {
    this.whole(() => {
      for (const name of ['forgetPasskeys', 'forgetTotp', 'totpOff', 'forgetPassword'] as const)
        this.#run(name, userId);
    });
  }

  /** The person and all that is theirs; sessions were ended before. */
  forgetPerson(userId: string): void {
    this.whole(() => {
      for (const name of [
        'forgetCodes',
        'forgetInvitations',
        'forgetPasskeys',
        'forgetTotp',
        'forgetAccounts',
      ] as const)
        this.#run(name, userId);
      this.#run('forgetPerson', userId);
    });
  }

  fact(name: string): string | undefined {
    const row = this.#one('fact', name);
    return row === undefined ? undefined : ValueRow.parse(row).value;
  }

  keepFact(name: string, value: string): void {
    this.#run('keepFact', name, value);
  }

  /** All of it or nothing. better-auth opens no transaction on this connection. */
  whole(work: () => void): void {
    this.database.exec('begin immediate');
    try {
      work();
      this.database.exec('commit');
    } catch (thrown) {
      this.database.exec('rollback');
      throw thrown;
    }
  }

  close(): void {
    this.database.close();
  }

  #person(row: unknown): PersonAnswer | undefined {
    const parsed = PersonRow.safeParse(row);
    if (!parsed.success) return undefined;
    const { seenAt, ...person } = parsed.data;
    return seenAt === null ? person : { ...person, lastSeenAtMs: seenAt };
  }

  #session(row: unknown): KeptSession | undefined {
    const parsed = SessionRow.safeParse(row);
    return parsed.success ? parsed.data : undefined;
  }

  #statement(name: keyof typeof SQL): StatementSync {
    const kept = this.#statements.get(name) ?? this.database.prepare(SQL[name]);
    this.#statements.set(name, kept);
    return kept;
  }

  #one(name: keyof typeof SQL, ...values: SQLInputValue[]): unknown {
    return this.#statement(name).get(...values);
  }

  #all(name: keyof typeof SQL, ...values: SQLInputValue[]): unknown[] {
    return this.#statement(name).all(...values);
  }

  #run(name: keyof typeof SQL, ...values: SQLInputValue[]): number {
    return Number(this.#statement(name).run(...values).changes);
  }
}

/** Whether a person can come in without anybody's help. */
export function hasWayIn(person: PersonAnswer): boolean {
  return person.isFromDirectory || person.hasTotp || person.passkeys > 0;
}

export function isAdministrator(role: Role): boolean {
  return role === 'administrator';
}
