import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';

/** Images of a screen or of a camera, and scans of paper: their pixels show what the screen or paper showed. */
const DOUBTFUL_MODALITIES = new Set(['OT', 'SC', 'US', 'IVUS', 'XC', 'ES', 'DOC', 'GM']);
/** Secondary Capture and Multi-frame Secondary Capture storage (PS3.4 §B.5). */
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

const WATCHED = new Set<Tag>([TAG.BurnedInAnnotation, TAG.Modality, TAG.SOPClassUID, TAG.ImageType]);

/** What an object says of the pixels it holds (PS3.3 §C.7.6.1.1.3, §C.8.6.1). */
export class BurnedIn {
  #annotation = '';
  #modality = '';
  #sopClassUid = '';
  #imageType = '';
  #hasPixels = false;

  element(head: ElementHead): void {
    if (head.tag === TAG.PixelData && head.depth === 0) this.#hasPixels = true;
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.depth !== 0 || !WATCHED.has(head.tag)) return;
    const value = latin1(bytes)
      .replace(/[\0 ]+$/, '')
      .toUpperCase();
    if (head.tag === TAG.BurnedInAnnotation) this.#annotation = value;
    else if (head.tag === TAG.Modality) this.#modality = value;
    else if (head.tag === TAG.ImageType) this.#imageType = value;
    else this.#sopClassUid = value;
  }

  /** @param announced the SOP class the network or file meta told, for an object that says none. */
  state(announced: string): 'declared' | 'suspected' | 'none' {
    if (!this.#hasPixels || this.#annotation === 'NO') return 'none';
    if (this.#annotation === 'YES') return 'declared';
    const sopClass = this.#sopClassUid === '' ? announced : this.#sopClassUid;
    const isCapture = sopClass === SECONDARY_CAPTURE || sopClass.startsWith(`${SECONDARY_CAPTURE}.`);
    const isScreen = /(^|\\)SCREEN SAVE(\\|$)/.test(this.#imageType);
    return isCapture || isScreen || DOUBTFUL_MODALITIES.has(this.#modality) ? 'suspected' : 'none';
  }
}
