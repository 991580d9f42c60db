import type { Message } from './message.ts';
import type { Problems } from './problems.ts';
import type { HeaderReading, ReadingKind } from './readings.ts';
import { WHY } from './why.ts';

/** The messages that are read, by MSH-9: type, events, what it is. A type that names no event has the first. */
const MESSAGES: readonly (readonly [type: string, kind: ReadingKind, triggers: readonly string[]])[] = [
  [
    'ADT',
    'admission',
    ['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A11', 'A12', 'A13', 'A28', 'A31', 'A60'],
  ],
  // A18, A34, A36 and A39 are what A40 was until version 2.3.1.
  ['ADT', 'merge', ['A40', 'A47', 'A18', 'A34', 'A36', 'A39']],
  ['ORM', 'order', ['O01']],
  ['OML', 'order', ['O21']],
  ['OMG', 'order', ['O19']],
  ['OMI', 'order', ['O23']],
  ['SIU', 'schedule', ['S12', 'S13', 'S14', 'S15', 'S17', 'S26']],
  ['ORU', 'result', ['R01', 'R30', 'R31', 'R32']],
  ['MDM', 'document', ['T01', 'T02', 'T03', 'T04', 'T05', 'T06', 'T07', 'T08', 'T09', 'T10', 'T11']],
];
const KIND_OF: ReadonlyMap<string, ReadingKind> = new Map(
  MESSAGES.flatMap(([type, kind, triggers]) => triggers.map((trigger) => [`${type} ${trigger}`, kind] as const)),
);
/** Types with one event, which some senders leave out. */
const ONLY_TRIGGER: ReadonlyMap<string, string> = new Map([
  ['ORM', 'O01'],
  ['OML', 'O21'],
  ['OMG', 'O19'],
  ['OMI', 'O23'],
  ['ORU', 'R01'],
]);
const TYPES: ReadonlySet<string> = new Set(MESSAGES.map(([type]) => type));

/** The header with the event that MSH-9 left out: of EVN-1, or the only one there is. */
export function completed({ header, segments }: Message): HeaderReading {
  if (header.trigger !== '') return header;
  const evn = segments[1]?.name === 'EVN' ? segments[1].component(1, 1) : '';
  const trigger = evn || (ONLY_TRIGGER.get(header.type) ?? '');
  return trigger === '' ? header : { ...header, trigger };
}

/** What a message is, and what is odd about its header. */
export function kindOf(header: HeaderReading, problems: Problems): ReadingKind {
  if (header.controlId === '') problems.tell(101, 'MSH', 10, WHY.noControlId);
  if (!header.version.startsWith('2.')) problems.tell(203, 'MSH', 12, WHY.unknownVersion);
  const kind = KIND_OF.get(`${header.type} ${header.trigger}`);
  if (kind !== undefined) return kind;
  if (header.type === '') problems.fatal(101, 'MSH', 9, WHY.noMessageType);
  else if (TYPES.has(header.type)) problems.tell(201, 'MSH', 9, WHY.unknownTrigger);
  else problems.tell(200, 'MSH', 9, WHY.unknownType);
  return 'other';
}
