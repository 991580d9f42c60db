/** PDU types of PS3.8 §9.3, written out here anew: an attack cannot be made by a codec that only makes what is right, nor judged by it. */
export const PDU = {
  associateRq: 1,
  associateAc: 2,
  associateRj: 3,
  pData: 4,
  releaseRq: 5,
  releaseRp: 6,
  abort: 7,
} as const;

export const VERIFICATION = '1.2.840.10008.1.1';
export const SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.11';
export const EXPLICIT_LE = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const IMPLICIT_LE = '1.2.840.10008.1.2';
const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** A PDU. @param length what its header claims; the truth when left out. */
export function pdu(type: number, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(6);
  head[0] = type;
  head.writeUInt32BE(length, 2);
  return Buffer.concat([head, body]);
}

/** An item of an A-ASSOCIATE PDU. @param length what its header claims. */
export function item(type: number, body: Buffer | string, length?: number): Buffer {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.alloc(4);
  head[0] = type;
  head.writeUInt16BE(length ?? bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

export interface Proposal {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export const PROPOSALS: readonly Proposal[] = [
  { id: 1, abstractSyntax: VERIFICATION, transferSyntax: IMPLICIT_LE },
  { id: 3, abstractSyntax: SR_STORAGE, transferSyntax: EXPLICIT_LE },
  { id: 5, abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntax: DEFLATED },
];

/** AE titles of a caller and of whom it calls. */
export interface Titles {
  readonly calling: string;
  readonly called: string;
}

/** Titles of the proving suites. */
export const PROVER: Titles = { calling: 'PROVER', called: 'LEADGLASS' };

export interface Request extends Partial<Titles> {
  readonly version?: number;
  readonly applicationContext?: string;
  readonly proposals?: readonly Proposal[];
  /** Replaces the user information item. */
  readonly user?: Buffer;
}

export function contextItem({ id, abstractSyntax, transferSyntax }: Proposal): Buffer {
  return item(
    0x20,
    Buffer.concat([Buffer.from([id, 0, 0, 0]), item(0x30, abstractSyntax), item(0x40, transferSyntax)]),
  );
}

/** Variable field of an A-ASSOCIATE-RQ. */
export function requestBody(request: Request = {}): Buffer {
  const { version = 1, applicationContext = APPLICATION_CONTEXT, proposals = PROPOSALS } = request;
  const { calling, called } = { ...PROVER, ...request };
  const head = Buffer.alloc(68);
  head.writeUInt16BE(version, 0);
  head.fill(0x20, 4, 36);
  head.write(called.slice(0, 16), 4, 'latin1');
  head.write(calling.slice(0, 16), 20, 'latin1');
  const maximum = item(0x51, Buffer.from([0, 0, 64, 0]));
  const user = request.user ?? item(0x50, Buffer.concat([maximum, item(0x52, '1.2.3.4')]));
  return Buffer.concat([head, item(0x10, applicationContext), ...proposals.map(contextItem), user]);
}

/** A P-DATA-TF with one presentation data value. @param flags 1 command, 2 last. @param length what the value's header claims. */
export function pData(contextId: number, flags: number, bytes: Buffer, length = bytes.length + 2): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(length, 0);
  head[4] = contextId;
  head[5] = flags;
  return pdu(PDU.pData, Buffer.concat([head, bytes]));
}

const FRAGMENT_BYTES = 16_000;

/** P-DATA-TFs of a whole data set. */
export function dataPdus(contextId: number, dataSet: Buffer): Buffer[] {
  const pdus: Buffer[] = [];
  for (let at = 0; at === 0 || at < dataSet.length; at += FRAGMENT_BYTES) {
    const isLast = at + FRAGMENT_BYTES >= dataSet.length;
    pdus.push(pData(contextId, isLast ? 2 : 0, dataSet.subarray(at, at + FRAGMENT_BYTES)));
  }
  return pdus;
}

function commandElement(element: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function padded(value: string): Buffer {
  return Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
}

/** A request's command set. */
export function command(
  field: number,
  { sopClass = VERIFICATION, instance = '', hasDataSet = false, messageId = 1 } = {},
): Buffer {
  const elements = [
    commandElement(0x0002, padded(sopClass)),
    commandElement(0x0100, u16(field)),
    commandElement(0x0110, u16(messageId)),
    commandElement(0x0700, u16(0)),
    commandElement(0x0800, u16(hasDataSet ? 1 : 0x0101)),
    ...(instance === '' ? [] : [commandElement(0x1000, padded(instance))]),
  ];
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([commandElement(0, length), body]);
}

/** What came back: a PDU, or the end of the connection. */
export type Heard = { readonly type: number; readonly body: Buffer } | 'closed';

/** An element of group 0000 in a response, undefined when there is none. */
function commandValue(heard: Heard, element: number): Buffer | undefined {
  if (heard === 'closed' || heard.type !== PDU.pData) return undefined;
  const body = heard.body.subarray(6);
  for (let at = 0; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4)) {
    if (body.readUInt16LE(at) !== 0 || body.readUInt16LE(at + 2) !== element) continue;
    return body.subarray(at + 8, at + 8 + body.readUInt32LE(at + 4));
  }
  return undefined;
}

/** Status (0000,0900) of a response. */
export function statusOf(heard: Heard): number | undefined {
  const value = commandValue(heard, 0x0900);
  return value === undefined || value.length < 2 ? undefined : value.readUInt16LE(0);
}

/** Error Comment (0000,0902) of a response; empty when it has none. */
export function commentOf(heard: Heard): string {
  return (commandValue(heard, 0x0902) ?? Buffer.alloc(0)).toString('latin1').trim();
}

const FIRST_ITEM = 68;
const CONTEXT_RESULT_ITEM = 0x21;

/** Result (PS3.8 Table 9-18) of the first presentation context of an A-ASSOCIATE-AC; undefined when it tells none. */
export function contextResultOf(heard: Heard): number | undefined {
  if (heard === 'closed' || heard.type !== PDU.associateAc) return undefined;
  const { body } = heard;
  for (let at = FIRST_ITEM; at + 8 <= body.length; at += 4 + body.readUInt16BE(at + 2))
    if (body[at] === CONTEXT_RESULT_ITEM) return body[at + 6];
  return undefined;
}
