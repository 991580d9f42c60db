import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  ACTOR_HEADER,
  type Actor,
  type AnswerOf,
  CONTROL,
  type OperationOf,
  pathOf,
  type RequestOf,
  SOCKET_PATH,
} from '@leadglass/contract';
import { writeFileMeta } from '@leadglass/dicom';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp, which } from './peers.ts';

type Json = 'flows' | 'needs' | 'pillars' | 'stranger.list' | 'journey' | 'config.history' | 'config.undo';

/** A gateway before a PACS, with a scanner that DCMTK plays. */
class Site {
  readonly gateway: Gateway;
  readonly pacs: Peer;
  readonly folder: string;

  constructor(gateway: Gateway, pacs: Peer, folder: string) {
    this.gateway = gateway;
    this.pacs = pacs;
    this.folder = folder;
  }

  static async open(t: TestContext): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-overview-'));
    const pacs = await startStorescp({ aet: 'PACS', extra: ['+xa', '-pm'] });
    const gateway = await Gateway.start({ home: join(folder, 'home') });
    t.after(async () => {
      await gateway.dispose();
      await pacs.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${pacs.port}`, '--called', 'PACS');
    await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
    return new Site(gateway, pacs, folder);
  }

  /** DCMTK's dcmsend, one association. @returns how many the gateway answered with success. */
  send(title: string, objects: readonly MadeObject[]): Promise<number> {
    const files = objects.map((object) => this.#file(object));
    const port = String(this.gateway.dimse);
    const asked = ['-v', '-nuc', '-aet', title, '-aec', 'LEADGLASS', '127.0.0.1', port, ...files];
    return new Promise((resolve) =>
      execFile(which('dcmsend') ?? 'dcmsend', asked, (_, out, err) =>
        resolve(Number(/with status SUCCESS {2}: (\d+)/.exec(out + err)?.[1] ?? 0)),
      ),
    );
  }

  #file(object: MadeObject): string {
    const path = join(this.folder, `${object.sopInstanceUid}.dcm`);
    const meta = writeFileMeta({ ...object, implementationClassUid: '1.2.3', implementationVersionName: 'TEST' });
    writeFileSync(path, Buffer.concat([meta, object.dataSet]));
    return path;
  }

  /** What a command answers to a program, whatever its exit code. */
  async json<K extends Json>(name: K, ...words: string[]): Promise<AnswerOf<K>> {
    const said = await this.gateway.cli(...words, '--json').catch(({ stdout }: { stdout: string }) => stdout);
    return CONTROL[name].answer.parse(JSON.parse(said)) as AnswerOf<K>;
  }
}

/** Asks the control socket for an account, as the console does. */
function askAs<K extends OperationOf<'json'>>(
  { gateway }: Site,
  actor: Actor,
  name: K,
  asked: RequestOf<K>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { 'content-type': 'application/json', [ACTOR_HEADER]: JSON.stringify(actor) };
  const options = { socketPath: join(gateway.home, SOCKET_PATH), path: pathOf(name), method: 'POST', headers };
  return new Promise((resolve, reject) => {
    const sent = request(options, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString()) });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(asked));
  });
}

// In two parts: written whole it would look like a template.
const LOOKUP = ['$', '{jndi:ldap://x}'].join('');

/** An image that attacks whoever logs its maker: it is held. */
function hostileObject(): MadeObject {
  const object = makeObject('ct');
  object.dataSet.write(LOOKUP, object.dataSet.indexOf('LEADGLASS PROVING', 0, 'latin1'), 'latin1');
  return object;
}

test('[PROVE-250] what goes on, who knocks, what needs somebody, what happened and how it was, with real devices', async (t) => {
  if (requirePeer(t, 'dcmsend') === undefined || requirePeer(t, 'storescp') === undefined) return;
  const site = await Site.open(t);
  const { gateway } = site;

  await t.test('a device that knocks is shown with why, and the one act of its need lets it in', async () => {
    assert.equal(await site.send('CT1', [makeObject('ct')]), 0);
    const { strangers } = await site.json('stranger.list', 'strangers');
    const [stranger] = strangers;
    assert.deepEqual(
      [stranger?.aeTitle, stranger?.address, stranger?.times, stranger?.peer?.from],
      ['CT1', '127.0.0.1', 1, '127.0.0.1/32'],
    );
    const map = await site.json('flows', 'flows');
    assert.ok(
      map.nodes.some(({ kind, name, state }) => kind === 'stranger' && name === 'CT1 127.0.0.1' && state === 'refused'),
    );
    const { needs } = await site.json('needs', 'needs');
    const act = needs.find(({ kind }) => kind === 'stranger')?.act;
    assert.equal(act?.operation, 'peer.add');
    const marie: Actor = { name: 'marie', role: 'administrator' };
    const asked = act?.request as RequestOf<'peer.add'>;
    assert.equal((await askAs(site, { ...marie, role: 'auditor' }, 'peer.add', asked)).status, 403);
    assert.deepEqual(await askAs(site, marie, 'peer.add', asked), { status: 200, body: { change: 'added' } });
  });

  await t.test('what it sends then is counted, delivered, and needs nobody', async () => {
    assert.equal(await site.send('CT1', [makeObject('ct'), makeObject('ct'), makeObject('ct')]), 3);
    await gateway.until(({ deliveries }) => deliveries.delivered === 3, 20_000);
    assert.equal(readdirSync(site.pacs.directory).length, 3);
    const { edges, bytesPerSecond } = await site.json('flows', 'flows');
    const counted = edges.map(({ from, to, objects, waiting }) => `${from} ${to} ${objects} ${waiting}`);
    assert.ok(counted.includes('peer:CT1 gateway:leadglass 3 0'), counted.join('\n'));
    assert.ok(counted.includes('gateway:leadglass destination:pacs 3 0'), counted.join('\n'));
    assert.ok(bytesPerSecond > 20_000);
    assert.deepEqual((await site.json('stranger.list', 'strangers')).strangers, []);
    assert.ok(
      (await site.json('needs', 'needs')).needs.every(({ kind }) => kind !== 'stranger' && kind !== 'delivery'),
    );
  });

  await t.test('what is held needs somebody, and its journey tells from the knock on', async () => {
    const object = hostileObject();
    await site.send('CT1', [object]);
    await gateway.until(({ holds }) => holds === 1, 20_000);
    const { needs } = await site.json('needs', 'needs');
    assert.equal(needs[0]?.kind, 'hold');
    const journey = await site.json('journey', 'journey', object.sopInstanceUid);
    const stages = journey.steps.map(({ stage }) => stage);
    assert.deepEqual(stages.slice(0, 2), ['knock', 'hold']);
    assert.match(await gateway.cli('journey', object.sopInstanceUid), /\[knock\] .*CT1/);
  });

  await t.test(
    'the journey of a delivered object ends at the PACS, the same from its digest and from the log',
    async () => {
      const log = JSON.parse(await gateway.cli('log', '--json', '--kind', 'delivery.delivered')) as {
        entries: { readonly ledgerIndex: number | null; readonly event: { readonly sha256: string } }[];
      };
      const [entry] = log.entries;
      const journey = await site.json('journey', 'journey', entry?.event.sha256 ?? '');
      assert.deepEqual(
        journey.steps.map(({ stage }) => stage).filter((stage) => stage !== 'arrival'),
        ['knock', 'custody', 'receipt'],
      );
      assert.ok(journey.steps.every(({ entry: { ledgerIndex } }) => ledgerIndex !== null));
      assert.deepEqual(await site.json('journey', 'journey', `#${entry?.ledgerIndex}`), journey);
    },
  );

  await t.test('a PACS that is down is told with what waits for it', async () => {
    await site.pacs.stop();
    assert.equal(await site.send('CT1', [makeObject('mr')]), 1);
    const down = await waitFor(async () =>
      (await site.json('flows', 'flows')).nodes.find(({ name, state }) => name === 'pacs' && state === 'trouble'),
    );
    assert.match(down.why?.en ?? '', /cannot be reached/);
    const need = await waitFor(async () =>
      (await site.json('needs', 'needs')).needs.find(({ kind }) => kind === 'delivery'),
    );
    assert.match(need.text.en, /^1 delivery waits for pacs/);
  });

  await t.test('the four figures stand on what was counted', async () => {
    await gateway.cli('vault', 'check');
    const { pillars } = await site.json('pillars', 'pillars');
    const states = Object.fromEntries(pillars.map(({ pillar, state, figure }) => [pillar, `${state} ${figure.en}`]));
    assert.match(states.integrity ?? '', /^good \d+ \/ \d+$/);
    assert.match(states.confidentiality ?? '', /^attention 0%$/);
    assert.match(states.traceability ?? '', /^good /);
  });

  await t.test('settings have a past with who changed them, and go back to it whole', async () => {
    const { past } = await site.json('config.history', 'config', 'history');
    assert.deepEqual(
      past.map(({ by }) => by),
      ['marie', 'local administrator', 'local administrator', ''],
    );
    const without = past[1]?.no ?? 0;
    const { changes } = await site.json('config.undo', 'config', 'undo', String(without));
    assert.equal(changes.length, 1);
    assert.equal(await site.send('CT1', [makeObject('ct')]), 0);
    await gateway.cli('config', 'undo', String(past[0]?.no ?? 0));
    assert.equal(await site.send('CT1', [makeObject('ct')]), 1);
    assert.equal(
      await gateway.cli('config', 'history', '--show', String(past[0]?.no ?? 0)),
      await gateway.cli('config', 'show'),
    );
    assert.match(await gateway.cli('ledger', 'verify'), /sound|intact/i);
  });
});

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < endMs, 'it was not to be seen in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
