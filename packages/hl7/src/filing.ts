import { type DocumentHead, documentHeadOf, encapsulated, NO_HEAD, plainDocument, referenced } from './document.ts';
import { observationsOf } from './observation.ts';
import type { Problems } from './problems.ts';
import type { DocumentReading } from './readings.ts';
import type { Segment } from './segment.ts';

/** Whose document it is. */
interface Owner {
  readonly documents: DocumentReading[];
  readonly notes: string[];
}

/** Puts the documents of an MDM together: TXA, then OBX with its file or with lines of its text. */
export class Filing {
  readonly #problems: Problems;
  #head: DocumentHead | undefined;
  #hasFile = false;
  readonly #lines: string[] = [];

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** A document begins. */
  begin(txa: Segment): void {
    this.#head = documentHeadOf(txa);
    this.#hasFile = false;
  }

  /** What is in it. */
  take(obx: Segment, owner: Owner | undefined): void {
    const valueType = obx.component(2, 1);
    if (valueType === 'ED' || valueType === 'RP') return this.#files(obx, valueType, owner);
    for (const { values } of observationsOf(obx, this.#problems)) for (const value of values) this.#lines.push(value);
  }

  /** The document ends, with its text, or with nothing where neither file nor text came. */
  end(owner: Owner | undefined): void {
    const head = this.#head ?? NO_HEAD;
    if (this.#lines.length > 0 || (this.#head !== undefined && !this.#hasFile))
      owner?.documents.push(plainDocument(this.#lines.splice(0), head.type, head));
    this.#head = undefined;
  }

  #files(obx: Segment, valueType: 'ED' | 'RP', owner: Owner | undefined): void {
    const head = this.#head ?? NO_HEAD;
    const title = obx.component(3, 2) || obx.component(3, 1) || head.type;
    for (const repetition of obx.repetitions(5)) {
      this.#hasFile = true;
      if (valueType === 'RP') owner?.documents.push(referenced(repetition, obx.dialect, title, head));
      else this.#open(repetition, obx, title, head, owner);
    }
  }

  /** What of a file could not be opened is kept among the notes. */
  #open(repetition: string, obx: Segment, title: string, head: DocumentHead, owner: Owner | undefined): void {
    const { document, raw } = encapsulated(repetition, obx, title, head, this.#problems);
    owner?.documents.push(document);
    if (raw !== '') owner?.notes.push(raw);
  }
}
