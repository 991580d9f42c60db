import type { StepAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { type Event, isSha256, type Sha256 } from '@leadglass/model';
import type { StoredEvent } from '@leadglass/records';
import { logLine } from '../control-log.ts';
import { STAGES } from './stages.ts';

interface Step {
  readonly first: StoredEvent;
  readonly stage: StepAnswer['stage'];
  readonly objects: Set<Sha256>;
}

/**
 * Events as the steps of a journey, in their order. What was done alike to many objects (received over one association, delivered to one
 * destination, with the same outcome) is one step, told by the first of its entries.
 */
export function stepsOf(events: readonly StoredEvent[], isOfMany: boolean): readonly StepAnswer[] {
  const steps = new Map<string, Step>();
  for (const stored of events.toSorted((a, b) => a.seq - b.seq)) {
    const stage = STAGES[stored.event.kind];
    if (stage === undefined) continue;
    const key = (isOfMany ? likeness(stored.event) : undefined) ?? `#${stored.seq}`;
    const step = steps.get(key) ?? { first: stored, stage, objects: new Set<Sha256>() };
    steps.set(key, step);
    for (const sha256 of objectsOf(stored.event)) step.objects.add(sha256);
  }
  return [...steps.values()].map(answerOf);
}

/** The objects an event is about: of a disarmed copy, the original too. */
export function objectsOf(event: Event): readonly Sha256[] {
  const named = ['sha256' in event ? event.sha256 : undefined, 'original' in event ? event.original : undefined];
  return named.filter((each) => each !== undefined).filter(isSha256);
}

/** The same for events that tell of the same thing about another object; undefined for those that stand alone. */
function likeness(event: Event): string | undefined {
  switch (event.kind) {
    case 'arrival.stored':
      return JSON.stringify([event.kind, event.associationId, event.outcome, event.verdict, event.destinations]);
    case 'arrival.held':
    case 'arrival.refused':
      return JSON.stringify([event.kind, event.associationId, event.verdict, event.findings, event.why]);
    case 'delivery.delivered':
      return JSON.stringify([event.kind, event.destination, event.status]);
    case 'delivery.retrying':
    case 'delivery.failed':
      return JSON.stringify([event.kind, event.destination, event.fault, event.attempts]);
    default:
      return undefined;
  }
}

function answerOf({ first, stage, objects }: Step): StepAnswer {
  const line = logLine(first);
  const others = objects.size - 1;
  const entry =
    others < 1 || !('sha256' in first.event) ? line : { ...line, sentence: withOthers(line.sentence, others) };
  return { entry, stage, objects: [...objects] };
}

function withOthers({ fr, en }: StepAnswer['entry']['sentence'], others: number) {
  const [s, objet] = others < 2 ? ['', 'autre objet'] : ['s', 'autres objets'];
  return text(`${fr} De même pour ${others} ${objet}.`, `${en} Likewise ${others} other object${s}.`);
}
