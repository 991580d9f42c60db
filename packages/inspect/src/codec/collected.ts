import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, TAG } from '@leadglass/dicom';
import { uint16 } from '../bytes.ts';
import { emptyModule, frameCount, isOfModule, takeIn } from '../inspectors/pixel-module.ts';
import type { DeclaredImage } from './image.ts';

/** Collects what an object declares of its image, at its top level, as elements come by. */
export class DeclaredCollector {
  readonly #transferSyntaxUid: string;
  readonly #isBigEndian: boolean;
  readonly #module = emptyModule();
  #isSigned = false;
  #isPlanar = false;

  constructor(transferSyntaxUid: string) {
    this.#transferSyntaxUid = transferSyntaxUid;
    this.#isBigEndian = transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  }

  /** Frames declared; at least 1. */
  get frames(): number {
    return frameCount(this.#module);
  }

  get image(): DeclaredImage {
    const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, photometric } = this.#module;
    const [isSigned, isPlanar] = [this.#isSigned, this.#isPlanar];
    const numbers = { rows, columns, samplesPerPixel, bitsAllocated, bitsStored };
    return { transferSyntaxUid: this.#transferSyntaxUid, ...numbers, photometric, isSigned, isPlanar };
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.depth !== 0 || head.tag >>> 16 !== 0x0028) return;
    if (isOfModule(head.tag)) takeIn(this.#module, head, bytes, this.#isBigEndian);
    else if (head.tag === TAG.PixelRepresentation) this.#isSigned = uint16(bytes, 0, this.#isBigEndian) === 1;
    else if (head.tag === TAG.PlanarConfiguration) this.#isPlanar = uint16(bytes, 0, this.#isBigEndian) === 1;
  }
}
