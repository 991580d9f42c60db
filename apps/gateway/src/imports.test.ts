import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IMPORT_AE_TITLE, IMPORT_ORIGINALS_AE_TITLE } from '@leadglass/model';
import { admit } from '@leadglass/policy';
import { Imports } from './imports.ts';

const CHOICE = { privateSopClasses: [], strictness: 'strict' } as const;

function asks(imports: Imports, calling: string, remoteAddress = '127.0.0.1') {
  return admit({ peers: imports.peers, calling, called: 'LEADGLASS', ourTitle: 'LEADGLASS', remoteAddress });
}

test('[CONTROL-53] an import sends under titles of its own, from this machine alone, while it runs', () => {
  const imports = new Imports();
  const door = imports.open('0.0.0.0:11112', CHOICE);
  assert.ok(door !== undefined);
  assert.deepEqual([door.host, door.port], ['127.0.0.1', 11112]);
  const admission = asks(imports, door.calling);
  assert.ok(admission.admitted);
  assert.deepEqual(
    [admission.peer.allow, admission.peer.whenHeld, admission.peer.strictness, admission.peer.isEvidence],
    [['store'], 'tell', 'strict', undefined],
  );
  assert.equal(imports.known(admission.peer).aeTitle, IMPORT_AE_TITLE);
  assert.equal(asks(imports, door.calling, '192.0.2.7').admitted, false);
  assert.equal(asks(imports, IMPORT_AE_TITLE).admitted, false);
  imports.close(door);
  assert.equal(asks(imports, door.calling).admitted, false);
  assert.deepEqual(imports.peers, []);
});

test('[CONTROL-53] originals come as evidence; no two imports have a title in common', () => {
  const imports = new Imports();
  const doors = Array.from({ length: 50 }, () => imports.open('[::1]:104', CHOICE));
  const originals = doors.flatMap((door) => (door === undefined ? [] : [asks(imports, door.callingOriginals, '::1')]));
  assert.ok(originals.every((one) => one.admitted && one.peer.isEvidence === true));
  assert.ok(originals.every((one) => one.admitted && imports.known(one.peer).aeTitle === IMPORT_ORIGINALS_AE_TITLE));
  assert.equal(new Set(imports.peers.map(({ aeTitle }) => aeTitle)).size, 100);
  assert.equal(imports.open('', CHOICE), undefined);
});

test('[CONT-177] the device of a drill calls under a secret title that begins with the reserved one, from this machine, while it runs', () => {
  const imports = new Imports();
  const door = imports.openDrill('0.0.0.0:11112');
  assert.ok(door !== undefined);
  assert.match(door.calling, /^LG-DRILL[A-Z2-9]{8}$/);
  const admission = asks(imports, door.calling);
  assert.ok(admission.admitted);
  assert.deepEqual([admission.peer.allow, imports.known(admission.peer).aeTitle], [['store', 'find'], 'LG-DRILL']);
  assert.equal(asks(imports, door.calling, '192.0.2.7').admitted, false);
  assert.equal(asks(imports, 'LG-DRILL').admitted, false);
  imports.closeOne(door.calling);
  assert.equal(asks(imports, door.calling).admitted, false);
});
