import {
  DataSetReader,
  DataSetWriter,
  type ElementHead,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type Irregularity,
  type TokenHandler,
  UNDEFINED_LENGTH,
} from '@leadglass/dicom';
import { Forms } from './form.ts';

const UNCOMPRESSED: readonly string[] = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];
/** What cannot be written in another form without guessing. */
const BROKEN: ReadonlySet<string> = new Set([
  'unknown-vr',
  'blank-vr',
  'implicit-in-explicit',
  'trailing-bytes',
  'length-beyond-parent',
]);

/** Whether a data set in `from` can be written in `to`: both uncompressed, both little endian (PS3.5 §A.1, §A.2). */
export function canTranscode(from: string, to: string): boolean {
  return from !== to && UNCOMPRESSED.includes(from) && UNCOMPRESSED.includes(to);
}

/**
 * Writes a data set in the other of the two little endian transfer syntaxes while it comes: headers change, no value does. Sequences and
 * items get undefined lengths, since theirs would change and are not known yet (PS3.5 §7.5). Memory does not grow with the object.
 */
export class Transcoder {
  readonly #reader: DataSetReader;
  readonly #writer: DataSetWriter;
  readonly #forms: Forms;
  #isBroken = false;
  #isPixelRepresentation = false;
  #isLeftOut = false;

  /** @param sink gets the bytes in order, views valid during the call only. */
  constructor(from: string, to: string, sink: (bytes: Uint8Array) => void) {
    this.#forms = new Forms(to);
    this.#writer = new DataSetWriter(to, sink);
    this.#reader = new DataSetReader({ transferSyntaxUid: from, handler: this.#handler() });
  }

  /** Takes the next piece. False when what came cannot be written in the other form: nothing more comes out. */
  push(view: Uint8Array): boolean {
    if (!this.#isBroken) this.#reader.push(view);
    return !this.#isBroken;
  }

  /** The data set is complete. False when it was not, or could not be written. */
  end(): boolean {
    if (!this.#isBroken) this.#reader.end();
    return !this.#isBroken;
  }

  #handler(): TokenHandler {
    const writer = this.#writer;
    return {
      element: (head) => {
        // A group length would lie from now on, and is retired (PS3.5 §7.2): it is left out.
        this.#isLeftOut = (head.tag & 0xffff) === 0;
        this.#isPixelRepresentation = head.tag === 0x00280103;
        this.#write(() => writer.element({ ...this.#headOf(head), length: head.length }));
      },
      value: (bytes) => {
        if (this.#isPixelRepresentation) this.#forms.pixelRepresentation(bytes);
        this.#write(() => writer.value(bytes));
      },
      elementEnd: () => {
        this.#isPixelRepresentation = false;
        this.#write(() => writer.elementEnd());
        this.#isLeftOut = false;
      },
      sequence: (head) => {
        const form = this.#headOf(head);
        this.#write(() => writer.sequence({ ...form, length: UNDEFINED_LENGTH }));
        this.#forms.sequence(form);
      },
      item: (index) => this.#write(() => writer.item(index, UNDEFINED_LENGTH)),
      itemEnd: () => this.#write(() => writer.itemEnd()),
      sequenceEnd: () => {
        this.#forms.sequenceEnd();
        this.#write(() => writer.sequenceEnd());
      },
      fragments: () => this.#break(),
      fragment: () => this.#break(),
      fragmentEnd: () => this.#break(),
      fragmentsEnd: () => this.#break(),
      irregularity: (irregularity) => this.#irregularity(irregularity),
    };
  }

  #headOf(head: ElementHead): ElementHead {
    return { ...head, ...this.#forms.of(head) };
  }

  #write(act: () => void): void {
    if (!this.#isBroken && !this.#isLeftOut) act();
  }

  #break(): void {
    this.#isBroken = true;
  }

  #irregularity({ isFatal, code }: Irregularity): void {
    this.#isBroken ||= isFatal || code.startsWith('truncated') || BROKEN.has(code);
  }
}
