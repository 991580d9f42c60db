import { inspect } from 'node:util';

class Hidden<T> {
  readonly #value: T;
  readonly #marker: string;

  constructor(value: T, marker: string) {
    this.#value = value;
    this.#marker = marker;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return this.#marker;
  }

  toJSON(): string {
    return this.#marker;
  }

  [inspect.custom](): string {
    return this.#marker;
  }
}

/** Patient data: prints as `[phi]` wherever it is printed. */
export class Phi<T> extends Hidden<T> {
  constructor(value: T) {
    super(value, '[phi]');
  }
}

/** A key or password: prints as `[secret]` wherever it is printed. */
export class Secret<T> extends Hidden<T> {
  constructor(value: T) {
    super(value, '[secret]');
  }
}
