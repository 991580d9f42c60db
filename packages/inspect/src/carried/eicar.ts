import { Needle } from '../content/needle.ts';
import type { Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import type { Content, ContentEye } from './content.ts';

const kind = kindsOf('eicar');

/** The string every scanner knows. */
export const EICAR_KINDS = {
  test: kind(
    'test-file',
    'malicious',
    'EICAR anti-malware test file',
    'L’objet contient la chaîne de test antivirus EICAR : inoffensive, elle sert à vérifier que les contrôles fonctionnent.',
    'The object contains the EICAR anti-virus test string: harmless, it serves to check that the checks work.',
  ),
} as const;

/** In two halves, so that this file is none. */
const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS'}-TEST-FILE!$H+H*`;
const PLAIN = Buffer.from(EICAR, 'latin1');
/** Of base64 so many digits are looked for: a line holds 76 (RFC 2045 §6.8). */
const DIGITS = 48;

/** Its three forms in base64, by how many bytes stand before it in the first group: whole groups alone. */
function encoded(): readonly Buffer[] {
  return [0, 1, 2].map((before) => {
    const digits = Buffer.from('\0'.repeat(before) + EICAR, 'latin1').toString('base64');
    const from = before === 0 ? 0 : 4;
    return Buffer.from(digits.slice(from, from + DIGITS), 'latin1');
  });
}

/** Outside pixels: in UTF-16 of either order, from the first letter to the last, and in base64. */
const OTHERS: readonly Buffer[] = [Buffer.from([...EICAR].join('\0'), 'latin1'), ...encoded()];

/** The EICAR test string wherever it stands (INSPECT-315 to 317): plain in whatever bytes, in UTF-16 and base64 outside pixels. */
export function eicar(scene: Scene): ContentEye {
  return new EicarEye(scene);
}

class EicarEye implements ContentEye {
  readonly name = 'eicar';
  readonly #scene: Scene;
  readonly #plain = new Needle(PLAIN);
  readonly #others = OTHERS.map((form) => new Needle(form));
  #isFound = false;
  #isPlainOnly = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  begin({ role, length }: Content): boolean {
    if (length !== undefined && length < EICAR.length) return false;
    this.#isFound = false;
    this.#isPlainOnly = role === 'pixels' || role === 'frame';
    this.#plain.restart();
    if (!this.#isPlainOnly) for (const needle of this.#others) needle.restart();
    return true;
  }

  bytes(view: Uint8Array): void {
    if (this.#isFound) return;
    const isHere = (needle: Needle): boolean => needle.find(view, 0) >= 0;
    this.#isFound = isHere(this.#plain) || (!this.#isPlainOnly && this.#others.some(isHere));
  }

  end(): void {
    if (this.#isFound) this.#scene.find(EICAR_KINDS.test);
  }
}
