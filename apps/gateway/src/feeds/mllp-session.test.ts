import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedAnswer, FeedForIntake, ToldMessage } from './feed-messages.ts';
import { hl7Time, MllpSession } from './mllp-session.ts';

const LABO: FeedForIntake = { name: 'labo', charset: 'windows-1252' };
const OWN = { application: 'LEADGLASS', facility: 'SITE' };
const T0 = Date.UTC(2026, 0, 1, 12, 34, 56);

const oru = (id: string, more = '') =>
  `MSH|^~\\&|LABO|CHU|LG|S|20260101||ORU^R01|${id}|P|2.5${more}\rPID|1||7^^^CHU^PI||DUPONT^A\rOBR|1||F1|K^K^L|||||||||||||||||||||F\rOBX|1|NM|K^K^L||4\r`;
const framed = (message: string) => Buffer.from(`\x0b${message}\x1c\r`, 'utf8');

/** A session on a socket that remembers, and what it told. */
function open(feeds: readonly FeedForIntake[] = [LABO]) {
  const told: ToldMessage[] = [];
  const refused: string[] = [];
  const calls: string[] = [];
  let [written, held, ids] = ['', 0, 0];
  const socket = {
    write: (bytes: Uint8Array) => {
      written += Buffer.from(bytes).toString('utf8');
    },
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    end: () => calls.push('end'),
    destroy: () => calls.push('destroy'),
  };
  const session = new MllpSession(5, socket, {
    now: () => T0,
    tell: (message) => void told.push(message),
    refused: (_id, why) => void refused.push(why.en),
    held: (bytes) => {
      held += bytes;
    },
    controlId: () => {
      ids += 1;
      return `id${ids}`;
    },
  });
  session.admitted(feeds, OWN);
  const say = (seq: number, code: FeedAnswer['code'] = 'AA') => session.answered({ connection: 5, seq, code });
  const answers = () => [...written.matchAll(/MSA\|(\w+)\|(\w*)/g)].map(([, code, id]) => `${code} ${id}`);
  return { session, told, refused, calls, say, answers, held: () => held, written: () => written };
}

test('[CHART-12] nothing is answered before the keeper says so', () => {
  const { session, told, say, answers } = open();
  session.bytes(framed(oru('a')));
  assert.deepEqual([told.length, answers()], [1, []]);
  say(0);
  assert.deepEqual(answers(), ['AA a']);
});

test('[CHART-15] answers come in the order of the messages, whatever order they are known in', () => {
  const { session, say, answers } = open();
  session.bytes(Buffer.concat([framed(oru('a')), framed('PID|1\r'), framed(oru('c'))]));
  say(2);
  assert.deepEqual(answers(), []);
  say(0, 'AR');
  assert.deepEqual(answers(), ['AR a', 'AE ', 'AA c']);
});

test('[CHART-15] a stream is the same in pieces of any size', () => {
  const { session, told } = open();
  for (const byte of Buffer.concat([framed(oru('a')), framed(oru('b'))])) session.bytes(Uint8Array.of(byte));
  assert.deepEqual(
    told.map(({ controlId, seq }) => [controlId, seq]),
    [
      ['a', 0],
      ['b', 1],
    ],
  );
});

test('[CHART-15] who sends without waiting is read no further until answers are out', () => {
  const { session, calls, say } = open();
  session.bytes(Buffer.concat(Array.from({ length: 20 }, (_, at) => framed(oru(`m${at}`)))));
  assert.deepEqual(calls, ['resume', 'pause']);
  for (let seq = 0; seq < 12; seq += 1) say(seq);
  assert.deepEqual(calls, ['resume', 'pause', 'resume']);
});

test('[CHART-15] bytes held are counted while they are held, and given back', () => {
  const { session, say, held } = open();
  const whole = framed(oru('a'));
  session.bytes(whole.subarray(0, 40));
  assert.equal(held(), 40);
  session.bytes(whole.subarray(40));
  assert.equal(held(), whole.length - 3);
  say(0);
  assert.equal(held(), 0);
  session.bytes(whole.subarray(0, 40));
  session.close();
  assert.equal(held(), 0);
});

test('[CHART-13] a message without a header, and one of an unexpected sender, are refused and not told', () => {
  const { session, told, refused, answers, written } = open([{ ...LABO, application: 'AUTRE' }]);
  session.bytes(framed('PID|1\r'));
  session.bytes(framed(oru('a')));
  assert.deepEqual([told.length, refused.length, answers()], [0, 2, ['AE ', 'AE a']]);
  assert.match(written(), /MSH\^1\^3|MSH-3|207/);
});

test('[CHART-13] of several feeds of one address the header says which', () => {
  const { session, told } = open([
    { ...LABO, name: 'ris', application: 'RIS' },
    { ...LABO, application: 'LABO' },
  ]);
  session.bytes(framed(oru('a')));
  assert.equal(told[0]?.feed, 'labo');
});

test('[CHART-13] what breaks the framing ends the connection with a reason', () => {
  const { session } = open();
  assert.equal(typeof session.bytes(Buffer.from('GET / HTTP/1.1')), 'object');
});

test('[CHART-12] a sender that wants no answer gets none, one that wants an accept acknowledgement gets CA', () => {
  const { session, say, written } = open();
  session.bytes(framed(oru('a', '|||NE|NE')));
  say(0);
  assert.equal(written(), '');
  session.bytes(framed(oru('b', '|||AL|NE')));
  say(1);
  assert.match(written(), /MSA\|CA\|b/);
});

test('[CHART-15] who drains is answered, and then ended', () => {
  const { session, calls, say, answers } = open();
  session.bytes(framed(oru('a')));
  session.drain();
  assert.deepEqual(calls, ['resume', 'pause']);
  say(0);
  assert.deepEqual([calls.at(-1), answers()], ['end', ['AA a']]);
});

test('[CHART-12] times of acknowledgements say their zone', () => {
  assert.equal(hl7Time(T0), '20260101123456+0000');
});
