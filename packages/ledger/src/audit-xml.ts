import { type Event, isUid, printable } from '@leadglass/model';
import { type Code, ID_TYPE, SOURCE_TYPE_APPLICATION } from './audit-codes.ts';
import type { AuditObject, AuditRow, Participant } from './audit-rows.ts';

/** Who reports: goes into every message. */
export interface AuditSource {
  /** AuditSourceID: this gateway's name. */
  readonly auditSourceId: string;
  /** AuditEnterpriseSiteID: the hospital's or centre's name. */
  readonly siteName: string;
}

const NAME_CHARS = 128;
const DESCRIPTION_CHARS = 2000;
const FACT_CHARS = 512;
const EVENT_ID_DETAIL = 'leadglass:event-id';
const SPECIAL = /[&<>"']/;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escaped for text and for quoted attributes alike; no character that XML 1.0 forbids, no line break, bounded. */
function escaped(value: string, most: number): string {
  const shown = printable(value, most);
  return SPECIAL.test(shown) ? shown.replace(/[&<>"']/g, (char) => ESCAPES[char] as string) : shown;
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** One element: its attributes in order, undefined ones left out; `inside` is already XML. */
function element(name: string, attributes: Attributes, inside = ''): string {
  let written = '';
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) written += ` ${key}="${escaped(value, FACT_CHARS * 4)}"`;
  }
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

function coded(name: string, { code, system, meaning }: Code): string {
  return element(name, { 'csd-code': code, codeSystemName: system, originalText: meaning });
}

/** The whole message, in the order of the schema (PS3.15 §A.5.1). @param description EventOutcomeDescription, one line. */
export function messageXml(event: Event, row: AuditRow, source: AuditSource, description: string): string {
  const inside = [
    identification(event, row, description),
    ...row.participants.map(participant),
    element(
      'AuditSourceIdentification',
      { AuditEnterpriseSiteID: named(source.siteName), AuditSourceID: named(source.auditSourceId) },
      coded('AuditSourceTypeCode', SOURCE_TYPE_APPLICATION),
    ),
    ...row.objects.map(object),
    eventObject(event),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>${element('AuditMessage', {}, inside.join(''))}`;
}

function identification(event: Event, row: AuditRow, description: string): string {
  const attributes = {
    EventActionCode: row.action,
    EventDateTime: new Date(event.atMs).toISOString(),
    EventOutcomeIndicator: String(row.outcome),
  };
  const types = row.types.map((type) => coded('EventTypeCode', type)).join('');
  const outcome = element('EventOutcomeDescription', {}, escaped(description, DESCRIPTION_CHARS));
  return element('EventIdentification', attributes, `${coded('EventID', row.id)}${types}${outcome}`);
}

/** A required name: never empty. */
function named(value: string): string {
  return printable(value, NAME_CHARS) || '(none)';
}

function participant(p: Participant): string {
  const attributes = {
    UserID: named(p.userId),
    UserIsRequestor: String(p.isRequestor),
    NetworkAccessPointID: p.address === undefined ? undefined : named(p.address),
    NetworkAccessPointTypeCode: p.address === undefined ? undefined : '2',
  };
  const media = p.media === undefined ? '' : coded('MediaType', p.media);
  return element('ActiveParticipant', attributes, `${p.role === undefined ? '' : coded('RoleIDCode', p.role)}${media}`);
}

function object(o: AuditObject): string {
  const attributes = {
    ParticipantObjectID: named(o.id),
    ParticipantObjectTypeCode: o.type,
    ParticipantObjectTypeCodeRole: o.role,
    ParticipantObjectDataLifeCycle: o.lifeCycle,
  };
  const name = o.name === undefined ? '' : element('ParticipantObjectName', {}, escaped(o.name, NAME_CHARS));
  return element(
    'ParticipantObjectIdentification',
    attributes,
    `${coded('ParticipantObjectIDTypeCode', o.idType)}${name}${contents(o)}`,
  );
}

/** The SOP class and instance of a study's object. A UID that is not one is left to the event's own details. */
function contents(o: AuditObject): string {
  if (o.sopClassUid === undefined || !isUid(o.sopClassUid)) return '';
  const instance = isUid(o.sopInstanceUid ?? '') ? element('Instance', { UID: o.sopInstanceUid }) : '';
  const sopClass = element('SOPClass', { UID: o.sopClassUid, NumberOfInstances: '1' }, instance);
  const study =
    o.idType === ID_TYPE.studyInstanceUid
      ? element('ParticipantObjectContainsStudy', {}, element('StudyIDs', { UID: o.id }))
      : '';
  return element('ParticipantObjectDescription', {}, `${sopClass}${study}`);
}

/** The Leadglass event itself: what ties the entry to the records, with each of its plain facts. */
function eventObject(event: Event): string {
  const facts = Object.entries(event).flatMap(([name, value]) => {
    if (name === 'id' || name === 'atMs' || name === 'patient') return [];
    const plain = plainFact(value);
    return plain === undefined ? [] : [detail(`leadglass:${name}`, plain)];
  });
  const attributes = { ParticipantObjectID: `urn:uuid:${named(event.id)}`, ParticipantObjectTypeCode: '4' };
  const idType = coded('ParticipantObjectIDTypeCode', ID_TYPE.uri);
  return element(
    'ParticipantObjectIdentification',
    attributes,
    `${idType}${detail(EVENT_ID_DETAIL, event.id)}${facts.join('')}`,
  );
}

function detail(type: string, value: string): string {
  return element('ParticipantObjectDetail', {
    type,
    value: Buffer.from(printable(value, FACT_CHARS)).toString('base64'),
  });
}

/** A fact as text; undefined for sentences, which the description already holds. */
function plainFact(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isList
    ? value
        .slice(0, 64)
        .map((item: string) => item.slice(0, FACT_CHARS))
        .join(' ')
    : undefined;
}

/** Id of the event that a ledger entry tells of, or undefined when the entry is not one of ours. */
export function eventIdOf(entry: Uint8Array): string | undefined {
  const xml = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString('utf8');
  // No value can hold a bare quotation mark, so this finds the element and nothing a peer wrote.
  const start = `<ParticipantObjectDetail type="${EVENT_ID_DETAIL}" value="`;
  const at = xml.indexOf(start);
  const end = xml.indexOf('"', at + start.length);
  if (at < 0 || end < 0) return undefined;
  return Buffer.from(xml.slice(at + start.length, end), 'base64').toString('utf8');
}
