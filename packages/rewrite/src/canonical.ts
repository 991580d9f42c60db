import {
  type ElementHead,
  type Irregularity,
  TAG,
  type Tag,
  type TokenHandler,
  transferSyntax,
} from '@leadglass/dicom';
import { bytesEqual } from '@leadglass/kit';
import { DocumentNotice } from './document-notice.ts';
import { type Form, paddedValue, padOf } from './form.ts';
import { isLost, remedyOf } from './irregular.ts';
import { isMedical, isPrivateCreator, PIXEL_DATA_PROVIDER_URL, type Treatment } from './nature.ts';
import { MOST_OLD_BYTES } from './originals.ts';
import { swapped, unitOf } from './recast.ts';
import { type CanonicalOptions, Rewriting } from './rewriting.ts';
import { treatedValue } from './treated.ts';

/**
 * Tokens of any readable data set in, the canonical one out (REWRITE-10): ascending elements, each once, even lengths, VRs of the
 * standard, sequences of undefined length, nothing forbidden, nothing behind the end; and what the plan asks for. Pixel data passes
 * untouched. After an obstacle nothing more is written.
 */
export class Canonical extends Rewriting implements TokenHandler {
  readonly #notice: DocumentNotice;
  #isOutOfOrder = false;

  constructor(options: CanonicalOptions) {
    super(options);
    this.#notice = new DocumentNotice(options.words, this.out, this.forms);
  }

  /** Whether elements came out of order, so that the output has to sort. */
  get isOutOfOrder(): boolean {
    return this.#isOutOfOrder;
  }

  /** A UID of the top level as it stands in the copy, without padding; undefined when there is none. */
  uid(tag: Tag): string | undefined {
    return this.remembered.uid(tag);
  }

  /** Specific Character Set (0008,0005) as it stands in the copy; empty when there is none. */
  get charset(): string {
    return this.remembered.charset;
  }

  // Elements

  element(head: ElementHead): void {
    this.inHand.drop();
    if (this.isIgnoring()) return;
    const why = this.whyDropped(head);
    if (why !== undefined) {
      this.leaveOut(head, why);
      return;
    }
    if (this.isCoerced(head.tag)) {
      this.coerce(head);
      return;
    }
    const treatment = this.treatmentOf(head.tag);
    this.stampBefore(head.tag);
    if (treatment !== undefined) this.#treat(head, treatment);
    else if (this.place.depth > 0 || !this.#notice.follows(head.tag)) this.#pass(head);
  }

  value(bytes: Uint8Array): void {
    this.inHand.push(bytes);
  }

  elementEnd(): void {
    if (!this.inHand.end(!this.isStopped())) this.stop('rewrite.too-long');
  }

  // Containers

  sequence(head: ElementHead): void {
    if (this.isIgnoring()) {
      this.dropped += 1;
      return;
    }
    if (this.isCoerced(head.tag)) {
      this.dropped = 1;
      this.coerceWhole(head);
      return;
    }
    const why = this.whyDropped(head);
    const treatment = why === undefined ? this.treatmentOf(head.tag) : undefined;
    if (why !== undefined || treatment !== undefined) {
      this.dropped = 1;
      if (why !== undefined) this.leaveOut(head, why);
      else this.#replaceSequence(head, treatment as Treatment);
      return;
    }
    this.stampBefore(head.tag);
    const form = this.forms.of(head);
    this.out.sequence({ tag: head.tag, ...form });
    this.forms.sequence(form);
    this.place.sequence(head);
  }

  item(index: number): void {
    if (this.isIgnoring()) return;
    this.place.item(index);
    this.out.item(index);
  }

  itemEnd(): void {
    if (this.isIgnoring()) return;
    this.place.itemEnd();
    this.out.itemEnd();
  }

  sequenceEnd(): void {
    if (this.dropped > 0) {
      this.dropped -= 1;
      return;
    }
    if (this.isStopped()) return;
    const tag = this.place.top(0);
    this.place.sequenceEnd();
    const isTop = this.place.top(0) === 0;
    if (isTop) this.options.stamps?.appendTo(tag, this.out, this.forms.isImplicit);
    this.forms.sequenceEnd();
    this.out.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    if (this.isIgnoring()) {
      this.dropped += 1;
      return;
    }
    if (this.isCoerced(head.tag)) {
      this.dropped = 1;
      this.coerceWhole(head);
      return;
    }
    const treatment = this.treatmentOf(head.tag);
    if (treatment !== undefined && treatment !== 'remove') {
      this.dropped = 1;
      this.#replaceSequence(head, treatment);
      return;
    }
    const why = this.whyDropped(head) ?? (head.tag === TAG.PixelData ? undefined : 'removed');
    if (why === undefined && !this.forms.isEncapsulated) this.stop('rewrite.transfer-syntax');
    if (why !== undefined || this.isStopped()) {
      this.dropped = 1;
      if (why !== undefined) this.leaveOut(head, why);
      return;
    }
    this.stampBefore(head.tag);
    const vr = head.isVrExplicit ? this.forms.of(head).vr : 'OB';
    this.out.fragments({ tag: head.tag, vr, isVrExplicit: true });
  }

  fragment(index: number, length: number): void {
    this.inHand.drop();
    if (this.isIgnoring()) return;
    this.inHand.pass();
    this.out.fragment(index, length);
  }

  /** Fragments are never padded: their bytes and their places are the offset table's. */
  fragmentEnd(): void {
    this.inHand.drop();
  }

  fragmentsEnd(): void {
    if (this.dropped > 0) this.dropped -= 1;
    else if (!this.isStopped()) this.out.fragmentsEnd();
  }

  irregularity({ code, tag, offset, isFatal }: Irregularity): void {
    if (isFatal || isLost(code, tag, this.dropped > 0)) this.stop('rewrite.unreadable');
    if (code === 'duplicate-element') this.duplicateAt = offset;
    if (code === 'out-of-order') this.#isOutOfOrder = true;
    if (code === 'unknown-vr') this.forms.unknownVr(offset);
    if (code === 'big-endian-un' && this.dropped === 0) this.forms.otherByteOrder();
    const remedy = remedyOf(code, tag);
    if (remedy !== undefined) this.record.note(remedy);
  }

  #pass(head: ElementHead): void {
    const form = this.forms.of(head);
    const { tag, length } = head;
    const unit = this.forms.isSwapped ? unitOf(head.vr === 'UN' ? this.forms.dictionaryVr(tag, 'UN') : head.vr) : 1;
    // A sequence that holds no items could not be written as a sequence.
    if (head.vr === 'SQ') this.leaveOut(head, 'removed');
    else if (unit > 1)
      this.inHand.gather((value) => this.out.whole({ tag, ...form }, paddedValue(swapped(value, unit), form.vr)));
    else if (this.remembered.wants(head, this.place.depth))
      this.inHand.gather((value) => this.#remember(tag, form, value));
    else {
      const tail = this.#tailOf(head, form);
      this.out.element({ tag, ...form, length: length + (tail?.length ?? 0) });
      this.inHand.pass(tail);
    }
  }

  #tailOf(head: ElementHead, form: Form): Uint8Array | undefined {
    if (head.length % 2 === 1) return padOf(form.vr);
    return this.place.depth === 0 ? this.options.stamps?.tailOf(head) : undefined;
  }

  #remember(tag: Tag, form: Form, value: Uint8Array): void {
    if (isPrivateCreator(tag)) this.originals.creator(tag, value);
    else this.remembered.set(tag, value);
    if (tag === TAG.PixelRepresentation) this.forms.pixelRepresentation(value);
    this.out.whole({ tag, ...form }, paddedValue(value, form.vr));
  }

  // Treatments

  #treat(head: ElementHead, treatment: Treatment): void {
    const { tag } = head;
    const form = this.forms.of(head);
    if (tag === PIXEL_DATA_PROVIDER_URL) {
      this.#withdrawAddress(head);
      return;
    }
    if (treatment === 'notice') this.#placeNotice(tag);
    if (treatment === 'notice' || this.isStopped()) return;
    const old = { tag, vr: head.vr, form, charset: this.remembered.charset, isImplicit: this.forms.isImplicit };
    this.inHand.gather((value) => {
      const treated = treatedValue(treatment, { ...old, value }, this.options.transferSyntaxUid);
      if (treated === undefined) this.stop('rewrite.medical-content', this.place.path(tag));
      if (treated === undefined) return;
      const isChanged = treated.kind === 'recast' || !bytesEqual(paddedValue(treated.value, treated.vr), value);
      if (isChanged) this.record.note(treated.kind, this.place.path(tag));
      if (isChanged) this.noteOriginal(tag, form.vr, treated.kind, value.length <= MOST_OLD_BYTES ? value : undefined);
      if (this.place.depth === 0) this.remembered.set(tag, treated.value);
      if (tag === TAG.PixelRepresentation) this.forms.pixelRepresentation(treated.value);
      this.out.whole({ tag, ...form, vr: treated.vr }, paddedValue(treated.value, treated.vr));
    });
  }

  /** Beside pixels of its own an object may not name another place at all, not even an empty one (PS3.3 §C.7.6.3, Type 1C). */
  #withdrawAddress(head: ElementHead): void {
    if (this.#arePixelsElsewhere()) this.stop('rewrite.pixels');
    else this.leaveOut(head, 'removed');
  }

  /** Whether the pixels are not in the object but where an address says (PS3.5 §A.6): without it there is no image. */
  #arePixelsElsewhere(): boolean {
    return transferSyntax(this.options.transferSyntaxUid)?.codec === 'jpip';
  }

  /** A sequence or fragments where another VR belongs, or one that is not to be kept: nothing of it stays. */
  #replaceSequence(head: ElementHead, treatment: Treatment): void {
    const { tag } = head;
    const path = this.place.path(tag);
    this.stampBefore(tag);
    if (treatment === 'notice') this.#placeNotice(tag);
    else if (isMedical(tag)) this.stop('rewrite.medical-content', path);
    else {
      const vr = this.forms.dictionaryVr(tag, 'SQ');
      this.record.note('emptied', path);
      this.noteOriginal(tag, vr, 'emptied', undefined);
      this.out.whole({ tag, vr, isVrExplicit: !this.forms.isImplicit }, new Uint8Array(0));
    }
  }

  #placeNotice(tag: Tag): void {
    this.record.note('notice', this.place.path(tag));
    this.noteOriginal(tag, 'OB', 'notice', undefined);
    this.#notice.place(tag, this.uid(TAG.SOPClassUID) ?? '');
  }
}
