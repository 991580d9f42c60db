import { crc32 } from 'node:zlib';
import { formatTag } from './dictionary.ts';
import type { ElementHead, Irregularity, TokenHandler } from './token.ts';

/**
 * Writes tokens down as one line each, so that two readings can be compared. The pieces of a value become one line with
 * its length and checksum: how the network cut them is not part of what a data set says. For tests and fuzzing.
 */
export class TokenRecorder implements TokenHandler {
  readonly lines: string[] = [];
  /** Levels open; a reading that was not cut short ends at 0. */
  open = 0;
  /** Most levels open at once. */
  deepest = 0;
  #valueBytes = 0;
  #valueCrc = 0;

  element(head: ElementHead): void {
    this.#begin(`element ${describe(head)}`);
  }
  value(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) throw new Error('an empty value piece');
    this.#valueBytes += bytes.byteLength;
    this.#valueCrc = crc32(bytes, this.#valueCrc);
  }
  elementEnd(): void {
    this.#end('elementEnd');
  }
  sequence(head: ElementHead): void {
    this.#begin(`sequence ${describe(head)}`);
  }
  item(index: number, length: number, offset: number): void {
    this.#begin(`item ${index} ${length} @${offset}`);
  }
  itemEnd(): void {
    this.#end('itemEnd');
  }
  sequenceEnd(): void {
    this.#end('sequenceEnd');
  }
  fragments(head: ElementHead): void {
    this.#begin(`fragments ${describe(head)}`);
  }
  fragment(index: number, length: number, offset: number): void {
    this.#begin(`fragment ${index} ${length} @${offset}`);
  }
  fragmentEnd(): void {
    this.#end('fragmentEnd');
  }
  fragmentsEnd(): void {
    this.#end('fragmentsEnd');
  }
  irregularity(irregularity: Irregularity): void {
    const { code, tag, offset, depth, isFatal } = irregularity;
    this.#flush();
    this.lines.push(`${isFatal ? 'fatal' : 'irregular'} ${code} ${formatTag(tag)} @${offset} depth ${depth}`);
  }

  /** The irregularities met, as lines. */
  get irregularities(): string[] {
    return this.lines.filter((line) => line.startsWith('irregular') || line.startsWith('fatal'));
  }

  #begin(line: string): void {
    this.#flush();
    this.lines.push(line);
    this.open += 1;
    this.deepest = Math.max(this.deepest, this.open);
  }

  #end(line: string): void {
    this.#flush();
    this.lines.push(line);
    this.open -= 1;
    if (this.open < 0) throw new Error(`${line} without a beginning`);
  }

  #flush(): void {
    if (this.#valueBytes > 0) this.lines.push(`value ${this.#valueBytes} bytes, crc ${this.#valueCrc}`);
    this.#valueBytes = 0;
    this.#valueCrc = 0;
  }
}

function describe(head: ElementHead): string {
  const form = head.isVrExplicit ? 'explicit' : 'implicit';
  return `${formatTag(head.tag)} ${head.vr} ${form} ${head.length} @${head.offset} depth ${head.depth}`;
}
