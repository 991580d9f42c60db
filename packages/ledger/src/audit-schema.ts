/** For tests: an XML reader for well-formedness and a checker of the audit schema, written from PS3.15 §A.5.1 and not from our writer. */
export interface Node {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Node[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(value: string): string {
  if (/[<>"]|&(?!(amp|lt|gt|quot|apos);)/.test(value)) throw new Error(`not well-formed text: ${value.slice(0, 40)}`);
  return value.replace(/&(\w+);/g, (_, name: string) => ENTITIES[name] as string);
}

const TOKEN = /<(\/?)([A-Za-z]+)((?: [A-Za-z-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;

function attributesOf(written: string): Map<string, string> {
  const pairs = [...written.matchAll(/ ([A-Za-z-]+)="([^"]*)"/g)];
  const attributes = new Map(pairs.map((pair) => [pair[1] as string, unescaped(pair[2] as string)] as const));
  if (attributes.size !== pairs.length) throw new Error('an attribute twice');
  return attributes;
}

/** Parses a small, strict XML: no comments, no processing instructions, no entities but the five. Throws when it is not well-formed. */
export function parseXml(xml: string): Node {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!xml.startsWith(head)) throw new Error('no XML declaration');
  if (/[^\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml))
    throw new Error('a character that must not be there');
  const root: Node = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = head.length;
  while (TOKEN.lastIndex < xml.length) take(TOKEN.exec(xml), open);
  if (open.length !== 1 || root.children.length !== 1 || root.text !== '') throw new Error('not one element');
  return root.children[0] as Node;
}

function take(match: RegExpExecArray | null, open: Node[]): void {
  const top = open.at(-1);
  if (match === null || top === undefined) throw new Error('not well-formed');
  const [, isEnd, name = '', attributes = '', isEmpty, text] = match;
  if (text !== undefined) {
    top.text += unescaped(text);
  } else if (isEnd === '/') {
    if (open.pop()?.name !== name) throw new Error(`</${name}> does not match`);
  } else {
    const node: Node = { name, attributes: attributesOf(attributes), children: [], text: '' };
    top.children.push(node);
    if (isEmpty !== '/') open.push(node);
  }
}

interface Rule {
  /** Attribute → what its value must match; a name ending in `?` may be absent. */
  readonly attributes: Readonly<Record<string, RegExp>>;
  /** Children in order: name and how many, as `?`, `*`, `+` or `1`. */
  readonly children: readonly (readonly [string, '?' | '*' | '+' | '1'])[];
  readonly hasText?: boolean;
}

const SOME = /^.+$/u;
const OID = /^(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const CODED: Rule = {
  attributes: { 'csd-code': SOME, codeSystemName: /^(DCM|RFC-3881)$/, originalText: SOME },
  children: [],
};
const TEXT: Rule = { attributes: {}, children: [], hasText: true };

const RULES: Readonly<Record<string, Rule>> = {
  AuditMessage: {
    attributes: {},
    children: [
      ['EventIdentification', '1'],
      ['ActiveParticipant', '+'],
      ['AuditSourceIdentification', '+'],
      ['ParticipantObjectIdentification', '*'],
    ],
  },
  EventIdentification: {
    attributes: {
      'EventActionCode?': /^[CRUDE]$/,
      EventDateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
      EventOutcomeIndicator: /^(0|4|8|12)$/,
    },
    children: [
      ['EventID', '1'],
      ['EventTypeCode', '*'],
      ['EventOutcomeDescription', '?'],
    ],
  },
  ActiveParticipant: {
    attributes: {
      UserID: SOME,
      'AlternativeUserID?': SOME,
      'UserName?': SOME,
      UserIsRequestor: /^(true|false)$/,
      'NetworkAccessPointID?': SOME,
      'NetworkAccessPointTypeCode?': /^[1-5]$/,
    },
    children: [
      ['RoleIDCode', '*'],
      ['MediaType', '?'],
    ],
  },
  AuditSourceIdentification: {
    attributes: { 'AuditEnterpriseSiteID?': SOME, AuditSourceID: SOME },
    children: [['AuditSourceTypeCode', '*']],
  },
  ParticipantObjectIdentification: {
    attributes: {
      ParticipantObjectID: SOME,
      'ParticipantObjectTypeCode?': /^[1-4]$/,
      'ParticipantObjectTypeCodeRole?': /^([1-9]|1\d|2[0-4])$/,
      'ParticipantObjectDataLifeCycle?': /^([1-9]|1[0-5])$/,
    },
    children: [
      ['ParticipantObjectIDTypeCode', '1'],
      ['ParticipantObjectName', '?'],
      ['ParticipantObjectDetail', '*'],
      ['ParticipantObjectDescription', '*'],
    ],
  },
  ParticipantObjectDescription: {
    attributes: {},
    children: [
      ['MPPS', '*'],
      ['Accession', '*'],
      ['SOPClass', '*'],
      ['ParticipantObjectContainsStudy', '?'],
    ],
  },
  SOPClass: { attributes: { UID: OID, NumberOfInstances: /^\d+$/ }, children: [['Instance', '*']] },
  Instance: { attributes: { UID: OID }, children: [] },
  ParticipantObjectContainsStudy: { attributes: {}, children: [['StudyIDs', '*']] },
  StudyIDs: { attributes: { UID: OID }, children: [] },
  ParticipantObjectDetail: { attributes: { type: SOME, value: BASE64 }, children: [] },
  ParticipantObjectName: TEXT,
  EventOutcomeDescription: TEXT,
  EventID: CODED,
  EventTypeCode: CODED,
  RoleIDCode: CODED,
  MediaType: CODED,
  AuditSourceTypeCode: CODED,
  ParticipantObjectIDTypeCode: CODED,
};

/** What of `node` and below is not as the schema has it; empty when all is. */
export function schemaFaults(node: Node): string[] {
  const rule = RULES[node.name];
  if (rule === undefined) return [`${node.name}: unknown element`];
  const faults: string[] = [];
  const known = new Map(Object.entries(rule.attributes).map(([name, pattern]) => [name.replace('?', ''), pattern]));
  for (const [name, value] of node.attributes)
    if (!known.get(name)?.test(value)) faults.push(`${node.name}@${name}: ${value.slice(0, 60)}`);
  for (const name of Object.keys(rule.attributes))
    if (!name.endsWith('?') && !node.attributes.has(name)) faults.push(`${node.name}@${name}: missing`);
  const order = node.children.map((child) => child.name).join(' ');
  const pattern = rule.children.map(([name, many]) => `(?:${name} )${many === '1' ? '' : many}`).join('');
  if (!new RegExp(`^${pattern}$`).test(order === '' ? '' : `${order} `)) faults.push(`${node.name}: children ${order}`);
  if (node.text !== '' && rule.hasText !== true) faults.push(`${node.name}: text`);
  return [...faults, ...node.children.flatMap(schemaFaults)];
}
