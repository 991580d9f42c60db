import { type ElementHead, UNDEFINED_LENGTH } from '@leadglass/dicom';
import type { Inspector, InspectorMaker, Scene } from '../inspector.ts';
import { CARRIED_KINDS } from './carried-kinds.ts';
import type { Content, ContentEyeMaker, ContentRole } from './content.ts';
import { Creators } from './creators.ts';
import { FrameContents, type FrameParts } from './frame-contents.ts';
import { Padding } from './padding.ts';
import { isForeign, roleOf } from './roles.ts';
import { SaidScene } from './said.ts';
import { Unpacked } from './unpacked.ts';

/**
 * Turns an object's tokens into contents and shows them to `eyes`: whatever value, text, document, pixels, fragment or trailing bytes could
 * hold a file of another kind, and what these unpack to (INSPECT-300, 301). Memory: what the eyes keep; short values cost a look.
 */
export function carried(eyes: readonly ContentEyeMaker[]): InspectorMaker {
  const maker: InspectorMaker = (scene) => listening(new CarriedEye(scene, eyes));
  return Object.defineProperty(maker, 'name', { value: 'carried' });
}

function listening(eye: CarriedEye): Inspector {
  return {
    name: 'carried',
    element: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.elementEnd(),
    beginning: (head, bytes) => {
      if ((head.tag & 0x10000) !== 0) eye.creators.take(head, bytes);
    },
    item: () => eye.creators.enter(),
    itemEnd: () => eye.creators.leave(),
    fragments: (head) => eye.fragments(head),
    fragment: (index, length) => eye.fragment(index, length),
    fragmentEnd: () => eye.fragmentEnd(),
    settle: () => eye.settle(),
  };
}

/** Tag and length (PS3.5 §7.1.3). */
const IMPLICIT_HEADER_BYTES = 8;

/** The header of an empty element as it stands in implicit VR. */
function emptyElement(tag: number): Uint8Array {
  const bytes = new Uint8Array(IMPLICIT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  return bytes;
}

/** The offset table of compressed pixels (PS3.5 §A.4); shorter, it holds nothing else. */
const LEAST_TABLE_BYTES = 64;

class CarriedEye implements FrameParts {
  readonly creators = new Creators();
  readonly #scene: SaidScene;
  readonly #unpacked: Unpacked;
  readonly #frames = new FrameContents(this);
  readonly #padding = new Padding();
  #isOpen = false;
  #isLooking = false;
  #isInFrame = false;
  #isBehind = false;
  #isPrivate = false;
  /** Of the element before, and where it ended when it was empty and in implicit VR; -1 when not. */
  #lastTag = 0;
  #lastEnd = -1;

  constructor(scene: Scene, makers: readonly ContentEyeMaker[]) {
    this.#scene = new SaidScene(scene);
    this.#unpacked = new Unpacked(this.#scene, makers);
    const { fileBeginning } = scene.context;
    if (fileBeginning !== undefined) this.#file(fileBeginning);
  }

  element(head: ElementHead): void {
    const role = roleOf(head);
    if (role === 'trailing') this.#trailing(head);
    else if (role !== undefined) this.#value(head, role);
    this.#lastTag = head.tag;
    this.#lastEnd = head.length === 0 && !head.isVrExplicit ? head.offset + IMPLICIT_HEADER_BYTES : -1;
  }

  #value({ tag, length }: ElementHead, role: ContentRole): void {
    this.#isPrivate = isForeign(tag);
    const creator = this.#isPrivate ? this.creators.of(tag) : '';
    this.#begin(role, length === UNDEFINED_LENGTH ? undefined : length, creator);
  }

  /** Its first bytes may have been read as an empty element, as those of gzip are in implicit VR: then they belong to it. */
  #trailing({ offset }: ElementHead): void {
    this.#isPrivate = false;
    this.#begin('trailing', undefined, '', offset);
    if (this.#isLooking && this.#lastEnd === offset) this.#unpacked.bytes(emptyElement(this.#lastTag));
  }

  value(bytes: Uint8Array): void {
    if (this.#isInFrame) this.#frames.value(bytes);
    else if (this.#isLooking) this.#unpacked.bytes(bytes);
  }

  elementEnd(): void {
    this.#end();
  }

  fragments(head: ElementHead): void {
    this.#isPrivate = isForeign(head.tag);
    this.#frames.begin();
  }

  fragment(index: number, length: number): void {
    this.#isInFrame = index > 0;
    if (index > 0) this.#frames.fragment();
    else if (length >= LEAST_TABLE_BYTES) this.#begin('value', length, '');
  }

  fragmentEnd(): void {
    if (this.#isInFrame) this.#frames.fragmentEnd();
    else this.#end();
    this.#isInFrame = false;
  }

  part(isBehind: boolean): void {
    this.#isBehind = isBehind;
    this.#padding.restart();
    this.#begin(isBehind ? 'trailing' : 'frame', undefined, '');
  }

  bytes(view: Uint8Array): void {
    if (!this.#isBehind) {
      if (this.#isLooking) this.#unpacked.bytes(view);
      return;
    }
    // The byte that made the frame's length even is no part of what follows.
    const isPadded = this.#padding.isEmpty && view[0] === 0;
    this.#padding.push(view);
    if (this.#isLooking) this.#unpacked.bytes(isPadded ? view.subarray(1) : view);
  }

  partEnd(): void {
    if (this.#isBehind && this.#padding.isMore) this.#scene.find(CARRIED_KINDS.behindFrame);
    this.#isBehind = false;
    this.#end();
  }

  settle(): Promise<void> {
    return this.#unpacked.settle();
  }

  #file(beginning: Uint8Array): void {
    this.#begin('file', beginning.length, '', 0);
    if (this.#isLooking) this.#unpacked.bytes(beginning);
    this.#end();
  }

  #begin(role: ContentRole, length: number | undefined, creator: string, outside?: number): void {
    this.#isOpen = true;
    this.#scene.open(outside);
    const content: Content = { role, length, depth: 0, isPrivate: this.#isPrivate, creator };
    this.#isLooking = this.#unpacked.begin(content);
  }

  #end(): void {
    if (!this.#isOpen) return;
    if (this.#isLooking) this.#unpacked.end();
    this.#isOpen = false;
    this.#isLooking = false;
    this.#scene.close();
  }
}
