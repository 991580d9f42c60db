import { inObject, inValue, type ObjectAttack } from './made.ts';
import { el } from './object.ts';
import { PAYLOADS } from './payloads.ts';

// Attacks that are a value: a name that becomes a path or a command, a text that some program obeys, a URL that is fetched.

const CLIMB = '../../../leadglass-none';

/** Every value that software makes a name from. */
const PATHS: readonly ObjectAttack[] = [
  inValue('B5', 'un chemin comme Study Instance UID', 'a path as Study Instance UID', 0x0020000d, CLIMB),
  inValue('B5', '« .. » comme Study Instance UID', '".." as Study Instance UID', 0x0020000d, '..'),
  inValue('B5', 'un chemin comme Series Instance UID', 'a path as Series Instance UID', 0x0020000e, '..\\..\\lg-none'),
  inValue(
    'B5',
    'un chemin absolu comme Study Instance UID',
    'an absolute path as Study Instance UID',
    0x0020000d,
    '/tmp/leadglass-none',
  ),
  inValue(
    'B5',
    'un octet nul dans le Series Instance UID',
    'a zero byte in the Series Instance UID',
    0x0020000e,
    '1.2.3\0/../../lg-none',
  ),
  inValue('B5', 'un chemin comme numéro de patient', 'a path as Patient ID', 0x00100020, CLIMB),
  inValue(
    'B5',
    'un chemin Windows comme numéro de patient',
    'a Windows path as Patient ID',
    0x00100020,
    '..\\..\\..\\leadglass-none',
  ),
  inValue('B5', 'un chemin comme nom de patient', 'a path as Patient’s Name', 0x00100010, `${CLIMB}^X`),
  inValue('B5', 'un chemin comme numéro de demande', 'a path as Accession Number', 0x00080050, '../../../lg-none'),
  inValue('B5', 'un chemin comme numéro d’examen', 'a path as Study ID', 0x00200010, '../../../lg-none'),
  inValue('B5', 'un chemin comme titre AE à interroger', 'a path as Retrieve AE Title', 0x00080054, '../../lg-none'),
  inValue('B5', 'un chemin comme nom de station', 'a path as Station Name', 0x00081010, '../../lg-none'),
  inValue('B5', 'un chemin comme Referenced File ID', 'a path as Referenced File ID', 0x00041500, '..\\..\\LGNONE'),
];

/** Commands that do nothing but print a word, where a shell would run them. */
const COMMANDS: readonly ObjectAttack[] = [
  inValue(
    'B6',
    'une commande dans le numéro de patient',
    'a command in the Patient ID',
    0x00100020,
    '$(echo leadglass)',
  ),
  inValue(
    'B6',
    'une commande entre accents graves dans le nom',
    'a command in backquotes in the name',
    0x00100010,
    '`echo leadglass`^X',
  ),
  inValue(
    'B6',
    'une commande derrière un point-virgule',
    'a command behind a semicolon',
    0x00081030,
    'X; curl http://127.0.0.1:9/',
  ),
  inValue(
    'B6',
    'une commande dans le Study Instance UID',
    'a command in the Study Instance UID',
    0x0020000d,
    '1.2.3;echo leadglass',
  ),
];

const LINES = [
  [0x00081030, 'la description d’examen', 'the Study Description'],
  [0x0008103e, 'la description de série', 'the Series Description'],
] as const;
const COMMENTS = [0x00204000, 'les commentaires d’image', 'the Image Comments'] as const;

type Place = (typeof LINES)[number] | typeof COMMENTS;

/** The texts of the payload named `payload`, each in a place that people's programs show. */
function textsOf(
  payload: string,
  bugClass: 'B6' | 'B16',
  fr: string,
  en: string,
  places: readonly Place[] = [...LINES, COMMENTS],
): ObjectAttack[] {
  const found = PAYLOADS.find(({ name }) => name === payload);
  if (found === undefined) throw new Error(payload);
  return places.map(([tag, frPlace, enPlace]) =>
    inObject(bugClass, `${fr} dans ${frPlace}`, `${en} in ${enPlace}`, ({ random }) => {
      const value = found.make(random);
      return { elements: [el(tag, value)], harm: value };
    }),
  );
}

// Formulas and format strings act where a value stands alone: in a cell, on a line. In a long text they are words.
const TEXTS: readonly ObjectAttack[] = [
  ...textsOf('xss', 'B16', 'du code de page', 'markup that runs'),
  inValue(
    'B16',
    'du code de page dans le nom du patient',
    'markup that runs in the Patient’s Name',
    0x00100010,
    '<svg/onload=alert(7)>',
  ),
  ...textsOf('terminal', 'B16', 'des ordres au terminal', 'terminal commands'),
  ...textsOf('sql', 'B6', 'une requête SQL', 'an SQL statement'),
  ...textsOf('jndi', 'B6', 'un appel JNDI (Log4j)', 'a JNDI lookup (Log4j)'),
  ...textsOf('formula', 'B6', 'une formule de tableur', 'a spreadsheet formula', LINES),
  ...textsOf('format', 'B6', 'une chaîne de format', 'a format string', LINES),
];

const URLS: readonly ObjectAttack[] = [
  inValue(
    'B17',
    'une URL qui vise la machine elle-même',
    'a URL that points at the machine itself',
    0x00081190,
    'http://127.0.0.1:9/leadglass-none',
  ),
  inValue(
    'B17',
    'une URL qui vise les métadonnées d’un nuage',
    'a URL that points at a cloud’s metadata',
    0x00081190,
    'http://169.254.169.254/leadglass-none',
  ),
  inValue('B17', 'une URL de fichier', 'a file URL', 0x00081190, 'file:///tmp/leadglass-none'),
  inValue('B17', 'une URL qui est du code', 'a URL that is code', 0x00081190, 'javascript:void(0)'),
];

const utf8 = (value: string | Buffer, harm: string | Buffer) => ({
  elements: [el(0x00080005, 'ISO_IR 192'), el(0x00081030, Buffer.from(value as string, 'latin1'))],
  harm: Buffer.from(harm as string, 'latin1'),
});

const CHARSETS: readonly ObjectAttack[] = [
  inObject(
    'B25',
    'un chemin écrit en UTF-8 trop long',
    'a path in overlong UTF-8',
    utf8('..\xc0\xaf..\xc0\xafleadglass', '\xc0\xaf'),
  ),
  inObject(
    'B25',
    'du code de page en UTF-8 trop long',
    'markup in overlong UTF-8',
    utf8('\xc0\xbcscript\xc0\xbevoid 0', '\xc0\xbcscript'),
  ),
  inObject(
    'B25',
    'un sens d’écriture retourné',
    'a reversed direction of writing',
    utf8('Scanner \xe2\x80\xaegpj.exe', '\xe2\x80\xae'),
  ),
  inObject('B25', 'un échappement ISO 2022 non déclaré', 'an ISO 2022 escape nobody declared', {
    elements: [el(0x00080005, 'ISO_IR 100'), el(0x00081030, Buffer.from('Scanner \x1b$B<script>\x1b(B', 'latin1'))],
    harm: '\x1b$B',
  }),
];

/** Every attack that is a value. */
export const VALUE_ATTACKS: readonly ObjectAttack[] = [...PATHS, ...COMMANDS, ...TEXTS, ...URLS, ...CHARSETS];
