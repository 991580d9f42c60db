import { TAG, type Tag } from '@leadglass/dicom';
import { type Forms, paddedValue } from './form.ts';
import { type Notice, type NoticeWords, noticeFor } from './notice.ts';
import type { Output } from './output.ts';

const LIST_OF_MIME_TYPES: Tag = 0x00420014;

/** The notice in the place of the object's document, and what of the object has to agree with it. */
export class DocumentNotice {
  readonly #words: NoticeWords;
  readonly #out: Output;
  readonly #forms: Forms;
  #notice: Notice | undefined;

  constructor(words: NoticeWords, out: Output, forms: Forms) {
    this.#words = words;
    this.#out = out;
    this.#forms = forms;
  }

  /** Writes the notice as the document. */
  place(tag: Tag, sopClassUid: string): void {
    const notice = noticeFor(sopClassUid, this.#words);
    this.#notice = notice;
    this.#write(tag, 'OB', notice.bytes);
  }

  /**
   * Whether the element of the top level speaks of the document and so has been written anew: its type and length become the notice's
   * (PS3.3 §C.24.2); the list of the types inside is left out.
   */
  follows(tag: Tag): boolean {
    const notice = this.#notice;
    if (notice === undefined) return false;
    if (tag === TAG.MIMETypeOfEncapsulatedDocument)
      this.#write(tag, 'LO', paddedValue(new Uint8Array(Buffer.from(notice.mimeType, 'latin1')), 'LO'));
    else if (tag === TAG.EncapsulatedDocumentLength) this.#write(tag, 'UL', this.#forms.number32(notice.bytes.length));
    else return tag === LIST_OF_MIME_TYPES;
    return true;
  }

  #write(tag: Tag, vr: string, value: Uint8Array): void {
    this.#out.whole({ tag, vr, isVrExplicit: !this.#forms.isImplicit }, value);
  }
}
