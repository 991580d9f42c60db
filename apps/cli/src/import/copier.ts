import { createHash } from 'node:crypto';
import { closeSync, writeSync } from 'node:fs';
import { Part10Reader } from '@leadglass/dicom';
import { isFault, text } from '@leadglass/kit';
import { type Coercion, Disarmer, type DisarmPlan, planDisarm, Rehearsal, type Rehearsed } from '@leadglass/rewrite';
import { rewritingSystem } from '../rewriting-system.ts';
import { Looker, type Take } from '../scan/look.ts';
import { openFile, readPiece, waitAMoment } from '../scan/reading.ts';
import { Source } from '../scan/source.ts';
import { codeOf } from '../scan/walk.ts';
import { FRAME, frameHead, MOST_FRAME_BYTES } from './frames.ts';
import { type Mode, type ObjectEnd, ObjectFrame, type ObjectHead, type Step, type ToCopier } from './messages.ts';

/**
 * The process that takes objects off a medium: reads what it is told to, rewrites, and writes data sets to its standard output. It runs
 * under the same permissions as the workers of a scan: reading the medium and the program, and nothing else.
 */

const STANDARD_OUTPUT_FD = 1;
const ALIVE_EVERY_MS = 1_000;
const NOTHING = new Uint8Array(0);

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(STANDARD_OUTPUT_FD, bytes, at);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EAGAIN') throw thrown;
      waitAMoment();
    }
  }
}

let toldMs = performance.now();

function frame(kind: number, payload: Uint8Array): void {
  toldMs = performance.now();
  writeAll(frameHead(kind, payload.length));
  writeAll(payload);
}

function jsonFrame(kind: number, value: object): void {
  frame(kind, Buffer.from(JSON.stringify(value)));
}

function dataSetBytes(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST_FRAME_BYTES)
    frame(FRAME.bytes, bytes.subarray(at, at + MOST_FRAME_BYTES));
}

function read(fd: number): Uint8Array | undefined {
  if (performance.now() - toldMs > ALIVE_EVERY_MS) frame(FRAME.alive, NOTHING);
  return readPiece(fd);
}

/** Of a Part 10 file the data set alone is passed on: what C-STORE carries. */
const NOTHING_SAID = { preamble: () => {}, metaIrregularity: () => {}, meta: () => {} };

/** A rehearsed object: what the copying needs to know of it. */
interface Prepared {
  readonly plan: DisarmPlan;
  readonly rehearsed: Rehearsed;
  /** Whether it is the object that was looked at: a medium may be changed while somebody reads what was on it. */
  readonly isSame: boolean;
}

class Copier {
  readonly #coercion: Coercion | undefined;
  readonly #epochMs: number;

  constructor({ epochMs, coercion }: Extract<ToCopier, { t: 'configure' }>) {
    this.#coercion = coercion;
    this.#epochMs = epochMs;
  }

  /** Reads the file once for each thing that is done: rehearsing, the originals, then what goes on. Originals are safe before a copy goes. */
  async file({ file, steps }: Extract<ToCopier, { t: 'file' }>): Promise<void> {
    const prepared = new Map<number, Prepared>();
    const pass = (modes: readonly Mode[], act: (source: Source, step: Step) => Promise<void>) =>
      this.#pass(
        file,
        steps.filter((step) => step.modes.some((mode) => modes.includes(mode))),
        act,
      );
    try {
      await pass(['copy'], (source, step) => this.#rehearse(source, step, prepared));
      await pass(['original'], (source, step) => this.#plain(source, step, 'original'));
      await pass(['as-is', 'copy'], (source, step) =>
        step.modes.includes('copy')
          ? this.#copy(source, step.at, prepared.get(step.at))
          : this.#plain(source, step, 'as-is'),
      );
      jsonFrame(FRAME.done, {});
    } catch (thrown) {
      jsonFrame(FRAME.done, { problem: codeOf(thrown) });
    }
  }

  async #pass(
    file: Extract<ToCopier, { t: 'file' }>['file'],
    steps: readonly Step[],
    act: (source: Source, step: Step) => Promise<void>,
  ): Promise<void> {
    if (steps.length === 0) return;
    const wanted = new Map(steps.map((step) => [step.at, step]));
    let at = -1;
    const take: Take = async (source) => {
      at += 1;
      const step = wanted.get(at);
      if (step !== undefined) await act(source, step);
    };
    const fd = openFile(file);
    try {
      const looker = new Looker({ dicom: [], foreign: [] }, () => {}, { take });
      await looker.look(file.path, new Source(() => read(fd)));
    } finally {
      closeSync(fd);
    }
  }

  async #rehearse(source: Source, { at, sha256, findings }: Step, prepared: Map<number, Prepared>): Promise<void> {
    const plan = planDisarm(findings);
    const rehearsal = new Rehearsal(plan, undefined, this.#coercion);
    await pour(source, (piece) => rehearsal.push(piece));
    const rehearsed = rehearsal.end();
    prepared.set(at, { plan, rehearsed, isSame: rehearsed.sha256 === sha256 });
  }

  async #plain(source: Source, { at, sha256, ...named }: Step, mode: Mode): Promise<void> {
    const hash = createHash('sha256');
    let isBegun = false;
    const reader = new Part10Reader({
      ...NOTHING_SAID,
      meta: (meta) => {
        const head = {
          ...{ at, mode, transferSyntaxUid: meta.transferSyntaxUid },
          sopClassUid: meta.mediaStorageSopClassUid || named.sopClassUid,
          sopInstanceUid: meta.mediaStorageSopInstanceUid || named.sopInstanceUid,
        };
        isBegun = begin(head);
      },
      dataSet: (bytes) => (isBegun ? dataSetBytes(bytes) : undefined),
    });
    await pour(source, (piece) => {
      hash.update(piece);
      reader.push(piece);
    });
    reader.end();
    const originalSha256 = hash.digest('hex');
    const why = originalSha256 !== sha256 ? CHANGED : isBegun ? undefined : NAMELESS;
    end({ at, mode, originalSha256, ...(why === undefined ? {} : { why }) });
  }

  async #copy(source: Source, at: number, prepared: Prepared | undefined): Promise<void> {
    const mode = 'copy';
    const obstacle = prepared?.rehearsed.obstacles[0];
    if (prepared === undefined || obstacle !== undefined) return end({ at, mode, why: obstacle ?? UNREADABLE });
    const { plan, rehearsed, isSame } = prepared;
    if (!isSame) return end({ at, mode, why: CHANGED });
    const { sopClassUid, sopInstanceUid, transferSyntaxUid } = rehearsed;
    if (!begin({ at, mode, sopClassUid, sopInstanceUid, transferSyntaxUid })) return end({ at, mode, why: NAMELESS });
    const reader = new Part10Reader({ ...NOTHING_SAID, dataSet: dataSetBytes });
    const system = { ...rewritingSystem(this.#epochMs), role: 'importing' } as const;
    const coercing = this.#coercion === undefined ? {} : { coercion: this.#coercion };
    const disarmer = new Disarmer({ plan, rehearsed, system, sink: (bytes) => reader.push(bytes), ...coercing });
    await pour(source, (piece) => disarmer.push(piece));
    end({ at, mode, ...outcomeOf(disarmer, reader) });
  }
}

/** The last word on a copy: good only with a receipt. */
function outcomeOf(disarmer: Disarmer, reader: Part10Reader): Partial<ObjectEnd> {
  try {
    const { receipt, obstacle } = disarmer.end();
    reader.end();
    if (receipt === undefined) return { why: { code: obstacle.code, text: obstacle.text } };
    const { original, copy, pixels } = receipt;
    return { originalSha256: original.sha256, copySha256: copy.sha256, pixelSha256: pixels.after.sha256 };
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    return { why: { code: thrown.code, text: thrown.text } };
  }
}

async function pour(source: Source, take: (piece: Uint8Array) => void): Promise<void> {
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) take(piece);
}

/** Begins an object. False when it has no name under which it could be sent. */
function begin(head: ObjectHead): boolean {
  const { success } = ObjectFrame.safeParse(head);
  if (success) jsonFrame(FRAME.object, head);
  return success;
}

function end({ why, ...rest }: ObjectEnd): void {
  jsonFrame(FRAME.end, why === undefined ? rest : { ...rest, why: { code: why.code, text: why.text } });
}

const CHANGED = {
  code: 'import.changed',
  text: text(
    'Ce n’est plus l’objet qui a été montré : le support a été changé entre-temps.',
    'This is no longer the object that was shown: the medium was changed meanwhile.',
  ),
};

const NAMELESS = {
  code: 'import.nameless',
  text: text(
    'Rien ne dit la classe, l’identifiant ou le codage de cet objet sous une forme qui puisse être transmise.',
    'Nothing says the class, the identifier or the encoding of this object in a form that can be sent.',
  ),
};

const UNREADABLE = {
  code: 'import.unreadable',
  text: text('L’objet ne peut pas être lu.', 'The object cannot be read.'),
};

let copier: Copier | undefined;
let last: Promise<void> = Promise.resolve();

process.on('message', (message: ToCopier) => {
  if (message.t === 'configure') copier = new Copier(message);
  else last = last.then(() => copier?.file(message));
  last.catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the command ends its workers itself.
process.on('SIGINT', () => {});
