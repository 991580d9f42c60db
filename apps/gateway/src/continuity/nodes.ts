import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, type Text, text, uuidv7 } from '@leadglass/kit';
import { type AeTitle, type Event, parseAeTitle, type WebToken } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { parseRecipient, type Recipient } from '@leadglass/vault';
import { z } from 'zod';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';

/** A second box that pulls. `recipient`: whom its objects are sealed to; null until it has enrolled. */
const Node = z.object({
  name: z.string(),
  recipient: z.nullable(z.string()),
  addedAtMs: z.number(),
  enrolledAtMs: z.nullable(z.number()),
});
type Node = z.infer<typeof Node>;

export interface NodesOptions {
  readonly records: Pick<Records, 'setting' | 'setSetting' | 'webTokens' | 'appendEvents'>;
  readonly clock: Clock;
  /** The certificate of the TLS listener, PEM. */
  certificate(): string;
  /** Events were recorded, tokens changed: both are taken up before it resolves. */
  changed(): Promise<void>;
}

const SETTING = 'continuity.nodes';
const MOST_NODES = 64;
const SECRET_BYTES = 32;
const CODE_LASTS_MS = 24 * 60 * 60_000;

/**
 * The boxes that may pull. A code, shown once and good for a day, lets a box enrol once: it brings the digest of a secret of its own, which takes the
 * code's place, and the recipient its objects are sealed to. A box is a bearer with the right `continuity`; nothing else of the web is open to it.
 */
export class ContinuityNodes {
  readonly #options: NodesOptions;
  /** Wall time at which each was last heard, since the start. */
  readonly #seen = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  async list(): Promise<AnswerInputOf<'continuity.node.list'>> {
    const nodes = await this.#all();
    return {
      nodes: nodes.map(({ recipient, ...node }) => ({
        ...node,
        isEnrolled: recipient !== null,
        seenAtMs: this.#seen.get(node.name) ?? null,
      })),
    };
  }

  add({ name }: ParsedRequestOf<'continuity.node.add'>): Promise<AnswerInputOf<'continuity.node.add'>> {
    return this.#inTurn(() => this.#add(name));
  }

  remove({ name }: ParsedRequestOf<'continuity.node.remove'>): Promise<AnswerInputOf<'continuity.node.remove'>> {
    return this.#inTurn(async () => {
      const nodes = await this.#all();
      if (!nodes.some((node) => node.name === name)) throw controlFault('control.not-found');
      await this.#options.records.webTokens.remove(name, []);
      await this.#keep(
        nodes.filter((node) => node.name !== name),
        text(`boîtier de continuité ${name} retiré`, `continuity box ${name} removed`),
      );
      return { removed: 1 };
    });
  }

  /** A box enrols with its code. False when it has already, or what it brings is no recipient: nothing is done. */
  enrol(name: AeTitle, recipient: string, digest: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const nodes = await this.#all();
      const node = nodes.find((one) => one.name === name);
      if (node === undefined || node.recipient !== null || parseRecipient(recipient) === undefined) return false;
      const { records, clock } = this.#options;
      const addedAtMs = clock.now();
      await records.webTokens.remove(name, []);
      const token: WebToken = { name, sha256: digest, allow: ['continuity'], addedAtMs };
      if (!(await records.webTokens.add(token, []))) return false;
      await this.#keep(
        nodes.map((one) => (one === node ? { ...node, recipient, enrolledAtMs: addedAtMs } : one)),
        text(`boîtier de continuité ${name} enrôlé`, `continuity box ${name} enrolled`),
      );
      return true;
    });
  }

  /** Whom the objects of a box are sealed to; undefined when it has not enrolled. */
  async recipientOf(name: string): Promise<Recipient | undefined> {
    this.#seen.set(name, this.#options.clock.now());
    const node = (await this.#all()).find((one) => one.name === name);
    return node?.recipient == null ? undefined : parseRecipient(node.recipient);
  }

  async #add(name: string): Promise<AnswerInputOf<'continuity.node.add'>> {
    const { records, clock, certificate } = this.#options;
    const title = parseAeTitle(name);
    const nodes = await this.#all();
    if (title === undefined) throw controlFault('control.bad-request');
    if (nodes.length >= MOST_NODES) throw controlFault('control.conflict', TOO_MANY);
    const secret = `lgn_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const addedAtMs = clock.now();
    const untilMs = addedAtMs + CODE_LASTS_MS;
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const token: WebToken = { name: title, sha256, allow: ['continuity'], addedAtMs, untilMs };
    if (!(await records.webTokens.add(token, []))) throw controlFault('control.conflict', TAKEN);
    const told = text(`boîtier de continuité ${title} attendu`, `continuity box ${title} expected`);
    await this.#keep([...nodes, { name: title, recipient: null, addedAtMs, enrolledAtMs: null }], told);
    const pin = new X509Certificate(certificate()).fingerprint256.replaceAll(':', '').toLowerCase();
    return { code: `${secret}.${pin}`, untilMs };
  }

  async #all(): Promise<readonly Node[]> {
    const value = (await this.#options.records.setting(SETTING)) ?? '';
    return value === '' ? [] : Node.array().parse(JSON.parse(value));
  }

  async #keep(nodes: readonly Node[], change: Text): Promise<void> {
    const { records, clock, changed } = this.#options;
    const atMs = clock.now();
    const event: Event = { id: uuidv7(atMs), atMs, kind: 'config.changed', by: by(), change };
    await records.setSetting(SETTING, JSON.stringify(nodes), [event]);
    await changed();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const TAKEN = text(
  'Un jeton ou un boîtier porte déjà ce nom : continuity node remove le retire.',
  'A token or a box has this name already: continuity node remove takes it away.',
);
const TOO_MANY = text('Il y a déjà 64 boîtiers.', 'There are 64 boxes already.');
