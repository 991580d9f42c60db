import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeFileMeta } from '@leadglass/dicom';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp, which } from './peers.ts';

interface Entry {
  readonly ledgerIndex: number | null;
  readonly event: { readonly id: string; readonly kind: string; readonly calling?: string; readonly peer?: string };
  readonly sentence: { readonly fr: string; readonly en: string };
}
interface Ran {
  readonly code: number;
  readonly said: string;
}

const PRIVATE_CLASS = '1.3.12.2.1107.5.9.'.padEnd(29, '1');

function run(tool: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) =>
    execFile(tool, [...args], { env: { ...process.env, ...env } }, (failure, out, err) =>
      resolve({ code: failure === null ? 0 : Number(failure.code ?? 1), said: out + err }),
    ),
  );
}

/** A gateway before a PACS, files to send, and the devices of the department. */
class Department {
  readonly gateway: Gateway;
  readonly pacs: Peer;
  readonly folder: string;

  constructor(gateway: Gateway, pacs: Peer, folder: string) {
    this.gateway = gateway;
    this.pacs = pacs;
    this.folder = folder;
  }

  static async open(t: TestContext): Promise<Department> {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-learning-'));
    const pacs = await startStorescp({ aet: 'PACS', extra: ['+xa', '-pm'] });
    const gateway = await Gateway.start({ home: join(folder, 'home') });
    t.after(async () => {
      await gateway.dispose();
      await pacs.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${pacs.port}`, '--called', 'PACS');
    await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
    return new Department(gateway, pacs, folder);
  }

  file(object: MadeObject): string {
    const path = join(this.folder, `${object.sopInstanceUid}.dcm`);
    const meta = writeFileMeta({ ...object, implementationClassUid: '1.2.3', implementationVersionName: 'TEST' });
    writeFileSync(path, Buffer.concat([meta, object.dataSet]));
    return path;
  }

  /** DCMTK's dcmsend, with `title`; it answers 0 too when nothing could be sent, so its report is read. */
  async store(title: string, object: MadeObject): Promise<boolean> {
    const at = ['127.0.0.1', String(this.gateway.dimse), this.file(object)];
    const { said } = await run(which('dcmsend') ?? 'dcmsend', [
      '-v',
      '-nuc',
      '-aet',
      title,
      '-aec',
      'LEADGLASS',
      ...at,
    ]);
    return /with status SUCCESS {2}: 1\b/.test(said);
  }

  echo(title: string): Promise<Ran> {
    return run(which('echoscu') ?? 'echoscu', [
      '-aet',
      title,
      '-aec',
      'LEADGLASS',
      '127.0.0.1',
      String(this.gateway.dimse),
    ]);
  }

  /** `leadglass …`, whatever its exit code. */
  async policy(...args: string[]): Promise<Ran> {
    try {
      return { code: 0, said: await this.gateway.cli('policy', ...args) };
    } catch (thrown) {
      const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
      return { code, said: stdout + stderr };
    }
  }

  async lastOf(kind: string): Promise<Entry> {
    const answer = JSON.parse(await this.gateway.cli('log', '--json', '--kind', kind)) as { entries: Entry[] };
    const last = answer.entries.at(-1);
    assert.ok(last, `nothing of ${kind} in the log`);
    return last;
  }

  async delivered(count: number): Promise<void> {
    await this.gateway.until(({ deliveries }) => deliveries.delivered === count, 15_000);
    assert.equal(readdirSync(this.pacs.directory).length, count);
  }
}

/** What a device of the department sends in a private class of its maker. */
function privateObject(): MadeObject {
  const object = makeObject('sr');
  object.dataSet.write(PRIVATE_CLASS, object.dataSet.indexOf(object.sopClassUid, 0, 'latin1'), 'latin1');
  return { ...object, sopClassUid: PRIVATE_CLASS };
}

// In two parts: written whole it would look like a template.
const LOOKUP = ['$', '{jndi:ldap://x}'].join('');

/** An image that attacks whoever logs its maker. */
function hostileObject(): MadeObject {
  const object = makeObject('ct');
  object.dataSet.write(LOOKUP, object.dataSet.indexOf('LEADGLASS PROVING', 0, 'latin1'), 'latin1');
  return object;
}

test('[PROVE-176] from observing to enforcing: nothing seen is refused, strangers and who reaches too far are', async (t) => {
  if (requirePeer(t, 'dcmsend') === undefined || requirePeer(t, 'storescp') === undefined) return;
  const house = await Department.open(t);
  await house.gateway.cli('peer', 'add', 'GHOST', '--from', '192.0.2.99/32', '--allow', 'echo,store');

  await t.test('an observation has an end and a place', async () => {
    assert.match((await house.policy('observe', '--from', '127.0.0.0/16')).said, /--until/);
    assert.match((await house.policy('observe', '--from', '0.0.0.0/0', '--until', '14d')).said, /too wide/);
    assert.match(
      (await house.policy('observe', '--from', '127.0.0.0/16', '--until', '14d')).said,
      /under|observed until/,
    );
  });

  await t.test('under observation nobody is refused, everything is inspected', async () => {
    assert.ok(await house.store('CT1', makeObject('ct')));
    assert.ok(await house.store('MR1', privateObject()));
    assert.equal((await house.echo('WS1')).code, 0);
    assert.match(
      (await house.lastOf('association.accepted')).sentence.en,
      /because that address is under observation; it would have been refused: "WS1"/,
    );
    await house.delivered(2);
    assert.ok(await house.store('CT1', hostileObject()));
    assert.equal((await house.gateway.status()).holds, 1);
    assert.equal(readdirSync(house.pacs.directory).length, 2);
  });

  const proposal = join(house.folder, 'proposed.yaml');
  await t.test('what was seen becomes the smallest rules, each with its evidence', async () => {
    assert.equal((await house.policy('propose', '-o', proposal)).code, 0);
    const yaml = readFileSync(proposal, 'utf8');
    assert.match(
      yaml,
      /# associations: 2 times, .*\n {2}# observed: .*\n {2}- aeTitle: CT1\n {4}from: 127\.0\.0\.1\/32 # 127\.0\.0\.1 ×2\n/,
    );
    assert.match(yaml, /- store # 2 times, 1\.1 MB, (on [0-9-]+|[0-9-]+ to [0-9-]+)\n/);
    assert.match(
      yaml,
      new RegExp(`aeTitle: MR1[^]*privateSopClasses:\\n\\s+- ${PRIVATE_CLASS.replaceAll('.', '\\.')}`),
    );
    assert.match(yaml, /aeTitle: WS1\n {4}from: .*\n {4}allow:\n {6}- echo # once/);
    assert.match(yaml, /# not seen in this time: kept as it is\n {2}- aeTitle: GHOST/);
    assert.doesNotMatch(yaml, /PROVING/);
  });

  await t.test('a replay refuses none of it; rules that are too small are found out', async () => {
    const whole = await house.policy('simulate', proposal);
    assert.equal(whole.code, 0, whole.said);
    assert.match(whole.said, /Nothing of what was seen would be refused/);
    const small = join(house.folder, 'small.yaml');
    writeFileSync(small, readFileSync(proposal, 'utf8').replace(`- ${PRIVATE_CLASS}`, '- 1.3.12.9'));
    const found = await house.policy('simulate', small);
    assert.equal(found.code, 5);
    assert.match(
      found.said,
      new RegExp(`- MR1 \\(127\\.0\\.0\\.1\\) store ${PRIVATE_CLASS} {2}×1\\n.*no right to send the private SOP class`),
    );
  });

  await t.test('enforcing shows what it does, asks, and says how to take it back', async () => {
    await house.gateway.cli('config', 'apply', proposal);
    assert.match((await house.policy('enforce', '--all')).said, /confirm with --yes/);
    const done = await house.policy('enforce', '--all', '--yes');
    assert.match(done.said, /the rules of CT1 \(127\.0\.0\.1\/32\) are enforced/);
    assert.match(done.said, /To take it back: \.\/leadglass policy observe .*CT1/);
    assert.match(done.said, /the addresses 127\.0\.0\.0\/16 are no longer observed/);
  });

  await t.test('who was seen goes on as before', async () => {
    assert.ok(await house.store('CT1', makeObject('ct')));
    assert.ok(await house.store('MR1', privateObject()));
    assert.equal((await house.echo('WS1')).code, 0);
    await house.delivered(4);
  });

  await t.test('a rule that never matched is shown', async () => {
    const shown = (await house.policy('show')).said;
    assert.match(shown, /peer GHOST 192\.0\.2\.99\/32\s+enforce\s+never/);
    assert.match(shown, /peer CT1 127\.0\.0\.1\/32\s+enforce\s+20/);
    assert.match(shown, /route \* → pacs\s+20/);
  });

  await t.test('a stranger is refused; its line of the log lets it in, and its exam passes', async () => {
    assert.ok(!(await house.store('XA9', makeObject('ct'))));
    const entry = await house.lastOf('association.rejected');
    assert.match(entry.sentence.en, /“XA9” \(127\.0\.0\.1\) was refused .*is not a known peer/);
    await house.gateway.until(({ ledger }) => ledger.size > 0 && entry.ledgerIndex !== undefined);
    const { ledgerIndex } = await house.lastOf('association.rejected');
    const done = await house.policy('readmit', `#${ledgerIndex}`, '--reason', 'new angiography', '--yes');
    assert.match(done.said, /peer XA9 admitted from 127\.0\.0\.1\/32 \(echo, store\)/);
    assert.match(done.said, /To take it back: \.\/leadglass peer remove XA9 --from 127\.0\.0\.1\/32/);
    assert.match(
      (await house.lastOf('config.changed')).sentence.en,
      new RegExp(`readmission of entry ${entry.event.id}: new angiography`),
    );
    assert.ok(await house.store('XA9', makeObject('ct')));
    await house.delivered(5);
  });

  await t.test('who reaches too far is refused in words, and let in from there', async () => {
    assert.ok(!(await house.store('WS1', makeObject('ct'))));
    const entry = await house.lastOf('operation.refused');
    assert.match(entry.sentence.en, /"?“?WS1.*no right to "store"/);
    const done = await house.policy('readmit', entry.event.id, '--reason', 'it sends key images', '--yes');
    assert.match(done.said, /WS1 \(127\.0\.0\.1\/32\) is given the right to: store/);
    assert.ok(await house.store('WS1', makeObject('ct')));
    await house.delivered(6);
  });

  await t.test('what is held is let go from its line, and what cannot be helped is said so', async () => {
    const held = await house.lastOf('arrival.held');
    const done = await house.policy('readmit', held.event.id, '--reason', 'a maker of that name', '--yes');
    assert.match(done.said, /released/);
    await house.delivered(7);
    const again = await house.policy('readmit', held.event.id, '--reason', 'again', '--yes');
    assert.equal(again.code, 5);
    assert.match(again.said, /already decided/);
  });
});
