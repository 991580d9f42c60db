import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTag, isKnownTag, keywordOf, lookup, tagOf, vrOf } from './dictionary.ts';
import { isStandardStorage, STORAGE_SOP_CLASSES, storageSopClass } from './sop-class.ts';
import { TAG } from './tag.ts';
import { encodingOf, TRANSFER_SYNTAXES, transferSyntax } from './transfer-syntax.ts';
import { hasLongLength, isStandardVr, LONG_VRS, SHORT_VRS } from './vr.ts';

test('[DICOM-10] TAG holds the dictionary’s tags under the dictionary’s keywords', () => {
  for (const [keyword, tag] of Object.entries(TAG)) {
    assert.equal(tagOf(keyword), tag, keyword);
    assert.equal(keywordOf(tag), keyword);
  }
});

test('[DICOM-10] knows attributes, choices of VR, repeating groups, private creators and group lengths', () => {
  assert.deepEqual(lookup(0x00100020), { vr: 'LO', vrs: ['LO'], keyword: 'PatientID', vm: '1', isRetired: false });
  assert.deepEqual(lookup(TAG.PixelData)?.vrs, ['OW', 'OB']);
  assert.equal(vrOf(0x00280106), 'US');
  assert.equal(keywordOf(0x60020010), 'OverlayRows');
  assert.equal(lookup(0x60030010)?.keyword, 'PrivateCreator');
  assert.equal(lookup(0x00090010)?.keyword, 'PrivateCreator');
  assert.equal(vrOf(0x00090000), 'UL');
  assert.equal(vrOf(0x00091001), 'UN');
  assert.equal(lookup(0x00091001), undefined);
  assert.equal(isKnownTag(0x00091001), false);
  assert.equal(tagOf('NoSuchKeyword'), undefined);
});

test('[DICOM-10] formats tags as the standard prints them', () => {
  assert.equal(formatTag(0x00100020), '(0010,0020)');
  assert.equal(formatTag(0xfffee00d), '(FFFE,E00D)');
});

test('[DICOM-11] has the 34 VRs of PS3.5 with their forms of length', () => {
  assert.equal(SHORT_VRS.length + LONG_VRS.length, 34);
  assert.equal(hasLongLength('OV'), true);
  assert.equal(hasLongLength('UI'), false);
  assert.equal(isStandardVr('ZZ'), false);
  assert.equal(isStandardVr('?'), false);
});

test('[DICOM-12] knows every standard transfer syntax and reads an unknown one as explicit little endian', () => {
  assert.equal(TRANSFER_SYNTAXES.length, 63);
  assert.equal(new Set(TRANSFER_SYNTAXES.map(({ uid }) => uid)).size, TRANSFER_SYNTAXES.length);
  assert.equal(transferSyntax('1.2.840.10008.1.2.4.202')?.codec, 'htj2k');
  assert.equal(transferSyntax('1.2.3'), undefined);
  assert.equal(encodingOf('1.2.3'), 'encapsulated');
  assert.equal(encodingOf('1.2.840.10008.1.2.4.95'), 'deflated');
});

test('[DICOM-13] knows the storage SOP classes of the standard, once each', () => {
  assert.equal(new Set(STORAGE_SOP_CLASSES.map(({ uid }) => uid)).size, STORAGE_SOP_CLASSES.length);
  assert.ok(STORAGE_SOP_CLASSES.every(({ uid }) => /^1\.2\.840\.10008\.5\.1\.[0-9.]+$/.test(uid)));
  assert.equal(storageSopClass('1.2.840.10008.5.1.4.1.1.2')?.name, 'CT Image Storage');
  assert.equal(isStandardStorage('1.2.840.10008.5.1.4.1.2.2.1'), false);
  assert.equal(isStandardStorage('1.2.840.10008.1.1'), false);
});
