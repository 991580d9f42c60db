import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const ANSWER_MS = 20_000;

/** A message between `VT` and `FS CR`. */
export function framed(message: string | Uint8Array): Buffer {
  const body = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  return Buffer.concat([Buffer.of(VT), body, Buffer.of(FS, CR)]);
}

/** The fields of MSA, and of each ERR. */
export interface Acknowledged {
  readonly code: string;
  readonly controlId: string;
  readonly text: string;
  readonly raw: string;
}

function acknowledged(raw: string): Acknowledged {
  const msa = raw.split('\r').find((line) => line.startsWith('MSA|')) ?? '';
  const [, code = '', controlId = '', text = ''] = msa.split('|');
  return { code, controlId, text, raw };
}

/** A sender that waits for each answer before the next message, as MLLP has it; a laboratory's, made to look at every answer. */
export class MllpSender {
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);
  readonly #waiting: { resolve(answer: Acknowledged): void; reject(why: Error): void }[] = [];
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error('closed before the answer'));
        resolve();
      });
    });
  }

  /** @param tls of a sender that speaks TLS. */
  static async open(port: number, tls?: ConnectionOptions): Promise<MllpSender> {
    const socket = tls === undefined ? connect(port, '127.0.0.1') : connectTls({ ...tls, port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.once(tls === undefined ? 'connect' : 'secureConnect', resolve);
      socket.once('error', reject);
    });
    return new MllpSender(socket);
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends one message; resolves with its answer, rejects when the connection ends before. */
  send(message: string | Uint8Array): Promise<Acknowledged> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('closed'));
      const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
      timer.unref();
      const done = { resolve: (answer: Acknowledged) => [clearTimeout(timer), resolve(answer)], reject };
      this.#waiting.push(done as never);
      this.#socket.write(framed(message));
    });
  }

  /** Bytes as they are, for those who do not keep to the rules. */
  raw(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf(FS); end >= 0; end = this.#rest.indexOf(FS)) {
      const answer = this.#rest.subarray(1, end).toString('utf8');
      this.#rest = this.#rest.subarray(end + 2);
      this.#waiting.shift()?.resolve(acknowledged(answer));
    }
  }
}

export interface ResultWish {
  readonly controlId: string;
  readonly patient: number;
  readonly value?: string;
  readonly status?: string;
  readonly flags?: string;
  readonly filler?: string;
  readonly processing?: string;
  readonly application?: string;
  readonly code?: string;
  readonly valueType?: string;
}

const FAMILIES = ['DUPONT', 'MARTIN', 'LEFÈVRE', 'BERNARD', 'GARCIA', 'ÉTIENNE', 'MOREAU', 'ROUX'] as const;

/** A result of a patient whose name follows from their number: nobody's data. */
export function resultMessage(wish: ResultWish): string {
  const { controlId, patient, value = '4.1', status = 'F', flags = 'N', processing = 'P', application = 'LABO' } = wish;
  const { filler = `F${controlId}`, code = '2823-3^Potassium^LN', valueType = 'NM' } = wish;
  const born = `19${String(30 + (patient % 70)).padStart(2, '0')}0215`;
  const family = FAMILIES[patient % FAMILIES.length];
  return [
    `MSH|^~\\&|${application}|CHU|LEADGLASS|SITE|20261127101500||ORU^R01^ORU_R01|${controlId}|${processing}|2.5|||||FRA|UNICODE UTF-8`,
    `PID|1||${100000 + patient}^^^CHU&1.2.250.1.71.4.2.2&ISO^PI||${family}^Claire${patient}^^^^^L||${born}|F`,
    'PV1|1|I|URG^B12^1^CHU',
    `ORC|RE|P${controlId}|${filler}`,
    `OBR|1|P${controlId}|${filler}|24320-4^Ionogramme^LN|||20261127093000||||||||||||||||20261127101400|||${status}`,
    `OBX|1|${valueType}|${code}||${value}|mmol/L|3.5-5.1|${flags}|||${status}|||20261127093000`,
    '',
  ].join('\r');
}

/** An arrival, a change, a departure: `A01`, `A08`, `A03`; `A40` with the number that stands no longer. */
export function movementMessage(trigger: string, controlId: string, patient: number, from?: number): string {
  const family = FAMILIES[patient % FAMILIES.length];
  const born = `19${String(30 + (patient % 70)).padStart(2, '0')}0215`;
  return [
    `MSH|^~\\&|GAM|CHU|LEADGLASS|SITE|20261127080000||ADT^${trigger}^ADT_A01|${controlId}|P|2.5|||||FRA|UNICODE UTF-8`,
    `EVN|${trigger}|20261127080000`,
    `PID|1||${100000 + patient}^^^CHU&1.2.250.1.71.4.2.2&ISO^PI||${family}^Claire${patient}^^^^^L||${born}|F|||||||||||||||||||||||||||VALI`,
    ...(from === undefined ? [] : [`MRG|${100000 + from}^^^CHU&1.2.250.1.71.4.2.2&ISO^PI`]),
    ...(from === undefined
      ? [`PV1|1|E|URG^B${patient}^1^CHU||||||||||||||||V${patient}|||||||||||||||||||||||||20261127080000`]
      : []),
    '',
  ].join('\r');
}
