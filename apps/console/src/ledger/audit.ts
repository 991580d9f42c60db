// An entry of the ledger read for people: a DICOM audit message (PS3.15 §A.5) with our own event inside. What cannot be read is shown as it is.

/** Somebody or something that took part. */
export interface AuditParticipant {
  readonly userId: string;
  readonly isRequestor: boolean;
  readonly address: string;
  readonly role: string;
}

/** Something it is about. */
export interface AuditObject {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

export interface AuditEntry {
  /** Of our event: `arrival.stored`; empty when there is none. */
  readonly kind: string;
  readonly eventId: string;
  readonly atMs: number;
  /** PS3.15 Table A.5.2-1: 0 success, 4 minor, 8 serious, 12 major. */
  readonly outcome: number;
  readonly action: string;
  /** EventID, in the words of the standard. */
  readonly event: string;
  readonly fr: string;
  readonly en: string;
  readonly participants: readonly AuditParticipant[];
  readonly objects: readonly AuditObject[];
  /** The event's own facts, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

const FACT = 'leadglass:';
const BETWEEN = ' / ';

/** The description is `English / français`: each half has as many of what stands between them as the other. */
export function halvesOf(description: string): { readonly en: string; readonly fr: string } {
  const parts = description.split(BETWEEN);
  if (parts.length % 2 === 1) return { en: description, fr: description };
  const middle = parts.length / 2;
  return { en: parts.slice(0, middle).join(BETWEEN), fr: parts.slice(middle).join(BETWEEN) };
}

function decoded(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return base64;
  }
}

function attribute(of: Element | null | undefined, name: string): string {
  return of?.getAttribute(name) ?? '';
}

/** Reads an entry; undefined when it is no audit message. */
export function readEntry(content: string): AuditEntry | undefined {
  const root = new DOMParser().parseFromString(content, 'application/xml').documentElement;
  const head = root.querySelector('EventIdentification');
  if (root.nodeName !== 'AuditMessage' || head === null) return undefined;
  const facts = [...root.querySelectorAll('ParticipantObjectDetail')].map(
    (detail) => [attribute(detail, 'type'), decoded(attribute(detail, 'value'))] as const,
  );
  const named = new Map(facts);
  return {
    kind: named.get(`${FACT}kind`) ?? '',
    eventId: named.get(`${FACT}event-id`) ?? '',
    atMs: Date.parse(attribute(head, 'EventDateTime')),
    outcome: Number(attribute(head, 'EventOutcomeIndicator')),
    action: attribute(head, 'EventActionCode'),
    event: attribute(head.querySelector('EventID'), 'originalText'),
    ...halvesOf(head.querySelector('EventOutcomeDescription')?.textContent ?? ''),
    participants: [...root.querySelectorAll('ActiveParticipant')].map(participantOf),
    objects: [...root.querySelectorAll('ParticipantObjectIdentification')].map(objectOf),
    facts: facts.filter(([type]) => type.startsWith(FACT)).map(([type, value]) => [type.slice(FACT.length), value]),
  };
}

function participantOf(element: Element): AuditParticipant {
  return {
    userId: attribute(element, 'UserID'),
    isRequestor: attribute(element, 'UserIsRequestor') === 'true',
    address: attribute(element, 'NetworkAccessPointID'),
    role: attribute(element.querySelector('RoleIDCode'), 'originalText'),
  };
}

function objectOf(element: Element): AuditObject {
  return {
    id: attribute(element, 'ParticipantObjectID'),
    kind: attribute(element.querySelector('ParticipantObjectIDTypeCode'), 'originalText'),
    name: element.querySelector('ParticipantObjectName')?.textContent ?? '',
  };
}

/** The message on lines of its own, for reading: each element indented by its depth. Never what is hashed. */
export function indented(content: string): string {
  let depth = 0;
  const lines: string[] = [];
  for (const piece of content.replace(/></g, '>\n<').split('\n')) {
    if (/^<\//.test(piece)) depth -= 1;
    lines.push(`${'  '.repeat(Math.max(0, depth))}${piece}`);
    if (/^<[^?/]/.test(piece) && !/\/>$/.test(piece) && !/<\/[^>]+>$/.test(piece)) depth += 1;
  }
  return lines.join('\n');
}
