import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processorMs } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { FileInspection, type FileInspectionResult } from './index.ts';

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const LABELS = join(DATA, 'labels.tsv');

interface Label {
  readonly path: string;
  readonly class: string;
  readonly expected: Verdict;
}

/** The gateway's own bars for one file (THREATS.md §4). */
const MOST_MS = 2000;
const CHUNK_BYTES = 65_536;

/** Verdicts that are right for an expected one. Blocked under another name is blocked; a real malformed file may also be flagged. */
const RIGHT: Readonly<Record<Verdict, readonly Verdict[]>> = {
  clean: ['clean'],
  suspicious: ['suspicious', 'malformed', 'malicious'],
  malformed: ['malformed', 'malicious'],
  malicious: ['malformed', 'malicious'],
};

function labels(): Label[] {
  const rows = readFileSync(LABELS, 'utf8')
    .split('\n')
    .slice(1)
    .filter((row) => row !== '' && !row.startsWith('hl7/'));
  return rows.map((row) => {
    const [path = '', name = '', expected = ''] = row.split('\t');
    return { path, class: name, expected: expected as Verdict };
  });
}

function inspect(path: string, chunkBytes = CHUNK_BYTES): FileInspectionResult {
  const bytes = readFileSync(join(DATA, path));
  const inspection = new FileInspection();
  for (let at = 0; at < bytes.length; at += chunkBytes) inspection.push(bytes.subarray(at, at + chunkBytes));
  return inspection.end();
}

function isRight(label: Label, reached: Verdict): boolean {
  if (label.class === 'real-malformed') return reached !== 'clean';
  return RIGHT[label.expected].includes(reached);
}

function explain(label: Label, result: FileInspectionResult): string {
  const codes = result.findings.map((finding) => `${finding.code} ${finding.path}@${finding.offset}`).join(', ');
  return `${label.path}: expected ${label.expected}, reached ${result.verdict} (${codes})`;
}

const isThere = existsSync(LABELS);
const mustBeThere = process.env.LEADGLASS_REQUIRE_PEERS === '1';

describe('labelled files', { skip: isThere || mustBeThere ? false : 'shared data not installed' }, () => {
  const byClass = Map.groupBy(isThere ? labels() : [], (label) => label.class);

  test('[INSPECT-90] the labelled files are there', () => {
    assert.ok(byClass.size > 20, `no labels in ${LABELS}`);
  });

  for (const [name, group] of byClass) {
    test(`[INSPECT-91] gives the expected verdict: ${name}`, (t) => {
      const wrong: string[] = [];
      for (const label of group) {
        const begun = processorMs();
        const result = inspect(label.path);
        const tookMs = processorMs() - begun;
        assert.ok(tookMs < MOST_MS, `${label.path} took ${tookMs} ms`);
        if (!isRight(label, result.verdict)) wrong.push(explain(label, result));
      }
      t.diagnostic(`${name}: ${group.length - wrong.length} of ${group.length} as expected`);
      assert.deepEqual(wrong, []);
    });
  }

  test('[INSPECT-93] says the same whole and in pieces', () => {
    for (const [name, group] of byClass) {
      const label = group[0];
      if (label === undefined || name === 'bomb') continue;
      const whole = inspect(label.path, 2 ** 30);
      const pieces = inspect(label.path, 7);
      assert.deepEqual(pieces.findings, whole.findings, label.path);
      assert.deepEqual(pieces.counted, whole.counted, label.path);
    }
  });
});
