import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock, Secret, systemClock } from '@leadglass/kit';
import { createAuthority, expiresAtMs, fingerprintSha256, issueDeviceCertificate } from '../authority.ts';
import { acceptedKey, newDeviceKey, type PfxForm, readCrl, readCsr, signCrl, writePfx } from './index.ts';
import { keyDigestOf, namesOf } from './paths.ts';
import { openssl } from './pki.testkit.ts';
import { isRevokedIn } from './revoked.ts';

const clock = systemClock;
const authority = await createAuthority({ siteName: 'pki', clock });

async function issued(kind: 'ec' | 'rsa' = 'ec') {
  const key = await newDeviceKey(kind);
  const options = { publicKey: key.publicKey, commonName: 'CT1', dns: ['ct1.test'], addresses: ['192.0.2.7'] };
  return { key, certPem: await issueDeviceCertificate(authority, { ...options, days: 365, clock }) };
}

test('[WIRE-134] a device’s certificate, EC or RSA, is good for calling and for being called', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined) return;
  ssl.write('ca.pem', authority.certPem);
  for (const kind of ['ec', 'rsa'] as const) {
    const { key, certPem } = await issued(kind);
    ssl.write('device.pem', certPem);
    for (const purpose of ['sslclient', 'sslserver'])
      ssl.run('verify', '-x509_strict', '-CAfile', 'ca.pem', '-purpose', purpose, 'device.pem');
    const certificate = new X509Certificate(certPem);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(key.keyPem.reveal())));
    assert.deepEqual([...namesOf(certificate)], ['CT1', 'ct1.test', '192.0.2.7']);
  }
});

for (const form of ['modern', 'legacy'] as const satisfies readonly PfxForm[]) {
  test(`[WIRE-135] a PKCS #12 file, ${form}, is opened by OpenSSL and by Java with its password alone`, async (t) => {
    const ssl = openssl(t);
    if (ssl === undefined) return;
    const { key, certPem } = await issued(form === 'legacy' ? 'rsa' : 'ec');
    const names = { friendlyName: 'CT1 salle 2', authorityPem: authority.certPem };
    const pfx = writePfx({ ...names, keyPem: key.keyPem, certPem, password: new Secret('corr ect-horse'), form });
    assert.equal(pfx.includes(createPrivateKey(key.keyPem.reveal()).export({ format: 'der', type: 'pkcs8' })), false);
    ssl.write('ct1.p12', pfx);
    const given = ['pkcs12', '-in', 'ct1.p12', '-nodes', '-passin'];
    const opened = ssl.run(...given, 'pass:corr ect-horse', '-info');
    assert.match(opened, form === 'modern' ? /PBES2, PBKDF2, AES-256-CBC/ : /pbeWithSHA1And3-KeyTripleDES-CBC/);
    assert.match(opened, form === 'modern' ? /MAC: sha256/ : /MAC: sha1/);
    const keyInside = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(opened)?.[0] ?? '';
    assert.deepEqual(createPrivateKey(keyInside).equals(createPrivateKey(key.keyPem.reveal())), true);
    for (const pem of [certPem, authority.certPem]) assert.ok(opened.includes(pem.trim()), 'certificate inside');
    assert.notEqual(ssl.try(...given, 'pass:wrong').status, 0);
    assertJavaReads(join(ssl.folder, 'ct1.p12'));
  });
}

/** Java is what many modality consoles import with; where it is not installed OpenSSL's word stands alone. */
function assertJavaReads(path: string): void {
  const args = ['-list', '-storetype', 'PKCS12', '-keystore', path, '-storepass', 'corr ect-horse'];
  const { status, stdout, error } = spawnSync('keytool', args, { encoding: 'utf8' });
  const isAbsent = error !== undefined;
  assert.ok(isAbsent || (status === 0 && /ct1 salle 2.*PrivateKeyEntry/.test(stdout)), stdout);
}

test('[WIRE-136] of a certificate request the key and the names wished for are taken, and nothing else', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined) return;
  const extensions = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'subjectAltName=DNS:ct1.test,IP:192.0.2.9',
  ];
  for (const algorithm of [['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['rsa:2048']]) {
    const subject = ['-subj', '/O=Evil/CN=CT1', ...extensions, '-nodes', '-keyout', 'k.pem', '-out', 'r.pem'];
    ssl.run('req', '-new', '-newkey', ...algorithm, ...subject);
    const request = await readCsr(ssl.read('r.pem'));
    assert.ok('publicKey' in request);
    assert.deepEqual([request.commonName, request.dns, request.addresses], ['CT1', ['ct1.test'], ['192.0.2.9']]);
    const certPem = await issueDeviceCertificate(authority, { ...request, days: 30, clock });
    const certificate = new X509Certificate(certPem);
    assert.equal(certificate.ca, false);
    assert.equal(certificate.subject, 'CN=CT1');
    assert.ok(certificate.checkPrivateKey(createPrivateKey(ssl.read('k.pem'))));
    ssl.run('req', '-in', 'r.pem', '-outform', 'DER', '-out', 'r.der');
    assert.ok('publicKey' in (await readCsr(ssl.read('r.der'))));
  }
});

test('[WIRE-136] a request that is none, too weak, changed or endless is refused with its reason', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined) return;
  ssl.run('req', '-new', '-newkey', 'rsa:1024', '-subj', '/CN=CT1', '-nodes', '-keyout', 'k.pem', '-out', 'weak.pem');
  ssl.run('req', '-new', '-newkey', 'rsa:2048', '-subj', '/CN=CT1', '-nodes', '-keyout', 'k.pem', '-out', 'r.pem');
  ssl.run('req', '-in', 'r.pem', '-outform', 'DER', '-out', 'r.der');
  const whole = ssl.read('r.der');
  const sentence = async (bytes: Uint8Array) => {
    const said = await readCsr(bytes);
    assert.ok('en' in said);
    return said.en;
  };
  assert.match(await sentence(ssl.read('weak.pem')), /key of this request is not accepted/);
  const changed = Buffer.from(whole);
  changed.write('CT2', changed.indexOf('CT1'), 'latin1');
  assert.match(await sentence(changed), /signature of this request is not its key/);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.alloc(65 * 1024, 0x30),
    Buffer.from('-----BEGIN'),
    whole.subarray(0, 90),
  ])
    assert.match(await sentence(bytes), /not a certificate request/);
  const { publicKey } = (await readCsr(whole)) as { readonly publicKey: Buffer };
  for (let at = 0; at < whole.byteLength; at += 7) {
    const bent = Buffer.from(whole);
    bent[at] = (bent[at] ?? 0) ^ 0x41;
    const said = await readCsr(bent);
    // What is not signed may change and mean nothing: the number of unused bits of the signature.
    assert.ok('en' in said || (said.publicKey.equals(publicKey) && said.commonName === 'CT1'), `byte ${at}`);
  }
});

test('[WIRE-137] our list of revoked certificates is one to OpenSSL, and turns away what is on it', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined) return;
  const [good, bad] = [await issued(), await issued()];
  const serial = new X509Certificate(bad.certPem).serialNumber;
  const revoked = [{ serial, atMs: clock.now(), reason: 'key-compromise' as const }];
  const crl = await signCrl(authority, { revoked, number: 7, clock });
  ssl.write('ca.pem', authority.certPem);
  ssl.write('crl.pem', crl);
  ssl.write('good.pem', good.certPem);
  ssl.write('bad.pem', bad.certPem);
  assert.match(ssl.run('crl', '-in', 'crl.pem', '-noout', '-text', '-CAfile', 'ca.pem'), /X509v3 CRL Number:\s+7/);
  assert.match(ssl.run('crl', '-in', 'crl.pem', '-noout', '-text'), /Key Compromise/);
  const verify = ['verify', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'crl.pem'];
  ssl.run(...verify, 'good.pem');
  assert.match(ssl.try(...verify, 'bad.pem').said, /certificate revoked/);
});

test('[WIRE-138] somebody else’s list is believed when an authority we know signed it, whole', async () => {
  const revoked = Array.from({ length: 500 }, (_, at) => {
    return { serial: (0x4000 + at).toString(16), atMs: clock.now(), reason: 'unspecified' as const };
  });
  const crl = Buffer.from(await signCrl(authority, { revoked, number: 1, clock }));
  const read = await readCrl(crl, [authority.certPem]);
  assert.ok('digests' in read);
  const key = keyDigestOf(new X509Certificate(authority.certPem));
  assert.deepEqual([read.authority, read.count], [key, 500]);
  const found = revoked.filter(({ serial }) => isRevokedIn(read.digests, key, `00${serial.toUpperCase()}`));
  assert.equal(found.length, 500);
  assert.equal(isRevokedIn(read.digests, key, '5000'), false);
  const other = await createAuthority({ siteName: 'pki', clock });
  const foreign = await readCrl(crl, [other.certPem]);
  assert.ok('en' in foreign && /None of the imported authorities/.test(foreign.en));
  for (const bytes of [crl.subarray(0, 300), Buffer.from('nothing'), Buffer.alloc(0)])
    assert.ok('en' in (await readCrl(bytes, [authority.certPem])));
});

test('[WIRE-139] keys that are too small, too large or of another kind are not signed', async () => {
  const { publicKey } = await newDeviceKey('ec');
  assert.ok(acceptedKey(publicKey));
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(5000, 1), publicKey.subarray(0, 40)])
    assert.equal(acceptedKey(bytes), undefined);
  const manual = new ManualClock(Date.UTC(2030, 0, 1));
  const options = { publicKey, commonName: 'MR1', dns: [], addresses: [], clock: manual };
  const certPem = await issueDeviceCertificate(authority, { ...options, days: 30 });
  assert.equal(expiresAtMs(certPem), Date.UTC(2030, 0, 31));
  assert.match(fingerprintSha256(certPem) ?? '', /^[0-9a-f]{64}$/);
  await assert.rejects(issueDeviceCertificate(authority, { ...options, days: 2000 }), /1 to 1096 days/);
});
