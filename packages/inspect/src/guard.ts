import type { ElementHead, Irregularity } from '@leadglass/dicom';
import type { Inspector } from './inspector.ts';

/** What an inspector may be called for while the object goes by. */
export type Method = Exclude<keyof Inspector, 'name' | 'settle' | 'discard'>;

/**
 * An inspector whose first throw is its last: `failed` is called once, and it is not called again (INSPECT-94). One small object with its
 * methods written out, in place of a closure for each: guards are made anew for every object that arrives, and called for each of its tokens.
 */
export class Guard {
  readonly #inspector: Inspector;
  readonly #failed: (name: string) => void;
  #isOff = false;

  constructor(inspector: Inspector, failed: (name: string) => void) {
    this.#inspector = inspector;
    this.#failed = failed;
  }

  /** Whether it is to be called for `method` at all. */
  has(method: Method): boolean {
    return this.#inspector[method] !== undefined;
  }

  element(head: ElementHead): void {
    try {
      if (!this.#isOff) this.#inspector.element?.(head);
    } catch {
      this.#off();
    }
  }

  value(bytes: Uint8Array): void {
    try {
      if (!this.#isOff) this.#inspector.value?.(bytes);
    } catch {
      this.#off();
    }
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    try {
      if (!this.#isOff) this.#inspector.beginning?.(head, bytes);
    } catch {
      this.#off();
    }
  }

  elementEnd(): void {
    try {
      if (!this.#isOff) this.#inspector.elementEnd?.();
    } catch {
      this.#off();
    }
  }

  sequence(head: ElementHead): void {
    try {
      if (!this.#isOff) this.#inspector.sequence?.(head);
    } catch {
      this.#off();
    }
  }

  item(index: number, length: number, offset: number): void {
    try {
      if (!this.#isOff) this.#inspector.item?.(index, length, offset);
    } catch {
      this.#off();
    }
  }

  itemEnd(): void {
    try {
      if (!this.#isOff) this.#inspector.itemEnd?.();
    } catch {
      this.#off();
    }
  }

  sequenceEnd(): void {
    try {
      if (!this.#isOff) this.#inspector.sequenceEnd?.();
    } catch {
      this.#off();
    }
  }

  fragments(head: ElementHead): void {
    try {
      if (!this.#isOff) this.#inspector.fragments?.(head);
    } catch {
      this.#off();
    }
  }

  fragment(index: number, length: number, offset: number): void {
    try {
      if (!this.#isOff) this.#inspector.fragment?.(index, length, offset);
    } catch {
      this.#off();
    }
  }

  fragmentEnd(): void {
    try {
      if (!this.#isOff) this.#inspector.fragmentEnd?.();
    } catch {
      this.#off();
    }
  }

  fragmentsEnd(): void {
    try {
      if (!this.#isOff) this.#inspector.fragmentsEnd?.();
    } catch {
      this.#off();
    }
  }

  irregularity(irregularity: Irregularity): void {
    try {
      if (!this.#isOff) this.#inspector.irregularity?.(irregularity);
    } catch {
      this.#off();
    }
  }

  raw(bytes: Uint8Array): void {
    try {
      if (!this.#isOff) this.#inspector.raw?.(bytes);
    } catch {
      this.#off();
    }
  }

  end(): void {
    try {
      if (!this.#isOff) this.#inspector.end?.();
    } catch {
      this.#off();
    }
  }

  /** Its late work, or undefined when it has none. */
  settle(): Promise<void> | undefined {
    return this.#isOff ? undefined : this.#inspector.settle?.().catch(() => this.#off());
  }

  /** The object will not be completed: what was begun elsewhere is taken back. */
  discard(): void {
    try {
      this.#inspector.discard?.();
    } catch {
      // What is given up was given up.
    }
  }

  #off(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#failed(this.#inspector.name);
    this.discard();
  }
}
