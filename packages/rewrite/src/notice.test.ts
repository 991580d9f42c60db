import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noticeFor } from './notice.ts';

const WORDS = {
  reasons: [
    { fr: 'Le document contient du code (/JavaScript) qui s’exécute à l’ouverture.', en: 'It holds code & <runs> it.' },
  ],
  contact: { fr: 'le RSSI, poste 4242.', en: 'the security officer, extension 4242.' },
};
const CLASS = '1.2.840.10008.5.1.4.1.1.104.';
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('notices', () => {
  test('[REWRITE-30] each class of document gets a notice of its form, even in length, the same each time', () => {
    const types = ['1', '2', '3', '4', '5', '9'].map((last) => {
      const notice = noticeFor(CLASS + last, WORDS);
      assert.equal(notice.bytes.length % 2, 0);
      assert.deepEqual(noticeFor(CLASS + last, WORDS), notice);
      return notice.mimeType;
    });
    assert.deepEqual(types, ['application/pdf', 'text/XML', 'model/stl', 'model/obj', 'model/mtl', 'application/pdf']);
  });

  test('[REWRITE-31] the PDF holds nothing active, its table points at its objects, and both languages are there', () => {
    const pdf = latin1(noticeFor(`${CLASS}1`, WORDS).bytes);
    assert.doesNotMatch(pdf, /\/JavaScript|\/JS|\/AA|\/OpenAction|\/Launch|\/EmbeddedFile|\/URI/);
    const start = Number(/startxref\n([0-9]+)\n%%EOF/.exec(pdf)?.[1]);
    assert.ok(pdf.startsWith('xref\n', start));
    const offsets = [...pdf.slice(start).matchAll(/^([0-9]{10}) 00000 n /gm)].map((match) => Number(match[1]));
    assert.equal(offsets.length, 6);
    offsets.forEach((offset, index) => {
      assert.ok(pdf.startsWith(`${index + 1} 0 obj`, offset));
    });
    const length = Number(/\/Length ([0-9]+)/.exec(pdf)?.[1]);
    const stream = pdf.slice(pdf.indexOf('stream\n') + 7, pdf.indexOf('\nendstream'));
    assert.equal(stream.length, length);
    assert.match(pdf, /Document retir\\351 pour des raisons de s\\351curit\\351/);
    assert.match(pdf, /Document withdrawn for security reasons/);
    assert.match(pdf, /poste 4242/);
  });

  test('[REWRITE-32] CDA escapes what it quotes; STL has one empty facet; OBJ and MTL hold comments in ASCII', () => {
    const cda = Buffer.from(noticeFor(`${CLASS}2`, WORDS).bytes).toString('utf8');
    assert.match(cda, /It holds code &amp; &lt;runs&gt; it\./);
    assert.doesNotMatch(cda, /<!DOCTYPE|<!ENTITY|<script/i);
    const stl = noticeFor(`${CLASS}3`, WORDS).bytes;
    assert.equal(stl.length, 84 + 50);
    assert.equal(stl[80], 1);
    const obj = latin1(noticeFor(`${CLASS}4`, WORDS).bytes);
    assert.match(obj, /^(?:#[\x20-\x7e]*\n)+ ?$/);
  });
});
