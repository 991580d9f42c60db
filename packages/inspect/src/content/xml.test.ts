import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { element } from '../test-data.ts';
import { bytesOf, encapsulatedDocument, expectCodes } from './content.testkit.ts';
import { XmlDocument } from './xml-document.ts';

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';
const BODY = '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title></ClinicalDocument>';
const MIME = 'text/XML';

function expectXml(document: string | Uint8Array, verdict: Verdict, codes: readonly string[]): void {
  expectCodes(encapsulatedDocument(document, MIME), verdict, codes);
}

function withDtd(declarations: string, body = BODY): string {
  return `${PROLOG}<!DOCTYPE a [\n${declarations}\n]>\n${body}`;
}

/** UTF-16, with its mark or without. */
function utf16(text: string, isLittle: boolean, hasMark = true): Uint8Array {
  const bytes = Buffer.from(hasMark ? `\ufeff${text}` : text, 'utf16le');
  return new Uint8Array(isLittle ? bytes : bytes.swap16());
}

const WICKED: readonly (readonly [document: string, code: string, verdict: Verdict])[] = [
  [withDtd('<!ENTITY x SYSTEM "file:///etc/passwd">'), 'xml.external-file', 'malicious'],
  [withDtd('<!ENTITY x SYSTEM "\\\\server\\share\\x">'), 'xml.external-file', 'malicious'],
  [withDtd('<!ENTITY x PUBLIC "-//X//Y" \'php://filter/x\'>'), 'xml.external-file', 'malicious'],
  [withDtd('<!ENTITY x SYSTEM "../../etc/passwd">'), 'xml.external-file', 'malicious'],
  [withDtd('<!ENTITY x SYSTEM "http://169.254.169.254/latest">'), 'xml.external-file', 'malicious'],
  [withDtd('<!ENTITY x SYSTEM "https://x.example/x">'), 'xml.external-entity', 'suspicious'],
  [withDtd('<!ENTITY x SYSTEM "part.xml">'), 'xml.external-entity', 'suspicious'],
  [withDtd('<!-- > ] --><?p ]> ?><!ELEMENT a (b)><!ENTITY x SYSTEM "part.xml">'), 'xml.external-entity', 'suspicious'],
  [withDtd('<!ENTITY % x "<!ELEMENT a ANY>"> %x;'), 'xml.parameter-entity', 'suspicious'],
  [`${PROLOG}<!DOCTYPE a SYSTEM "file:///C:/x.dtd">${BODY}`, 'xml.external-file', 'malicious'],
  [`${PROLOG}<!DOCTYPE a SYSTEM "http://evil.example/x.dtd">${BODY}`, 'xml.external-dtd', 'suspicious'],
  [`${PROLOG}<?xml-stylesheet type="text/xsl" href="https://x.example/a.xsl"?>${BODY}`, 'xml.stylesheet', 'suspicious'],
  [`${PROLOG}<?xml-stylesheet href='//x.example/a.xsl'?>${BODY}`, 'xml.stylesheet', 'suspicious'],
  [`${PROLOG}<?xml-stylesheet href="java&#115;cript:x"?>${BODY}`, 'xml.stylesheet', 'suspicious'],
  [`${PROLOG}<a xmlns:q="http://www.w3.org/2001/XInclude"><q:include href="x"/></a>`, 'xml.include', 'suspicious'],
  [`${PROLOG}<a xmlns:q="http://www.w3.org/2001/XInc&#108;ude"/>`, 'xml.include', 'suspicious'],
  [`${PROLOG}<a><script>alert(1)</script></a>`, 'xml.script', 'suspicious'],
  [`${PROLOG}<a><h:SCRIPT src="x.js"/></a>`, 'xml.script', 'suspicious'],
  [`${PROLOG}<a><linkHtml href="jav&#x61;script:alert(1)">x</linkHtml></a>`, 'xml.script', 'suspicious'],
  [`${PROLOG}<a><renderMultiMedia   onload = "x()"/></a>`, 'xml.script', 'suspicious'],
  [`${PROLOG}<a><table ${' '.repeat(9000)} onmouseover='x()'/></a>`, 'xml.script', 'suspicious'],
  [`${PROLOG}<!--><script>x</script>-->`, 'xml.script', 'suspicious'],
  ["<!DOCTYPE html><html><! ' ><script>x</script></html>", 'xml.script', 'suspicious'],
  [
    `${PROLOG}<a><nonXMLBody><text><reference value="file://server/x.pdf"/></text></nonXMLBody></a>`,
    'xml.reference',
    'suspicious',
  ],
];

const INNOCENT: readonly string[] = [
  PROLOG + BODY,
  BODY,
  `\xef\xbb\xbf${PROLOG}${BODY}`,
  `${PROLOG}<?xml-stylesheet type="text/xsl" href="CDA.xsl"?>\n${BODY}`,
  `${PROLOG}<?xml-stylesheet type="text/xsl" href="#feuille"?>\n${BODY}`,
  `${PROLOG}<!-- <script> <!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]> -->${BODY}`,
  `${PROLOG}<a><![CDATA[<script>x</script> ]] > ]]></a>`,
  `${PROLOG}<a>1 &lt; 2 &amp; javascript: is a language; onload="x"</a>`,
  `${PROLOG}<a xsi:schemaLocation="urn:hl7-org:v3 file:///C:/CDA.xsd" onset="20240101"/>`,
  `${PROLOG}<a><reference value="#content1"/><linkHtml href="https://x.example/y">y</linkHtml></a>`,
  `${PROLOG}<a><nonXMLBody><text mediaType="text/plain" representation="B64">SGVsbG8gd29ybGQ=</text></nonXMLBody></a>`,
  withDtd('<!ENTITY hosp "H\xf4pital &amp; Cie"><!ENTITY both "&hosp; / &hosp;"><!NOTATION n PUBLIC "x">'),
];

test('[INSPECT-150] entities, includes, stylesheets and scripts of an encapsulated XML document are found', () => {
  for (const [document, code, verdict] of WICKED) expectXml(document, verdict, [code]);
  const quoted = `${PROLOG}<!DOCTYPE a SYSTEM ">" [<!ENTITY x SYSTEM "part.xml">]>${BODY}`;
  expectXml(quoted, 'suspicious', ['xml.external-entity', 'xml.known-dtd']);
});
test('[INSPECT-153] in UTF-16 too, with and without its mark', () => {
  for (const [document, code, verdict] of WICKED) {
    for (const isLittle of [true, false]) {
      for (const hasMark of [true, false]) expectXml(utf16(document, isLittle, hasMark), verdict, [code]);
    }
  }
  for (const document of INNOCENT) expectXml(utf16(document.replace(/^\xef\xbb\xbf/, ''), true), 'clean', []);
});
test('[INSPECT-153] character sets that hide markup are suspicious', () => {
  for (const name of ['UTF-7', 'utf7', 'IBM037', 'cp037', 'UTF-32'])
    expectXml(`<?xml version="1.0" encoding='${name}'?>${BODY}`, 'suspicious', ['xml.encoding']);
  for (const mark of ['\x4c\x6f\xa7\x94\x93\x40', '\0\0\0<\0\0\0?', '<\0\0\0?\0\0\0', '\xff\xfe\0\0<\0\0\0'])
    expectXml(mark, 'suspicious', ['xml.encoding']);
  for (const name of ['UTF-16', 'ISO-8859-15', 'windows-1252', 'GB18030'])
    expectXml(`<?xml version="1.0" encoding="${name}"?>${BODY}`, 'clean', []);
});
test('[INSPECT-154] everyday clinical documents and internal entities are innocent', () => {
  for (const document of INNOCENT) expectXml(document, 'clean', []);
});
test('[INSPECT-154] a published document type is information', () => {
  const dtd =
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">';
  expectXml(`${PROLOG}${dtd}${BODY}`, 'clean', ['xml.known-dtd']);
  expectXml(`${PROLOG}<!DOCTYPE a SYSTEM "a.dtd">${BODY}`, 'clean', ['xml.known-dtd']);
  expectXml(`<!DOCTYPE html>${BODY}`, 'clean', []);
});

/** Ten of the last, nine times over. */
function laughs(levels: number, times: number): string {
  const entities = Array.from({ length: levels }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(times)}">`);
  return withDtd(`<!ENTITY l0 "lol">${entities.join('\n')}`);
}

test('[INSPECT-151] entities that grow without measure are malicious, in any order', () => {
  expectXml(laughs(9, 10), 'malicious', ['xml.entity-bomb']);
  expectXml(laughs(3, 10), 'clean', []);
  const backward = withDtd(
    Array.from({ length: 9 }, (_, at) => `<!ENTITY l${9 - at} "${`&l${8 - at};`.repeat(10)}">`).join('') +
      '<!ENTITY l0 "lol">',
  );
  expectXml(backward, 'malicious', ['xml.entity-bomb']);
  expectXml(withDtd('<!ENTITY a "&b;"><!ENTITY b "&c;"><!ENTITY c "&a;">'), 'malicious', ['xml.entity-bomb']);
  expectXml(withDtd('<!ENTITY a "&a;">'), 'malicious', ['xml.entity-bomb']);
  expectXml(withDtd(`<!ENTITY a "lol"><!ENTITY b "${'x'.repeat(4096)}${'&a;'.repeat(500)}">`), 'malicious', [
    'xml.entity-bomb',
  ]);
  expectXml(withDtd('<!ENTITY a "x">'.replace('x', 'x'.repeat(20_000)), `<a>${'&a;'.repeat(1200)}</a>`), 'malicious', [
    'xml.entity-bomb',
  ]);
  expectXml(
    withDtd('<!ENTITY a "x"><!ENTITY b "&a; &a;"><!ENTITY c "&a;&b;">', `<a>${'&c;'.repeat(1200)}</a>`),
    'clean',
    [],
  );
});

test('[INSPECT-152] manufacturers’ own XML keeps its paths, styles and published types; what reads files stays malicious', () => {
  const own = (vr: string, text: string): Uint8Array =>
    concatBytes(element(0x00090010, 'LO', 'MAKER'), element(0x00091001, vr, text.length % 2 === 0 ? text : `${text} `));
  const plist =
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
  for (const vr of ['UT', 'OB', 'UN', 'LT']) {
    expectCodes(own(vr, `${PROLOG}${plist}<plist version="1.0"/>`), 'clean', []);
    expectCodes(
      own(vr, `${PROLOG}<Clip onset="1" path="file:///C:/Service/x"><data src="C:\\x\\y"/></Clip>`),
      'clean',
      [],
    );
    expectCodes(own(vr, withDtd('<!ENTITY x SYSTEM "file:///etc/passwd">')), 'malicious', ['xml.external-file']);
    expectCodes(own(vr, laughs(9, 10)), 'malicious', ['xml.entity-bomb']);
  }
  expectCodes(own('LT', '<10 mm lesion, <!ENTITY> was here'), 'clean', []);
});

test('[INSPECT-154] a PDF carried as text in a clinical document is looked into', () => {
  const carried = (pdf: string): string => {
    const lines = Buffer.from(pdf, 'latin1').toString('base64').replace(/.{76}/g, '$&\r\n');
    return `${PROLOG}<a><nonXMLBody><text mediaType="application/pdf" representation="B64">\n${lines}\n</text></nonXMLBody></a>`;
  };
  expectXml(carried('%PDF-1.4\n9 0 obj\n<< /S /Launch >>\nendobj\n'), 'malicious', ['pdf.launch']);
  expectXml(carried('%PDF-1.4\n9 0 obj\n<< /S /GoTo >>\nendobj\n'), 'clean', []);
});

test('[INSPECT-169] large XML of whatever characters is read in linear time and without end of memory', () => {
  for (const part of [
    '<',
    '<a ',
    '<!',
    '<!--',
    '&',
    '<?',
    '<!DOCTYPE [',
    '"',
    '<!ENTITY ',
    '<![CDATA[',
    '<a b="',
    'x',
  ]) {
    const document = new XmlDocument({ trouble: () => undefined, pdf: () => undefined });
    const characters = Buffer.from(bytesOf(part.repeat(Math.ceil(2 ** 21 / part.length)))).toString('latin1');
    const begun = process.cpuUsage();
    for (let at = 0; at < characters.length; at += 65_536) document.push(characters.slice(at, at + 65_536));
    document.end();
    assert.ok(process.cpuUsage(begun).user / 1000 < 2000, part);
  }
});
