import type {
  AttributeRowAnswer,
  AttributesAnswer,
  ComparisonAnswer,
  HexViewAnswer,
  HoldAnswer,
  RequestOf,
} from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context, Given, Options } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { refuseExisting, writeWhole } from '../files.ts';
import type { Output } from '../output.ts';
import { sizeWords } from '../words.ts';

const LINE_BYTES = 16;
const MOST_BYTES = 4096;
const MOST_ROWS = 500;
const MOST_FRAMES = 1_000_000;
const MOST_OFFSET = Number.MAX_SAFE_INTEGER;
/** Deeper levels are no further to the right: hostile objects nest without end. */
const SHOWN_DEPTH = 10;
/** A picture of 512 pixels a side in colour is smaller. */
const MOST_PNG_BYTES = 2_000_000;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const COPY: Options = {
  copy: { help: text('la copie désarmée au lieu de l’original', 'the disarmed copy instead of the original') },
};

type Place = RequestOf<'hold.hex'>['at'];

/** `0x1a0` and `416` are offsets in the file; anything else names an element. */
function placeOf(typed: string): Place {
  if (!/^(0x[0-9a-f]{1,13}|[0-9]{1,15})$/i.test(typed)) return { path: typed };
  const offset = Number(typed);
  if (offset > MOST_OFFSET) throw usageFailure(text('--hex : trop loin.', '--hex: too far.'));
  return { offset };
}

/** Lines of a hex dump: offset, bytes, characters; what was asked for stands in brackets. */
export function hexLines({
  offset,
  bytes,
  mark,
}: HexViewAnswer): { readonly line: string; readonly isMarked: boolean }[] {
  const data = Buffer.from(bytes, 'hex');
  const lines: { line: string; isMarked: boolean }[] = [];
  for (let at = 0; at < data.length; at += LINE_BYTES) {
    const slice = data.subarray(at, at + LINE_BYTES);
    const isIn = (i: number): boolean => {
      const place = offset + at + i;
      return i >= 0 && i < slice.length && place >= mark.offset && place < mark.offset + mark.bytes;
    };
    let digits = '';
    for (let i = 0; i <= slice.length; i += 1) {
      const gap = isIn(i) === isIn(i - 1) ? ' ' : isIn(i) ? '[' : ']';
      digits += gap + (i < slice.length ? (slice[i] ?? 0).toString(16).padStart(2, '0') : '');
    }
    const characters = slice.toString('latin1').replace(/[^ -~]/g, '.');
    const place = (offset + at).toString(16).padStart(8, '0');
    const isMarked = slice.some((_, i) => isIn(i));
    lines.push({ line: `${place} ${digits.padEnd(3 * LINE_BYTES + 2)} |${characters}|`, isMarked });
  }
  return lines;
}

function showHex({ output }: Context, view: HexViewAnswer): void {
  const size = sizeWords(view.plainBytes, output.language);
  output.line(`${view.sha256}  ${size}`, 'bold');
  if (view.space === 'inflated') {
    output.line(
      text(
        'Jeu de données compressé : voici le début de la valeur, les positions comptent une fois décompressé.',
        'Deflated data set: this is the beginning of the value, offsets count once inflated.',
      ),
      'grey',
    );
  }
  for (const { line, isMarked } of hexLines(view)) output.line(line, isMarked ? 'yellow' : undefined);
  const end = view.offset + view.bytes.length / 2;
  const markEnd = view.mark.offset + view.mark.bytes;
  if (markEnd > end) {
    const more = markEnd - end;
    output.line(text(`… et ${more} octets de plus`, `… and ${more} more bytes`), 'grey');
  }
}

/** One element, item or fragment, in a line. */
export function rowLine(output: Output, row: AttributeRowAnswer): string {
  const [place, length] = [row.offset.toString(16).padStart(8, '0'), row.length < 0 ? '∞' : String(row.length)];
  const indent = '  '.repeat(Math.min(row.depth, SHOWN_DEPTH));
  const item = /\[[0-9]+\]$/.exec(row.path)?.[0] ?? '';
  const name = row.kind === 'item' || row.kind === 'fragment' ? item : row.tag;
  const known = row.kind === 'trailing' ? output.of(TRAILING) : row.keyword;
  const words = [name, row.vr, length, row.kind === 'fragment' ? '' : known, shownValue(output, row)];
  return `${row.isMeta ? 'meta ' : '     '}${place}  ${indent}${words.filter((word) => word !== '').join(' ')}`;
}

const TRAILING = text('(après la fin du jeu de données)', '(after the end of the data set)');
const BINARY = text('[binaire]', '[binary]');

function shownValue(output: Output, { state, value }: AttributeRowAnswer): string {
  if (state === 'masked') return '[phi]';
  if (state === 'binary') return output.of(BINARY);
  return state === 'none' ? '' : `= ${value}${state === 'cut' ? '…' : ''}`;
}

function showAttributes({ output }: Context, page: AttributesAnswer, hold: HoldAnswer): void {
  output.line(`${page.sha256}  ${page.transferSyntaxUid}`, 'bold');
  for (const row of page.rows) {
    output.line(rowLine(output, row), row.findings.length > 0 ? 'yellow' : undefined);
    for (const number of row.findings) {
      const finding = hold.findings[number - 1];
      if (finding !== undefined) output.line(`     ^ ${number}. ${finding.code} : ${output.of(finding.text)}`, 'red');
    }
  }
  if (page.stoppedBy !== '') {
    output.line(
      text(
        `La lecture s’arrête ici (${page.stoppedBy}) : la suite n’a pas de sens.`,
        `Reading stops here (${page.stoppedBy}): what follows makes no sense.`,
      ),
      'red',
    );
  }
  if (page.next !== null) output.line(text(`Suite : --from ${page.next}`, `More: --from ${page.next}`), 'grey');
}

async function viewAttributes(context: Context, given: Given): Promise<number> {
  const [id, copy] = [given.at(0), given.flag('copy')];
  const count = given.number('count', 1, MOST_ROWS);
  const first = given.number('from', 0, 1e9) ?? 0;
  const asked = { id, copy, first, path: given.value('path') ?? '', clear: given.flag('phi') };
  const page = await context.client.call('hold.attributes', count === undefined ? asked : { ...asked, count });
  context.output.json(page);
  if (context.output.isJson) return EXIT.ok;
  const { hold } = await context.client.call('hold.show', { id });
  showAttributes(context, page, hold);
  return EXIT.ok;
}

async function viewHex(context: Context, given: Given, at: Place): Promise<number> {
  const bytes = given.number('bytes', LINE_BYTES, MOST_BYTES);
  const asked = { id: given.at(0), copy: given.flag('copy'), at };
  const view = await context.client.call('hold.hex', bytes === undefined ? asked : { ...asked, bytes });
  context.output.json(view);
  showHex(context, view);
  return EXIT.ok;
}

const view: Command = {
  name: 'hold view',
  usage: 'ID [--attributes] [--path ELEMENT] [--phi] | ID --hex OFFSET|ELEMENT | ID --finding N',
  summary: text('les éléments ou les octets d’un objet retenu', 'the elements or the bytes of a held object'),
  notes: text(
    'Sans option : les éléments, un par ligne ; ce qui peut identifier quelqu’un est remplacé par [phi]. --phi, --hex et --finding montrent des données de patient : c’est inscrit au registre. ELEMENT : (0010,0020), PatientID, ou (0040,A730)[2]/(0008,0100) dans une séquence. L’objet est ouvert par un processus isolé ; aucun de ses caractères de commande n’atteint votre terminal.',
    'Without an option: the elements, one a line; what may identify somebody is replaced by [phi]. --phi, --hex and --finding show patient data: that is written to the ledger. ELEMENT: (0010,0020), PatientID, or (0040,A730)[2]/(0008,0100) inside a sequence. The object is opened by an isolated process; none of its control characters reaches your terminal.',
  ),
  options: {
    attributes: { help: text('les éléments (par défaut)', 'the elements (default)') },
    path: { value: 'ELEMENT', help: text('cet élément et ce qu’il contient', 'this element and what is inside it') },
    phi: { help: text('montrer aussi l’identité du patient', 'show the patient’s identity too') },
    from: { value: 'N', help: text('à partir de cette ligne', 'from this line on') },
    count: { value: 'N', help: text('nombre de lignes (200, au plus 500)', 'number of lines (200, at most 500)') },
    hex: {
      value: 'PLACE',
      help: text('les octets à cette position ou de cet élément', 'the bytes at this offset or of this element'),
    },
    finding: { value: 'N', help: text('les octets autour de l’anomalie n° N', 'the bytes around finding no. N') },
    bytes: { value: 'N', help: text('nombre d’octets (256, au plus 4096)', 'number of bytes (256, at most 4096)') },
    ...COPY,
  },
  positionals: [1, 1],
  examples: ['hold view 3fa94c1b77e0', 'hold view 3fa94c1b77e0 --finding 1', 'hold view 3fa94c1b77e0 --hex PixelData'],
  async run(context, given) {
    const [hex, finding] = [given.value('hex'), given.number('finding', 1, MOST_ROWS)];
    const asked = [hex !== undefined, finding !== undefined, given.flag('attributes')].filter(Boolean).length;
    if (asked > 1) {
      throw usageFailure(
        text('Choisissez --attributes, --hex ou --finding.', 'Choose one of --attributes, --hex and --finding.'),
      );
    }
    if (hex !== undefined) return viewHex(context, given, placeOf(hex));
    return finding === undefined ? viewAttributes(context, given) : viewHex(context, given, { finding });
  },
};

function windowOf(given: Given): { center: number; width: number } | undefined {
  const typed = given.value('window');
  if (typed === undefined) return undefined;
  const [, center, width] = /^(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)\/([0-9]{1,9}(?:\.[0-9]{1,6})?)$/.exec(typed) ?? [];
  if (center === undefined || width === undefined || Number(width) < 1)
    throw usageFailure(
      text('--window : CENTRE/LARGEUR, par exemple 40/400.', '--window: CENTER/WIDTH, for example 40/400.'),
    );
  return { center: Number(center), width: Number(width) };
}

async function pictureOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of chunks) {
    bytes += piece.length;
    if (bytes > MOST_PNG_BYTES) break;
    pieces.push(piece);
  }
  const png = Buffer.concat(pieces);
  if (bytes <= MOST_PNG_BYTES && png.subarray(0, PNG.length).equals(PNG)) return png;
  throw new CliFailure(
    EXIT.failed,
    text(
      'Ce qui a été reçu n’est pas une image : rien n’a été écrit.',
      'What came is no picture: nothing was written.',
    ),
    'cli.no-picture',
  );
}

const preview: Command = {
  name: 'hold preview',
  usage: 'ID -o FILE.png [--frame N] [--window CENTER/WIDTH] [--copy]',
  summary: text('l’image d’un objet retenu, en PNG', 'the picture of a held object, as PNG'),
  notes: text(
    'L’image est décodée par un processus isolé et fait 512 pixels de côté au plus : pour reconnaître, jamais pour un diagnostic. Regarder est inscrit au registre. Avec --copy, celle de la copie désarmée, à mettre à côté.',
    'The image is decoded by an isolated process and has at most 512 pixels a side: to recognise, never for diagnosis. Looking is written to the ledger. With --copy, that of the disarmed copy, to put beside it.',
  ),
  options: {
    output: { value: 'FILE', short: 'o', help: text('où l’écrire', 'where to write it') },
    frame: { value: 'N', help: text('numéro de l’image (1)', 'number of the frame (1)') },
    window: { value: 'C/W', help: text('fenêtre : centre/largeur', 'window: center/width') },
    force: { help: text('remplacer le fichier', 'replace the file') },
    ...COPY,
  },
  positionals: [1, 1],
  examples: ['hold preview 3fa94c1b77e0 -o original.png', 'hold preview 3fa94c1b77e0 --copy -o copy.png'],
  async run(context, given) {
    const [name, window] = [given.required('output'), windowOf(given)];
    const frame = given.number('frame', 1, MOST_FRAMES) ?? 1;
    if (!given.flag('force')) await refuseExisting(name);
    const asked = { id: given.at(0), copy: given.flag('copy'), frame };
    const png = await pictureOf(
      context.client.bytes('hold.preview', window === undefined ? asked : { ...asked, window }),
    );
    await writeWhole(name, png);
    context.output.json({ file: name, bytes: png.length });
    context.output.line(`${name}: ${png.readUInt32BE(16)} × ${png.readUInt32BE(20)}`, 'green');
    return EXIT.ok;
  },
};

function showComparison(output: Output, answer: ComparisonAnswer): void {
  const { original, copy, changes, pixelSha256, deliveries } = answer;
  output.table(
    [text('', ''), text('original', 'original'), text('copie désarmée', 'disarmed copy')],
    [
      ['SHA-256', original.sha256.slice(0, 32), copy.sha256.slice(0, 32)],
      [
        output.of(text('taille', 'size')),
        sizeWords(original.plainBytes, output.language),
        sizeWords(copy.plainBytes, output.language),
      ],
      ['SOP Instance UID', original.sopInstanceUid, copy.sopInstanceUid],
      ['verdict', original.verdict, copy.verdict],
    ],
  );
  if (pixelSha256 !== '') {
    const said = text(
      `Pixels identiques avant et après (SHA-256 ${pixelSha256}, par deux lectures).`,
      `Pixels identical before and after (SHA-256 ${pixelSha256}, by two readings).`,
    );
    output.line(said, 'green');
  }
  for (const change of changes) output.line(`  - ${output.of(change.text)} ${change.path}`.trimEnd());
  for (const { destination, state } of deliveries) output.line(`  → ${destination} : ${state}`);
}

const compare: Command = {
  name: 'hold compare',
  usage: 'ID',
  summary: text('l’original et sa copie désarmée, côte à côte', 'the original and its disarmed copy, side by side'),
  options: {},
  positionals: [1, 1],
  examples: ['hold compare 3fa94c1b77e0'],
  async run({ client, output }, given) {
    const answer = await client.call('hold.compare', { id: given.at(0) });
    output.json(answer);
    showComparison(output, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [view, preview, compare];
