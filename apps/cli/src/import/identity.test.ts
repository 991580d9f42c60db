import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CliFailure } from '../exits.ts';
import { digestOf, identityFromFile, identityFromPerson, identityOf } from './identity.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'leadglass-identity-'));
after(() => rmSync(FOLDER, { recursive: true, force: true }));
const WHOLE = { patientId: 'L-42', patientName: 'DUPRÉ^Léa', birthDate: '1980-01-02', sex: 'F' };

function refusal(value: unknown): string {
  try {
    identityOf(value);
  } catch (thrown) {
    assert.ok(thrown instanceof CliFailure);
    return `${thrown.text.fr} ${thrown.text.en}`;
  }
  return '';
}

test('[CLI-81] an identity is read strictly; what is wrong is named by its field, never by its value', () => {
  assert.equal(identityOf(WHOLE).reveal().birthDate, '19800102');
  assert.equal(String(identityOf(WHOLE)), '[phi]');
  const wrong: readonly (readonly [change: object, field: string])[] = [
    [{ patientId: '' }, 'patientId'],
    [{ patientId: 'SECRET\\1' }, 'patientId'],
    [{ patientId: `SECRET${'x'.repeat(60)}` }, 'patientId'],
    [{ patientName: 'SECRET\x1b[31m' }, 'patientName'],
    [{ patientName: 'A^B^C^D^E^SECRET' }, 'patientName'],
    [{ birthDate: '19800230' }, 'birthDate'],
    [{ birthDate: 'SECRET' }, 'birthDate'],
    [{ sex: 'X' }, 'sex'],
    [{ accessionNumber: 'SECRET-12345678901' }, 'accessionNumber'],
    [{ SECRET: 'SECRET' }, '?'],
  ];
  for (const [change, field] of wrong) {
    const said = refusal({ ...WHOLE, ...change });
    assert.ok(said.includes(`: ${field}.`), `${field}: ${said}`);
    assert.equal(said.includes('SECRET'), false);
  }
  assert.ok(refusal([]).includes('JSON') && refusal(undefined).includes('JSON'));
});

test('[CLI-81] from a file, bounded; what is no JSON is told without its contents', async () => {
  const path = join(FOLDER, 'identity.json');
  writeFileSync(path, JSON.stringify(WHOLE));
  assert.equal((await identityFromFile(path)).reveal().patientId, 'L-42');
  for (const contents of ['SECRET', `{"patientId":"${'x'.repeat(70_000)}"}`]) {
    writeFileSync(path, contents);
    await assert.rejects(
      identityFromFile(path),
      (thrown) => thrown instanceof CliFailure && !thrown.message.includes('SECRET'),
    );
  }
  await assert.rejects(identityFromFile(join(FOLDER, 'nowhere')), CliFailure);
});

test('[CLI-81] a person is asked field by field; what is left empty is not asked of the objects', async () => {
  const answers = ['L-42', ' DUPRÉ^Léa ', '', 'f'];
  const typed = await identityFromPerson(
    async () => answers.shift(),
    ({ en }) => en,
  );
  assert.deepEqual(typed?.reveal(), { patientId: 'L-42', patientName: 'DUPRÉ^Léa', sex: 'F' });
  assert.equal(
    await identityFromPerson(
      async () => undefined,
      ({ en }) => en,
    ),
    undefined,
  );
});

test('[CLI-81] the digest is of the identity, in whatever order it was written', () => {
  const { patientId, patientName, ...rest } = WHOLE;
  assert.equal(digestOf(identityOf({ ...rest, patientName, patientId })), digestOf(identityOf(WHOLE)));
  assert.notEqual(digestOf(identityOf({ ...WHOLE, patientId: 'L-43' })), digestOf(identityOf(WHOLE)));
});
