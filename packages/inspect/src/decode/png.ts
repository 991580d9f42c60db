import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = 0;
const RGB = 2;

/** A PNG file of 8 bits a sample (ISO 15948). @param samples 1: grey, 3: RGB. @param pixels rows from the top, samples together. */
export function png(columns: number, rows: number, samples: 1 | 3, pixels: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, samples === 3 ? RGB : GREY, 0, 0, 0], 8);
  const line = columns * samples;
  // Each line begins with the number of its filter: 0, none.
  const lines = new Uint8Array((line + 1) * rows);
  for (let row = 0; row < rows; row += 1)
    lines.set(pixels.subarray(row * line, (row + 1) * line), row * (line + 1) + 1);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', new Uint8Array(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
