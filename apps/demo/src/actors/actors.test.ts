import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../ports.ts';
import { type MadeObject, objectOf, uidOf } from '../studies/made.ts';
import { worklist } from '../worklist.ts';
import { Archive } from './archive.ts';
import { askWorklist } from './asker.ts';
import { Sender } from './sender.ts';
import { knock } from './troubles.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const TITLE = 'ARCHIVE';

const objects = (count: number, bytes = 64): MadeObject[] =>
  Array.from({ length: count }, (_, no) =>
    objectOf(CT, uidOf('test', no), [{ tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(bytes, no) }]),
  );

async function archive(t: TestContext, folder?: string) {
  const port = await freePort(0);
  const one = new Archive({
    title: TITLE,
    port,
    worklist: () => worklist(1, 0),
    ...(folder === undefined ? {} : { folder }),
  });
  await one.listen();
  t.after(() => one.close());
  const caller = { title: 'CT1', called: TITLE, address: undefined, port };
  return { one, caller };
}

test('[DEMO-30] a sender whose archive goes away in the middle of a study goes on when it is back, and nothing is left out', async (t) => {
  const { one, caller } = await archive(t);
  const stop = new AbortController();
  t.after(() => stop.abort());
  let given = 0;
  async function* source() {
    for (const object of objects(12)) {
      given += 1;
      if (given === 5) {
        await one.be('down');
        setTimeout(() => void one.be('well'), 200);
      }
      yield object;
    }
  }
  const sent = await new Sender(caller, stop.signal).send(source(), [CT]);
  assert.deepEqual({ stored: sent.stored, refused: sent.refused }, { stored: 12, refused: 0 });
  assert.ok(one.received >= 12);
});

test('[DEMO-31] a sender that is told to end ends, whatever its archive does', async (t) => {
  const stop = new AbortController();
  const nobody = { title: 'CT1', called: TITLE, address: undefined, port: await freePort(0) };
  const sending = new Sender(nobody, stop.signal).send(objects(3), [CT]);
  setTimeout(() => stop.abort(), 100);
  assert.equal((await sending).stored, 0);
  assert.ok(t.signal.aborted === false);
});

test('[DEMO-32] what an archive keeps is bounded, and named by itself', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-archive-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { caller } = await archive(t, folder);
  const stop = new AbortController();
  const sent = await new Sender(caller, stop.signal).send(objects(260, 400_000), [CT]);
  assert.equal(sent.stored, 260);
  const names = readdirSync(folder);
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  assert.ok(names.length <= 200 && bytes <= 41_000_000, `${names.length} files, ${bytes} bytes`);
  for (const name of names) assert.match(name, /^\d+-[0-9.]+$/);
});

test('[DEMO-33] an archive answers its own title alone', async (t) => {
  const { caller } = await archive(t);
  const { signal } = new AbortController();
  assert.equal(await knock(caller, signal), true);
  assert.equal(await knock({ ...caller, called: 'ANOTHER' }, signal), false);
});

test('[DEMO-34] an archive answers a question for the worklist with what is planned, and a modality reads it', async (t) => {
  const { caller } = await archive(t);
  const { signal } = new AbortController();
  assert.equal(await askWorklist(caller, 'US', signal), 4);
  assert.equal(await askWorklist({ ...caller, called: 'ANOTHER' }, 'US', signal), 0);
});
