import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, homeOf, parseGiven } from './command.ts';
import { hostPortOf, sha256Of } from './commands/values.ts';
import { findCommand } from './commands.ts';
import { CliFailure, EXIT } from './exits.ts';
import { programVersion } from './version.ts';

async function commandOf(words: string): Promise<Command> {
  const found = await findCommand(words.split(' '));
  assert.ok(found, words);
  return found.command;
}

const isUsage = (thrown: unknown) =>
  thrown instanceof CliFailure && thrown.exit === EXIT.usage && thrown.text.fr !== thrown.text.en;

test('[CLI-6] every command of the overview is found by its name, says what it does in both languages, and has an example', async () => {
  const names = [
    'up',
    'status',
    'peer add',
    'peer list',
    'peer remove',
    'destination add',
    'destination list',
    'destination remove',
  ];
  names.push(
    'route add',
    'route list',
    'route remove',
    'relay add',
    'relay list',
    'relay remove',
    'send',
    'echo',
    'log',
    'hold list',
    'hold show',
    'hold release',
    'hold destroy',
  );
  names.push(
    'ledger verify',
    'ledger show',
    'ledger prove',
    'vault check',
    'vault open',
    'vault export',
    'config show',
    'config plan',
  );
  names.push('config apply', 'deliveries list', 'deliveries retry', 'scan', 'inspect', 'tls fingerprint', 'init');
  for (const name of names) {
    const command = await commandOf(name);
    assert.equal(command.name, name);
    assert.notEqual(command.summary.fr, command.summary.en);
    assert.ok(command.examples.length > 0 && command.examples.every((each) => each.startsWith(name)), name);
  }
});

test('[CLI-6] `help peer add` is `peer add --help`', async () => {
  const found = await findCommand(['help', 'peer', 'add']);
  assert.equal(found?.command.name, 'peer add');
  assert.deepEqual(found?.rest, ['--help']);
});

test('[CLI-7] unknown options, missing values and wrong counts are usage errors in both languages', async () => {
  const add = await commandOf('peer add');
  for (const words of [['CT1', '--form', 'x'], ['CT1', '--from'], [], ['CT1', 'CT2'], ['CT1', '--json=yes']]) {
    assert.throws(() => parseGiven(add, words), isUsage, words.join(' '));
  }
  const given = parseGiven(add, [
    'CT1',
    '--from=192.0.2.0/24',
    '--allow',
    'echo',
    '--private-sop-class',
    '1.2',
    '--private-sop-class',
    '*',
  ]);
  assert.deepEqual(
    [given.at(0), given.required('from'), given.list('private-sop-class')],
    ['CT1', '192.0.2.0/24', ['1.2', '*']],
  );
  assert.throws(() => given.required('cert-sha256'), isUsage);
});

test('[CLI-7] numbers are whole and within their bounds', async () => {
  const log = await commandOf('log');
  assert.equal(parseGiven(log, ['--last', '20']).number('last', 1, 10_000), 20);
  for (const bad of ['0', '10001', '1.5', '1e3', 'x', '']) {
    assert.throws(() => parseGiven(log, ['--last', bad]).number('last', 1, 10_000), isUsage, bad);
  }
});

test('[CLI-7] HOST:PORT takes names, IPv4 and bracketed IPv6, and nothing else', () => {
  assert.deepEqual(hostPortOf('pacs.example:104'), { host: 'pacs.example', port: 104 });
  assert.deepEqual(hostPortOf('[2001:db8::1]:2762'), { host: '2001:db8::1', port: 2762 });
  assert.deepEqual(hostPortOf('0.0.0.0:0', 0), { host: '0.0.0.0', port: 0 });
  for (const bad of ['pacs', 'pacs:', ':104', 'pacs:0', 'pacs:65536', '2001:db8::1:104', 'a b:104', 'x:104;y']) {
    assert.throws(() => hostPortOf(bad), isUsage, bad);
  }
});

test('[CLI-7] a fingerprint may have the colons that openssl prints', () => {
  const plain = 'AB'.repeat(32);
  assert.equal(sha256Of(plain.replace(/(..)(?=.)/g, '$1:')), plain.toLowerCase());
});

test('[CLI-8] the home: --home, LEADGLASS_HOME, else beside the program', async () => {
  const status = await commandOf('status');
  const home = (words: string[], environment: Record<string, string>) =>
    homeOf(parseGiven(status, words), environment, '/cwd', '/opt/lg');
  assert.equal(home([], {}), '/opt/lg/leadglass-home');
  assert.equal(home([], { LEADGLASS_HOME: '' }), '/opt/lg/leadglass-home');
  assert.equal(home([], { LEADGLASS_HOME: 'there' }), '/cwd/there');
  assert.equal(home(['--home', '/srv/x'], { LEADGLASS_HOME: 'there' }), '/srv/x');
});

test('[CLI-40] version and --version name the program and its runtime, and --json gives the same', async () => {
  const word = await findCommand(['version', '--json']);
  const flag = await findCommand(['--version']);
  assert.equal(word?.command.name, 'version');
  assert.equal(flag?.command, word?.command);
  assert.match(programVersion(), /^\d+\.\d+\.\d+$/);
});
