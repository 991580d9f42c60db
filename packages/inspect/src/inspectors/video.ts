import { type ElementHead, TAG, transferSyntax } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { Boxes, type BoxTrouble, videoForm } from '../content/boxes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('video');

/** What the container of a video can hold or be. */
export const VIDEO_KINDS = {
  'external-reference': kind(
    'external-reference',
    'suspicious',
    'ISO 14496-12 §8.7.2; PS3.5 §8.2.7',
    'La vidéo va chercher ses images ailleurs, dans un autre fichier ou sur le réseau.',
    'The video fetches its images from elsewhere, another file or the network.',
  ),
  'reference-movie': kind(
    'reference-movie',
    'suspicious',
    'QuickTime File Format, Reference Movies; PS3.5 §8.2.7',
    'La vidéo renvoie à une autre vidéo, ou cache sa structure par compression.',
    'The video refers to another video, or hides its structure by compression.',
  ),
  'other-codec': kind(
    'other-codec',
    'suspicious',
    'PS3.5 §8.2.7, §8.2.8',
    'La vidéo est codée autrement qu’annoncé.',
    'The video is coded otherwise than declared.',
  ),
  'broken-box': kind(
    'broken-box',
    'information',
    'ISO 14496-12 §4.2',
    'La structure de la vidéo n’a pas pu être suivie jusqu’au bout.',
    'The structure of the video could not be followed to its end.',
  ),
  foreign: kind(
    'foreign',
    'suspicious',
    'PS3.5 §8.2.5 to §8.2.9',
    'L’objet annonce une vidéo médicale et contient une autre sorte de fichier.',
    'The object declares a medical video and holds another sort of file.',
  ),
} as const satisfies Readonly<Record<BoxTrouble | 'foreign', FindingKind>>;

const VIDEO_CODECS: ReadonlySet<string> = new Set(['mpeg-2', 'h264', 'hevc']);
const FIRST_BYTES = 16;

/** Video streams in pixel data, and MP4 documents: what they fetch from elsewhere, what they are instead (INSPECT-158, 159). */
export function video(scene: Scene): Inspector {
  const eye = new VideoEye(scene);
  return {
    name: 'video',
    element: (head) => eye.element(head),
    elementEnd: () => eye.over(),
    fragments: (head) => eye.fragments(head),
    fragment: (index) => eye.fragment(index),
    fragmentsEnd: () => eye.over(),
    value: (bytes) => eye.value(bytes),
  };
}

class VideoEye {
  readonly #scene: Scene;
  readonly #codec: string;
  readonly #first = new Uint8Array(FIRST_BYTES);
  readonly #said = new Set<keyof typeof VIDEO_KINDS>();
  #held = 0;
  #state: 'off' | 'first' | 'boxes' = 'off';
  #isPixels = false;
  #boxes: Boxes | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    const codec = transferSyntax(scene.context.transferSyntaxUid)?.codec ?? 'other';
    this.#codec = VIDEO_CODECS.has(codec) ? codec : '';
  }

  element(head: ElementHead): void {
    this.#isPixels = false;
    this.#state = head.tag === TAG.EncapsulatedDocument ? 'first' : 'off';
    this.#held = 0;
  }

  fragments(head: ElementHead): void {
    this.#isPixels = head.tag === TAG.PixelData && head.depth === 0 && this.#codec !== '';
    this.#state = 'off';
    this.#held = 0;
  }

  /** One stream goes on through all fragments behind the offset table (PS3.5 §8.2.5). */
  fragment(index: number): void {
    if (this.#isPixels && index === 1) this.#state = 'first';
  }

  value(bytes: Uint8Array): void {
    if (this.#state === 'off') return;
    if (this.#state === 'boxes') {
      this.#boxes?.push(bytes);
      return;
    }
    const taken = bytes.subarray(0, FIRST_BYTES - this.#held);
    this.#first.set(taken, this.#held);
    this.#held += taken.length;
    if (this.#held < FIRST_BYTES) return;
    this.#begin();
    if (taken.length < bytes.length) this.value(bytes.subarray(taken.length));
  }

  over(): void {
    if (this.#state === 'first' && this.#held > 0) this.#begin();
    this.#state = 'off';
    this.#boxes = undefined;
  }

  #begin(): void {
    const first = this.#first.subarray(0, this.#held);
    const form = videoForm(first);
    // In a document only what is plainly MP4 is read as such; documents are judged by their own inspectors.
    const isMp4 = form === 'mp4' && (this.#isPixels || latin1(first.subarray(4, 8)) === 'ftyp');
    this.#state = isMp4 ? 'boxes' : 'off';
    if (this.#isPixels && form === 'foreign') this.#find('foreign');
    if (!isMp4) return;
    this.#boxes = new Boxes(this.#isPixels ? this.#codec : '', (what) => this.#find(what));
    this.#boxes.push(first);
  }

  #find(what: keyof typeof VIDEO_KINDS): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#scene.find(VIDEO_KINDS[what]);
  }
}
