import type { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';

const PACKET = 188;
const SYNC = 0x47;
const NULL_PID = 0x1fff;
const VIDEO_PID = 0x100;

function packet(pid: number, counter: number, payload: Uint8Array, isStart: boolean): Buffer {
  const bytes = Buffer.alloc(PACKET, 0xff);
  bytes[0] = SYNC;
  bytes.writeUInt16BE((isStart ? 0x4000 : 0) | pid, 1);
  bytes[3] = 0x10 | (counter & 15);
  bytes.set(payload.subarray(0, PACKET - 4), 4);
  return bytes;
}

/** An MPEG-2 transport stream (ISO 13818-1 §2.4): a programme table, pictures of noise, null packets. */
export function transportStream(random: Seeded): Buffer {
  const table = Buffer.from('0000b00d0001c100000001e1002ab104b2', 'hex');
  const start = Buffer.concat([Buffer.from('000001e000008080052100010001', 'hex'), random.bytes(170)]);
  const packets = [packet(0, 0, table, true), packet(VIDEO_PID, 0, start, true)];
  for (let at = 1; at < random.int(8, 20); at += 1) packets.push(packet(VIDEO_PID, at, random.bytes(184), false));
  return Buffer.concat([...packets, packet(NULL_PID, 0, Buffer.alloc(184, 0xff), false)]);
}

function box(kind: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** An MP4 file (ISO 14496-12): its type, an empty presentation, media data. */
export function mp4(random: Seeded): Buffer {
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1000, 12);
  const type = Buffer.from('mp42\0\0\0\0mp42isom', 'latin1');
  return Buffer.concat([box('ftyp', type), box('moov', box('mvhd', header)), box('mdat', random.bytes(600))]);
}
