import { Needle } from '../content/needle.ts';
import type { FindingKind, Scene } from '../inspector.ts';
import type { Content, ContentEye } from './content.ts';
import { DISK_IMAGE, type Format, formatOf, isScript, mayBeScript, plainText } from './formats.ts';
import { isZipStart } from './packed.ts';
import { isPackingCreator } from './packing-creators.ts';
import { DISGUISE_KINDS } from './recognition-kinds.ts';

const HEAD_BYTES = 1024;
/** Behind the mark of a disk image. */
const FAR_BYTES = DISK_IMAGE.at + DISK_IMAGE.mark.length;
const RTF = '{\\rt';
const RTF_OBJECT = Buffer.from('\\obj', 'latin1');
const DOS_STUB = Buffer.from('This program cannot be run in DOS mode', 'latin1');
/** Marks shorter than this are met by chance where bytes may be anything. */
const LEAST_MARK = 6;
const GZIP = '\x1f\x8b\x08';

/**
 * Recognises files of other kinds by how a content begins (INSPECT-302 to 312), and what every Windows program says, anywhere in values. It says nothing of what
 * is at home: pictures, PDF and XML, which others look into; of what was packed it tells programs alone.
 */
export function recognition(scene: Scene): ContentEye {
  return new Recogniser(scene);
}

class Recogniser implements ContentEye {
  readonly name = 'disguise';
  readonly #scene: Scene;
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #far = new Uint8Array(DISK_IMAGE.mark.length);
  readonly #rtfObject = new Needle(RTF_OBJECT);
  readonly #stub = new Needle(DOS_STUB);
  #content: Content | undefined;
  #held = 0;
  #seen = 0;
  #hasObject = false;
  #hasStub = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  begin(content: Content): boolean {
    if (content.role === 'file') return false;
    this.#content = content;
    [this.#held, this.#seen, this.#hasObject, this.#hasStub] = [0, 0, false, false];
    for (const needle of [this.#rtfObject, this.#stub]) needle.restart();
    this.#far.fill(0);
    return true;
  }

  bytes(view: Uint8Array): void {
    if (this.#held < HEAD_BYTES) {
      const taken = view.subarray(0, HEAD_BYTES - this.#held);
      this.#head.set(taken, this.#held);
      this.#held += taken.length;
    }
    if (this.#seen < FAR_BYTES) this.#keepFar(view);
    this.#seen += view.length;
    this.#search(view);
  }

  end(): void {
    const content = this.#content;
    if (content === undefined) return;
    const head = this.#head.subarray(0, this.#held);
    const isListed = content.depth === 1 && (content.packing === 'zip' || content.packing === 'tar');
    if (isListed) this.#scene.find(DISGUISE_KINDS.archive);
    const kind = this.#kindOf(content, head);
    if (kind !== undefined) this.#scene.find(kind);
    else if (this.#hasStub) this.#scene.find(DISGUISE_KINDS.programInside);
  }

  #keepFar(view: Uint8Array): void {
    const from = Math.max(0, DISK_IMAGE.at - this.#seen);
    const at = Math.max(0, this.#seen - DISK_IMAGE.at);
    if (from < view.length) this.#far.set(view.subarray(from, from + this.#far.length - at), at);
  }

  /** What shows elsewhere than at the front: of pixels, frames and texts nothing, which may hold anything. */
  #search(view: Uint8Array): void {
    const role = this.#content?.role;
    if (role === 'pixels' || role === 'frame' || role === 'text') return;
    if (!this.#hasStub) this.#hasStub = this.#stub.find(view, 0) >= 0;
    if (!this.#hasObject) this.#hasObject = this.#rtfObject.find(view, 0) >= 0;
  }

  #kindOf(content: Content, head: Uint8Array): FindingKind | undefined {
    const format = this.#formatOf(head);
    if (content.depth > 0) return packedKind(format, content);
    if (content.role === 'pixels') return inPixels(format, head);
    if (format !== undefined) return kindOf(format, content);
    return mayBeScript(head) && isScript(plainText(head)) ? DISGUISE_KINDS.script : undefined;
  }

  #formatOf(head: Uint8Array): Format | undefined {
    const format = formatOf(head);
    // Text with a layout is kept in many places; objects in it are none of the text.
    if (format?.mark === RTF) return this.#hasObject ? format : undefined;
    return format ?? (this.#isDiskImage() ? DISK_IMAGE : undefined);
  }

  #isDiskImage(): boolean {
    return this.#far.every((byte, at) => byte === DISK_IMAGE.mark.charCodeAt(at));
  }
}

function kindOf({ family, mark }: Format, { creator, isPrivate }: Content): FindingKind | undefined {
  if (family === 'picture') return undefined;
  if (family !== 'packed') return DISGUISE_KINDS[family];
  // What is looked into needs no suspicion; neither does what makers are known for.
  if (mark === GZIP || !isPrivate) return undefined;
  return isPackingCreator(creator) ? DISGUISE_KINDS.knownNoise : DISGUISE_KINDS.packed;
}

/** Of what was packed programs alone, but in place of a compressed frame, where no text in base64 has any business either. */
function packedKind(format: Format | undefined, { within }: Content): FindingKind | undefined {
  if (format?.family === 'program') return DISGUISE_KINDS.packedProgram;
  if (within !== 'frame' || format === undefined || format.family === 'picture') return undefined;
  return DISGUISE_KINDS[format.family];
}

function inPixels(format: Format | undefined, head: Uint8Array): FindingKind | undefined {
  if (format?.family === 'program' && format.isSure !== undefined) return DISGUISE_KINDS.programInPixels;
  const isFile = format?.family === 'archive' || format?.family === 'document';
  const isLong = (format?.mark.length ?? 0) >= LEAST_MARK || format === DISK_IMAGE;
  return (isFile && isLong) || isZipStart(head) ? DISGUISE_KINDS.fileInPixels : undefined;
}
