import { ManualClock } from '@leadglass/kit';
import type { Association as AssociationClass } from './association.ts';
import { Association } from './association.ts';
import { encodeCommand } from './command-codec.ts';
import { MessageReader } from './message-reader.ts';
import { cStoreRq } from './messages.ts';
import { ACCEPTANCE, PDUS, pData } from './testkit.ts';

// Throughput of Association.receive and MessageReader on C-STOREs of 0.5 MB: `node dimse.bench.ts`.

const OBJECT_BYTES = 524_288;
const MESSAGES_IN_BUFFER = 16;
const ROUNDS = 400;

function stream(pduBytes: number): Buffer {
  const body = Buffer.alloc(OBJECT_BYTES);
  const command = cStoreRq({
    messageId: 1,
    affectedSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    affectedSopInstanceUid: '1.2.3.4.5.6',
  });
  const parts: Uint8Array[] = [];
  for (let message = 0; message < MESSAGES_IN_BUFFER; message += 1) {
    parts.push(pData(1, true, true, encodeCommand(command)));
    const fragmentBytes = pduBytes - 6;
    for (let at = 0; at < OBJECT_BYTES; at += fragmentBytes) {
      parts.push(pData(1, false, at + fragmentBytes >= OBJECT_BYTES, body.subarray(at, at + fragmentBytes)));
    }
  }
  return Buffer.concat(parts);
}

function receiver(counts: { objects: number; bytes: number }): AssociationClass {
  const messages = new MessageReader({
    contexts: new Set([1]),
    handler: {
      command: () => {},
      dataSet: (_id, piece, isLast) => {
        counts.bytes += piece.byteLength;
        if (isLast) counts.objects += 1;
      },
      fault: (fault) => {
        throw new Error(fault.why.en);
      },
    },
  });
  const association: AssociationClass = new Association({
    role: 'acceptor',
    limits: { associatePduBytes: 65_536, maximumLength: 1_048_576, artimMs: 30_000 },
    clock: new ManualClock(),
    handler: {
      send: () => {},
      closeTransport: () => {},
      associateRequested: () => association.accept(ACCEPTANCE),
      associateAccepted: () => {},
      associateRejected: () => {},
      data: (contextId, isCommand, isLast, piece) => messages.data(contextId, isCommand, isLast, piece),
      releaseRequested: () => {},
      released: () => {},
      aborted: (_abort, _by, why) => {
        throw new Error(why.en);
      },
    },
  });
  association.transportConnected();
  association.receive(PDUS.associateRq);
  return association;
}

for (const pduBytes of [16_384, 131_072]) {
  for (const chunkBytes of [65_536, 262_144]) {
    const bytes = stream(pduBytes);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.byteLength; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
    const counts = { objects: 0, bytes: 0 };
    const association = receiver(counts);
    for (const chunk of chunks) association.receive(chunk);
    const begin = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) for (const chunk of chunks) association.receive(chunk);
    const seconds = (performance.now() - begin) / 1000;
    const gigabytesPerSecond = (ROUNDS * bytes.byteLength) / seconds / 1e9;
    const microsecondsPerChunk = (seconds * 1e6) / (ROUNDS * chunks.length);
    console.log(
      `PDU ${pduBytes} chunk ${chunkBytes}: ${gigabytesPerSecond.toFixed(0)} GB/s, ${microsecondsPerChunk.toFixed(2)} us a chunk, ${counts.objects} objects`,
    );
  }
}
