import type { AnswerInputOf, NeedAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { ConfigControl } from '../control-config.ts';
import { newOperators } from '../control-operators.ts';
import type { ControlServices } from '../control-services.ts';
import { drillNeeds } from '../drill/need-drill.ts';
import { glassNeeds } from '../emergency/glass.ts';
import { callerRemedy } from '../learning/readmit.ts';
import { showPolicy } from '../learning/show.ts';
import { unreachable } from './flow-map.ts';
import { identityNeeds } from './identity-need.ts';
import { hl7Needs } from './need-hl7.ts';
import { outageNeeds } from './need-outages.ts';
import { certificateNeed, ruleNeeds } from './need-rules.ts';
import {
  failedNeed,
  holdNeed,
  lateNeed,
  moreHoldsNeed,
  type Need,
  proberNeed,
  requestNeed,
  strangerNeed,
} from './need-words.ts';
import { callOf, probers } from './stranger-list.ts';

/** Of one kind, those told one by one. */
const MOST_HOLDS = 25;
const MOST_STRANGERS = 20;
const MOST_REQUESTS = 50;
const MOST_CERTIFICATES = 20;
const MOST_NEEDS = 200;
const STRANGERS_LOOKED_AT = 200;
/** Who did not knock for so long is not waiting. */
const STRANGER_MS = 7 * 86_400_000;
const LATE_MS = 15 * 60_000;
/** What needs a walk over all that was seen is looked at so often at most. */
const RULES_MS = 60_000;
const WEIGHT = { urgent: 0, soon: 1, sometime: 2 } as const;

/** What a person is needed for, in order. Everything but the rules is read by index, within a bound. */
export class Needs {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;
  /** Since when each trouble is there, as far as we have seen it. */
  #troubles: ReadonlyMap<string, number> = new Map();
  #rules: { readonly atMs: number; readonly needs: Promise<readonly Need[]> } | undefined;

  constructor(services: ControlServices, config: ConfigControl) {
    this.#services = services;
    this.#config = config;
  }

  async list(): Promise<AnswerInputOf<'needs'>> {
    const now = this.#services.clock.now();
    const found = await Promise.all([
      this.#troubleNeeds(now),
      this.#deliveries(now),
      this.#requests(now),
      this.#holds(),
      this.#strangers(now),
      this.#certificates(now),
      this.#ruleNeeds(now),
      this.#identities(now),
      glassNeeds(this.#services, now),
      outageNeeds(this.#services.continuity, now),
      hl7Needs(this.#services, now),
      drillNeeds(this.#services),
    ]);
    const inOrder = found
      .flat()
      .toSorted((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1));
    return { needs: inOrder.slice(0, MOST_NEEDS).map((need, rank): NeedAnswer => ({ ...need, rank })) };
  }

  async #holds(): Promise<readonly Need[]> {
    const { records } = this.#services;
    const [first, { holds: count }] = [await records.overview.holdsLongest(MOST_HOLDS + 1), await records.counts()];
    const listed = first.slice(0, MOST_HOLDS).map(holdNeed);
    const next = first[MOST_HOLDS];
    return next === undefined ? listed : [...listed, moreHoldsNeed(count - MOST_HOLDS, next.heldAtMs)];
  }

  async #identities(now: number): Promise<readonly Need[]> {
    const { count, sinceMs } = await this.#services.records.reconciliation.waiting();
    return identityNeeds(count, sinceMs ?? now);
  }

  async #requests(now: number): Promise<readonly Need[]> {
    const standing = (await this.#services.records.holdRequests()).filter(({ untilMs }) => untilMs > now);
    return standing.slice(0, MOST_REQUESTS).map((request) => requestNeed(request, now));
  }

  async #strangers(now: number): Promise<readonly Need[]> {
    const { records, rules } = this.#services;
    const [known, issued] = await Promise.all([
      records.overview.strangers(now - STRANGER_MS, STRANGERS_LOOKED_AT),
      records.certificates(),
    ]);
    const { peers } = rules();
    const probing = probers(known);
    const needs = [...probing].map(([address, titles]) => proberNeed(address, titles, known));
    for (const stranger of known) {
      if (probing.has(stranger.address)) continue;
      const remedy = stranger.aeTitle === '' ? undefined : callerRemedy(callOf(stranger), issued, peers);
      if (remedy !== undefined) needs.push(strangerNeed(stranger, remedy.peer, now));
      if (needs.length >= MOST_STRANGERS) break;
    }
    return needs.slice(0, MOST_STRANGERS);
  }

  async #deliveries(now: number): Promise<readonly Need[]> {
    const { records, rules, destinationStates } = this.#services;
    const { overview } = records;
    const faults = new Map(destinationStates().map(({ destination, fault }) => [destination, fault]));
    const needs: Need[] = [];
    for (const destination of rules().destinations) {
      const { name } = destination;
      const failed = await overview.countDeliveries('failed', name);
      if (failed > 0)
        needs.push(failedNeed(destination, failed, (await overview.firstWaitingMs('failed', name)) ?? now));
      // Told as an outage.
      if (this.#services.continuity.outages.isDown(name)) continue;
      const sinceMs = await overview.firstWaitingMs('pending', name);
      const fault = faults.get(name);
      const isLate = sinceMs !== undefined && (now - sinceMs >= LATE_MS || fault !== undefined);
      if (!isLate) continue;
      const [waiting, why] = [await overview.countDeliveries('pending', name), fault && unreachable(name, fault)];
      needs.push(lateNeed(destination, { waiting, sinceMs, why: why || undefined }, now));
    }
    return needs;
  }

  async #troubleNeeds(now: number): Promise<readonly Need[]> {
    const { troubles, gate, destinationStates } = this.#services;
    const faults = destinationStates().flatMap(({ destination, fault }) =>
      fault === undefined ? [] : [unreachable(destination, fault).fr],
    );
    // Told under their own kinds: destinations that are down, certificates, observation.
    const own = (code: string, said: Text) =>
      code === 'certificate.expiring' || code === 'policy.observing' || faults.includes(said.fr);
    const all = [...troubles(), ...(await newOperators(this.#services))].filter((each) => !own(each.code, each.text));
    const known = this.#troubles;
    this.#troubles = new Map(all.map(({ code }) => [code, known.get(code) ?? now]));
    const blocked = gate()?.code;
    return all.map((trouble) =>
      troubleNeed(trouble, this.#troubles.get(trouble.code) ?? now, trouble.code === blocked),
    );
  }

  async #certificates(now: number): Promise<readonly Need[]> {
    const ending = this.#services.certificatesEnding().slice(0, MOST_CERTIFICATES);
    return ending.map((each) => certificateNeed(each, now));
  }

  #ruleNeeds(now: number): Promise<readonly Need[]> {
    if (this.#rules === undefined || now - this.#rules.atMs >= RULES_MS || now < this.#rules.atMs)
      this.#rules = { atMs: now, needs: this.#lookAtRules(now) };
    return this.#rules.needs;
  }

  async #lookAtRules(now: number): Promise<readonly Need[]> {
    try {
      return ruleNeeds(await showPolicy(this.#services, await this.#config.current()), now);
    } catch (thrown) {
      // What failed once is looked at again by whoever asks next.
      this.#rules = undefined;
      throw thrown;
    }
  }
}

function troubleNeed({ code, text: said }: { code: string; text: Text }, sinceMs: number, isBlocking: boolean): Need {
  return {
    ...{ id: `trouble:${code}`, kind: 'trouble', severity: isBlocking ? 'urgent' : 'soon', sinceMs },
    text: said,
    advice: isBlocking ? BLOCKING : text('Suivez ce que dit la phrase.', 'Do what the sentence says.'),
    ...{ page: '/now', command: './leadglass status' },
  };
}

const BLOCKING = text(
  'Rien n’est accepté tant que cela dure : les appareils gardent leurs images et les renverront.',
  'Nothing is accepted while this lasts: devices keep their images and will send them again.',
);
