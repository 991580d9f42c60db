import { parentPort } from 'node:worker_threads';
import type { FactoryAnswer, FactoryAsk } from './factory.ts';
import type { MadeObject } from './studies/made.ts';
import { studyOf } from './studies/study.ts';

const MOST_BEGUN = 16;
const begun = new Map<number, Generator<MadeObject>>();

function answer({ id, order }: FactoryAsk): FactoryAnswer {
  if (order !== undefined && begun.size < MOST_BEGUN) begun.set(id, studyOf(order));
  const next = begun.get(id)?.next();
  if (next?.done === false) return { id, object: next.value };
  begun.delete(id);
  return { id };
}

parentPort?.on('message', (ask: FactoryAsk) => parentPort?.postMessage(answer(ask)));
