import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type AeTitle, type Peer, parseAeTitle } from '@leadglass/model';
import { type Admission, type AdmissionRequest, admit, REJECTIONS } from './admit.ts';

const CERTIFICATE = 'ab'.repeat(32);
const OTHER_CERTIFICATE = 'cd'.repeat(32);

function title(value: string): AeTitle {
  const parsed = parseAeTitle(value);
  assert.ok(parsed);
  return parsed;
}

function peer(changes: Partial<Peer> = {}): Peer {
  return {
    aeTitle: title('CT1'),
    from: '192.0.2.0/24',
    allow: ['echo', 'store'],
    whenHeld: 'keep-sending',
    privateSopClasses: [],
    ...changes,
  };
}

function ask(changes: Partial<AdmissionRequest> = {}): Admission {
  return admit({
    peers: [peer()],
    calling: 'CT1',
    called: 'LEADGLASS',
    ourTitle: 'LEADGLASS',
    remoteAddress: '192.0.2.7',
    ...changes,
  });
}

function refused(admission: Admission): Extract<Admission, { admitted: false }> {
  assert.ok(!admission.admitted);
  return admission;
}

test('[POLICY-10] admits a known peer from its address', () => {
  assert.deepEqual(ask(), { admitted: true, peer: peer(), evidence: 'address' });
  assert.ok(ask({ remoteAddress: '::ffff:192.0.2.7' }).admitted);
});

test('[POLICY-11] admits a peer with its certificate and says so', () => {
  const pinned = peer({ certSha256: CERTIFICATE });
  const admission = ask({ peers: [pinned], tls: { certSha256: CERTIFICATE.toUpperCase() } });
  assert.deepEqual(admission, { admitted: true, peer: pinned, evidence: 'certificate' });
});

test('[POLICY-11] refuses a peer bound to a certificate without it, with another, or from elsewhere', () => {
  const peers = [peer({ certSha256: CERTIFICATE })];
  assert.deepEqual(refused(ask({ peers })).rejection, REJECTIONS.callingNotRecognised);
  assert.deepEqual(refused(ask({ peers, tls: {} })).rejection, REJECTIONS.callingNotRecognised);
  const other = refused(ask({ peers, tls: { certSha256: OTHER_CERTIFICATE } }));
  assert.deepEqual(other.rejection, REJECTIONS.callingNotRecognised);
  assert.match(other.hint, new RegExp(`--from 192.0.2.0/24 --allow echo,store --cert-sha256 ${OTHER_CERTIFICATE}$`));
  const elsewhere = refused(ask({ peers, tls: { certSha256: CERTIFICATE }, remoteAddress: '203.0.113.9' }));
  assert.equal(
    elsewhere.hint,
    `./leadglass peer add CT1 --from 203.0.113.9/32 --allow echo,store --cert-sha256 ${CERTIFICATE}`,
  );
});

test('[POLICY-11] gives no hint that would take a certificate away', () => {
  assert.equal(refused(ask({ peers: [peer({ certSha256: CERTIFICATE })] })).hint, '');
  const elsewhere = refused(ask({ peers: [peer({ certSha256: CERTIFICATE })], remoteAddress: '203.0.113.9' }));
  assert.match(elsewhere.hint, new RegExp(`--cert-sha256 ${CERTIFICATE}`));
});

test('[POLICY-12] rejects a wrong called title with 1/1/7', () => {
  const { rejection, why, hint } = refused(ask({ called: 'ORTHANC' }));
  assert.deepEqual(rejection, { result: 1, source: 1, reason: 7 });
  assert.match(why.en, /"CT1" \(192\.0\.2\.7\) asked for "ORTHANC"/);
  assert.match(why.fr, /ORTHANC/);
  assert.equal(hint, '');
});

test('[POLICY-13] rejects an unknown caller with 1/1/3, a sentence and the command that admits it', () => {
  const { rejection, why, hint } = refused(ask({ calling: 'MR2' }));
  assert.deepEqual(rejection, { result: 1, source: 1, reason: 3 });
  assert.equal(why.en, '"MR2" (192.0.2.7) is not a known peer.');
  assert.equal(hint, './leadglass peer add MR2 --from 192.0.2.7/32 --allow echo,store');
  const six = refused(ask({ calling: 'MR2', remoteAddress: '2001:db8::5%eth0', tls: { certSha256: CERTIFICATE } }));
  assert.equal(
    six.hint,
    `./leadglass peer add MR2 --from 2001:db8::5/128 --allow echo,store --cert-sha256 ${CERTIFICATE}`,
  );
});

test('[POLICY-13] rejects a known title from another address and keeps its rights in the hint', () => {
  const { rejection, why, hint } = refused(ask({ peers: [peer({ allow: ['echo'] })], remoteAddress: '198.51.100.1' }));
  assert.deepEqual(rejection, REJECTIONS.callingNotRecognised);
  assert.match(why.en, /admitted from 192\.0\.2\.0\/24 only/);
  assert.equal(hint, './leadglass peer add CT1 --from 198.51.100.1/32 --allow echo');
});

test('[POLICY-14] a limit is transient: 2/3/1 for the gateway, 2/3/2 for the peer', () => {
  const limits = { total: 5, perPeer: 2 };
  assert.ok(ask({ limits, load: { total: 4, ofPeer: 1, isPaused: false } }).admitted);
  assert.deepEqual(refused(ask({ limits, load: { total: 5, ofPeer: 0, isPaused: false } })).rejection, {
    result: 2,
    source: 3,
    reason: 1,
  });
  assert.deepEqual(refused(ask({ limits, load: { total: 4, ofPeer: 2, isPaused: false } })).rejection, {
    result: 2,
    source: 3,
    reason: 2,
  });
  assert.deepEqual(refused(ask({ limits, load: { total: 0, ofPeer: 0, isPaused: true } })).rejection, {
    result: 2,
    source: 3,
    reason: 1,
  });
});

test('[POLICY-14] an unknown caller learns that it is unknown, whatever the load', () => {
  const admission = ask({ calling: 'MR2', load: { total: 10_000, ofPeer: 0, isPaused: true } });
  assert.deepEqual(refused(admission).rejection, REJECTIONS.callingNotRecognised);
});

test('[POLICY-15] a hint pasted into a shell is one command with the title as one word', () => {
  for (const calling of [
    '$(touch x)',
    '`id`',
    'a;b|c&d>e',
    "it's",
    '"; rm -rf ~',
    '-rf',
    '*',
    '~',
    '#x',
    'a b',
    '!!',
    '%x%',
  ]) {
    const { hint } = refused(ask({ calling }));
    const words = execFileSync(
      '/bin/sh',
      ['-c', `for word in ${hint.replace('./leadglass ', '')}; do printf '%s\\n' "$word"; done`],
      { encoding: 'utf8' },
    );
    assert.ok(words.trimEnd().split('\n').includes(calling), `${calling} in ${words}`);
    assert.equal(words.trimEnd().split('\n').length, calling.startsWith('-') ? 8 : 7, hint);
  }
});

test('[POLICY-15] a title that is none gives no command and is shown without its control characters', () => {
  for (const calling of ['', 'A\nB', '\x1b[31m', 'A\\B', 'X'.repeat(17), 'é']) {
    const { hint, why } = refused(ask({ calling }));
    assert.equal(hint, '');
    assert.ok(!/[\x00-\x1f\x7f]/.test(why.en + why.fr));
  }
});

test('[POLICY-13] an address that cannot be read is never inside a range', () => {
  const { hint } = refused(ask({ peers: [peer({ from: '0.0.0.0/0' })], remoteAddress: 'nonsense; id' }));
  assert.equal(hint, '');
});

test('[POLICY-16] over TLS an unrecorded certificate needs the signature of an authority we trust', () => {
  const peers = [peer()];
  assert.equal(ask({ peers, tls: { certSha256: CERTIFICATE, isSigned: true } }).admitted, true);
  const unsigned = refused(ask({ peers, tls: { certSha256: CERTIFICATE, isSigned: false } }));
  assert.deepEqual(unsigned.rejection, REJECTIONS.callingNotRecognised);
  assert.match(unsigned.hint, new RegExp(`--cert-sha256 ${CERTIFICATE}`));
  assert.equal(
    ask({ peers: [peer({ certSha256: CERTIFICATE })], tls: { certSha256: CERTIFICATE, isSigned: false } }).admitted,
    true,
  );
});
