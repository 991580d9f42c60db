import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import type { Operator } from '@leadglass/model';
import { NEW_OPERATOR_MS, wantsTwoPersons } from '@leadglass/policy';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import { credentialDigest, fingerprintOf } from './operator-keys.ts';
import { keyOfPasskey } from './passkeys.ts';

const MOST_OPERATORS = 200;
const MOST_HOLDS = 10_000;

/** Who decides about held objects. */
export class OperatorControl {
  readonly #services: ControlServices;
  #last: Promise<unknown> = Promise.resolve();

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async list(): Promise<AnswerInputOf<'operator.list'>> {
    const operators = await this.#services.records.operators();
    return { operators: operators.map((operator) => this.#answer(operator)) };
  }

  /** One after the other: the bound holds. */
  add(asked: ParsedRequestOf<'operator.add'>): Promise<AnswerInputOf<'operator.add'>> {
    const turn = this.#last.then(() => this.#add(asked));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #add(asked: ParsedRequestOf<'operator.add'>): Promise<AnswerInputOf<'operator.add'>> {
    const { records, clock } = this.#services;
    const { name } = asked;
    const { publicKey, passkey } = await keyIn(asked);
    if ((await records.operators()).length >= MOST_OPERATORS) throw controlFault('control.conflict', TOO_MANY);
    const addedAtMs = clock.now();
    const inForceAtMs = (await this.#isOfTwo()) ? addedAtMs + NEW_OPERATOR_MS : addedAtMs;
    const operator: Operator = { name, publicKey, ...(passkey && { passkey }), addedAtMs, inForceAtMs };
    const credential = passkey && { credential: credentialDigest(passkey.credentialId) };
    const event = { by: by(), operator: name, key: fingerprintOf(publicKey), inForceAtMs, ...credential };
    const head = { id: uuidv7(addedAtMs), atMs: addedAtMs, kind: 'operator.added' } as const;
    if (!(await records.addOperator(operator, [{ ...head, ...event }]))) throw controlFault('control.conflict', TAKEN);
    this.#services.eventsAppended();
    return { operator: this.#answer(operator) };
  }

  async remove({ name }: ParsedRequestOf<'operator.remove'>): Promise<AnswerInputOf<'operator.remove'>> {
    const { records, clock } = this.#services;
    const operator = (await records.operators()).find((each) => each.name === name);
    if (operator === undefined) throw controlFault('control.not-found');
    // Of somebody with two keys the first is told; both are gone.
    const [atMs, key] = [clock.now(), fingerprintOf(operator.publicKey)];
    const event = { id: uuidv7(atMs), atMs, kind: 'operator.removed', by: by(), operator: name, key } as const;
    const isRemoved = await records.removeOperator(name, [event]);
    this.#services.eventsAppended();
    return { removed: isRemoved ? 1 : 0 };
  }

  /** Whether two people decide anything, now or about what is held: then one of them alone is not to make up a second. */
  async #isOfTwo(): Promise<boolean> {
    const { records } = this.#services;
    if (wantsTwoPersons([...(await records.peers()), ...(await records.routes())])) return true;
    const held = await records.holds('held', MOST_HOLDS);
    return held.length >= MOST_HOLDS || wantsTwoPersons(held.map(({ decisions }) => decisions));
  }

  #answer(operator: Operator) {
    const isInForce = operator.inForceAtMs <= this.#services.clock.now();
    return { ...operator, fingerprint: fingerprintOf(operator.publicKey), isInForce };
  }
}

/** The key that is asked to be registered. Throws Fault `control.bad-request` for a passkey whose key is none we can check. */
async function keyIn({
  publicKey = '',
  passkey,
}: ParsedRequestOf<'operator.add'>): Promise<Pick<Operator, 'publicKey' | 'passkey'>> {
  if (passkey === undefined) return { publicKey };
  const { publicKey: own, account, rpId, credentialId } = passkey;
  if ((await keyOfPasskey(own)) === undefined) throw controlFault('control.bad-request', NO_KEY);
  return { publicKey: own, passkey: { account, rpId, credentialId } };
}

/** Operators whose word does not count yet, as troubles: the others are to see them. */
export async function newOperators({ records, clock }: ControlServices): Promise<{ code: string; text: Text }[]> {
  const operators = await records.operators();
  return operators
    .filter(({ inForceAtMs }) => inForceAtMs > clock.now())
    .map(({ name, publicKey, inForceAtMs }) => {
      const [at, key] = [new Date(inForceAtMs).toISOString().slice(0, 16).replace('T', ' '), fingerprintOf(publicKey)];
      return {
        code: 'operator.new',
        text: text(
          `Nouvel opérateur « ${name} » (clé ${key}), dont la parole comptera à partir du ${at} UTC. Si personne ne l’attendait : operator remove ${name}.`,
          `New operator "${name}" (key ${key}), whose word will count from ${at} UTC. If nobody expected it: operator remove ${name}.`,
        ),
      };
    });
}

const TAKEN = text(
  'Ce nom ou cette clé est déjà celui d’un opérateur : operator list les donne.',
  'This name or this key is an operator’s already: operator list gives them.',
);
const TOO_MANY = text('Il y a déjà 200 opérateurs.', 'There are 200 operators already.');
const NO_KEY = text(
  'Cette clé d’accès est d’une sorte que la passerelle ne sait pas vérifier (ES256, Ed25519 ou RS256).',
  'This passkey is of a kind the gateway cannot check (ES256, Ed25519 or RS256).',
);
