import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { readAuthorities, readCrl } from './index.ts';
import { OutsidePki } from './outside.testkit.ts';
import { keyDigestOf, namesOf, TrustPaths } from './paths.ts';
import { type OpenSsl, openssl } from './pki.testkit.ts';
import { isRevokedIn } from './revoked.ts';

interface Hospital {
  readonly ssl: OpenSsl;
  readonly pki: OutsidePki;
}

function hospital(t: TestContext): Hospital | undefined {
  const ssl = openssl(t);
  if (ssl === undefined) return undefined;
  const pki = new OutsidePki(ssl);
  pki.root('root');
  pki.intermediate('root', 'issuing');
  return { ssl, pki };
}

async function anchor(ssl: OpenSsl, name: string, ...files: readonly string[]) {
  const authorities = await readAuthorities(Buffer.concat(files.map((file) => ssl.read(`${file}.pem`))));
  assert.ok(!('en' in authorities), JSON.stringify(authorities));
  return { name, authorities };
}

const certificate = (ssl: OpenSsl, name: string) => new X509Certificate(ssl.read(`${name}.pem`));
/** A minute on: what is made meanwhile is in force. */
const NOW = Date.now() + 60_000;

test('[WIRE-140] a device leads to the anchors of its own chain, whether it sends the intermediate or we have it', async (t) => {
  const at = hospital(t);
  if (at === undefined) return;
  const { ssl, pki } = at;
  pki.root('other');
  pki.device('issuing', 'ct1', 'ct1', 'subjectAltName=DNS:ct1.hospital.test,IP:192.0.2.7\n');
  const [leaf, issuing] = [certificate(ssl, 'ct1'), certificate(ssl, 'issuing')];
  const rootAlone = await anchor(ssl, 'hospital', 'root');
  const both = await anchor(ssl, 'hospital', 'issuing', 'root');
  const paths = (anchors: (typeof both)[], sent: Uint8Array[]) => new TrustPaths(anchors).of(leaf, sent, NOW);
  const other = await anchor(ssl, 'other', 'other');
  assert.deepEqual(paths([rootAlone, other], [issuing.raw]).anchors, ['hospital']);
  assert.deepEqual(paths([rootAlone, other], []).anchors, []);
  assert.deepEqual(paths([both, other], []).anchors, ['hospital']);
  assert.deepEqual(
    both.authorities.map(({ isAnchor }) => isAnchor),
    [false, true],
  );
  assert.deepEqual(paths([other], [issuing.raw]).anchors, []);
  assert.equal(paths([rootAlone], [issuing.raw]).links.length, 2);
  assert.ok(namesOf(leaf).includes('ct1.hospital.test') && namesOf(leaf).includes('192.0.2.7'));
});

test('[WIRE-141] an intermediate that only says so leads nowhere: signatures are checked link by link', async (t) => {
  const at = hospital(t);
  if (at === undefined) return;
  const { ssl, pki } = at;
  // Another authority of the same name, with its own key, and all below it.
  pki.root('forged-root', '', '/O=Hospital/CN=root');
  pki.intermediate('forged-root', 'forged-issuing', '', '/O=Hospital/CN=issuing');
  pki.device('forged-issuing', 'thief', 'ct1');
  const paths = new TrustPaths([await anchor(ssl, 'hospital', 'root', 'issuing')]);
  const sent = ['forged-issuing', 'forged-root', 'issuing'].map((name) => certificate(ssl, name).raw);
  assert.deepEqual(paths.of(certificate(ssl, 'thief'), sent, NOW), { anchors: [], links: [] });
  // A device's certificate signs nothing, though its key could.
  pki.device('issuing', 'ct1', 'ct1');
  pki.device('ct1', 'below', 'ct2');
  assert.deepEqual(paths.of(certificate(ssl, 'below'), [certificate(ssl, 'ct1').raw], NOW).anchors, []);
});

test('[WIRE-142] expired, not for clients, past the path length, under name constraints: no way, and links are still told', async (t) => {
  const at = hospital(t);
  if (at === undefined) return;
  const { ssl, pki } = at;
  pki.device('issuing', 'old', 'ct1');
  pki.device('issuing', 'server', 'ct1', 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n');
  pki.root('short-root', '', '/O=Hospital/CN=short');
  pki.intermediate('short-root', 'flat', '', '/O=Hospital/CN=flat');
  const both = new TrustPaths([await anchor(ssl, 'hospital', 'root', 'issuing')]);
  const old = both.of(certificate(ssl, 'old'), [], NOW + 25 * 86_400_000);
  assert.deepEqual([old.anchors, old.links.length], [[], 1]);
  assert.deepEqual(both.of(certificate(ssl, 'server'), [], NOW).anchors, []);
  pki.device('flat', 'deep', 'ct1');
  const short = await anchor(ssl, 'short', 'short-root');
  const flat = { ...short, authorities: short.authorities.map((one) => ({ ...one, mostBelow: 0 })) };
  const sent = [certificate(ssl, 'flat').raw];
  assert.deepEqual(new TrustPaths([short]).of(certificate(ssl, 'deep'), sent, NOW).anchors, ['short']);
  assert.deepEqual(new TrustPaths([flat]).of(certificate(ssl, 'deep'), sent, NOW).anchors, []);
  assert.deepEqual(new TrustPaths([short]).of(certificate(ssl, 'deep'), sent, NOW + 40 * 86_400_000).anchors, []);
  pki.intermediate('root', 'limited', 'nameConstraints=critical,permitted;DNS:x.test\n');
  pki.device('limited', 'under', 'ct1');
  assert.deepEqual(both.of(certificate(ssl, 'under'), [certificate(ssl, 'limited').raw], NOW).anchors, []);
  const refused = await readAuthorities(ssl.read('limited.pem'));
  assert.ok('en' in refused && /limited to certain names/.test(refused.en));
  assert.ok('en' in (await readAuthorities(ssl.read('old.pem'))));
  assert.ok('en' in (await readAuthorities(Buffer.from('no certificate'))));
});

test('[WIRE-138] a list made by OpenSSL is read, of the authority that signed it', async (t) => {
  const at = hospital(t);
  if (at === undefined) return;
  const { ssl, pki } = at;
  for (const name of ['ct1', 'ct2']) pki.device('issuing', name, name);
  const crl = ssl.read(pki.crl('issuing', ['ct1']));
  const read = await readCrl(crl, [ssl.read('root.pem').toString(), ssl.read('issuing.pem').toString()]);
  assert.ok('digests' in read, JSON.stringify(read));
  const key = keyDigestOf(certificate(ssl, 'issuing'));
  const isRevoked = (name: string) => isRevokedIn(read.digests, key, certificate(ssl, name).serialNumber);
  assert.deepEqual([read.authority, isRevoked('ct1'), isRevoked('ct2')], [key, true, false]);
});

test('[WIRE-142] a certificate without a subject, or with names that look like others, is read without harm', async (t) => {
  const at = hospital(t);
  if (at === undefined) return;
  const { ssl, pki } = at;
  pki.root('bare', '', '/');
  assert.deepEqual(namesOf(certificate(ssl, 'bare')), []);
  ssl.write('odd.cnf', '[req]\ndistinguished_name=d\n[d]\n');
  const odd = [
    '-addext',
    'subjectAltName=URI:x\\, DNS:ct1.hospital.test,email:a@b.test',
    '-subj',
    '/CN=a, DNS:ct2/CN=b',
  ];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'odd.key'];
  ssl.run('req', '-x509', '-config', 'odd.cnf', ...key, ...odd, '-out', 'odd.pem');
  const names = namesOf(certificate(ssl, 'odd'));
  assert.ok(names.includes('a, DNS:ct2') && names.includes('b') && names.includes('a@b.test'), names.join('|'));
  assert.ok(!names.includes('ct2'), 'what stands inside a value is no name');
  const paths = new TrustPaths([await anchor(ssl, 'hospital', 'root')]);
  assert.deepEqual(
    paths.of(certificate(ssl, 'bare'), [Buffer.alloc(9), certificate(ssl, 'bare').raw], NOW).anchors,
    [],
  );
});
