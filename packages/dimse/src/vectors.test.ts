import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bytesEqual, concatBytes, fromHex, toHex } from '@leadglass/kit';
import { EMPTY_COMMAND } from './command.ts';
import { decodeCommand, encodeCommand } from './command-codec.ts';
import type { ControlPdu } from './pdu.ts';
import { decodePdu } from './pdu-decode.ts';
import { encodePdu } from './pdu-encode.ts';
import { STATE_TABLE, type State } from './state-table.ts';
import { benchIn } from './testkit.ts';

interface Vector {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly json: Record<string, unknown>;
}

function readVectors(name: string): Vector[] {
  const sections = readText(name).split(/^## /m).slice(1);
  return sections.map((section) => {
    const hex = (section.match(/```hex\n([^`]*)```/)?.[1] ?? '').replace(/;.*$/gm, '').replace(/\s/g, '');
    const json = JSON.parse(section.match(/```json\n([^`]*)```/)?.[1] ?? '', revive);
    return { title: section.slice(0, section.indexOf('\n')), bytes: fromHex(hex) ?? new Uint8Array(0), json };
  });
}

function readText(name: string): string {
  return readFileSync(new URL(`../../../vectors/dimse/${name}.md`, import.meta.url), 'utf8');
}

function revive(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('hex:') ? fromHex(value.slice(4)) : value;
}

describe('PDUs byte by byte', () => {
  for (const { title, bytes, json } of readVectors('pdus')) {
    test(`[DIMSE-1] ${title} decodes to what its description says and encodes back`, () => {
      const decoded = decodePdu(bytes);
      assert.deepEqual(decoded, { ok: true, value: json });
      assert.equal(toHex(encodePdu(json as unknown as ControlPdu)), toHex(bytes));
    });
  }
});

describe('PDUs that must not be believed', () => {
  for (const { title, bytes, json } of readVectors('hostile')) {
    const { state, abort, told } = json as { state: State; abort: { source: number; reason: number }; told: number };
    const expected = encodePdu({ type: 'A-ABORT', value: abort });
    for (const chunkBytes of [bytes.byteLength, 1, 7]) {
      test(`[DIMSE-2] ${title}: aborted, in chunks of ${chunkBytes}`, () => {
        const { association, recorder } = benchIn(state);
        for (let at = 0; at < bytes.byteLength; at += chunkBytes)
          association.receive(bytes.subarray(at, at + chunkBytes));
        assert.equal(association.state, 'Sta13');
        assert.ok(bytesEqual(concatBytes(...recorder.sent), expected), `sent ${toHex(concatBytes(...recorder.sent))}`);
        assert.deepEqual(
          recorder.log.filter((step) => step !== 'data'),
          ['send 7', 'aborted by provider'],
        );
        assert.deepEqual(
          recorder.aborts.map(({ abort: it }) => it),
          [{ source: 2, reason: told }],
        );
      });
    }
  }
});

describe('command sets byte by byte', () => {
  for (const { title, bytes, json } of readVectors('commands')) {
    test(`[DIMSE-20] ${title} decodes to what its description says and encodes back`, () => {
      const command = { ...EMPTY_COMMAND, ...json };
      assert.deepEqual(decodeCommand(bytes), { ok: true, command });
      assert.equal(toHex(encodeCommand(command)), toHex(bytes));
    });
  }
});

test('[DIMSE-10] the state table is the one PS3.8 prints, all 247 cells', () => {
  const lines = readText('state-table')
    .split('\n')
    .filter((line) => /^\| \d/.test(line));
  const printed = lines.map((line) =>
    line
      .split('|')
      .slice(3, -1)
      .map((cell) => cell.trim()),
  );
  const ours = Object.values(STATE_TABLE).map((row) => row.map((cell) => cell ?? '·'));
  assert.equal(ours.flat().length, 247);
  assert.deepEqual(ours, printed);
});
