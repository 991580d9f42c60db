import { isProgramName } from './magic.ts';
import type { Bracket, PdfTokens } from './pdf-lexer.ts';
import { urlTrouble } from './url.ts';

/** What a PDF can hold that does more than show pages. */
export type PdfTrouble =
  | 'script'
  | 'launch'
  | 'attachment'
  | 'attached-program'
  | 'remote'
  | 'form-data'
  | 'rich-media'
  | 'xfa'
  | 'uri'
  | 'link';

/** What the dictionary before a stream says of it, as far as it matters here. */
export interface StreamDictionary {
  isObjects: boolean;
  isAttachment: boolean;
  /** Names of its filters, in order; undefined when it says so in another object. */
  filters: string[] | undefined;
  /** Of an object stream: where its first object begins, in bytes; -1 when not said here. */
  first: number;
  hasCount: boolean;
  hasPredictor: boolean;
}

/** Who takes what a scan comes upon. */
export interface PdfWatcher {
  trouble(what: PdfTrouble): void;
  encrypted(): void;
  stream(dictionary: StreamDictionary): void;
  streamBytes(bytes: Uint8Array): void;
  streamEnd(): void;
}

interface Level {
  readonly isDictionary: boolean;
  /** In a dictionary the key whose value comes next, empty when a key comes next; in an array the key the array belongs to. */
  key: string;
  hasFile: boolean;
  isProgramFile: boolean;
}

const MOST_LEVELS = 64;

/** Action types (ISO 32000-1 Table 198) and annotation types (Table 169) that matter. GoTo, Named and the like are innocent. */
const ACTIONS: Readonly<Record<string, PdfTrouble>> = {
  JavaScript: 'script',
  Launch: 'launch',
  GoToR: 'remote',
  GoToE: 'remote',
  SubmitForm: 'form-data',
  ImportData: 'form-data',
  RichMediaExecute: 'rich-media',
};
const KEYS: Readonly<Record<string, PdfTrouble>> = { XFA: 'xfa', EF: 'attachment', OnInstantiate: 'script' };

/** Reads the tokens of a PDF, keeps only the brackets it stands in, and says what is active in it. */
export class PdfScan implements PdfTokens {
  readonly #watcher: PdfWatcher;
  #levels: Level[] = [];
  /** Brackets open beyond the levels kept. */
  #deeper = 0;
  #dictionary = emptyDictionary();

  constructor(watcher: PdfWatcher) {
    this.#watcher = watcher;
  }

  name(name: string): void {
    const level = this.#levels.at(-1);
    if (level?.isDictionary && level.key === '' && this.#deeper === 0) {
      level.key = name;
      this.#key(name, level);
      return;
    }
    this.#valueName(level?.key ?? '', name);
    this.#valueOver();
  }

  text(text: string): void {
    const level = this.#levels.at(-1);
    const key = level?.key ?? '';
    this.#scriptValue(key);
    if (key === 'URI') this.#uri(text);
    if (level !== undefined && (key === 'F' || key === 'UF')) this.#fileName(text, level);
    this.#valueOver();
  }

  number(value: number): void {
    const key = this.#levels.at(-1)?.key ?? '';
    this.#scriptValue(key);
    if (key === 'First') this.#dictionary.first = value;
    if (key === 'N') this.#dictionary.hasCount = true;
    if (key === 'Predictor' && value > 1) this.#dictionary.hasPredictor = true;
    if (key === 'Filter') this.#dictionary.filters = undefined;
    this.#valueOver();
  }

  word(word: string): void {
    if (word === 'obj' || word === 'endobj') this.#clear();
    // Of `5 0 R` the first number was the value; the rest comes where a key is expected and is passed over.
    else if (word !== 'R') this.#valueOver();
  }

  open(bracket: Bracket): void {
    if (this.#levels.length === MOST_LEVELS) {
      this.#deeper += 1;
      return;
    }
    const isDictionary = bracket === 'dictionary';
    const key = isDictionary ? '' : (this.#levels.at(-1)?.key ?? '');
    if (this.#levels.length === 0 && isDictionary) this.#dictionary = emptyDictionary();
    this.#levels.push({ isDictionary, key, hasFile: false, isProgramFile: false });
  }

  close(): void {
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    const level = this.#levels.pop();
    if (level?.hasFile && level.isProgramFile) this.#watcher.trouble('attached-program');
    this.#valueOver();
  }

  stream(): void {
    this.#levels = [];
    this.#deeper = 0;
    this.#watcher.stream(this.#dictionary);
  }

  streamBytes(bytes: Uint8Array): void {
    this.#watcher.streamBytes(bytes);
  }

  streamEnd(): void {
    this.#watcher.streamEnd();
  }

  #clear(): void {
    this.#levels = [];
    this.#deeper = 0;
    this.#dictionary = emptyDictionary();
  }

  #valueOver(): void {
    const level = this.#levels.at(-1);
    if (level?.isDictionary && this.#deeper === 0) level.key = '';
  }

  #key(name: string, level: Level): void {
    const trouble = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (trouble !== undefined) this.#watcher.trouble(trouble);
    if (name === 'EF') level.hasFile = true;
    if (name === 'Params' && this.#levels.length === 1) this.#dictionary.isAttachment = true;
    if (name === 'Encrypt' && this.#levels.length === 1) this.#watcher.encrypted();
  }

  /** A name as a value: of `/S` and `/Subtype`, and one that stands alone as an object others may point at. */
  #valueName(key: string, name: string): void {
    const isAlone = this.#levels.length === 0;
    if (isAlone || key === 'S') this.#action(name);
    if ((isAlone || key === 'Subtype') && name === 'RichMedia') this.#watcher.trouble('rich-media');
    if (key === 'Type' && name === 'ObjStm') this.#dictionary.isObjects = true;
    if (key === 'Type' && name === 'EmbeddedFile') this.#attachment();
    if (key === 'Filter') this.#dictionary.filters?.push(name);
  }

  #action(name: string): void {
    const trouble = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (trouble !== undefined) this.#watcher.trouble(trouble);
  }

  #attachment(): void {
    this.#dictionary.isAttachment = true;
    this.#watcher.trouble('attachment');
  }

  #scriptValue(key: string): void {
    if (key === 'JS') this.#watcher.trouble('script');
  }

  #uri(text: string): void {
    this.#watcher.trouble(urlTrouble(text) === undefined ? 'link' : 'uri');
  }

  #fileName(text: string, level: Level): void {
    if (isProgramName(text)) level.isProgramFile = true;
    if (/^(?:\\\\|\/\/)[^\\/]|^file:\/\/[^/]/i.test(text.replace(/[\0þÿ]/g, ''))) this.#watcher.trouble('remote');
  }
}

function emptyDictionary(): StreamDictionary {
  return { isObjects: false, isAttachment: false, filters: [], first: -1, hasCount: false, hasPredictor: false };
}
