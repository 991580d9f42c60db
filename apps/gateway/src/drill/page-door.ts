import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { WEB_ROOT } from '@leadglass/dicomweb';
import { Fault, text } from '@leadglass/kit';
import { viewerSocketIn } from '../console/viewer-socket.ts';
import type { Viewers } from '../console/viewers.ts';
import { BASE_HEADER } from '../web/base.ts';

/** As the viewer of the emergency page asks for the values of a frame. */
const RAW = 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1';
const MOST_BYTES = 4 * 1024 * 1024;

/** Where the console's process reads images. */
export interface PageDoor {
  readonly runFolder: string;
  readonly people: Pick<Viewers, 'add' | 'remove'>;
}

/** An image by its UIDs. */
export interface FramePlace {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/**
 * The values of a first frame by the socket, the path and the headers with which the console's process asks for it on behalf of the emergency page.
 * Rejects with a Fault.
 */
export async function firstFrame(
  { runFolder, people }: PageDoor,
  account: string,
  { study, series, instance }: FramePlace,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const token = randomBytes(32).toString('base64url');
  const sha256 = createHash('sha256').update(token).digest('hex');
  people.add({ t: 'viewer', sha256, account, address: '127.0.0.1' });
  const headers = {
    ...{ accept: RAW, host: 'console', authorization: `Bearer ${token}` },
    [BASE_HEADER]: 'https://localhost/dicomweb',
  };
  const path = `${WEB_ROOT}/studies/${study}/series/${series}/instances/${instance}/frames/1`;
  try {
    return await asked({ socketPath: viewerSocketIn(runFolder), path, headers, signal });
  } finally {
    people.remove(sha256);
  }
}

function asked(options: RequestOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => void whole(answer).then(resolve, reject));
    sent.once('error', (cause) => reject(closed(cause)));
    sent.end();
  });
}

async function whole(answer: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw closed();
    parts.push(part);
  }
  if (answer.statusCode !== 200) throw closed(new Error(`HTTP ${answer.statusCode}`));
  return Buffer.concat(parts);
}

const closed = (cause?: unknown): Fault =>
  new Fault(
    'drill.no-image',
    'transient',
    text('la page n’a pas reçu l’image.', 'the page did not get the image.'),
    cause === undefined ? {} : { cause },
  );
