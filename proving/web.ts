import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, writeFileMeta } from '@leadglass/dicom';
import { MultipartReader, parseMediaType } from '@leadglass/dicomweb';
import type { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';

/** An answer read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Of a multipart answer. */
  readonly parts: readonly { readonly type: string; readonly data: Buffer }[];
}

/** A DICOMweb client that looks at every byte of an answer. */
export class WebClient {
  readonly base: string;
  readonly secret: string;

  constructor(gateway: Gateway, secret: string) {
    this.base = `http://127.0.0.1:${gateway.web}/dicom-web`;
    this.secret = secret;
  }

  /** Asks as the bearer of a new token. */
  static async of(gateway: Gateway, name = 'VIEWER', allow = 'qido,wado,stow'): Promise<WebClient> {
    const answer = JSON.parse(await gateway.cli('web', 'token', 'add', name, '--allow', allow, '--json')) as {
      secret: string;
    };
    return new WebClient(gateway, answer.secret);
  }

  async ask(path: string, accept?: string, init: RequestInit = {}): Promise<Answered> {
    const headers = {
      authorization: `Bearer ${this.secret}`,
      ...(accept === undefined ? {} : { accept }),
      ...init.headers,
    };
    const url = path.startsWith('http') ? path : this.base + path;
    const answer = await fetch(url, { ...init, headers });
    const body = Buffer.from(await answer.arrayBuffer());
    return {
      status: answer.status,
      headers: answer.headers,
      body,
      parts: partsOf(answer.headers.get('content-type') ?? '', body),
    };
  }

  store(files: readonly Uint8Array[], path = '/studies', accept?: string): Promise<Answered> {
    const body = multipart(files);
    return this.ask(path, accept, {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=proving' },
    });
  }
}

/** A body of application/dicom parts, its boundary `proving`. */
export function multipart(files: readonly Uint8Array[]): Buffer {
  const parts = files.flatMap((file) => [
    Buffer.from('--proving\r\nContent-Type: application/dicom\r\n\r\n'),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('--proving--\r\n')]);
}

function partsOf(contentType: string, body: Buffer): Answered['parts'] {
  const type = parseMediaType(contentType);
  if (type?.type !== 'multipart/related') return [];
  const parts: { type: string; data: Buffer }[] = [];
  const reader = new MultipartReader(type.parameters.get('boundary') ?? '', {
    part: (headers) => void parts.push({ type: headers.get('content-type') ?? '', data: Buffer.alloc(0) }),
    data: (bytes) => {
      const part = parts.at(-1);
      if (part !== undefined) part.data = Buffer.concat([part.data, bytes]);
    },
    partEnd: () => {},
  });
  reader.push(body);
  reader.end();
  assert.equal(reader.fault, undefined, 'a multipart answer is whole');
  return parts;
}

/** The object as a file. @param preamble 128 bytes in place of zeros. */
export function fileOf(object: MadeObject, preamble?: Uint8Array): Buffer {
  const meta = writeFileMeta({ ...object, implementationClassUid: '1.2.3.4', implementationVersionName: 'PROVING' });
  const file = Buffer.concat([meta, object.dataSet]);
  if (preamble !== undefined) file.set(preamble.subarray(0, 128), 0);
  return file;
}

/** UIDs of an object, and the path of it. */
export interface Place {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly path: string;
}

/** A multi-frame object: every byte of frame `n` (from 1) is told by `frameBytes`. */
export function multiFrame(frames: number, rows = 64, columns = 64): MadeObject & Place {
  const root = `2.25.7${process.pid}${Date.now()}${Math.trunc(Math.random() * 1e6)}`;
  const [study, series, instance] = [root, `${root}.1`, `${root}.1.1`];
  const pixels = Buffer.concat(Array.from({ length: frames }, (_, at) => frameBytes(at + 1, rows * columns * 2)));
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.7.3';
  const dataSet = encodeElements(
    [
      { tag: 0x00080005, value: 'ISO_IR 192' },
      { tag: 0x00080016, value: sopClassUid },
      { tag: 0x00080018, value: instance },
      { tag: 0x00080020, value: '20260102' },
      { tag: 0x00080050, value: 'ACC-7' },
      { tag: 0x00080060, value: 'OT' },
      { tag: 0x00100010, value: 'Prévert^Zoé' },
      { tag: 0x00100020, value: 'WEB-1' },
      { tag: 0x0020000d, value: study },
      { tag: 0x0020000e, value: series },
      { tag: 0x00200013, value: '1' },
      { tag: 0x00280002, value: 1 },
      { tag: 0x00280004, value: 'MONOCHROME2' },
      { tag: 0x00280008, value: String(frames) },
      { tag: 0x00280010, value: rows },
      { tag: 0x00280011, value: columns },
      { tag: 0x00280100, value: 16 },
      { tag: 0x00280101, value: 12 },
      { tag: 0x00280102, value: 11 },
      { tag: 0x00280103, value: 0 },
      { tag: 0x00281050, value: '2048' },
      { tag: 0x00281051, value: '4096' },
      { tag: 0x7fe00010, vr: 'OW', value: pixels },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const path = `/studies/${study}/series/${series}/instances/${instance}`;
  const made = {
    sopClassUid,
    sopInstanceUid: instance,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    dataSet: Buffer.from(dataSet),
  };
  return { ...made, study, series, instance, path };
}

/** A frame's pixels: 12-bit numbers that tell it from every other. */
export function frameBytes(number: number, bytes: number): Buffer {
  const frame = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 2) frame.writeUInt16LE((number * 131 + (at >> 1) * 7) % 4096, at);
  return frame;
}

/** What a tool of DCMTK makes of a file. */
export function madeBy(tool: string, folder: string, file: Uint8Array, ...options: string[]): Buffer {
  const [from, to] = [join(folder, 'from.dcm'), join(folder, 'to.dcm')];
  writeFileSync(from, file);
  execFileSync(tool, [...options, from, to], { stdio: 'ignore' });
  return readFileSync(to);
}

/** Everything from Pixel Data on, as it lies in a little endian file. */
export function pixelsOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf(Buffer.from('e07f1000', 'hex'));
  return bytes.subarray(at + 12);
}
