// Run by carried/garbage.test.ts with --expose-gc: prints how many bytes an object leaves behind that a collection of the young generation keeps.
import { lookOnce, privateValue } from './carried.testkit.ts';

declare function gc(options: { readonly type: 'minor' }): void;

const OBJECTS = 2_000;
/** Digits of base64: what they unpack to is looked at too, so that each object has eyes at two depths. */
const ELEMENTS = privateValue(Buffer.from('abcd'.repeat(400), 'latin1'), 'UT');

function lookAt(objects: number): number {
  for (let at = 0; at < objects; at += 1) lookOnce(ELEMENTS);
  gc({ type: 'minor' });
  gc({ type: 'minor' });
  return process.memoryUsage().heapUsed;
}

const before = lookAt(OBJECTS);
process.stdout.write(`${Math.round((lookAt(OBJECTS) - before) / OBJECTS)}\n`);
