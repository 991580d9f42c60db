import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ControlClient } from '../client.ts';
import { type Command, helpOf, parseGiven } from '../command.ts';
import { CliFailure } from '../exits.ts';
import { Output } from '../output.ts';
import { COMMANDS } from './prove-it.ts';

const HOME = mkdtempSync(join(tmpdir(), 'leadglass-none-'));
after(() => rmSync(HOME, { recursive: true, force: true }));
const command = COMMANDS[0] as Command;

/** Runs it where no gateway is, with --json. */
async function proveIt(...words: readonly string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const sink = { write: (value: string) => (out += value) };
  const output = new Output('en', true, sink, { write: () => {} }, {});
  const client = new ControlClient(HOME);
  const context = { output, home: HOME, client, environment: {}, signal: new AbortController().signal };
  try {
    const code = await command.run({ ...context, ask: async () => undefined }, parseGiven(command, words));
    return { code, out };
  } catch (thrown) {
    if (thrown instanceof CliFailure) return { code: thrown.exit, out: thrown.code };
    throw thrown;
  }
}

test('[CLI-66] what would be tried is listed without a gateway, what does not apply with its reason', async () => {
  const { code, out } = await proveIt('--list', '--only', 'b5,Control');
  assert.equal(code, 0);
  const lines: Record<string, unknown>[] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ id }) => id === 'B5-1') && lines.some(({ id }) => id === 'control-1'));
  const others = lines.filter((line) => 'id' in line && line.class !== 'B5' && line.class !== 'control');
  assert.deepEqual(others, []);
  assert.ok(lines.some((line) => line.class === 'B18' && 'notApplicable' in line));
});

test('[CLI-66] what cannot be done exits 2: no gateway, a class that is none, one without an attack, a report of another form or that is there', async () => {
  assert.deepEqual(await proveIt(), { code: 2, out: 'cli.not-running' });
  const wrong = [
    ['--only', 'B27'],
    ['--only', 'B18'],
    ['--report', 'proof.pdf'],
    ['--seed', 'x'],
  ];
  writeFileSync(join(HOME, 'kept.md'), '');
  assert.deepEqual(await proveIt('--report', join(HOME, 'kept.md')), { code: 2, out: 'cli.exists' });
  const forced = await proveIt('--report', join(HOME, 'kept.md'), '--force');
  assert.equal(forced.out, 'cli.not-running');
  for (const words of wrong) assert.deepEqual(await proveIt(...words), { code: 2, out: 'cli.usage' }, words.join(' '));
});

test('[CLI-66] its help says what its exit codes mean', () => {
  const help = helpOf(new Output('en', false, { write: () => {} }, { write: () => {} }, {}), command);
  assert.match(help, /0 everything was stopped, every control delivered, 1 .*, 2 it could not be done/);
});
