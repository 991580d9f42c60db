import type { ElementToEncode } from '@leadglass/dicom';
import type { BugClass } from './classes.ts';
import { type Change, inObject, type ObjectAttack, PICTURE, SECONDARY_CAPTURE } from './made.ts';
import { el, pixelsOf } from './object.ts';
import { PAYLOADS, type Payload, WRAPPINGS } from './payloads.ts';
import { SYNTAX } from './pixels.ts';

// Attacks that an object carries: programs, viruses, archives and pages where images and texts belong, documents that act when opened.

function payload(name: string): Payload {
  const found = PAYLOADS.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const WORDS: Readonly<Record<string, readonly [fr: string, en: string]>> = {
  pe: ['un programme Windows', 'a Windows program'],
  elf: ['un programme Linux', 'a Linux program'],
  'mach-o': ['un programme macOS', 'a macOS program'],
  eicar: ['le virus d’essai EICAR', 'the EICAR test virus'],
  zip: ['une archive ZIP', 'a ZIP archive'],
  html: ['une page avec du code', 'a page with code'],
  shell: ['un script', 'a shell script'],
  ole: ['un document à macros', 'a document with macros'],
};

/** Where a payload is put. */
interface Place {
  readonly fr: string;
  readonly en: string;
  put(value: Buffer): Omit<Change, 'harm'>;
}

const BLOCK = el(0x00990010, 'PROVE-IT TEST', 'LO');
const inElements = (...elements: readonly ElementToEncode[]) => ({ elements });

const PRIVATE: Place = {
  fr: 'dans un élément privé',
  en: 'in a private element',
  put: (value) => inElements(BLOCK, el(0x00991001, value, 'OB')),
};
const UNKNOWN: Place = {
  fr: 'dans un élément inconnu',
  en: 'in an unknown element',
  put: (value) => inElements(el(0x001899f1, value, 'UN')),
};
const NESTED: Place = {
  fr: 'au fond d’une séquence',
  en: 'deep in a sequence',
  put: (value) => inElements(el(0x00400555, [[BLOCK, el(0x00991001, value, 'UN')]])),
};
const BEHIND: Place = { fr: 'derrière les données', en: 'behind the data set', put: (tail) => ({ tail }) };
const FRAGMENT: Place = {
  fr: 'à la place d’une image JPEG',
  en: 'in the place of a JPEG frame',
  put: (value) => ({
    transferSyntaxUid: SYNTAX.jpeg,
    sopClassUid: SECONDARY_CAPTURE,
    image: { ...PICTURE, allocated: 8, stored: 8 },
    pixels: [Buffer.alloc(0), value],
    isInPixels: true,
  }),
};

function carried(name: string, { fr, en, put }: Place, wrapping = 'plain'): ObjectAttack {
  const [frWhat = name, enWhat = name] = WORDS[name] ?? [];
  const [frIn, enIn] = wrapping === 'plain' ? ['', ''] : [` (${wrapping})`, ` (${wrapping})`];
  return inObject('B19', `${frWhat}${frIn} ${fr}`, `${enWhat}${enIn} ${en}`, ({ random }) => {
    const inner = payload(name).make(random);
    const value = WRAPPINGS[wrapping]?.(inner) ?? inner;
    return { ...put(value), harm: value };
  });
}

const DISGUISED: readonly ObjectAttack[] = [
  ...['pe', 'elf', 'mach-o', 'eicar', 'zip', 'html', 'shell', 'ole'].map((name) => carried(name, PRIVATE)),
  ...['pe', 'elf', 'eicar', 'zip'].map((name) => carried(name, UNKNOWN)),
  ...['pe', 'eicar', 'html'].map((name) => carried(name, NESTED)),
  ...['pe', 'eicar', 'zip', 'shell'].map((name) => carried(name, BEHIND)),
  ...['pe', 'eicar'].map((name) => carried(name, FRAGMENT)),
  carried('eicar', PRIVATE, 'zip'),
  carried('eicar', PRIVATE, 'base64'),
  inObject(
    'B19',
    'un programme Windows à la place des pixels',
    'a Windows program in the place of the pixels',
    ({ random }) => {
      const program = payload('pe').make(random);
      const pixels = pixelsOf(random, PICTURE);
      pixels.set(program.subarray(0, pixels.length));
      return { pixels, harm: program, isInPixels: true };
    },
  ),
];

const DOCUMENT = '1.2.840.10008.5.1.4.1.1.104.';

function document(
  bugClass: BugClass,
  fr: string,
  en: string,
  which: 1 | 2,
  mime: string,
  make: Payload['make'],
  harm: string,
): ObjectAttack {
  return inObject(bugClass, fr, en, ({ random }) => ({
    sopClassUid: `${DOCUMENT}${which}`,
    pixels: 'none',
    harm,
    elements: [
      el(0x00080060, 'DOC'),
      el(0x00280301, 'NO'),
      el(0x00420010, 'TEST OBJECT'),
      el(0x00420011, make(random), 'OB'),
      el(0x00420012, mime),
    ],
  }));
}

const pdf = (name: string, fr: string, en: string, harm: string) =>
  document('B20', `un PDF ${fr}`, `a PDF ${en}`, 1, 'application/pdf', payload(name).make, harm);

/** A clinical document (CDA) with `prologue` in front of it. */
const cda = (prologue: string) => () =>
  Buffer.from(
    `<?xml version="1.0"?>\n${prologue}\n<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&lg;</title></ClinicalDocument>\n`,
  );
const LAUGHS = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

const DOCUMENTS: readonly ObjectAttack[] = [
  pdf('pdf-javascript', 'qui contient du JavaScript', 'with JavaScript', '/JavaScript'),
  pdf('pdf-launch', 'qui lance un programme', 'that launches a program', '/Launch'),
  pdf('pdf-embedded', 'qui contient un programme', 'with a program embedded', '/EmbeddedFile'),
  pdf(
    'pdf-object-stream',
    'au JavaScript caché dans un flux compressé',
    'with JavaScript in a packed stream',
    '/ObjStm',
  ),
  document(
    'B20',
    'un virus à la place d’un PDF',
    'a virus in the place of a PDF',
    1,
    'application/pdf',
    payload('eicar').make,
    'EICAR-STANDARD',
  ),
  document(
    'B20',
    'un programme à la place d’un PDF',
    'a program in the place of a PDF',
    1,
    'application/pdf',
    payload('pe').make,
    'This program cannot be run',
  ),
  document(
    'B17',
    'un CDA qui va chercher un fichier',
    'a CDA that fetches a file',
    2,
    'text/XML',
    cda('<!DOCTYPE c [<!ENTITY lg SYSTEM "file:///tmp/leadglass-none">]>'),
    'SYSTEM',
  ),
  document(
    'B17',
    'un CDA qui va chercher une page',
    'a CDA that fetches a page',
    2,
    'text/XML',
    cda('<!DOCTYPE c [<!ENTITY lg SYSTEM "http://127.0.0.1:9/leadglass-none">]>'),
    'SYSTEM',
  ),
  document(
    'B12',
    'un CDA qui se multiplie (« billion laughs »)',
    'a CDA that multiplies ("billion laughs")',
    2,
    'text/XML',
    cda(`<!DOCTYPE c [<!ENTITY l0 "lol">${LAUGHS}<!ENTITY lg "&l9;">]>`),
    '<!ENTITY',
  ),
];

/** Every attack that an object carries. */
export const CARRIED_ATTACKS: readonly ObjectAttack[] = [...DISGUISED, ...DOCUMENTS];
