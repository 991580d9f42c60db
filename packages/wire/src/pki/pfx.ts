import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  pbkdf2Sync,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import type { Secret } from '@leadglass/kit';
import { bigEndian, der } from './der.ts';

/**
 * How a PKCS #12 file is encrypted. `modern`: PBES2 with AES-256 and a MAC of SHA-256 (what OpenSSL 3 writes). `legacy`: three-key
 * triple DES and a MAC of SHA-1, all that devices before about 2019 can import; never unless asked for.
 */
export type PfxForm = 'modern' | 'legacy';

/** Iterations: OWASP's figure for PBKDF2-HMAC-SHA256; old devices were made for 2,000 and take a while for more. */
const ROUNDS = { modern: 600_000, legacy: 20_000 } as const;
const MAC_ROUNDS = { modern: 50_000, legacy: 20_000 } as const;

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  pbeSha3Des: '1.2.840.113549.1.12.1.3',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha1: '1.3.14.3.2.26',
} as const;

/**
 * A PKCS #12 file (RFC 7292) with one key, its certificate and the authority's, integrity by password.
 * @param password 1 to 128 characters of ASCII: devices do not agree on others.
 */
export function writePfx(options: {
  readonly keyPem: Secret<string>;
  readonly certPem: string;
  readonly authorityPem: string;
  readonly friendlyName: string;
  readonly password: Secret<string>;
  readonly form: PfxForm;
}): Buffer {
  const { form, password, friendlyName } = options;
  const key = createPrivateKey(options.keyPem.reveal()).export({ format: 'der', type: 'pkcs8' });
  const [certificate, authority] = [derOf(options.certPem), derOf(options.authorityPem)];
  const id = createHash('sha1').update(certificate).digest();
  const attributes = der.set(
    der.sequence(der.oid(OID.friendlyName), der.set(der.bmpString(friendlyName))),
    der.sequence(der.oid(OID.localKeyId), der.set(der.octets(id))),
  );
  const keys = der.sequence(bag(OID.shroudedKeyBag, shrouded(key, password, form), attributes));
  const certificates = der.sequence(
    bag(OID.certBag, certificateBag(certificate), attributes),
    bag(OID.certBag, certificateBag(authority)),
  );
  const safe = der.sequence(encryptedData(certificates, password, form), data(keys));
  return der.sequence(der.integer(3), data(safe), macData(safe, password, form));
}

const derOf = (pem: string): Buffer => new X509Certificate(pem).raw;
const data = (content: Uint8Array): Buffer => der.sequence(der.oid(OID.data), der.explicit(0, der.octets(content)));

function bag(type: string, value: Uint8Array, attributes: Uint8Array = new Uint8Array()): Buffer {
  return der.sequence(der.oid(type), der.explicit(0, value), attributes);
}

function certificateBag(certificate: Uint8Array): Buffer {
  return der.sequence(der.oid(OID.x509Certificate), der.explicit(0, der.octets(certificate)));
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). */
function shrouded(key: Uint8Array, password: Secret<string>, form: PfxForm): Buffer {
  const { algorithm, bytes } = encrypted(key, password, form);
  return der.sequence(algorithm, der.octets(bytes));
}

/** EncryptedData (RFC 5652 §8). */
function encryptedData(content: Uint8Array, password: Secret<string>, form: PfxForm): Buffer {
  const { algorithm, bytes } = encrypted(content, password, form);
  const inner = der.sequence(der.oid(OID.data), algorithm, der.implicit(0, bytes));
  return der.sequence(der.oid(OID.encryptedData), der.explicit(0, der.sequence(der.integer(0), inner)));
}

interface Encrypted {
  readonly algorithm: Buffer;
  readonly bytes: Buffer;
}

function encrypted(plain: Uint8Array, password: Secret<string>, form: PfxForm): Encrypted {
  return form === 'modern' ? pbes2(plain, password) : tripleDes(plain, password);
}

/** RFC 8018 §6.2. */
function pbes2(plain: Uint8Array, password: Secret<string>): Encrypted {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = pbkdf2Sync(password.reveal(), salt, ROUNDS.modern, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const derivation = der.sequence(
    der.oid(OID.pbkdf2),
    der.sequence(
      ...[der.octets(salt), der.integer(ROUNDS.modern)],
      der.sequence(der.oid(OID.hmacSha256), der.nothing()),
    ),
  );
  const scheme = der.sequence(der.oid(OID.aes256Cbc), der.octets(iv));
  const algorithm = der.sequence(der.oid(OID.pbes2), der.sequence(derivation, scheme));
  return { algorithm, bytes: Buffer.concat([cipher.update(plain), cipher.final()]) };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 Appendix C). */
function tripleDes(plain: Uint8Array, password: Secret<string>): Encrypted {
  const salt = randomBytes(8);
  const derived = (id: number, bytes: number) => pkcs12Key('sha1', password, salt, ROUNDS.legacy, id, bytes);
  const cipher = createCipheriv('des-ede3-cbc', derived(1, 24), derived(2, 8));
  const algorithm = der.sequence(der.oid(OID.pbeSha3Des), der.sequence(der.octets(salt), der.integer(ROUNDS.legacy)));
  return { algorithm, bytes: Buffer.concat([cipher.update(plain), cipher.final()]) };
}

function macData(safe: Uint8Array, password: Secret<string>, form: PfxForm): Buffer {
  const hash = form === 'modern' ? 'sha256' : 'sha1';
  const salt = randomBytes(16);
  const key = pkcs12Key(hash, password, salt, MAC_ROUNDS[form], 3, HASHES[hash].bytes);
  const digest = createHmac(hash, key).update(safe).digest();
  const info = der.sequence(der.sequence(der.oid(OID[hash]), der.nothing()), der.octets(digest));
  return der.sequence(info, der.octets(salt), der.integer(MAC_ROUNDS[form]));
}

/** Bytes of a digest and of a block of the hash (`u` and `v` of RFC 7292 §B.2). */
const HASHES = { sha1: { bytes: 20, block: 64 }, sha256: { bytes: 32, block: 64 } } as const;

/** Key material from a password (RFC 7292 §B.2). @param id 1 a key, 2 an initial vector, 3 a MAC key. */
export function pkcs12Key(
  hash: keyof typeof HASHES,
  password: Secret<string>,
  salt: Uint8Array,
  rounds: number,
  id: number,
  bytes: number,
): Buffer {
  const { block } = HASHES[hash];
  const diversifier = Buffer.alloc(block, id);
  const input = Buffer.concat([filled(salt, block), filled(bigEndian(`${password.reveal()}\0`), block)]);
  const made: Buffer[] = [];
  for (let have = 0; have < bytes; have += HASHES[hash].bytes) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) digest = createHash(hash).update(digest).digest();
    made.push(digest);
    addToEach(input, filled(digest, block), block);
  }
  return Buffer.concat(made).subarray(0, bytes);
}

/** `bytes` again and again up to a whole number of blocks; nothing of nothing. */
function filled(bytes: Uint8Array, block: number): Buffer {
  const length = block * Math.ceil(bytes.byteLength / block);
  return Buffer.from(Uint8Array.from({ length }, (_, at) => bytes[at % bytes.byteLength] ?? 0));
}

/** Adds `added` + 1 to every block of `input`, modulo 2 to the size of a block. */
function addToEach(input: Buffer, added: Buffer, block: number): void {
  for (let start = 0; start < input.byteLength; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at--) {
      carry += (input[start + at] ?? 0) + (added[at] ?? 0);
      input[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}
