import { type ElementHead, TAG, type Tag, TRAILING_BYTES, vrOf } from '@leadglass/dicom';
import { bytesEqual } from '@leadglass/kit';
import { Coercer, type Coercion } from './coercion.ts';
import { Forms, paddedValue } from './form.ts';
import { isForbidden, isMedical, type Treatment } from './nature.ts';
import type { NoticeWords } from './notice.ts';
import { type Obstacle, type ObstacleCode, obstacle } from './obstacle.ts';
import { isRecordedKind, MOST_OLD_BYTES, Originals } from './originals.ts';
import type { Output } from './output.ts';
import { Place } from './place.ts';
import type { DisarmPlan } from './plan.ts';
import { type ChangeKind, ChangeRecord } from './record.ts';
import { Remembered } from './remembered.ts';
import type { Stamps } from './stamps.ts';
import { ValueInHand } from './value-in-hand.ts';

export interface CanonicalOptions {
  readonly plan: DisarmPlan;
  readonly transferSyntaxUid: string;
  readonly output: Output;
  readonly words: NoticeWords;
  /** What is added to the copy; nothing when rehearsing. */
  readonly stamps?: Stamps;
  readonly coercion?: Coercion;
  /** Whether `output` sorts; default no. */
  readonly isSorting?: boolean;
}

const DIRECTORY_GROUP = 0x0004;

/** Where the rewriting stands, what stays and what goes, and what is noted of it. Lower layer of Canonical. */
export class Rewriting {
  readonly record = new ChangeRecord();
  readonly originals = new Originals();
  protected readonly options: CanonicalOptions;
  protected readonly out: Output;
  protected readonly forms: Forms;
  protected readonly place = new Place();
  protected readonly inHand: ValueInHand;
  protected readonly remembered = new Remembered();
  protected readonly coercer: Coercer;
  /** Open containers of what is being left out. */
  protected dropped = 0;
  /** Where the element begins that stood before; -1 when none. */
  protected duplicateAt = -1;
  #obstacle: Obstacle | undefined;

  constructor(options: CanonicalOptions) {
    this.options = options;
    this.out = options.output;
    this.forms = new Forms(options.transferSyntaxUid);
    this.inHand = new ValueInHand((bytes) => this.out.value(bytes));
    this.coercer = new Coercer(options.coercion, options.isSorting ?? false);
    options.output.onFlush(() => this.stampBefore(undefined));
  }

  /** Why no copy can be made; undefined while one can. */
  get obstacle(): Obstacle | undefined {
    return this.#obstacle ?? (this.out.isOutOfOrder ? obstacle('rewrite.order') : undefined);
  }

  /** Whether an obstacle was met: nothing more is written. */
  protected isStopped(): boolean {
    return this.#obstacle !== undefined;
  }

  /** Whether what comes is left out, with what holds it or since an obstacle. */
  protected isIgnoring(): boolean {
    return this.dropped > 0 || this.isStopped();
  }

  protected stop(code: ObstacleCode, path = ''): void {
    this.#obstacle ??= obstacle(code, '', path);
  }

  /** What the plan asks for the element `tag` here. */
  protected treatmentOf(tag: Tag): Treatment | undefined {
    const { tags, treatments } = this.options.plan;
    return tags.has(tag) ? treatments.get(this.place.path(tag)) : undefined;
  }

  /** Why the element is not to stand in the copy; undefined when it is. */
  protected whyDropped(head: ElementHead): ChangeKind | undefined {
    const { tag } = head;
    if (tag === TRAILING_BYTES) return 'trailing';
    if (tag === TAG.DataSetTrailingPadding) return 'trailing-padding';
    if (isForbidden(tag)) return 'forbidden-group';
    if ((tag & 0xffff) === 0) return 'group-length';
    if (head.offset === this.duplicateAt) return 'duplicate';
    if (tag >>> 16 === DIRECTORY_GROUP && this.place.depth === 0) this.stop('rewrite.directory');
    return this.treatmentOf(tag) === 'remove' ? 'removed' : undefined;
  }

  /** Leaves the element out and keeps its old value for the record, when it is short. */
  protected leaveOut(head: ElementHead, why: ChangeKind): void {
    const path = this.place.path(head.tag);
    if (why === 'removed' && isMedical(head.tag)) this.stop('rewrite.medical-content', path);
    this.record.note(why, path);
    if (!isRecordedKind(why)) return;
    const { tag } = head;
    const { vr } = this.forms.of(head);
    const isShort = this.place.depth === 0 && this.dropped === 0 && head.length <= MOST_OLD_BYTES;
    if (isShort) this.inHand.gather((old) => this.noteOriginal(tag, vr, why, old));
    else this.noteOriginal(tag, vr, why, undefined);
  }

  /** Whether the element, sequence or fragments `tag` here give way to what was asked. */
  protected isCoerced(tag: Tag): boolean {
    return this.coercer.takes(tag) && this.place.depth === 0;
  }

  /** Takes an attribute's old value out, to be recorded where it is another than the one asked for. */
  protected coerce(head: ElementHead): void {
    const { tag, vr } = head;
    if (!this.coercer.saw(tag)) return;
    if (head.length > MOST_OLD_BYTES) return this.#noteCoerced(tag, vr, undefined);
    this.inHand.gather((old) => {
      const asked = this.coercer.valueOf(tag, this.remembered.charset);
      if (asked === undefined || !bytesEqual(paddedValue(old, vrOf(tag)), asked)) this.#noteCoerced(tag, vr, old);
    });
  }

  /** A sequence or fragments in an attribute's place: they go whole. */
  protected coerceWhole({ tag }: ElementHead): void {
    if (this.coercer.saw(tag)) this.#noteCoerced(tag, 'SQ', undefined);
  }

  /** The object is over: notes what it did not have and was given. */
  noteAdded(): void {
    if (this.isStopped()) return;
    for (const tag of this.coercer.added(this.#about().sopClassUid)) this.#noteCoerced(tag, vrOf(tag), undefined);
  }

  #about(): { readonly charset: string; readonly sopClassUid: string } {
    return { charset: this.remembered.charset, sopClassUid: this.remembered.uid(TAG.SOPClassUID) ?? '' };
  }

  #noteCoerced(tag: Tag, vr: string, old: Uint8Array | undefined): void {
    this.record.note('coerced', this.place.path(tag));
    this.originals.note(tag, vr, 'coerced', old, this.remembered.charset);
  }

  /** Notes an attribute changed, or the sequence of the top level that holds it. */
  protected noteOriginal(tag: Tag, vr: string, why: ChangeKind, old: Uint8Array | undefined): void {
    const top = this.place.top(tag);
    this.originals.note(top, top === tag ? vr : 'SQ', why, top === tag ? old : undefined, this.remembered.charset);
  }

  /** Adds what belongs before the element `tag` of the top level; before the end when undefined. */
  protected stampBefore(tag: Tag | undefined): void {
    if (this.place.depth > 0 || this.isStopped()) return;
    if (!this.coercer.isDone) this.coercer.before(tag, this.out, this.forms.isImplicit, this.#about());
    this.options.stamps?.before(tag, this.out, this.forms.isImplicit);
  }
}
