import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND_FIELD } from './command.ts';
import { commandOf } from './messages.ts';
import { MessageOutbox, WHOLE_MESSAGE_BYTES } from './outbox.ts';

/** What a peer would see: context, `c` or `d`, last or not, bytes. */
class Wire {
  isFull = false;
  readonly seen: {
    readonly context: number;
    readonly kind: 'c' | 'd';
    readonly isLast: boolean;
    readonly bytes: number;
  }[] = [];
  readonly #data: Uint8Array[] = [];

  data(context: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array): void {
    this.seen.push({ context, kind: isCommand ? 'c' : 'd', isLast, bytes: bytes.byteLength });
    if (!isCommand) this.#data.push(bytes);
  }
  cork(): void {}
  uncork(): void {}

  /** `1c 1d 1D`: capitals end. */
  get story(): string {
    return this.seen.map(({ context, kind, isLast }) => `${context}${isLast && kind === 'd' ? 'D' : kind}`).join(' ');
  }
  get dataSet(): Buffer {
    return Buffer.concat(this.#data);
  }
}

const answer = (hasDataSet: boolean) =>
  commandOf(COMMAND_FIELD.cFindRsp, { messageIdBeingRespondedTo: 1, status: 0xff00, hasDataSet });
const bytes = (count: number, first = 0): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => (first + at) & 0xff);

test('[DIMSE-38] a message goes out once it is whole, and one that began earlier but ends later comes after it', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  const slow = outbox.begin(1);
  slow.send(answer(true));
  slow.push(bytes(10), false);
  const quick = outbox.begin(3);
  quick.send(answer(true));
  quick.push(bytes(4), true);
  outbox.send(5, answer(false));
  assert.equal(wire.story, '3c 3D 5c');
  slow.push(bytes(10), true);
  assert.equal(wire.story, '3c 3D 5c 1c 1D');
});

test('[DIMSE-38] nothing of a message goes out before its command, and nothing at all of one that is dropped', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  const [kept, dropped] = [outbox.begin(1), outbox.begin(3)];
  kept.push(bytes(6), true);
  dropped.push(bytes(6), false);
  assert.equal(wire.story, '');
  kept.send(answer(true));
  dropped.drop();
  dropped.push(bytes(6), true);
  assert.equal(wire.story, '1c 1D');
  assert.equal(outbox.waitingBytes, 0);
});

test('[DIMSE-39] a large message is sent as it comes, and nothing comes between its fragments', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  const large = outbox.begin(1);
  large.send(answer(true));
  large.push(bytes(WHOLE_MESSAGE_BYTES + 1), false);
  assert.equal(wire.story, '1c 1d');
  outbox.send(3, answer(false));
  assert.equal(wire.story, '1c 1d');
  large.push(bytes(20_000), false);
  large.push(bytes(0), true);
  assert.match(wire.story, /^1c( 1d)+ 1D 3c$/);
});

test('[DIMSE-40] all fragments but the last are even, whatever the pieces, and the bytes are the same', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  const large = outbox.begin(1);
  large.send(answer(true));
  const given: Uint8Array[] = [];
  for (let at = 0; at < 60; at += 1) {
    const piece = bytes(4_001 + at, at);
    given.push(piece);
    large.push(piece, at === 59);
  }
  const data = wire.seen.filter(({ kind }) => kind === 'd');
  assert.ok(data.length > 3);
  assert.ok(data.slice(0, -1).every(({ bytes: count, isLast }) => count % 2 === 0 && !isLast));
  assert.deepEqual(wire.dataSet, Buffer.concat(given));
});

test('[DIMSE-41] a source is to pause while the peer does not read or too much waits, the source of the message half sent alone may go on', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  const large = outbox.begin(1);
  large.send(answer(true));
  large.push(bytes(WHOLE_MESSAGE_BYTES + 1), false);
  const other = outbox.begin(3);
  for (let at = 0; at < 5; at += 1) other.push(bytes(WHOLE_MESSAGE_BYTES), false);
  assert.equal(outbox.mayGoOn(other), false);
  assert.equal(outbox.mayGoOn(large), true);
  wire.isFull = true;
  assert.equal(outbox.mayGoOn(large), false);
  let resumed = 0;
  outbox.whenRoom(large, () => {
    resumed += 1;
  });
  outbox.whenRoom(other, () => {
    resumed += 10;
  });
  assert.equal(resumed, 0);
  wire.isFull = false;
  outbox.drained();
  assert.equal(resumed, 1);
  large.push(bytes(2), true);
  other.push(bytes(2), true);
  other.send(answer(true));
  assert.equal(resumed, 11);
  assert.equal(outbox.waitingBytes, 0);
});

test('[DIMSE-41] what waits for a peer that does not read goes out in order once it reads', () => {
  const wire = new Wire();
  const outbox = new MessageOutbox(wire);
  wire.isFull = true;
  for (const context of [1, 3, 5]) outbox.send(context, answer(false));
  assert.equal(wire.story, '');
  wire.isFull = false;
  outbox.drained();
  assert.equal(wire.story, '1c 3c 5c');
});
