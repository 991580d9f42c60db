import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JourneyAnswer } from '@leadglass/contract';
import { groupsOf, type Stage, type Step } from './groups.ts';

const step = (seq: number, stage: Stage, kind: string, object = ''): Step => ({
  entry: { seq, ledgerIndex: seq, event: { id: `e${seq}`, atMs: seq * 10, kind }, sentence: { fr: '', en: '' } },
  stage,
  objects: object === '' ? [] : [object as JourneyAnswer['objects'][number]['sha256']],
});

test('[CONSOLE-88] what alternates quickly stands together by stage, with its counts; what comes much later stands for itself', () => {
  const steps = [
    step(1, 'knock', 'association.accepted'),
    ...Array.from({ length: 40 }, (_, at) =>
      at % 2 === 0
        ? step(2 + at, 'arrival', 'arrival.stored', `o${at}`)
        : step(2 + at, 'delivery', at === 5 ? 'delivery.retrying' : 'delivery.delivered', `o${at - 1}`),
    ),
    ...Array.from({ length: 9 }, (_, at) => step(60 + at, 'question', 'web.queried')),
    step(90, 'delivery', 'delivery.delivered', 'o0'),
  ];
  const groups = groupsOf(steps);
  assert.deepEqual(
    groups.map(({ stage, steps: own, objects }) => [stage, own.length, objects]),
    [
      ['knock', 1, 0],
      ['arrival', 20, 20],
      ['delivery', 20, 20],
      ['question', 9, 0],
      ['delivery', 1, 1],
    ],
  );
  assert.deepEqual(groups[2]?.kinds, [
    ['delivery.delivered', 19],
    ['delivery.retrying', 1],
  ]);
  assert.deepEqual([groups[1]?.fromMs, groups[1]?.toMs], [20, 400]);
  assert.equal(groups.flatMap(({ steps: own }) => own).length, steps.length);
  assert.deepEqual(groupsOf([]), []);
});
