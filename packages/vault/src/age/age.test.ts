import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bytesEqual, isFault, systemRandomness } from '@leadglass/kit';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { bech32Encode } from './bech32.ts';
import { generateIdentity, type Identity, parseIdentity, parseRecipient, type Recipient, recipientOf } from './keys.ts';
import { memorySource } from './memory-source.ts';
import { openHeader, readPlain } from './open.ts';
import { PayloadSealer, prepareSeal, sealedLength } from './seal.ts';

const CHUNK = 65_536;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 777];

/** Seals `plain` given in pieces of `pieceBytes`, as the intake does: each view is overwritten once it was handed over. */
function seal(recipients: readonly Recipient[], plain: Uint8Array, pieceBytes = plain.byteLength || 1): Buffer {
  const kit = prepareSeal(recipients, systemRandomness);
  const out: Buffer[] = [Buffer.from(kit.head)];
  const sealer = new PayloadSealer(kit.payloadKey);
  const sink = (bytes: Uint8Array) => void out.push(Buffer.from(bytes));
  const view = Buffer.alloc(pieceBytes);
  for (let at = 0; at < plain.byteLength; at += pieceBytes) {
    const piece = plain.subarray(at, at + pieceBytes);
    view.set(piece);
    sealer.update(view.subarray(0, piece.byteLength), sink);
    view.fill(0xee);
  }
  sealer.finish(sink);
  const sealed = Buffer.concat(out);
  assert.equal(sealed.byteLength, sealedLength(kit.head.byteLength, plain.byteLength));
  return sealed;
}

async function open(identities: readonly Identity[], sealed: Uint8Array, from?: number, to?: number): Promise<Buffer> {
  const source = memorySource(sealed);
  const opened = await openHeader(identities, source);
  return Buffer.concat(await collect(readPlain(source, opened, from, to)));
}

async function collect(views: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const view of views) all.push(view);
  return all;
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'opened',
    (thrown: unknown) => (isFault(thrown) ? thrown.code : `not a Fault: ${String(thrown)}`),
  );
}

const site = generateIdentity();
const recovery = generateIdentity();
const both = [recipientOf(site), recipientOf(recovery)];

test('[VAULT-1] the age-encryption package opens what we seal, with either identity', async () => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    for (const identity of [site, recovery]) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity.text.reveal());
      assert.deepEqual(Buffer.from(await decrypter.decrypt(seal(both, plain))), plain);
    }
  }
});

test('[VAULT-1] we open what the age-encryption package seals', async () => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    const encrypter = new Encrypter();
    for (const recipient of both) encrypter.addRecipient(recipient.text);
    const sealed = await encrypter.encrypt(plain);
    assert.deepEqual(await open([site], sealed), plain);
    assert.deepEqual(await open([recovery], sealed), plain);
  }
});

test('[VAULT-1] keys are read and written as the age-encryption package does', async () => {
  const again = parseIdentity(site.text.reveal());
  assert.equal(again?.recipient.text, site.recipient.text);
  assert.equal(await identityToRecipient(site.text.reveal()), site.recipient.text);
  assert.equal(
    bytesEqual(parseRecipient(site.recipient.text)?.publicKey ?? new Uint8Array(0), site.recipient.publicKey),
    true,
  );
});

test('[VAULT-2] whole, in pieces of any size and byte by byte give the same content', async () => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    for (const piece of [1, 7, 4096, 32_768, CHUNK - 1, CHUNK, CHUNK + 1, 262_144]) {
      assert.deepEqual(await open([site], seal(both, plain, piece)), plain);
    }
  }
});

test('[VAULT-32] what a sealed piece took is given back as soon as it was handed over, not when the collector comes', () => {
  const kit = prepareSeal(both, systemRandomness);
  const sealer = new PayloadSealer(kit.payloadKey);
  const pieces: Uint8Array[] = [];
  const largest: number[] = [];
  const sink = (bytes: Uint8Array): void => {
    pieces.push(bytes);
    largest.push(bytes.byteLength);
  };
  sealer.update(randomBytes(10 * CHUNK), sink);
  sealer.finish(sink);
  // Held by us, and empty all the same: tags alone, of 16 bytes, are left to the collector.
  assert.equal(Math.max(...largest), CHUNK / 2);
  assert.equal(Math.max(...pieces.map(({ byteLength }) => byteLength)), 16);
});

test('[VAULT-3] any range is read without reading the rest', async () => {
  const plain = randomBytes(40 * CHUNK + 99);
  const sealed = seal(both, plain);
  let bytesRead = 0;
  const inner = memorySource(sealed);
  const source = {
    ...inner,
    read: (offset: number, length: number) => {
      bytesRead += length;
      return inner.read(offset, length);
    },
  };
  const opened = await openHeader([site], source);
  for (let i = 0; i < 200; i += 1) {
    const [from = 0, to = 0] = [
      randomBytes(4).readUInt32BE() % plain.length,
      randomBytes(4).readUInt32BE() % plain.length,
    ].sort((a, b) => a - b);
    assert.deepEqual(Buffer.concat(await collect(readPlain(source, opened, from, to))), plain.subarray(from, to));
  }
  bytesRead = 0;
  await collect(readPlain(source, opened, 5 * CHUNK + 10, 5 * CHUNK + 20));
  assert.equal(bytesRead, CHUNK + 16);
});

test('[VAULT-4] no altered byte passes: whatever is changed, nothing false is released', async () => {
  const plain = randomBytes(CHUNK + 100);
  const sealed = seal(both, plain);
  const places = [
    ...Array(420).keys(),
    ...Array.from({ length: 300 }, () => randomBytes(4).readUInt32BE() % sealed.length),
    sealed.length - 1,
  ];
  for (const place of places) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(place) ^ (1 << (place % 8)), place);
    assert.match(
      await faultOf(open([site], altered)),
      /^vault\.(not-age|no-identity-matches|header-mac|chunk-forged|truncated)$/,
    );
  }
});

test('[VAULT-4] a cut at any length is refused before anything is released', async () => {
  const plain = randomBytes(3 * CHUNK);
  const sealed = seal(both, plain);
  const headBytes = sealed.length - 3 * (CHUNK + 16);
  const boundary = headBytes + 2 * (CHUNK + 16);
  assert.equal(await faultOf(openHeader([site], memorySource(sealed.subarray(0, boundary)))), 'vault.truncated');
  assert.equal(await faultOf(openHeader([site], memorySource(sealed.subarray(0, boundary + 16)))), 'vault.truncated');
  assert.equal(await faultOf(openHeader([site], memorySource(sealed.subarray(0, headBytes)))), 'vault.truncated');
  for (let i = 0; i < 300; i += 1) {
    const cut = randomBytes(4).readUInt32BE() % sealed.length;
    assert.match(
      await faultOf(openHeader([site], memorySource(sealed.subarray(0, cut)))),
      /^vault\.(not-age|truncated|chunk-forged)$/,
    );
  }
});

test('[VAULT-4] chunks exchanged, repeated or appended are refused', async () => {
  const sealed = seal(both, randomBytes(4 * CHUNK));
  const headBytes = sealed.length - 4 * (CHUNK + 16);
  const chunk = (i: number) => sealed.subarray(headBytes + i * (CHUNK + 16), headBytes + (i + 1) * (CHUNK + 16));
  const head = sealed.subarray(0, headBytes);
  for (const order of [
    [1, 0, 2, 3],
    [0, 0, 2, 3],
    [0, 1, 2, 3, 3],
    [0, 1, 3],
    [0, 1, 3, 2],
  ]) {
    assert.match(
      await faultOf(open([site], Buffer.concat([head, ...order.map(chunk)]))),
      /^vault\.(chunk-forged|truncated)$/,
    );
  }
  const extended = Buffer.concat([sealed, Buffer.alloc(16)]);
  assert.equal(await faultOf(open([site], extended)), 'vault.truncated');
});

test('[VAULT-5] a stranger’s identity opens nothing and is told so', async () => {
  assert.equal(await faultOf(open([generateIdentity()], seal(both, randomBytes(10)))), 'vault.no-identity-matches');
  assert.equal(await faultOf(open([], seal(both, randomBytes(10)))), 'vault.no-identity-matches');
});

test('[VAULT-5] a header whose MAC was made without the file key is refused', async () => {
  const sealed = seal(both, randomBytes(10)).toString('latin1');
  const other = seal(both, randomBytes(10)).toString('latin1');
  const mac = (text: string) => /\n--- (.{43})\n/.exec(text)?.[1] ?? '';
  const swapped = Buffer.from(sealed.replace(mac(sealed), mac(other)), 'latin1');
  assert.equal(await faultOf(open([site], swapped)), 'vault.header-mac');
});

test('[VAULT-6] header limits hold: 64 KiB and 64 stanzas', async () => {
  const stanza = `-> x y\n${'A'.repeat(42)}Y\n`;
  const end = `--- ${'A'.repeat(43)}\n`;
  const head = (stanzas: string) => Buffer.from(`age-encryption.org/v1\n${stanzas}${end}${'\0'.repeat(64)}`, 'latin1');
  assert.equal(await faultOf(open([site], head(stanza.repeat(64)))), 'vault.no-identity-matches');
  assert.equal(await faultOf(open([site], head(stanza.repeat(65)))), 'vault.not-age');
  assert.equal(await faultOf(open([site], head(`-> x\n${`${'A'.repeat(64)}\n`.repeat(1100)}\n`))), 'vault.not-age');
  assert.equal(await faultOf(open([site], Buffer.alloc(1_000_000, 0x41))), 'vault.not-age');
  assert.equal(await faultOf(open([site], Buffer.alloc(0))), 'vault.not-age');
});

test('[VAULT-6] malformed headers are not age files', async () => {
  const sealed = seal([recipientOf(site)], randomBytes(10)).toString('latin1');
  const variants: readonly [string, string][] = [
    ['age-encryption.org/v1\n', 'age-encryption.org/v2\n'],
    ['age-encryption.org/v1\n', 'age-encryption.org/v1\r\n'],
    ['-> X25519 ', '->X25519 '],
    ['-> X25519 ', '-> X25519  '],
    ['-> X25519 ', '-> X25519 extra '],
    ['\n--- ', '\n---'],
    ['\n--- ', '=\n--- '],
  ];
  for (const [from, to] of variants) {
    assert.equal(await faultOf(open([site], Buffer.from(sealed.replace(from, to), 'latin1'))), 'vault.not-age');
  }
  const lowOrder = sealed.replace(/X25519 .{43}/, `X25519 ${'A'.repeat(43)}`);
  assert.equal(await faultOf(open([site], Buffer.from(lowOrder, 'latin1'))), 'vault.not-age');
});

test('[VAULT-7] what is not a key is not taken for one', () => {
  const text = site.recipient.text;
  const secret = site.text.reveal();
  for (const wrong of [
    '',
    'age1',
    text.slice(0, -1),
    `${text}q`,
    `A${text.slice(1)}`,
    secret,
    `${text} `,
    'age1'.repeat(1000),
  ]) {
    assert.equal(parseRecipient(wrong), undefined);
  }
  for (let i = 4; i < text.length; i += 1) {
    const other = text[i] === 'q' ? 'p' : 'q';
    assert.equal(parseRecipient(text.slice(0, i) + other + text.slice(i + 1)), undefined);
  }
  for (const wrong of ['', text, secret.slice(0, -1), secret.toLowerCase().replace('a', 'A')])
    assert.equal(parseIdentity(wrong), undefined);
});

test('[VAULT-7] a point of small order is not a recipient', () => {
  const one = new Uint8Array(32);
  one[0] = 1;
  for (const point of [new Uint8Array(32), one]) assert.equal(parseRecipient(bech32Encode('age', point)), undefined);
});

test('[VAULT-7] an identity never prints its secret', async () => {
  const { inspect } = await import('node:util');
  const secret = site.text.reveal();
  for (const printed of [
    String(site),
    JSON.stringify(site),
    JSON.stringify({ site }),
    inspect(site, { depth: 9, showHidden: true }),
    `${site.text}`,
  ]) {
    assert.equal(printed.includes(secret.slice(15)), false);
  }
});

test('[VAULT-8] no two kits share a key, a nonce or an ephemeral key', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 50; i += 1) {
    const { head, payloadKey } = prepareSeal(both, systemRandomness);
    const text = Buffer.from(head).toString('latin1');
    const shares = [...text.matchAll(/X25519 (.{43})/g)].map((match) => match[1] ?? '');
    assert.equal(shares.length, 2);
    for (const part of [
      ...shares,
      Buffer.from(payloadKey).toString('hex'),
      Buffer.from(head.subarray(-16)).toString('hex'),
    ])
      seen.add(part);
  }
  assert.equal(seen.size, 200);
});
