import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { encapsulatedPixels, u32 } from '../test-data.ts';
import { bytesOf, encapsulatedDocument, expectCodes } from './content.testkit.ts';

const STL = { sopClass: '1.2.840.10008.5.1.4.1.1.104.3' };
const OBJ = { sopClass: '1.2.840.10008.5.1.4.1.1.104.4' };
const MTL = { sopClass: '1.2.840.10008.5.1.4.1.1.104.5' };
const H264 = { transferSyntax: '1.2.840.10008.1.2.4.102' };
const HEVC = { transferSyntax: '1.2.840.10008.1.2.4.107' };
const MPEG2 = { transferSyntax: '1.2.840.10008.1.2.4.100' };

function stl(declared: number, triangles: number, head = 'model', behind = 0): Uint8Array {
  return concatBytes(bytesOf(head.padEnd(80, '\0')), u32(declared), new Uint8Array(triangles * 50 + behind));
}

function expectStl(document: Uint8Array, verdict: Verdict, codes: readonly string[]): void {
  expectCodes(encapsulatedDocument(document, 'model/stl'), verdict, codes, STL);
}

test('[INSPECT-155] an STL model holds the triangles it declares', () => {
  for (const triangles of [0, 1, 2, 3, 100]) expectStl(stl(triangles, triangles), 'clean', []);
  expectStl(stl(3, 3, 'solid made by an honest program'), 'clean', []);
  expectStl(stl(4, 3), 'malformed', ['mesh.short']);
  expectStl(stl(0xffffffff, 3), 'malformed', ['mesh.short']);
  expectStl(new Uint8Array(40), 'malformed', ['mesh.short']);
  expectStl(stl(3, 3, 'model', 200), 'suspicious', ['mesh.surplus']);
});
test('[INSPECT-155] an STL model as text is a quirk; without a model nothing is said', () => {
  const text = `solid x\n${'facet normal 0 0 1\nouter loop\nendloop\nendfacet\n'.repeat(20)}endsolid x\n`;
  expectStl(bytesOf(text), 'clean', ['mesh.text-form']);
  expectStl(new Uint8Array(0), 'clean', []);
  expectCodes(encapsulatedDocument(stl(9, 3), 'model/stl'), 'clean', []);
});
test('[INSPECT-156] models name files beside them only', () => {
  const inside = [
    'mtllib heart.mtl',
    'usemtl red',
    'v 1.0 2.0 3.0',
    'f 1/1/1 2/2/2 3/3/3',
    '# C:\\x ../y \\\\host\\x',
    'o a..b',
  ];
  expectCodes(encapsulatedDocument(`${inside.join('\r\n')}\n`, 'model/obj'), 'clean', [], OBJ);
  expectCodes(
    encapsulatedDocument('newmtl a\nKd 1 0 0\nmap_Kd -s 1 1 1 skin.png\nmap_Bump textures/x.png\n', 'model/mtl'),
    'clean',
    [],
    MTL,
  );
  const outside = [
    'C:\\Users\\x\\skin.png',
    '/etc/passwd',
    '\\\\host\\share\\x',
    '../../x.png',
    'a/../../x',
    'https://x.example/x',
    'file:///x',
    '"D:/x y.png"',
  ];
  for (const path of outside) {
    for (const word of ['map_Kd', 'map_bump -bm 1.0', 'disp', 'refl -type sphere'])
      expectCodes(
        encapsulatedDocument(`newmtl a\n${word} ${path}\n`, 'model/mtl'),
        'suspicious',
        ['mesh.outside-path'],
        MTL,
      );
    for (const word of ['mtllib', 'call', 'maplib'])
      expectCodes(
        encapsulatedDocument(`v 1 2 3\r${word} ${path}`, 'model/obj'),
        'suspicious',
        ['mesh.outside-path'],
        OBJ,
      );
  }
});
test('[INSPECT-157] a model that runs a command is malicious; one that is no text is suspicious', () => {
  expectCodes(encapsulatedDocument('v 1 2 3\ncsh rm -rf x\n', 'model/obj'), 'malicious', ['mesh.command'], OBJ);
  expectCodes(encapsulatedDocument('MZ\x90\0\x03\0\0\0\x04', 'model/obj'), 'suspicious', ['mesh.not-a-model'], OBJ);
  expectCodes(encapsulatedDocument('v 1 2 3\n\0', 'model/obj'), 'clean', [], OBJ);
});

// Video

function box(type: string, ...bodies: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...bodies);
  return concatBytes(bigEndian(body.length + 8), bytesOf(type), body);
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

interface Movie {
  readonly where?: string;
  readonly flags?: number;
  readonly codec?: string;
  readonly beside?: Uint8Array;
}

/** A movie of one track: file type, media data, structure behind it. */
function movie(changes: Movie = {}): Uint8Array {
  const flags = changes.flags ?? (changes.where === undefined ? 1 : 0);
  const url = box('url ', bigEndian(flags), bytesOf(changes.where === undefined ? '' : `${changes.where}\0`));
  const dref = box('dref', bigEndian(0), bigEndian(1), url);
  const stsd = box('stsd', bigEndian(0), bigEndian(1), box(changes.codec ?? 'avc1', new Uint8Array(78)));
  const media = box('mdia', box('mdhd', new Uint8Array(24)), box('minf', box('dinf', dref), box('stbl', stsd)));
  const moov = box('moov', box('mvhd', new Uint8Array(100)), changes.beside ?? new Uint8Array(0), box('trak', media));
  return concatBytes(box('ftyp', bytesOf('isomiso2')), box('mdat', bytesOf('dref url moov '.repeat(40))), moov);
}

function pixels(stream: Uint8Array, cut = stream.length): Uint8Array {
  const even = stream.length % 2 === 0 ? stream : concatBytes(stream, Uint8Array.of(0));
  const at = cut % 2 === 0 ? cut : cut + 1;
  return encapsulatedPixels(new Uint8Array(0), even.subarray(0, at), ...(at < even.length ? [even.subarray(at)] : []));
}

test('[INSPECT-158] a video whose images are elsewhere is suspicious, in pixels and in documents', () => {
  expectCodes(pixels(movie()), 'clean', [], H264);
  expectCodes(pixels(movie({ flags: 0 })), 'clean', [], H264);
  expectCodes(encapsulatedDocument(movie(), 'video/mp4'), 'clean', []);
  for (const where of ['http://x.example/a', 'file:///etc/passwd', '\\\\host\\x', 'other.mp4']) {
    for (const cut of [10_000, 40, 300])
      expectCodes(pixels(movie({ where }), cut), 'suspicious', ['video.external-reference'], H264);
    expectCodes(encapsulatedDocument(movie({ where }), 'video/mp4'), 'suspicious', ['video.external-reference']);
  }
  const beside = box('rmra', box('rmda', box('rdrf', bytesOf('\0\0\0\0url \0\0\0\x09http://x\0'))));
  expectCodes(pixels(movie({ beside })), 'suspicious', ['video.reference-movie'], H264);
});
test('[INSPECT-159] a video coded otherwise than declared, or another sort of file, is suspicious', () => {
  expectCodes(pixels(movie({ codec: 'hvc1' })), 'suspicious', ['video.other-codec'], H264);
  expectCodes(pixels(movie({ codec: 'hvc1' })), 'clean', [], HEVC);
  expectCodes(pixels(movie({ codec: 'avc1' })), 'suspicious', ['video.other-codec'], HEVC);
  for (const head of [
    'RIFF\x10\0\0\0AVI LIST',
    '\x1a\x45\xdf\xa3 and so on, long',
    '\x30\x26\xb2\x75\x8e\x66\xcf\x11 wmv',
    'MZ\x90\0 and so on, long',
    '<html> and so on, long',
  ])
    expectCodes(pixels(bytesOf(head)), 'suspicious', ['video.foreign'], MPEG2);
  for (const head of [
    '\0\0\x01\xb3\x16\x01\x20\x13 sequence',
    '\0\0\x01\xba\x44 program stream',
    'G\x40\0\x10 transport stream',
    '\0\0\0\x01\x09\xf0\0\0\0\x01\x67 nal',
  ])
    expectCodes(pixels(bytesOf(head)), 'clean', [], MPEG2);
  expectCodes(pixels(bytesOf('something quite unknown')), 'clean', [], H264);
});
test('[INSPECT-159] boxes that lie about their length unsettle nothing', () => {
  const broken = concatBytes(box('ftyp', bytesOf('isom')), bigEndian(4), bytesOf('moov'), new Uint8Array(64));
  expectCodes(pixels(broken), 'clean', ['video.broken-box'], H264);
  const endless = concatBytes(box('ftyp', bytesOf('isom')), bigEndian(0), bytesOf('mdat'), new Uint8Array(64));
  expectCodes(pixels(endless), 'clean', [], H264);
  const large = concatBytes(
    box('ftyp', bytesOf('isom')),
    bigEndian(1),
    bytesOf('mdat'),
    bigEndian(0),
    bigEndian(24),
    new Uint8Array(8),
    movie({ where: 'x' }),
  );
  expectCodes(pixels(large), 'suspicious', ['video.external-reference'], H264);
});
