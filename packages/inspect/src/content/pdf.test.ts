import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { element, encapsulatedPixels } from '../test-data.ts';
import { bytesOf, encapsulatedDocument, expectCodes, look } from './content.testkit.ts';
import { PdfDocument, type PdfSaying } from './pdf-document.ts';

const PDF_CLASS = '1.2.840.10008.5.1.4.1.1.104.1';
const HEAD = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n';
const TAIL = 'trailer << /Size 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n';

/** A PDF whose object 9 is `body`. */
function withObject(body: string, tail = TAIL): string {
  return `${HEAD}9 0 obj\n${body}\nendobj\n${tail}`;
}

function stream(dictionary: string, bytes: Uint8Array): string {
  return `<< ${dictionary} /Length ${bytes.length} >>\nstream\n${Buffer.from(bytes).toString('latin1')}\nendstream`;
}

/** An object stream that holds the objects, packed. */
function objectStream(objects: readonly string[], extra = '/Filter /FlateDecode', pack = deflateSync): string {
  let at = 0;
  const pairs = objects.map((object, index) => {
    const pair = `${20 + index} ${at}`;
    at += object.length + 1;
    return pair;
  });
  const header = `${pairs.join(' ')} `;
  const packed = pack(Buffer.from(header + objects.join('\n'), 'latin1'));
  return stream(`/Type /ObjStm /N ${objects.length} /First ${header.length} ${extra}`, packed);
}

function expectPdf(document: string, verdict: Verdict, codes: readonly string[]): void {
  expectCodes(encapsulatedDocument(document, 'application/pdf'), verdict, codes, { sopClass: PDF_CLASS });
}

const ACTIVE: readonly (readonly [body: string, code: string, verdict: Verdict])[] = [
  ['<< /S /JavaScript /JS (app.alert\\(1\\)) >>', 'pdf.script', 'suspicious'],
  ['<< /S /JavaScript /JS 8 0 R >>', 'pdf.script', 'suspicious'],
  ['<< /S /JavaScript /JS <6170702e616c657274> >>', 'pdf.script', 'suspicious'],
  ['<< /S /Rendition /JS (x) >>', 'pdf.script', 'suspicious'],
  ['/JavaScript', 'pdf.script', 'suspicious'],
  ['<< /Type /Action /S /Launch /Win << /F (calc.exe) >> >>', 'pdf.launch', 'malicious'],
  ['<< /S /GoToR /F (other.pdf) /D [0 /Fit] >>', 'pdf.remote', 'suspicious'],
  ['<< /S /GoToE /D [0 /Fit] >>', 'pdf.remote', 'suspicious'],
  ['<< /Type /Filespec /F (\\\\\\\\server\\\\share) >>', 'pdf.remote', 'suspicious'],
  ['<< /S /SubmitForm /F << /FS /URL /F (https://x.example/) >> >>', 'pdf.form-data', 'suspicious'],
  ['<< /S /ImportData /F (x.fdf) >>', 'pdf.form-data', 'suspicious'],
  ['<< /Type /Annot /Subtype /RichMedia /RichMediaContent 5 0 R >>', 'pdf.rich-media', 'suspicious'],
  ['<< /Fields [] /XFA [(template) 5 0 R] >>', 'pdf.xfa', 'suspicious'],
  ['<< /Type /Filespec /F (notes.txt) /EF << /F 7 0 R >> >>', 'pdf.attachment', 'suspicious'],
  ['<< /S /URI /URI (javascript:alert\\(1\\)) >>', 'pdf.uri', 'suspicious'],
  ['<< /S /URI /URI (file:///C:/Windows/x) >>', 'pdf.uri', 'suspicious'],
  ['<< /S /URI /URI (ms-msdt:/id) >>', 'pdf.uri', 'suspicious'],
];

const INNOCENT: readonly string[] = [
  '<< /Type /Catalog /OpenAction [3 0 R /FitH 800] /Pages 2 0 R >>',
  '<< /Type /Catalog /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>',
  '<< /Type /Catalog /OpenAction 5 0 R /AA << /WC 6 0 R >> >>',
  '<< /S /Named /N /Print >>',
  '<< /Names << /JavaScript << /Names [] >> /EmbeddedFiles << /Names [] >> >> >>',
  '<< /Title (How /JS and /Launch work, with /S /JavaScript) /Author (x) >>',
  '% /S /JavaScript /JS (x)\n<< /Type /Font >>',
  '<< /Type /Page /Trans << /S /Dissolve >> /Group << /S /Transparency >> >>',
  '<< /Type /StructElem /S /P /K [<< /S /Link >>] >>',
  '<< /JSName (x) /LaunchPad true /Fields [] /NeedAppearances true >>',
  `${stream('/Filter /DCTDecode', bytesOf('\xff\xd8 /S /JavaScript /JS (x) (((( '))}`,
  '<< /Type /Annot /Subtype /3D /3DD 5 0 R >>',
  '<< /F (report.pdf) /UF (\xfe\xff\0r\0e\0p) >>',
];

/** `/Launch` in all the ways a name can be written (ISO 32000-1 §7.3.5). */
function escaped(body: string): string {
  return body.replace(
    /\/(\w)(\w+)/g,
    (_, first: string, rest: string) => `/#${first.charCodeAt(0).toString(16)}${rest}`,
  );
}

test('[INSPECT-140] active content of an encapsulated PDF is found, names escaped or not', () => {
  for (const [body, code, verdict] of ACTIVE) {
    expectPdf(withObject(body), verdict, [code]);
    expectPdf(withObject(escaped(body)), verdict, [code]);
    expectPdf(withObject(body).replaceAll('\n', '\r'), verdict, [code]);
  }
});

test('[INSPECT-140] an attached program is malicious, by its name or by its bytes', () => {
  const named = '<< /Type /Filespec /F (r\\145port.ex\\145) /EF << /F 7 0 R >> >>';
  expectPdf(withObject(named), 'malicious', ['pdf.attachment', 'pdf.attached-program']);
  const wide = '<< /EF << /F 7 0 R >> /UF <FEFF0061002E0065007800650020> >>';
  expectPdf(withObject(wide), 'malicious', ['pdf.attachment', 'pdf.attached-program']);
  const plain = stream('/Type /EmbeddedFile', bytesOf('MZ\x90\0 and so on, at some length'));
  expectPdf(withObject(plain), 'malicious', ['pdf.attachment', 'pdf.attached-program']);
  const packed = stream('/Type /EmbeddedFile /Filter [/FlateDecode]', deflateSync(Buffer.from('\x7fELF and so on')));
  expectPdf(withObject(packed), 'malicious', ['pdf.attachment', 'pdf.attached-program']);
  const honest = stream('/Type /EmbeddedFile /Filter /FlateDecode', deflateSync(Buffer.from('<xml/> and so on')));
  expectPdf(withObject(honest), 'suspicious', ['pdf.attachment']);
});

test('[INSPECT-141] destinations, printing, empty trees, words in texts and pictures are innocent', () => {
  for (const body of INNOCENT) expectPdf(withObject(body), 'clean', []);
});
test('[INSPECT-141] links to web pages are information', () => {
  for (const url of ['https://www.hospital.example/a?b=c#d', 'http://x.example', 'mailto:a@b.example', 'www.x.example'])
    expectPdf(withObject(`<< /S /URI /URI (${url}) >>`), 'clean', ['pdf.link']);
});

test('[INSPECT-142] object streams are unpacked and read like the rest', () => {
  for (const [body, code, verdict] of ACTIVE) {
    expectPdf(withObject(objectStream(['<< /A 1 >>', body])), verdict, [code]);
    expectPdf(withObject(objectStream([body], '/Filter [ /FlateDecode ] /DecodeParms null')), verdict, [code]);
  }
  const bare = (body: string): string => objectStream([body], '', (bytes) => Buffer.from(bytes as Buffer));
  expectPdf(withObject(bare('<< /S /Launch >>')), 'malicious', ['pdf.launch']);
  const untyped = objectStream(['<< /S /Launch >>']).replace('/Type /ObjStm', '');
  expectPdf(withObject(untyped), 'malicious', ['pdf.launch']);
  const indirect = objectStream(['<< /S /Launch >>'], '/Filter 5 0 R');
  expectPdf(withObject(indirect), 'malicious', ['pdf.launch']);
});
test('[INSPECT-142] in an object stream an unbalanced bracket hides nothing of the next object', () => {
  for (const opener of ['(', '<< /A (', '<6162', '% a comment', '[[[[', '<<'.repeat(100)])
    expectPdf(withObject(objectStream([opener, '<< /S /Launch >>'])), 'malicious', ['pdf.launch']);
});
test('[INSPECT-142] innocent objects in object streams stay innocent', () => {
  const objects = INNOCENT.filter((body) => !body.includes('stream') && !body.startsWith('%'));
  expectPdf(withObject(objectStream(objects)), 'clean', []);
});

test('[INSPECT-143] what is packed in a way nobody packs, or broken, is suspicious', () => {
  const objects = ['<< /S /Launch >>'];
  for (const filters of ['[/ASCIIHexDecode /FlateDecode]', '/LZWDecode', '[/FlateDecode /FlateDecode]'])
    expectPdf(withObject(objectStream(objects, `/Filter ${filters}`)), 'suspicious', ['pdf.hidden-objects']);
  const broken = objectStream(['<< /A 1 >>'], '/Filter /FlateDecode', () =>
    Buffer.from('x\x9c\xff\xff\xff\xffnot deflate', 'latin1'),
  );
  expectPdf(withObject(broken), 'suspicious', ['pdf.hidden-objects']);
});
test('[INSPECT-143] what is encrypted, predicted or beyond the bound leaves the object unfinished, and is no finding against it', () => {
  const encrypted = TAIL.replace('/Size', '/Encrypt 8 0 R /Size');
  expectPdf(withObject('<< /A 1 >>', encrypted), 'clean', ['pdf.encrypted']);
  const noise = objectStream(['<< >>'], '/Filter /FlateDecode', () =>
    Buffer.from('\x12\x34\xff\xee\xdd\xcc\xbb', 'latin1'),
  );
  const document = encapsulatedDocument(withObject(noise, encrypted), 'application/pdf');
  expectCodes(document, 'clean', ['pdf.encrypted', 'pdf.encrypted-objects']);
  assert.deepEqual(look(document).unfinished, ['pdf']);
  const predicted = objectStream(['<< >>'], '/Filter /FlateDecode /DecodeParms << /Predictor 12 >>');
  expectPdf(withObject(predicted), 'clean', ['pdf.unread-objects']);
});
test('[INSPECT-143] a stream that unpacks without end stops at the bound', () => {
  const bomb = objectStream([' '.repeat(40 * 2 ** 20)]);
  const said: PdfSaying[] = [];
  const document = new PdfDocument((what) => said.push(what));
  const begun = process.cpuUsage();
  document.push(bytesOf(withObject(bomb)));
  document.end();
  assert.deepEqual(said, ['unpacked-too-much']);
  assert.ok(process.cpuUsage(begun).user / 1000 < 2000);
});

test('[INSPECT-144] objects hidden in strings, comments and other streams are seen', () => {
  const hidden = '5 0 obj\n<< /S /Launch >>\nendobj';
  const places = [
    `<< /Title (never closed ${hidden}`,
    `<< /Title <6162 ${hidden}`,
    `% ${hidden.replaceAll('\n', ' ')}`,
    stream('/Type /XObject', bytesOf(`binary \xff\xfe obj oobj obj < ${hidden}`)),
    `<< /Length 9999 >>\nstream\nnever ends ${hidden}`,
    `<< /A [ [ [ << ${hidden}`,
  ];
  for (const place of places) expectPdf(withObject(place), 'malicious', ['pdf.launch']);
});
test('[INSPECT-144] brackets beyond any depth unsettle nothing', () => {
  expectPdf(withObject('['.repeat(5000)), 'clean', []);
  expectPdf(withObject(`${'<</A'.repeat(5000)} (x) ${'>>'.repeat(6000)}`), 'clean', []);
  expectPdf(`${withObject(']'.repeat(500))}\n7 0 obj << /S /Launch >>`, 'malicious', ['pdf.launch']);
});

test('[INSPECT-145] a document declared PDF that is none is suspicious', () => {
  const page = '<html><body>hello</body></html>';
  expectPdf(page, 'suspicious', ['pdf.not-pdf']);
  expectCodes(encapsulatedDocument(page, 'text/XML'), 'clean', []);
  expectCodes(element(0x00420011, 'OB', bytesOf('nothing of the sort ')), 'suspicious', ['pdf.not-pdf'], {
    sopClass: PDF_CLASS,
  });
  expectPdf(`${' '.repeat(1000)}${withObject('<< >>')}`, 'clean', []);
  expectPdf(`${' '.repeat(2000)}${withObject('<< >>')}`, 'suspicious', ['pdf.not-pdf']);
  expectCodes(encapsulatedDocument('', 'application/pdf'), 'clean', []);
});
test('[INSPECT-146] a PDF is found in any bulk value but pixels, wherever it begins', () => {
  const document = withObject('<< /S /Launch >>');
  const even = document.length % 2 === 0 ? document : `${document}\n`;
  const own = (vr: string): Uint8Array =>
    concatBytes(
      element(0x00090010, 'LO', 'MAKER'),
      element(0x00091001, vr, bytesOf(`${'\x01\x02'.repeat(3000)}${even}`)),
    );
  for (const vr of ['OB', 'UN', 'OW', 'UT']) expectCodes(own(vr), 'malicious', ['pdf.launch']);
  const pixels = element(0x7fe00010, 'OW', bytesOf(even));
  expectCodes(pixels, 'clean', []);
  expectCodes(encapsulatedPixels(new Uint8Array(0), bytesOf(even)), 'clean', []);
});

test('[INSPECT-169] a large PDF of whatever bytes is read in linear time', () => {
  const parts = ['(', '<', '%', '/', '<<', 'stream\n', ' obj', 'obj <', '1 0 R ', '[', '#', '\\('];
  for (const part of parts) {
    const bytes = bytesOf(`%PDF-1.4\n${part.repeat(Math.ceil(2 ** 21 / part.length))}`);
    const document = new PdfDocument(() => undefined);
    const begun = process.cpuUsage();
    for (let at = 0; at < bytes.length; at += 65_536) document.push(bytes.subarray(at, at + 65_536));
    document.end();
    assert.ok(process.cpuUsage(begun).user / 1000 < 2000, part);
  }
});
