/** Rates of sealing, opening and making kits on this machine: `node packages/vault/bench/seal.ts`. Best of several rounds, one thread. */
import { randomBytes } from 'node:crypto';
import { systemRandomness } from '@leadglass/kit';
import { generateIdentity, memorySource, openHeader, PayloadSealer, prepareSeal, readPlain } from '../src/index.ts';

const recipients = [generateIdentity(), generateIdentity()];
const OBJECT_BYTES = 64 * 2 ** 20;

async function best(rounds: number, work: () => void | Promise<void>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

function kit() {
  return prepareSeal(
    recipients.map((identity) => identity.recipient),
    systemRandomness,
  );
}

function sealInto(plain: Uint8Array, viewBytes: number, sink: (bytes: Uint8Array) => void): void {
  const { payloadKey } = kit();
  const sealer = new PayloadSealer(payloadKey);
  for (let at = 0; at < plain.byteLength; at += viewBytes) sealer.update(plain.subarray(at, at + viewBytes), sink);
  sealer.finish(sink);
}

const plain = randomBytes(OBJECT_BYTES);
for (const viewBytes of [16_384, 65_536, 131_072, 262_144]) {
  const ms = await best(12, () => sealInto(plain, viewBytes, () => {}));
  process.stdout.write(`seal, views of ${viewBytes}: ${Math.round(OBJECT_BYTES / ms / 1000)} MB/s\n`);
}
const small = plain.subarray(0, 5600);
const smallMs = await best(8, () => {
  for (let i = 0; i < 1000; i += 1) {
    const sealer = new PayloadSealer(plain.subarray(0, 32));
    sealer.update(small, () => {});
    sealer.finish(() => {});
  }
});
process.stdout.write(`seal 5.6 kB without its kit: ${smallMs.toFixed(1)} µs\n`);
const kitMs = await best(8, () => {
  for (let i = 0; i < 500; i += 1) kit();
});
process.stdout.write(`kit for two recipients: ${Math.round(kitMs * 2)} µs\n`);

const parts: Buffer[] = [];
const head = kit();
const sealer = new PayloadSealer(head.payloadKey);
parts.push(Buffer.from(head.head));
sealer.update(plain, (bytes) => void parts.push(Buffer.from(bytes)));
sealer.finish((bytes) => void parts.push(Buffer.from(bytes)));
const source = memorySource(Buffer.concat(parts));
const openMs = await best(12, async () => {
  const opened = await openHeader(recipients, source);
  for await (const _ of readPlain(source, opened));
});
process.stdout.write(`open: ${Math.round(OBJECT_BYTES / openMs / 1000)} MB/s\n`);
const headerMs = await best(8, async () => {
  for (let i = 0; i < 200; i += 1) await openHeader([recipients[0] as (typeof recipients)[0]], source);
});
process.stdout.write(`open a header with its last chunk: ${Math.round(headerMs * 5)} µs\n`);
