import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Gate } from './gate.ts';
import type { Literal } from './literals.ts';
import { WINDOW_BYTES, type Window, Windows } from './window.ts';
import { latin, numbers } from './yara.testkit.ts';

const WORDS: readonly Literal[] = [
  { text: 'Needle!', isAnyCase: true },
  { text: 'another word', isAnyCase: false },
  { text: 'w\0i\0d\0e\0r\0', isAnyCase: true },
  { text: '\0\0\0`\x89\xe5\x31', isAnyCase: false },
];

const gateOf = (literals: readonly Literal[]): Gate =>
  new Gate(literals.map((literal) => ({ literals: [literal], starts: [] })));

function looked(gate: Gate, window: Window, from: number, to: number): number[] {
  const found = new Set<number>();
  gate.look(window, from, to, found);
  return [...found].sort();
}

/** What the gate finds with the vectors and without them. */
function both(gate: Gate, window: Window, from: number, to: number): [number[], number[]] {
  const { bytes, quads } = window;
  return [looked(gate, window, from, to), looked(gate, { bytes, quads }, from, to)];
}

/** Bytes as pictures have them, and as they have not. */
const FILLS: readonly ((random: number, at: number) => number)[] = [
  (random, at) => (at % 2 === 0 ? random & 0xff : random & 0x0f),
  (random) => random & 0xff,
  (random) => 0x20 + (random % 0x5f),
  () => 0,
  (_random, at) => at & 0xff,
];

describe('the gate in vectors', () => {
  test('[INSPECT-363] is there on this machine', () => {
    assert.ok(new Windows().take().sweep !== undefined);
  });

  test('[INSPECT-363] finds each literal at every place of a block, whatever stands around it', () => {
    const gate = gateOf(WORDS);
    const window = new Windows().take();
    const next = numbers(7);
    for (const fill of FILLS) {
      for (let at = 0; at < 160; at += 1) {
        for (let place = 0; place < 300; place += 1) window.bytes[place] = fill(next.next().value, place);
        const word = WORDS[at % WORDS.length] as Literal;
        window.bytes.set(latin(word.text), at);
        const [swept, plain] = both(gate, window, 0, 300);
        assert.deepEqual(swept, plain);
        assert.ok(swept.includes(at % WORDS.length), `${word.text} at ${at}`);
      }
    }
  });

  test('[INSPECT-363] finds the same as without, from everywhere to everywhere, and nothing past the end', () => {
    const gate = gateOf(WORDS);
    const window = new Windows().take();
    const next = numbers(11);
    for (let round = 0; round < 400; round += 1) {
      const fill = FILLS[round % FILLS.length] as (typeof FILLS)[number];
      for (let at = 0; at < 600; at += 1) window.bytes[at] = fill(next.next().value, at);
      const at = next.next().value % 500;
      const word = WORDS[next.next().value % WORDS.length] as Literal;
      window.bytes.set(latin(word.text), at);
      const from = (next.next().value % 100) & ~3;
      for (const to of [at + word.text.length - 1, at + word.text.length, 600]) {
        const [swept, plain] = both(gate, window, Math.min(from, to & ~3), to);
        assert.deepEqual(swept, plain, `${round}`);
      }
    }
  });

  test('[INSPECT-363] finds what fills a whole window with beginnings', () => {
    const gate = gateOf(WORDS);
    const window = new Windows().take();
    window.bytes.set(latin('Need'.repeat(WINDOW_BYTES / 4)));
    assert.deepEqual(both(gate, window, 0, WINDOW_BYTES), [[], []]);
    window.bytes.set(latin('needle!'), WINDOW_BYTES - 7);
    assert.deepEqual(both(gate, window, 0, WINDOW_BYTES), [[0], [0]]);
  });

  test('[INSPECT-363] goes without where rules look for every byte there is', () => {
    const every = Array.from({ length: 37 }, (_, at) => ({
      text: String.fromCharCode(...Array.from({ length: 7 }, (_none, one) => (at * 7 + one) & 0xff)),
      isAnyCase: false,
    }));
    const gate = gateOf(every);
    const window = new Windows().take();
    for (const [at, { text }] of every.entries()) {
      window.bytes.fill(0x80, 0, 128);
      window.bytes.set(latin(text), 3 + at);
      const [swept, plain] = both(gate, window, 0, 128);
      assert.deepEqual(swept, plain);
      assert.ok(swept.includes(at));
    }
  });

  test('[INSPECT-364] two sets of rules take turns with one memory and find what is theirs', () => {
    const [one, other] = [gateOf(WORDS.slice(0, 1)), gateOf(WORDS.slice(1, 2))];
    const windows = new Windows();
    const [first, second] = [windows.take(), windows.take()];
    first.bytes.set(latin('a needle! here'));
    second.bytes.set(latin('just another word'));
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(looked(one, first, 0, 64), [0]);
      assert.deepEqual(looked(one, second, 0, 64), []);
      assert.deepEqual(looked(other, first, 0, 64), []);
      assert.deepEqual(looked(other, second, 0, 64), [0]);
    }
  });

  test('[INSPECT-364] windows beyond the memory do without, and all hold what they are given', () => {
    const windows = new Windows();
    const taken = Array.from({ length: 12 }, () => windows.take());
    for (const [at, { bytes }] of taken.entries()) bytes.fill(at + 1);
    for (const [at, { bytes }] of taken.entries()) {
      assert.equal(bytes.length, WINDOW_BYTES);
      assert.ok(bytes.every((byte) => byte === at + 1));
    }
    assert.deepEqual(
      taken.map(({ sweep }) => sweep !== undefined),
      [...Array(8).fill(true), ...Array(4).fill(false)],
    );
    for (const one of taken) windows.giveBack(one);
    assert.ok(windows.take().sweep !== undefined);
  });
});
