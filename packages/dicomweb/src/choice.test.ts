import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '@leadglass/kit';
import { dicomChoices, frameChoice, givenAs, parseAccept, parseMediaType, plainChoice } from './index.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG = '1.2.840.10008.1.2.4.50';

const accept = (header: string | undefined) => {
  const accepted = parseAccept(header);
  assert.ok(accepted !== undefined);
  return accepted;
};

test('[DICOMWEB-4] Accept is read with its weights, quotes and parameters', () => {
  const ranges = accept(
    'image/png;q=0.5, multipart/related; type="application/dicom, or \\"not\\""; x=1 , text/html;q=0, */*;q=0.1',
  );
  assert.deepEqual(
    ranges.map(({ type, q }) => [type, q]),
    [
      ['multipart/related', 1],
      ['image/png', 0.5],
      ['*/*', 0.1],
    ],
  );
  assert.equal(ranges[0]?.parameters.get('type'), 'application/dicom, or "not"');
  assert.equal(
    parseMediaType('multipart/related; type=application/dicom; boundary=b')?.parameters.get('type'),
    'application/dicom',
  );
  assert.deepEqual(
    accept(undefined).map(({ type }) => type),
    ['*/*'],
  );
});

test('[DICOMWEB-4] what cannot be read is refused, quickly', () => {
  for (const bad of ['a', 'a/b;q=2', 'a/b;q=x', 'a/b; x="', '/', 'a/b;=c', 'x'.repeat(5000)])
    assert.equal(parseAccept(bad), undefined, bad);
  const began = processorMs();
  for (const long of ['a/b;'.repeat(1000), ','.repeat(4000), `a/b;x="${'\\'.repeat(4000)}`, ' '.repeat(4000)])
    parseAccept(long);
  assert.ok(processorMs() - began < 500);
});

test('[DICOMWEB-5] an object as stored, in explicit VR, or not', () => {
  const of = (header: string | undefined, stored: string, canWriteAnew = true) => {
    const [choice] = dicomChoices(accept(header));
    return choice === undefined ? 'none' : givenAs(choice.transferSyntaxes, stored, canWriteAnew);
  };
  assert.equal(of(undefined, JPEG), 'stored');
  assert.equal(of('*/*', JPEG), 'stored');
  assert.equal(of('multipart/related; type="application/dicom"', JPEG), 'explicit');
  assert.equal(of('multipart/related; type="application/dicom"', EXPLICIT), 'stored');
  assert.equal(of('multipart/related; type="application/dicom"', JPEG, false), undefined);
  assert.equal(of('multipart/related; type="application/dicom"; transfer-syntax=*', JPEG, false), 'stored');
  assert.equal(of(`multipart/related; type="application/dicom"; transfer-syntax=${JPEG}`, EXPLICIT), undefined);
  assert.equal(of(`application/dicom; transfer-syntax=${JPEG}, application/dicom`, EXPLICIT), 'stored');
  assert.equal(of('image/jpeg', EXPLICIT), 'none');
  assert.equal(dicomChoices(accept('application/dicom'))[0]?.isMultipart, false);
});

test('[DICOMWEB-6] frames compressed, as octets, alone or not', () => {
  const of = (header: string | undefined, stored: string, canDecode = true, isSingle = true) => {
    const choice = frameChoice(accept(header), stored, canDecode, isSingle);
    return choice === undefined ? undefined : [choice.mediaType, choice.form, choice.isMultipart];
  };
  const octets = 'application/octet-stream';
  assert.deepEqual(of(undefined, JPEG), ['image/jpeg', 'stored', true]);
  assert.deepEqual(of(undefined, EXPLICIT), [octets, 'plain', true]);
  assert.deepEqual(of(`multipart/related; type="${octets}"`, JPEG), [octets, 'plain', true]);
  assert.deepEqual(of(`multipart/related; type="${octets}"`, JPEG, false), undefined);
  assert.deepEqual(of(`multipart/related; type=${octets}; transfer-syntax=*`, JPEG, false), [octets, 'stored', true]);
  assert.deepEqual(of('multipart/related; type="image/jpeg"', JPEG), ['image/jpeg', 'stored', true]);
  assert.deepEqual(of('multipart/related; type="image/jls"', JPEG), undefined);
  assert.deepEqual(of('image/jpeg', JPEG), ['image/jpeg', 'stored', false]);
  assert.deepEqual(of('image/jpeg', JPEG, true, false), undefined);
  assert.deepEqual(of(octets, EXPLICIT), [octets, 'plain', false]);
  assert.deepEqual(of(`multipart/related; type="${octets}"; transfer-syntax=${EXPLICIT}`, EXPLICIT), [
    octets,
    'plain',
    true,
  ]);
});

test('[DICOMWEB-5] of other documents the first that is accepted', () => {
  const offered = ['application/dicom+json', 'application/dicom+xml'];
  const of = (header: string | undefined) => plainChoice(accept(header), offered);
  assert.deepEqual(of('multipart/related; type="application/dicom+xml"'), {
    type: 'application/dicom+xml',
    isMultipart: true,
  });
  assert.deepEqual(of('application/*'), { type: 'application/dicom+json', isMultipart: false });
  assert.deepEqual(of(undefined), { type: 'application/dicom+json', isMultipart: false });
  assert.equal(of('text/html'), undefined);
});
