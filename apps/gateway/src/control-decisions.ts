import { type AnswerInputOf, type DecisionFacts, decisionStatement, type ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import type { Act, Event, Operator, Signed } from '@leadglass/model';
import {
  type DecidingPerson,
  type DecisionRequest,
  REQUEST_MS,
  REVIEW_REFUSALS,
  type ReviewRefusal,
  type ReviewStep,
  reviewOutcome,
  routesFor,
} from '@leadglass/policy';
import type { Custody, Hold, HoldRequest } from '@leadglass/records';
import { actor, by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import { findHold, objectFacts } from './hold-finder.ts';
import { noticesAfter, rulesOf } from './hold-notices.ts';
import { Challenges, isSignedBy } from './operator-keys.ts';
import { assertedBy } from './passkeys.ts';

type Decision = AnswerInputOf<'hold.release'>;
type SignedAsked = ParsedRequestOf<'hold.approve'>['signed'];
type ByPasskey = Extract<SignedAsked, { readonly assertion: unknown }>;

/** Somebody who proved to be an operator, and what they signed. */
interface Signer {
  readonly operator: Operator;
  readonly signed: Signed;
}

/** What is about to be done, by whom. */
interface Doing {
  readonly act: Act;
  readonly hold: Hold;
  readonly reason: string;
  readonly signer: Signer | undefined;
  /** What it answers, when it is the second of two. */
  readonly request?: HoldRequest;
}

/** Releasing and destroying held objects: by one person, or asked by one and approved by another. One decision after the other. */
export class DecisionControl {
  readonly #services: ControlServices;
  readonly #challenges: Challenges;
  #last: Promise<unknown> = Promise.resolve();

  constructor(services: ControlServices) {
    this.#services = services;
    this.#challenges = new Challenges(services.clock);
  }

  challenge(): AnswerInputOf<'hold.challenge'> {
    return this.#challenges.issue();
  }

  release(asked: ParsedRequestOf<'hold.release'>): Promise<Decision> {
    return this.#inTurn(() => this.#decide('release', asked));
  }

  destroy(asked: ParsedRequestOf<'hold.destroy'>): Promise<Decision> {
    return this.#inTurn(() => this.#decide('destroy', asked));
  }

  approve(asked: ParsedRequestOf<'hold.approve'>): Promise<Decision> {
    return this.#inTurn(() => this.#approve(asked));
  }

  withdraw({ id }: ParsedRequestOf<'hold.withdraw'>): Promise<AnswerInputOf<'hold.withdraw'>> {
    return this.#inTurn(async () => {
      const { hold, custody } = await this.#held(id);
      const request = await this.#services.records.holdRequest(hold.sha256);
      await this.#judge('withdraw', request, undefined);
      if (request === undefined) throw refusal('nothing-asked');
      const { act, operator: askedBy } = request;
      const event: Event = { ...this.#head(), kind: 'hold.withdrawn', ...objectFacts(custody), by: by(), act, askedBy };
      await this.#services.records.withdrawRequest(hold.sha256, request.id, [event]);
      this.#services.eventsAppended();
      return { sha256: hold.sha256 };
    });
  }

  /** Runs `act` after every decision before it: what one was judged by is still true when it is done. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #decide(act: Act, asked: ParsedRequestOf<'hold.release'>): Promise<Decision> {
    const { records } = this.#services;
    const { hold, custody } = await this.#held(asked.id);
    const rules = await rulesOf(records, hold);
    const { reason } = asked;
    const facts = { act, sha256: hold.sha256, verdict: hold.verdict, request: '', reason };
    const signer = asked.signed === undefined ? undefined : await this.#signer(asked.signed, facts);
    const step = rules[act] === 'two-persons' ? 'ask' : 'decide';
    const outcome = await this.#judge(step, await records.holdRequest(hold.sha256), signer);
    const doing: Doing = { act, hold, reason, signer };
    return outcome === 'asked' ? this.#ask(doing, custody) : this.#do(doing, custody);
  }

  async #approve({ id, request: requestId, signed }: ParsedRequestOf<'hold.approve'>): Promise<Decision> {
    const { hold, custody } = await this.#held(id);
    const request = await this.#services.records.holdRequest(hold.sha256);
    if (request === undefined || request.id !== requestId) throw refusal('nothing-asked');
    const { act, reason } = request;
    const facts = { sha256: hold.sha256, verdict: hold.verdict, request: request.id, reason };
    const signer = await this.#signer(signed, { act: `approve-${act}`, ...facts });
    await this.#judge('approve', request, signer);
    return this.#do({ act, hold, reason, signer, request }, custody);
  }

  /** What may happen. Throws Fault `control.refused` with the reason when nothing may. */
  async #judge(step: ReviewStep, request: HoldRequest | undefined, signer: Signer | undefined) {
    const nowMs = this.#services.clock.now();
    const person = signer === undefined ? undefined : personOf(signer.operator);
    const waiting = request === undefined ? undefined : await this.#waiting(request);
    const outcome = reviewOutcome({ step, request: waiting, person, nowMs });
    if (outcome === 'done' || outcome === 'asked' || outcome === 'withdrawn') return outcome;
    throw refusal(outcome);
  }

  /** A request as it counts now: its asker is still an operator, with the same key. */
  async #waiting({ act, untilMs, publicKey }: HoldRequest): Promise<DecisionRequest> {
    const asker = (await this.#services.records.operators()).find((each) => each.publicKey === publicKey);
    return { act, untilMs, asker: asker === undefined ? undefined : personOf(asker) };
  }

  /** Who signed. Throws Faults `control.stale-challenge`, `control.not-found`, `control.bad-signature`. */
  async #signer(signed: SignedAsked, facts: Omit<DecisionFacts, 'operator' | 'challenge'>): Promise<Signer> {
    const { operator: name, challenge } = signed;
    if (!this.#challenges.use(challenge)) throw controlFault('control.stale-challenge');
    const statement = decisionStatement({ ...facts, operator: name, challenge });
    const known = (await this.#services.records.operators()).filter((each) => each.name === name);
    if ('assertion' in signed) return this.#passkeySigner(known, statement, signed);
    const operator = known.find(({ passkey }) => passkey === undefined);
    if (operator === undefined) throw controlFault('control.not-found', noOperator(name));
    const { signature } = signed;
    if (!isSignedBy(operator.publicKey, statement, signature)) throw controlFault('control.bad-signature');
    return { operator, signed: { operator: name, publicKey: operator.publicKey, statement, signature } };
  }

  /** The same by a passkey, which signs for the account that is signed in, and for no other. */
  async #passkeySigner(known: readonly Operator[], statement: string, signed: ByPasskey): Promise<Signer> {
    const operator = known.find(({ passkey }) => passkey !== undefined);
    if (operator?.passkey === undefined) throw controlFault('control.not-found', noPasskey(signed.operator));
    const { publicKey, passkey } = operator;
    if (actor()?.name !== passkey.account) throw controlFault('control.bad-signature', OTHER_ACCOUNT);
    const asking = { statement, passkey: { ...passkey, publicKey }, origins: this.#services.console.origins() };
    const asserted = await assertedBy(asking, signed.assertion);
    if (asserted === undefined) throw controlFault('control.bad-signature', BAD_ASSERTION);
    return { operator, signed: { operator: signed.operator, statement, ...asserted } };
  }

  async #ask({ act, hold, reason, signer }: Doing, custody: Custody): Promise<Decision> {
    const { records, clock } = this.#services;
    if (signer === undefined) throw refusal('unsigned');
    const { operator, signed } = signer;
    const [askedAtMs, untilMs] = [clock.now(), clock.now() + REQUEST_MS];
    const { name, publicKey } = operator;
    const request = {
      sha256: hold.sha256,
      id: uuidv7(askedAtMs),
      act,
      operator: name,
      publicKey,
      reason,
      askedAtMs,
      untilMs,
    };
    const facts = { ...objectFacts(custody), by: name, act, reason, untilMs, signed };
    await records.askDecision(request, [{ ...this.#head(), kind: 'hold.asked', ...facts }]);
    this.#services.eventsAppended();
    const notices = await noticesAfter(records, hold, act, 'asked');
    return { sha256: hold.sha256, act, outcome: 'asked', destinations: [], untilMs, notices };
  }

  async #do(doing: Doing, custody: Custody): Promise<Decision> {
    const { act, hold } = doing;
    const destinations = await (act === 'release' ? this.#release(doing, custody) : this.#destroy(doing, custody));
    this.#services.eventsAppended();
    for (const destination of destinations) this.#services.deliveriesDue(destination);
    const notices = await noticesAfter(this.#services.records, hold, act, 'done');
    return { sha256: hold.sha256, act, outcome: 'done', destinations, untilMs: null, notices };
  }

  async #release(doing: Doing, custody: Custody): Promise<readonly string[]> {
    const { records, clock } = this.#services;
    const { by, reason, requestId, decided } = decidedBy(doing);
    const destinations = [...new Set(routesFor(await records.routes(), custody.peer))];
    const event: Event = { ...this.#head(), kind: 'hold.released', ...objectFacts(custody), ...decided };
    await records.releaseHold(custody.sha256, by, reason, clock.now(), destinations, [event], requestId);
    return destinations;
  }

  async #destroy(doing: Doing, custody: Custody): Promise<readonly string[]> {
    const { records, clock, removeObject } = this.#services;
    const { by, reason, requestId, decided } = decidedBy(doing);
    const event: Event = { ...this.#head(), kind: 'hold.destroyed', ...objectFacts(custody), ...decided };
    // The bytes first: whatever fails, the object is still held, and asking again finishes it.
    await removeObject(custody);
    await records.destroyHold(custody.sha256, by, reason, clock.now(), [event], requestId);
    return [];
  }

  async #held(id: string): Promise<{ hold: Hold; custody: Custody }> {
    const { records } = this.#services;
    const hold = await findHold(records, id);
    if (hold.state !== 'held') throw controlFault('control.conflict', NOT_HELD);
    const custody = await records.custody(hold.sha256);
    if (custody === undefined) throw controlFault('control.not-found');
    return { hold, custody };
  }

  #head() {
    const now = this.#services.clock.now();
    return { id: uuidv7(now), atMs: now };
  }
}

function personOf({ publicKey, name, inForceAtMs }: Operator): DecidingPerson {
  return { key: publicKey, name, inForceAtMs };
}

/** How a decision is written down: by whom, why, and with what proof. */
function decidedBy({ reason, signer, request }: Doing) {
  const who = signer?.operator.name ?? by();
  const decided = {
    ...{ by: who, reason },
    ...(request === undefined ? {} : { askedBy: request.operator }),
    ...(signer === undefined ? {} : { signed: signer.signed }),
  };
  return { by: who, reason, requestId: request?.id, decided };
}

const refusal = (why: ReviewRefusal) => controlFault('control.refused', REVIEW_REFUSALS[why]);

const NOT_HELD = text('Cet objet n’est plus en retenue.', 'This object is no longer held.');
const noOperator = (name: string): Text =>
  text(
    `Aucun opérateur ne s’appelle « ${name} » : operator list donne ceux qui sont inscrits.`,
    `No operator is called "${name}": operator list gives those registered.`,
  );
const noPasskey = (name: string): Text =>
  text(
    `« ${name} » n’a pas de clé d’accès pour décider : la page « Mon compte » donne la commande qui l’inscrit.`,
    `“${name}” has no passkey to decide with: the page “My account” gives the command that registers one.`,
  );
const OTHER_ACCOUNT = text(
  'Cette clé d’accès est celle d’un autre compte : elle ne décide que pour lui, connecté à la console.',
  'This passkey is another account’s: it decides for that one alone, signed in to the console.',
);
const BAD_ASSERTION = text(
  'La clé d’accès n’a pas signé cette décision, ou pas depuis cette console : rechargez la page et recommencez. Si la console a changé de nom, faites inscrire une nouvelle clé (Mon compte).',
  'The passkey did not sign this decision, or not on this console: load the page again and begin anew. If the console has another name now, have a new key registered (My account).',
);
