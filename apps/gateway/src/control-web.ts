import { createHash, randomBytes } from 'node:crypto';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import { type Event, parseAeTitle, type WebToken } from '@leadglass/model';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';

/** Tells a secret of ours from anything else, for whoever scans files for secrets. */
const PREFIX = 'lgw_';
const SECRET_BYTES = 32;
const MOST_TOKENS = 1000;
const DAY_MS = 24 * 3600 * 1000;

/** The digest under which a secret is kept. It has 256 random bits: nothing slower is needed against guessing. */
export function tokenDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Leaves to use the web services. */
export class WebControl {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async list(): Promise<AnswerInputOf<'web.token.list'>> {
    const now = this.#services.clock.now();
    const tokens = await this.#services.records.webTokens.list();
    return { tokens: tokens.map((token) => answerOf(token, now)) };
  }

  async add({ name, allow, days }: ParsedRequestOf<'web.token.add'>): Promise<AnswerInputOf<'web.token.add'>> {
    const { records, clock } = this.#services;
    const title = parseAeTitle(name);
    if (title === undefined) throw controlFault('control.bad-request');
    if ((await records.webTokens.list()).length >= MOST_TOKENS) throw controlFault('control.conflict', TOO_MANY);
    const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    const addedAtMs = clock.now();
    const rights = [...new Set(allow)];
    const token: WebToken = {
      ...{ name: title, sha256: tokenDigest(secret), allow: rights, addedAtMs },
      ...(days === undefined ? {} : { untilMs: addedAtMs + days * DAY_MS }),
    };
    const words = rights.join(', ');
    const told = text(`jeton Web ${title} donné (${words})`, `web token ${title} given (${words})`);
    if (!(await records.webTokens.add(token, [this.#event(told)]))) throw controlFault('control.conflict', TAKEN);
    await this.#changed();
    return { secret, token: answerOf(token, addedAtMs) };
  }

  async remove({ name }: ParsedRequestOf<'web.token.remove'>): Promise<AnswerInputOf<'web.token.remove'>> {
    const told = text(`jeton Web ${name} repris`, `web token ${name} taken back`);
    const isRemoved = await this.#services.records.webTokens.remove(name, [this.#event(told)]);
    if (!isRemoved) throw controlFault('control.not-found');
    await this.#changed();
    return { removed: 1 };
  }

  #event(change: Text): Event {
    const atMs = this.#services.clock.now();
    return { id: uuidv7(atMs), atMs, kind: 'config.changed', by: by(), change };
  }

  async #changed(): Promise<void> {
    this.#services.eventsAppended();
    await this.#services.configChanged();
  }
}

function answerOf({ name, allow, addedAtMs, untilMs }: WebToken, now: number) {
  return { name, allow, addedAtMs, untilMs: untilMs ?? null, isInForce: untilMs === undefined || untilMs > now };
}

const TAKEN = text(
  'Un jeton porte déjà ce nom : web token remove le reprend.',
  'A token has this name already: web token remove takes it back.',
);
const TOO_MANY = text('Il y a déjà 1000 jetons.', 'There are 1000 tokens already.');
