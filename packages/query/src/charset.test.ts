import assert from 'node:assert/strict';
import { test } from 'node:test';
import { charsetFor, decodeText, encodeText } from './charset.ts';

const read = (hex: string, charset: string): string => decodeText(Buffer.from(hex, 'hex'), charset, true);

/** Names of PS3.5 Annexes H to K and of PS3.3 §C.12.1.1.2, with what they say. */
const NAMES: readonly (readonly [charset: string, hex: string, says: string])[] = [
  ['ISO_IR 100', '4d554c4c4552d55e4a4f52c4', 'MULLERÕ^JORÄ'],
  ['ISO_IR 101', '5749ae4e59', 'WIŽNY'],
  ['ISO_IR 126', 'c4e9efedf5f3e9eff2', 'Διονυσιος'],
  ['ISO_IR 127', 'e2c8c7e6ea5ee4e6d2c7d1', 'قباني^لنزار'],
  ['ISO_IR 138', 'f9f8e5ef5ee3e1e5f8e4', 'שרון^דבורה'],
  ['ISO_IR 144', 'bbee6365dc6279706763', 'Люceмbypgc'],
  ['ISO_IR 148', '47dc4c45d2', 'GÜLEÒ'],
  ['ISO_IR 13', 'd4cfc0de5ec0dbb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  ['ISO_IR 192', '57616e675e5869616f446f6e673de78e8b5ee5b08fe4b89c', 'Wang^XiaoDong=王^小东'],
  ['GB18030', '57616e675e5869616f446f6e673dcdf55ed0a1b6ab3d', 'Wang^XiaoDong=王^小东='],
  [
    '\\ISO 2022 IR 87',
    '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b28423d1b24422464245e24401b28425e1b2442243f246d24261b2842',
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
  ],
  [
    '\\ISO 2022 IR 149',
    '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
    'Hong^Gildong=洪^吉洞=홍^길동',
  ],
  ['ISO 2022 IR 6\\ISO 2022 IR 100', '4255435e1b2d414af472f46d65', 'BUC^Jôrôme'],

  ['\\ISO 2022 IR 159', '1b242844302133211b2842', '丂凈'],
  ['\\ISO 2022 IR 58', '5a68616e673d1b242941d5c5', 'Zhang=张'],
];

for (const [charset, hex, says] of NAMES) {
  test(`[QUERY-1] decodes ${JSON.stringify(charset)}`, () => {
    assert.equal(read(hex, charset), says);
    assert(!read(hex, charset).includes('\ufffd'));
  });
}

test('[QUERY-1] bytes over 7F in the default repertoire, and under a term nobody knows, are Latin-1', () => {
  assert.equal(read('e9', ''), 'é');
  assert.equal(read('e9', 'ISO_IR 999'), 'é');
});

test('[QUERY-1] no bytes throw, whatever the set', () => {
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index * 37 + (index >> 3)) & 0xff);
  for (const [charset] of NAMES)
    for (let at = 0; at < 500; at += 7) assert.equal(typeof decodeText(bytes.subarray(at), charset, true), 'string');
});

test('[QUERY-1] a change of repertoire ends at ^ in names', () => {
  // After `^` the upper half is that of the first term again: E9 is é, not half of a Korean syllable.
  assert.equal(read('1b242943c8ab5ee9', 'ISO 2022 IR 100\\ISO 2022 IR 149'), '홍^é');
});

test('[QUERY-2] an answer is in the smallest set that holds it', () => {
  assert.equal(charsetFor(['Dupont'], 'ISO_IR 100'), '');
  assert.equal(charsetFor(['Müller'], 'ISO_IR 100'), 'ISO_IR 100');
  assert.equal(charsetFor(['Müller'], ''), 'ISO_IR 192');
  assert.equal(charsetFor(['山田'], 'ISO_IR 100'), 'ISO_IR 192');
  assert.equal(charsetFor(['Müller'], '\\ISO 2022 IR 87'), 'ISO_IR 192');
  assert.equal(charsetFor(['Διον'], 'ISO_IR 126'), 'ISO_IR 126');
});

test('[QUERY-2] what is written reads back', () => {
  for (const [text, charset] of [
    ['Müller^Jörg', 'ISO_IR 100'],
    ['Διον', 'ISO_IR 126'],
    ['山田', 'ISO_IR 192'],
  ] as const)
    assert.equal(decodeText(encodeText(text, charset), charset), text);
});
