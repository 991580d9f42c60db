import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex } from '@leadglass/kit';
import { DataSetReader } from './reader.ts';
import { TokenRecorder } from './recorder.ts';

const FOLDER = new URL('../../../vectors/dicom/', import.meta.url);

interface Vector {
  readonly syntax: string;
  readonly bytes: Uint8Array;
  readonly tokens: readonly string[];
}

function parse(text: string): Vector {
  const [head = '', tokens = ''] = text.split('\ntokens\n');
  const lines = head.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const syntax = lines.find((line) => line.startsWith('syntax '))?.slice('syntax '.length) ?? '';
  const hex = lines
    .filter((line) => !line.startsWith('syntax '))
    .join('')
    .replaceAll(' ', '');
  return { syntax, bytes: fromHex(hex) as Uint8Array, tokens: tokens.trim().split('\n') };
}

function read(vector: Vector, size: number): string[] {
  const recorder = new TokenRecorder();
  const reader = new DataSetReader({ transferSyntaxUid: vector.syntax, handler: recorder });
  for (let at = 0; at < vector.bytes.byteLength; at += size) reader.push(vector.bytes.subarray(at, at + size));
  reader.end();
  return recorder.lines;
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt'))) {
  const vector = parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  for (const size of [vector.bytes.byteLength, 7, 1]) {
    test(`[DICOM-1] ${name} says its tokens when it comes ${size} bytes at a time`, () => {
      assert.deepEqual(read(vector, size), vector.tokens);
    });
  }
}
