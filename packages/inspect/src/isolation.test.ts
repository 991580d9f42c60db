import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { concatBytes } from '@leadglass/kit';
import type { Finding } from '@leadglass/model';
import {
  FIRST_INSPECTORS,
  FileInspection,
  type FileInspectionResult,
  type Inspector,
  type InspectorMaker,
} from './index.ts';
import { INSPECTOR_FAILED } from './inspection.ts';
import { element, encapsulatedPixels, file, identity, imageModule, sequence } from './test-data.ts';

// A fault of ours in one inspector, made at each of its first calls and some later ones: what the others say does not change.

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const LABELS = join(DATA, 'labels.tsv');
const NO_DATA = existsSync(LABELS) || process.env.LEADGLASS_REQUIRE_PEERS === '1' ? false : 'shared data not installed';
/** Which of its calls fails. */
const CALLS = [1, 3, 25] as const;
/** Larger attacks are the same ones with more of the same. */
const MOST_BYTES = 64 * 1024;

interface Failing {
  readonly maker: InspectorMaker;
  readonly name: string;
  hasFailed(): boolean;
}

/** An inspector that does its work until its `last`-th call of whatever method, which throws. */
function failing(make: InspectorMaker, last: number): Failing {
  let calls = 0;
  const maker: InspectorMaker = (scene) => {
    const inspector = make(scene);
    const faulty: Record<string, unknown> = { name: inspector.name };
    for (const [method, call] of Object.entries(methodsOf(inspector))) {
      faulty[method] = (...words: unknown[]): unknown => {
        calls += 1;
        if (calls === last) throw new Error('injected');
        return call.apply(inspector, words);
      };
    }
    return faulty as unknown as Inspector;
  };
  return { maker, name: make.name, hasFailed: () => calls >= last };
}

type Call = (...words: readonly unknown[]) => unknown;
const METHODS = [
  ...['element', 'value', 'elementEnd', 'sequence', 'item', 'itemEnd', 'sequenceEnd', 'fragments', 'fragment'],
  ...['fragmentEnd', 'fragmentsEnd', 'irregularity', 'beginning', 'end'],
] as const;

function methodsOf(inspector: Inspector): Readonly<Record<string, Call>> {
  const all = inspector as unknown as Readonly<Record<string, Call | undefined>>;
  return Object.fromEntries(METHODS.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

function look(bytes: Uint8Array, inspectors: readonly InspectorMaker[]): FileInspectionResult {
  const inspection = new FileInspection({ inspectors });
  inspection.push(bytes);
  return inspection.end();
}

const said = ({ findings }: { readonly findings: readonly Finding[] }): readonly string[] =>
  findings.map(({ code, path, offset }) => `${code} ${path} ${offset}`);

/** With one inspector failing: all that the others say, nothing that nobody would have said, and its own name. Result: faults made. */
function assertIsolated(name: string, bytes: Uint8Array): number {
  const unharmed = look(bytes, FIRST_INSPECTORS);
  const whole = new Set(said(unharmed));
  const isUnfinishedAnyway = unharmed.unfinished.length > 0;
  let faults = 0;
  for (const [at, make] of FIRST_INSPECTORS.entries()) {
    const others = said(look(bytes, FIRST_INSPECTORS.toSpliced(at, 1)));
    for (const call of CALLS) {
      const { maker, hasFailed } = failing(make, call);
      const result = look(bytes, FIRST_INSPECTORS.toSpliced(at, 1, maker));
      const now = said(result);
      const why = `${name}, ${make.name} failing at its call ${call}`;
      assert.deepEqual(
        others.filter((one) => !now.includes(one)),
        [],
        why,
      );
      const more = now.filter((one) => !whole.has(one) && !one.startsWith(INSPECTOR_FAILED.code));
      assert.deepEqual(more, [], why);
      assert.equal(result.unfinished.length > 0, hasFailed() || isUnfinishedAnyway, why);
      faults += hasFailed() ? 1 : 0;
    }
  }
  return faults;
}

/** An object in which many inspectors have something to say. */
const MANY_TROUBLES = file(
  concatBytes(
    identity({ instance: '../../etc/passwd', patientId: '<script>alert(1)</script>' }),
    element(0x0020000d, 'UI', '1.2.abc'),
    sequence(0x00081140, element(0x00081155, 'UI', '01.2'), element(0x00081190, 'UR', 'http://169.254.169.254/')),
    imageModule({ allocated: 8, stored: 9, high: 12 }),
    encapsulatedPixels(new Uint8Array(6), new Uint8Array(40)),
  ),
  { preamble: 'MZ', transferSyntax: '1.2.840.10008.1.2.4.50' },
);

describe('a fault in one inspector hides nothing of the others', () => {
  test('[INSPECT-390] in an object with many troubles, whichever inspector fails, at whichever call', (t) => {
    const faults = assertIsolated('many troubles', MANY_TROUBLES);
    t.diagnostic(`${FIRST_INSPECTORS.length} inspectors, ${faults} faults made`);
    assert.ok(faults > 2 * FIRST_INSPECTORS.length);
  });

  test('[INSPECT-390] in every labelled attack', { skip: NO_DATA }, (t) => {
    const attacks = readFileSync(LABELS, 'utf8')
      .split('\n')
      .map((row) => row.split('\t')[0] ?? '')
      .filter((path) => path.startsWith('attack/'))
      .map((path) => ({ path, bytes: readFileSync(join(DATA, path)) }))
      .filter(({ bytes }) => bytes.length <= MOST_BYTES);
    const faults = attacks.reduce((sum, { path, bytes }) => sum + assertIsolated(path, bytes), 0);
    t.diagnostic(`${attacks.length} attacks, ${FIRST_INSPECTORS.length} inspectors, ${faults} faults made`);
    assert.ok(attacks.length > 50 && faults > attacks.length * FIRST_INSPECTORS.length);
  });
});
