import { createHash, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { rawPublicKey, verifierKey } from '@leadglass/ledger';

const [WIDTH, HASH] = [256, 32];
const ORIGIN = 'leadglass/million';
const ENTRY_AT_MS = 1_780_000_000_000;

function digest(prefix: number, ...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(prefix), ...parts]), 'buffer');
}

/** Root over a run of hashes (RFC 6962 §2.1), by its own definition. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return digest(1, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Hashes of one row of the tree, side by side. */
function cut(row: Buffer, from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => row.subarray((from + at) * HASH, (from + at + 1) * HASH));
}

/** A log of many entries, each made when it is asked for: tiles in memory, nothing on disk. It shares no code with the ledger's tree. */
export class LongLog {
  readonly size: number;
  readonly checkpoint: string;
  readonly verifierKey: string;
  /** Rows of the tree by level of tiles. */
  readonly #rows: Buffer[] = [];
  /** An entry whose text is another than the one hashed. */
  forged = -1;

  constructor(size: number) {
    this.size = size;
    let row: Buffer = Buffer.allocUnsafe(size * HASH);
    for (let index = 0; index < size; index += 1) digest(0, Buffer.from(this.#content(index))).copy(row, index * HASH);
    for (; row.length > 0; row = this.#above(row)) this.#rows.push(row);
    const { privateKey } = generateKeyPairSync('ed25519');
    this.checkpoint = this.#signed(privateKey);
    this.verifierKey = verifierKey(ORIGIN, privateKey);
  }

  #above(row: Buffer): Buffer {
    const count = Math.floor(row.length / HASH / WIDTH);
    return Buffer.concat(Array.from({ length: count }, (_, at) => rootOf(cut(row, at * WIDTH, WIDTH))));
  }

  #signed(key: KeyObject): string {
    const root = this.#root();
    const body = `${ORIGIN}\n${this.size}\n${Buffer.from(root).toString('base64')}\n`;
    const typed = Buffer.concat([Buffer.from(`${ORIGIN}\n`), Buffer.of(1), rawPublicKey(key)]);
    const id = createHash('sha256').update(typed).digest().subarray(0, 4);
    const signature = Buffer.concat([id, sign(null, Buffer.from(body), key)]).toString('base64');
    return `${body}\n\u2014 ${ORIGIN} ${signature}\n`;
  }

  /** From the highest full subtrees down to the last leaves: each is the left part of what is left. */
  #root(): Uint8Array {
    const parts: Uint8Array[] = [];
    let [from, left] = [0, this.size];
    while (left > 0) {
      const leaves = 2 ** Math.floor(Math.log2(left));
      const level = Math.floor(Math.log2(leaves) / 8);
      const each = WIDTH ** level;
      parts.push(rootOf(cut(this.#rows[level] as Buffer, from / each, leaves / each)));
      [from, left] = [from + leaves, left - leaves];
    }
    return parts.reduceRight((root, part) => digest(1, part, root));
  }

  /** As large as the entries of a gateway are. */
  #content(index: number): string {
    const at = new Date(ENTRY_AT_MS + index * 1000).toISOString();
    const sentence = `Object 2.25.${index} delivered to “PACS” in 1 try (answer 0x0000). / Objet 2.25.${index} livré à « PACS » en 1 tentative (réponse 0x0000).`;
    const detail = (type: string, value: string) =>
      `<ParticipantObjectDetail type="leadglass:${type}" value="${Buffer.from(value).toString('base64')}"/>`;
    return `<?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification EventActionCode="R" EventDateTime="${at}" EventOutcomeIndicator="0"><EventID csd-code="110104" codeSystemName="DCM" originalText="DICOM Instances Transferred"/><EventOutcomeDescription>${sentence}</EventOutcomeDescription></EventIdentification><ActiveParticipant UserID="LEADGLASS" UserIsRequestor="true"/><ParticipantObjectIdentification ParticipantObjectID="urn:uuid:${index}" ParticipantObjectTypeCode="4">${detail('event-id', String(index))}${detail('kind', 'delivery.delivered')}</ParticipantObjectIdentification></AuditMessage>`;
  }

  entries(first: number, count: number): { index: number; content: string }[] {
    return Array.from({ length: Math.max(0, Math.min(count, this.size - first)) }, (_, at) => {
      const index = first + at;
      const content = this.#content(index);
      return { index, content: index === this.forged ? content.replace('delivered to', 'delivered  to') : content };
    });
  }

  tile(level: number, index: number): { level: number; index: number; isFull: boolean; hashes: string } {
    const row = this.#rows[level] ?? Buffer.alloc(0);
    const hashes = row.subarray(index * WIDTH * HASH, (index + 1) * WIDTH * HASH);
    return { level, index, isFull: hashes.length === WIDTH * HASH, hashes: hashes.toString('hex') };
  }
}
