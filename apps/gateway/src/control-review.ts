import { type AnswerInputOf, FindingSchema, type ParsedRequestOf } from '@leadglass/contract';
import { encodingOf } from '@leadglass/dicom';
import { text, uuidv7 } from '@leadglass/kit';
import { type EventOf, type Finding, parseSha256 } from '@leadglass/model';
import type { Custody, Hold } from '@leadglass/records';
import { changeSentence } from '@leadglass/rewrite';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import { objectAnswer } from './control-objects.ts';
import type { ControlServices } from './control-services.ts';
import type { NoPicture } from './decoder-pool.ts';
import { findHold, objectFacts } from './hold-finder.ts';
import { elementPath } from './viewing/element-path.ts';
import { type AttributePage, type AttributeQuestion, MOST_VALUE_BYTES } from './viewing/question.ts';
import { NOT_VIEWABLE } from './viewing/why-not.ts';

/** Bytes of a value in a list of many; of an element asked for by its path, MOST_VALUE_BYTES. */
const LISTED_VALUE_BYTES = 64;
/** Bytes shown before what was asked for, to see where it comes from. */
const BEFORE_BYTES = 64;
const LINE_BYTES = 16;
/** Header of an element, at least: what is marked where only an offset is known. */
const HEADER_BYTES = 8;
const MOST_DELIVERIES = 100;

type Place = ParsedRequestOf<'hold.hex'>['at'];
type View = EventOf<'hold.viewed'>['view'];

/** What is looked at: a hold, and the object itself or its disarmed copy. */
interface Looked {
  readonly hold: Hold;
  readonly custody: Custody;
  readonly findings: readonly Finding[];
}

/**
 * What a person looks at before deciding about a held object. The keeper opens it; whatever has to be parsed is parsed in a sandboxed
 * process. Whoever sees what an object holds is in the records before it is shown.
 */
export class ReviewControl {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async attributes(asked: ParsedRequestOf<'hold.attributes'>): Promise<AnswerInputOf<'hold.attributes'>> {
    const { first, count, clear: isClear } = asked;
    const path = asked.path === '' ? '' : pathOf(asked.path);
    const looked = await this.#look(asked.id, asked.copy);
    if (isClear) await this.#record(looked.custody, 'attributes');
    const valueBytes = path === '' ? LISTED_VALUE_BYTES : MOST_VALUE_BYTES;
    const page = await this.#page(looked.custody, { first, count, path, isClear, valueBytes, wantsBytes: false });
    if (path !== '' && page.rows.length === 0 && first === 0) throw noSuchElement(path);
    const { transferSyntaxUid, next, stoppedBy } = page;
    const rows = withFindings(page, looked.findings, looked.custody.metaBytes);
    return { sha256: looked.custody.sha256, transferSyntaxUid, isDeflated: page.isDeflated, rows, next, stoppedBy };
  }

  async hex(asked: ParsedRequestOf<'hold.hex'>): Promise<AnswerInputOf<'hold.hex'>> {
    const looked = await this.#look(asked.id, asked.copy);
    const { sha256, plainBytes } = looked.custody;
    await this.#record(looked.custody, 'hex');
    const found = await this.#find(looked, asked.at);
    if ('inflated' in found) return { sha256, plainBytes, ...found.inflated };
    const mark = found;
    if (mark.offset >= plainBytes) throw controlFault('control.not-found', BEYOND);
    const from = Math.max(0, mark.offset - (mark.offset % LINE_BYTES) - BEFORE_BYTES);
    const to = Math.min(plainBytes, from + asked.bytes);
    const bytes = await this.#slice(looked.custody, from, to);
    return { sha256, plainBytes, space: 'file', offset: from, bytes: bytes.toString('hex'), mark };
  }

  async preview(asked: ParsedRequestOf<'hold.preview'>): Promise<AsyncIterable<Uint8Array>> {
    const { custody } = await this.#look(asked.id, asked.copy);
    await this.#record(custody, 'preview');
    const wish = { frame: asked.frame - 1, ...(asked.window === undefined ? {} : { window: asked.window }) };
    const png = await this.#services.decoders.preview(this.#toView(custody), wish);
    if (typeof png === 'string') throw unviewable(png);
    return piecesOf(png);
  }

  async compare({ id }: ParsedRequestOf<'hold.compare'>): Promise<AnswerInputOf<'hold.compare'>> {
    const { records } = this.#services;
    const { custody: original } = await this.#look(id, false);
    const { custody: copy } = await this.#look(id, true);
    const events = await records.findEvents(copy.firstArrivalId);
    const made = events.map(({ event }) => event).find((event) => event.kind === 'copy.made');
    return {
      original: objectAnswer(original),
      copy: objectAnswer(copy),
      changes: (made?.changes ?? []).map(changeOf),
      pixelSha256: made?.pixelSha256 ?? '',
      deliveries: await records.listDeliveries({ sha256: copy.sha256 }, MOST_DELIVERIES),
    };
  }

  async #look(id: string, isCopy: boolean): Promise<Looked> {
    const { records } = this.#services;
    const hold = await findHold(records, id);
    const sha256 = isCopy ? parseSha256(hold.copySha256) : hold.sha256;
    if (sha256 === undefined) throw controlFault('control.not-found', NO_COPY);
    const custody = await records.custody(sha256);
    if (custody === undefined) throw controlFault('control.not-found', GONE);
    return { hold, custody, findings: isCopy ? [] : FindingSchema.array().parse(JSON.parse(hold.findings)) };
  }

  async #record(custody: Custody, view: View): Promise<void> {
    const { records, clock } = this.#services;
    const now = clock.now();
    const head = { id: uuidv7(now), atMs: now, kind: 'hold.viewed' } as const;
    await records.appendEvents([{ ...head, ...objectFacts(custody), by: by(), view }]);
    this.#services.eventsAppended();
  }

  async #page(custody: Custody, question: AttributeQuestion): Promise<AttributePage> {
    const page = await this.#services.decoders.attributes(this.#toView(custody), question);
    if (typeof page === 'string') throw unviewable(page);
    return page;
  }

  #toView({ sha256, plainBytes }: Custody) {
    return { plainBytes, open: () => this.#services.openObject(sha256) };
  }

  async #slice({ sha256 }: Custody, from: number, to: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#services.openObject(sha256, { from, to })) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async #find({ custody, findings }: Looked, at: Place) {
    if ('offset' in at) return { offset: at.offset, bytes: 1 };
    if ('path' in at) return this.#element(custody, pathOf(at.path));
    const finding = findings[at.finding - 1];
    if (finding === undefined) throw controlFault('control.not-found', NO_FINDING);
    if (isDeflated(custody.transferSyntaxUid) && finding.path !== '') return this.#element(custody, finding.path);
    if (finding.offset < 0 || isDeflated(custody.transferSyntaxUid)) throw controlFault('control.not-found', NO_PLACE);
    // A finding about the file’s own beginning counts from there, any other from the data set.
    const base = finding.inspector === 'preamble' ? 0 : custody.metaBytes;
    return { offset: base + finding.offset, bytes: HEADER_BYTES };
  }

  /** Where an element lies: told by a sandboxed process, which is believed in nothing but where to look. */
  async #element(custody: Custody, path: string) {
    const question = { first: 0, count: 1, path, isClear: false, valueBytes: MOST_VALUE_BYTES, wantsBytes: true };
    const { rows, isDeflated: isInflated } = await this.#page(custody, question);
    const [row] = rows;
    if (row === undefined) throw noSuchElement(path);
    const header = row.valueOffset - row.offset;
    const length = header + Math.max(0, row.length);
    if (!isInflated || row.isMeta) return { offset: row.offset + (row.isMeta ? 0 : custody.metaBytes), bytes: length };
    const mark = { offset: row.valueOffset, bytes: Math.max(0, row.length) };
    return { inflated: { space: 'inflated' as const, offset: row.valueOffset, bytes: row.bytes, mark } };
  }
}

async function* piecesOf(png: Uint8Array): AsyncGenerator<Uint8Array> {
  yield png;
}

function pathOf(typed: string): string {
  const path = elementPath(typed);
  if (path === undefined) throw controlFault('control.bad-request', NOT_A_PATH);
  return path;
}

/** From `kind path`, as the event has it. */
function changeOf(told: string) {
  const [kind = '', ...path] = told.split(' ');
  return { kind, path: path.join(' '), text: changeSentence(kind) ?? text(kind, kind) };
}

const isDeflated = (transferSyntaxUid: string): boolean => encodingOf(transferSyntaxUid) === 'deflated';

/** Rows with the numbers of the findings about each: those at its very place, else those of its path. Offsets are the file's from here on. */
function withFindings(
  { rows, isDeflated: isInflated }: AttributePage,
  findings: readonly Finding[],
  metaBytes: number,
) {
  const exact = new Set(rows.filter(({ isMeta }) => !isMeta).map(({ path, offset }) => `${path} ${offset}`));
  return rows.map(({ bytes: _, valueOffset: __, ...row }) => {
    const isAbout = ({ path, offset }: Finding): boolean => {
      if (row.isMeta) return false;
      if (path === '') return row.kind === 'trailing' && offset === row.offset;
      return path === row.path && (offset === row.offset || !exact.has(`${path} ${offset}`));
    };
    const numbers = findings.flatMap((finding, at) => (isAbout(finding) ? [at + 1] : []));
    return { ...row, offset: row.isMeta || isInflated ? row.offset : row.offset + metaBytes, findings: numbers };
  });
}

const unviewable = (why: NoPicture) => controlFault('control.unviewable', NOT_VIEWABLE[why]);

const noSuchElement = (path: string) =>
  controlFault('control.not-found', text(`L’objet n’a pas d’élément ${path}.`, `The object has no element ${path}.`));

const NO_COPY = text('Cet objet n’a pas de copie désarmée.', 'This object has no disarmed copy.');
const GONE = text(
  'Les octets de cet objet ne sont plus conservés ici.',
  'The bytes of this object are no longer kept here.',
);
const BEYOND = text('L’objet est plus court que cela.', 'The object is shorter than that.');
const NO_FINDING = text(
  'Aucune anomalie ne porte ce numéro : hold show les donne.',
  'No finding has this number: hold show lists them.',
);
const NO_PLACE = text(
  'Cette anomalie n’a pas de place précise dans le fichier : elle concerne l’objet entier, ou ce qu’il contient une fois décompressé.',
  'This finding has no place of its own in the file: it is about the whole object, or about what it holds once inflated.',
);
const NOT_A_PATH = text(
  'Un élément s’écrit (0010,0020), PatientID, ou (0040,A730)[2]/(0008,0100) à l’intérieur d’une séquence.',
  'An element is written (0010,0020), PatientID, or (0040,A730)[2]/(0008,0100) inside a sequence.',
);
