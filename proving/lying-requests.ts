import { item, pdu, requestBody, VERIFICATION } from '../apps/cli/src/prove-it/pdu.ts';

/** A length field of an A-ASSOCIATE-RQ and where its truth ends. */
interface LengthField {
  readonly what: string;
  /** Offset of the field in the variable field of the PDU. */
  readonly at: number;
  readonly bytes: 2;
  /** Bytes that follow it inside what encloses it: what is more is a lie that cannot be believed. */
  readonly room: number;
  readonly truth: number;
}

/** A request with one length field that lies. */
export interface Lie {
  readonly what: string;
  readonly bytes: Buffer;
  /** More is claimed than there is. */
  readonly isBeyond: boolean;
}

const EVERY_SUB_ITEM = item(
  0x50,
  Buffer.concat([
    item(0x51, Buffer.from([0, 0, 64, 0])),
    item(0x52, '1.2.3.4'),
    item(0x53, Buffer.from([0, 1, 0, 1])),
    item(0x54, Buffer.concat([counted(VERIFICATION), Buffer.from([1, 0])])),
    item(0x55, 'PROVING'),
    item(0x56, Buffer.concat([counted('1.2.840.10008.5.1.4.1.2.2.1'), Buffer.from([1, 1, 1])])),
    item(
      0x57,
      Buffer.concat([
        counted('1.2.840.10008.5.1.4.1.1.88.22'),
        counted('1.2.840.10008.4.2'),
        counted(counted('1.2.840.10008.5.1.4.1.1.88.11')),
      ]),
    ),
    item(0x58, Buffer.concat([Buffer.from([2, 0]), counted('nobody'), counted('nothing')])),
  ]),
);

/** A field behind its length in two bytes. */
export function counted(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value as string, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Item types whose value is items again, and what comes before those. */
const NESTED: Readonly<Record<number, number>> = { 32: 4, 80: 0 };

/** Every item's length field, by a walk over the items. */
function lengthFields(body: Buffer, from: number, end: number, path: string): LengthField[] {
  const fields: LengthField[] = [];
  for (let at = from; at + 4 <= end; ) {
    const [type, truth] = [body[at] ?? 0, body.readUInt16BE(at + 2)];
    const what = `${path}item ${type.toString(16)}H`;
    fields.push({ what, at: at + 2, bytes: 2, room: end - at - 4, truth });
    const skipped = NESTED[type];
    if (skipped !== undefined) fields.push(...lengthFields(body, at + 4 + skipped, at + 4 + truth, `${what}, `));
    fields.push(...countedFields(body, type, at + 4, at + 4 + truth, what));
    at += 4 + truth;
  }
  return fields;
}

/** The counted fields inside user information items (PS3.7 §D.3.3.4 to §D.3.3.7). */
function countedFields(body: Buffer, type: number, from: number, end: number, what: string): LengthField[] {
  const first = type === 0x58 ? from + 2 : from;
  const count = { 84: 1, 86: 1, 87: 3, 88: 2 }[type] ?? 0;
  const fields: LengthField[] = [];
  for (let [at, n] = [first, 0]; n < count; n += 1) {
    const truth = body.readUInt16BE(at);
    fields.push({ what: `${what}, field ${n + 1}`, at, bytes: 2, room: end - at - 2, truth });
    at += 2 + truth;
  }
  return fields;
}

/** Every length field of a request with everything in it, one lie at a time. */
export function lies(calling: string): Lie[] {
  const body = requestBody({ calling, user: EVERY_SUB_ITEM });
  return lengthFields(body, 68, body.length, '').flatMap(({ what, at, room, truth }) =>
    [0, 1, truth - 1, truth + 1, room + 1, 0x7fff, 0xffff]
      .filter((claim, index, all) => claim >= 0 && claim !== truth && all.indexOf(claim) === index)
      .map((claim) => {
        const lying = Buffer.from(body);
        lying.writeUInt16BE(claim, at);
        return { what: `${what} says ${claim}`, bytes: pdu(1, lying), isBeyond: claim > room };
      }),
  );
}
