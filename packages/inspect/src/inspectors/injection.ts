import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { isPrivate, judgedVr } from '../content/carrier.ts';
import { asciiView, type Charset, charsetOf, PLAIN_CHARSET } from '../content/charset.ts';
import { type ControlTrouble, controlTroubles } from '../content/controls.ts';
import {
  type Injection,
  injectionsIn,
  lineInjectionsIn,
  mayInject,
  nameInjectionsIn,
  privateInjectionsIn,
} from '../content/injections.ts';
import { TextWindow } from '../content/text-window.ts';
import { BEGINNING_BYTES, type Inspector, type Scene } from '../inspector.ts';
import { INJECTION_KINDS } from './injection-kinds.ts';

/** Texts of one line, which become cells, headers, file names and messages. IS and DS are held to digits elsewhere. */
const ONE_LINE: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'LO', 'PN', 'SH', 'TM', 'UC', 'UR']);
const LINES: ReadonlySet<string> = new Set(['LT', 'ST', 'UT']);

/** What people are known by and messages are routed by. */
const IDENTIFYING: ReadonlySet<Tag> = new Set<Tag>([
  TAG.AccessionNumber,
  TAG.PatientID,
  TAG.PatientName,
  TAG.IssuerOfPatientID,
  TAG.StudyID,
  TAG.RetrieveAETitle,
  TAG.StationName,
  TAG.FileSetID,
  0x00101000, // OtherPatientIDs
  0x00101001, // OtherPatientNames
  0x00380010, // AdmissionID
  0x00401001, // RequestedProcedureID
  0x00402016, // PlacerOrderNumberImagingServiceRequest
  0x00402017, // FillerOrderNumberImagingServiceRequest
]);

/** Text that does something to the program that shows, stores or exports it, at every depth (INSPECT-160 to 165). */
export function injection(scene: Scene): Inspector {
  const eye = new InjectionEye(scene);
  return {
    name: 'injection',
    element: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.valueOver(),
    beginning: (head, bytes) => eye.beginning(head, bytes),
    itemEnd: () => eye.itemEnd(),
    item: () => eye.item(),
  };
}

class InjectionEye {
  readonly #scene: Scene;
  /** Character sets by depth: an item has its own or its parent's (PS3.3 §C.12.1.1.2). */
  readonly #charsets: (Charset | undefined)[] = [];
  #depth = 0;
  #isLong = false;
  #isPrivate = false;
  #window: TextWindow | undefined;
  /** Said of the present long value. */
  readonly #said = new Set<Injection | ControlTrouble>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  item(): void {
    this.#depth += 1;
  }

  itemEnd(): void {
    if (this.#depth === 0) return;
    this.#charsets.length = Math.min(this.#charsets.length, this.#depth);
    this.#depth -= 1;
  }

  element(head: ElementHead): void {
    this.#isLong = head.length > BEGINNING_BYTES && isText(head);
    if (!this.#isLong) return;
    this.#isPrivate = isPrivate(head);
    this.#said.clear();
    this.#window ??= new TextWindow((text) => this.#long(text));
  }

  value(bytes: Uint8Array): void {
    if (this.#isLong) this.#window?.push(bytes);
  }

  valueOver(): void {
    if (this.#isLong) this.#window?.end();
    this.#isLong = false;
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.tag === TAG.SpecificCharacterSet) this.#charsets[this.#depth] = charsetOf(latin1(bytes));
    if (bytes.length < 2 || head.length > BEGINNING_BYTES || !isText(head) || !mayInject(bytes)) return;
    const raw = latin1(bytes);
    if (isPrivate(head)) {
      for (const what of privateInjectionsIn(raw)) this.#scene.find(INJECTION_KINDS[what]);
      return;
    }
    this.#short(head, raw);
  }

  #short(head: ElementHead, raw: string): void {
    const charset = this.#charset();
    const text = asciiView(raw, charset);
    const isOneLine = ONE_LINE.has(judgedVr(head));
    const isIdentifying = IDENTIFYING.has(head.tag);
    const found: (Injection | ControlTrouble)[] = injectionsIn(raw, text, charset.isUtf8);
    if (isOneLine) found.push(...lineInjectionsIn(text));
    if (isIdentifying) found.push(...nameInjectionsIn(text).filter((what) => !found.includes(what)));
    // A terminal's escape or a header says already what its control characters are there for.
    if (!found.includes('terminal') && !found.includes('header'))
      found.push(...controlTroubles(text, isIdentifying, !isOneLine));
    for (const what of found) this.#scene.find(INJECTION_KINDS[what]);
  }

  #long(text: string): void {
    const charset = this.#charset();
    const found = this.#isPrivate
      ? privateInjectionsIn(text)
      : injectionsIn(text, asciiView(text, charset), charset.isUtf8);
    for (const what of found) {
      if (this.#said.has(what)) continue;
      this.#said.add(what);
      this.#scene.find(INJECTION_KINDS[what]);
    }
  }

  #charset(): Charset {
    for (let depth = this.#depth; depth >= 0; depth -= 1) {
      const charset = this.#charsets[depth];
      if (charset !== undefined) return charset;
    }
    return PLAIN_CHARSET;
  }
}

function isText(head: ElementHead): boolean {
  const vr = judgedVr(head);
  return ONE_LINE.has(vr) || LINES.has(vr);
}
