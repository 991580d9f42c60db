import assert from 'node:assert/strict';
import { test } from 'node:test';
import { element, sequence } from '../test-data.ts';
import { bytesOf, expectCodes, look } from './content.testkit.ts';
import { type UrlTrouble, urlTrouble } from './url.ts';

const TROUBLES: readonly (readonly [UrlTrouble, readonly string[]])[] = [
  [
    'script',
    [
      'javascript:alert(1)',
      'JaVaScRiPt:x',
      'java\tscript:x',
      ' \x01javascript:x',
      'vbscript:x',
      'data:text/html,<b>',
      'jar:http://x!/y',
    ],
  ],
  [
    'secrets',
    [
      'http://169.254.169.254/latest/meta-data/',
      'http://2852039166/x',
      'http://0xA9FEA9FE/x',
      'http://0251.0376.0251.0376/',
      'http://[::ffff:169.254.169.254]/',
      'http://[fd00:ec2::254]/',
      'http://metadata.google.internal./x',
      'http://user@169.254.169.254/',
      '//169.254.169.254/x',
      '169.254.169.254:80/x'.replace(/^/, 'http://'),
      'http://100.100.100.200/',
      'http:\\\\169.254.169.254\\x',
    ],
  ],
  ['share', ['\\\\server\\share\\x', 'file://server/share', 'file:////server/share', 'file:\\\\server\\x']],
  ['file', ['file:///etc/passwd', 'file:///C:/x', 'file:/etc/passwd', 'FILE://localhost/x', 'C:\\x\\y', 'd:/x']],
  [
    'self',
    [
      'http://localhost:8042/x',
      'https://127.0.0.1/',
      'http://127.1/',
      'http://[::1]:80/',
      'http://0.0.0.0/',
      'http://169.254.1.2/',
      'http://x.localhost/',
      'http://[fe80::1]/',
    ],
  ],
  ['credentials', ['https://user:secret@pacs.example/', 'https://pacs.example@evil.example/', 'http://user@pacs/x']],
  ['obscured', ['http://3232235521/x', 'http://0300.0250.0.1/', 'http://pacs.example\\@x/', 'http://p%61cs.example/']],
  [
    'scheme',
    [
      'gopher://x/',
      'ftp://x/y',
      'ldap://x/y',
      'ms-msdt:/id',
      'search-ms:query',
      'php://filter',
      'expect://id',
      'smb://x/y',
      'microdicom://x',
    ],
  ],
];

const INNOCENT: readonly string[] = [
  'https://pacs.example.org/dicom-web/studies/1.2.3',
  'http://10.1.2.3:8080/wado?requestType=WADO&studyUID=1.2.3',
  'http://192.168.1.20/dicomweb/studies/1.2/series/3',
  'http://[fd12:3456::1]:8042/x',
  'https://pacs/dicom-web',
  'HTTPS://PACS.EXAMPLE/x',
  'pacs01:8080/dicom-web/studies/1.2',
  'dicom:1.2.3',
  'urn:oid:1.2.3',
  'mailto:radiologie@hopital.example',
  'studies/1.2.3',
  '/dicom-web/studies/1.2.3',
  'https://pacs.example/a@b?c=d:e',
  'https://pacs.example./x',
  'https://r\xe9gion.example/x',
  '',
];

test('[INSPECT-166] where a URL points is judged by its scheme and its host, however they are written', () => {
  for (const [trouble, urls] of TROUBLES) for (const url of urls) assert.equal(urlTrouble(url), trouble, url);
  for (const url of INNOCENT) assert.equal(urlTrouble(url), undefined, url);
});
test('[INSPECT-166] any characters give an answer', () => {
  const parts = ['http:', '//', '\\', '@', '[', ']', ':', '%', '.', '1', '\0', '\xff', 'file:', '#', '?', ' '];
  for (const a of parts) for (const b of parts) for (const c of parts) for (const d of parts) urlTrouble(a + b + c + d);
});

function ur(tag: number, url: string, vr = 'UR'): Uint8Array {
  return element(tag, vr, bytesOf(url.length % 2 === 0 ? url : `${url} `));
}

test('[INSPECT-167] addresses in objects are judged under UR, UN and in items', () => {
  for (const [trouble, urls] of TROUBLES) {
    const verdict = trouble === 'script' || trouble === 'secrets' ? 'malicious' : 'suspicious';
    for (const url of urls) {
      for (const element of [
        ur(0x00081190, url),
        ur(0x00081190, url, 'UN'),
        ur(0x00741000 + 0x0a, url),
        ur(0x0040e010, url),
      ]) {
        const seen = look(element);
        assert.ok(seen.codes.includes(`retrieve-url.${trouble}`), url);
        assert.equal(seen.verdict, verdict, url);
      }
    }
  }
  const nested = look(sequence(0x00081199, ur(0x00081190, 'file:///etc/passwd')));
  assert.deepEqual(nested.paths, ['(0008,1199)[0]/(0008,1190)']);
  for (const url of INNOCENT) expectCodes(ur(0x00081190, url), 'clean', []);
});
test('[INSPECT-168] pixels elsewhere are told under JPIP, and suspicious under any other transfer syntax', () => {
  const provider = ur(0x00287fe0, 'https://pacs.example/jpip?target=1.2.3');
  expectCodes(provider, 'clean', ['retrieve-url.pixels-elsewhere'], { transferSyntax: '1.2.840.10008.1.2.4.94' });
  expectCodes(provider, 'suspicious', ['retrieve-url.unexpected-provider']);
  const secrets = ur(0x00287fe0, 'http://169.254.169.254/latest');
  expectCodes(secrets, 'malicious', ['retrieve-url.pixels-elsewhere', 'retrieve-url.secrets'], {
    transferSyntax: '1.2.840.10008.1.2.4.94',
  });
  expectCodes(ur(0x00287fe0, ''), 'clean', []);
});
