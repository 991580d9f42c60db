import { crc32, deflateRawSync } from 'node:zlib';

/** One file of a test archive, and what is to be wrong about it. */
export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  readonly isStored?: boolean;
  /** Sizes behind the data, with the mark or without. */
  readonly descriptor?: 'marked' | 'bare';
  readonly isEncrypted?: boolean;
  readonly method?: number;
  /** Another name in the central directory. */
  readonly listedAs?: string;
}

interface Placed {
  readonly local: Buffer;
  readonly central: Buffer;
}

function placed(member: Member, offset: number): Placed {
  const data = member.isStored === true ? Buffer.from(member.data) : deflateRawSync(member.data);
  const method = member.method ?? (member.isStored === true ? 0 : 8);
  const flags = (member.isEncrypted === true ? 1 : 0) | (member.descriptor === undefined ? 0 : 8) | 0x800;
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(crc32(member.data), 0);
  sums.writeUInt32LE(data.length, 4);
  sums.writeUInt32LE(member.data.length, 8);
  const name = Buffer.from(member.name);
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  if (member.descriptor === undefined) sums.copy(head, 14);
  head.writeUInt16LE(name.length, 26);
  const mark = member.descriptor === 'marked' ? Buffer.from('PK\x07\x08', 'latin1') : Buffer.alloc(0);
  const after = member.descriptor === undefined ? Buffer.alloc(0) : Buffer.concat([mark, sums]);
  const listed = Buffer.from(member.listedAs ?? member.name);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 'latin1');
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  sums.copy(central, 16);
  central.writeUInt16LE(listed.length, 28);
  central.writeUInt32LE(offset, 42);
  return { local: Buffer.concat([head, name, data, after]), central: Buffer.concat([central, listed]) };
}

/** A ZIP archive of `members` (APPNOTE 6.3.10 §4.3), made by hand so that it can be wrong. */
export function zip(...members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = placed(member, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
