import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCidr } from '@leadglass/policy';
import { parseConfig } from './parse.ts';
import { exampleConfig } from './reference.ts';

function problemsOf(yaml: string) {
  const parsed = parseConfig(yaml);
  assert(!parsed.ok, 'the file is refused');
  return parsed.problems;
}

function configOf(yaml: string) {
  const parsed = parseConfig(yaml);
  assert(parsed.ok, JSON.stringify(parsed.ok ? '' : parsed.problems));
  return parsed.config;
}

const at = (yaml: string) => problemsOf(yaml).map((problem) => `${problem.path}@${problem.line}:${problem.column}`);

test('[CFG-1] reads peers, destinations and routes, and fills in what is left out', () => {
  const config = configOf(`
peers:
  - aeTitle: CT1
    from: 192.0.2.10
destinations:
  - { name: pacs, host: pacs.example.org, port: 104, called: PACS }
routes:
  - { from: '*', to: pacs }
  - { from: ' CT1 ', to: pacs }
`);
  assert.deepEqual(config, {
    peers: [
      {
        aeTitle: 'CT1',
        from: '192.0.2.10/32',
        allow: ['echo', 'store'],
        whenHeld: 'keep-sending',
        privateSopClasses: [],
      },
    ],
    destinations: [
      {
        name: 'pacs',
        host: 'pacs.example.org',
        port: 104,
        called: 'PACS',
        calling: 'LEADGLASS',
        tls: false,
        commitment: false,
      },
    ],
    routes: [
      { from: '*', to: 'pacs' },
      { from: 'CT1', to: 'pacs' },
    ],
    relays: [],
    quirks: [],
  });
});

test('[CFG-1] writes a fingerprint in lower case without colons', () => {
  const print = Array.from({ length: 32 }, () => 'AB').join(':');
  const config = configOf(`peers: [{ aeTitle: A, from: '2001:db8::1', certSha256: '${print}' }]`);
  assert.equal(config.peers[0]?.certSha256, 'ab'.repeat(32));
  assert.equal(config.peers[0]?.from, '2001:db8::1/128');
});

test('[CFG-1] the reference’s own example is a right configuration', () => {
  assert.equal(configOf(exampleConfig()).peers.length, 1);
});

test('[CFG-2] tells everything that is wrong at once, each at its line and column', () => {
  const yaml = `peers:
  - aeTitle: "WAY TOO LONG FOR A TITLE"
    from: 192.0.2.0/33
    alow: [echo]
    allow: [echo, stor]
  - from: not-an-address
destinations:
  - name: pacs
    host: "http://pacs/"
    port: 99999
    called: PACS
    certSha256: abcd
routes:
  - from: CT1
    to: pax
  - to: pacs
rutes: []
`;
  assert.deepEqual(at(yaml), [
    'peers[0].aeTitle@2:14',
    'peers[0].from@3:11',
    'peers[0].alow@4:5',
    'peers[0].allow[1]@5:19',
    'peers[1].aeTitle@6:5',
    'peers[1].from@6:11',
    'destinations[0].host@9:11',
    'destinations[0].port@10:11',
    'destinations[0].certSha256@12:17',
    'destinations[0].certSha256@12:17',
    'routes[0].to@15:9',
    'routes[1].from@16:5',
    'rutes@17:1',
  ]);
});

test('[CFG-3] refuses an unknown field and proposes the nearest one', () => {
  const [problem] = problemsOf('peers: [{ aeTitle: A, from: 192.0.2.1, alow: [echo] }]');
  assert.match(problem?.text.fr ?? '', /« alow ».*« allow »/);
  assert.match(problem?.text.en ?? '', /"alow".*"allow"/);
});

test('[CFG-3] proposes the nearest service and the nearest destination', () => {
  assert.match(
    problemsOf('peers: [{ aeTitle: A, from: 192.0.2.1, allow: [stroe] }]')[0]?.text.en ?? '',
    /Did you mean "store"/,
  );
  const routes = 'destinations: [{ name: archive, host: a, port: 1, called: A }]\nroutes: [{ from: "*", to: archvie }]';
  assert.match(problemsOf(routes)[0]?.text.en ?? '', /Did you mean "archive"/);
});

test('[CFG-4] refuses a name declared twice, whatever the spaces around it', () => {
  assert.deepEqual(at('peers: [{ aeTitle: A, from: 192.0.2.1 }, { aeTitle: "A ", from: 192.0.2.1/32 }]'), [
    'peers[1].aeTitle@1:53',
  ]);
  const twice = '{ name: pacs, host: a, port: 1, called: A }';
  assert.equal(problemsOf(`destinations: [${twice}, ${twice}]`)[0]?.path, 'destinations[1].name');
  assert.equal(
    problemsOf(`destinations: [${twice}]\nroutes: [{from: '*', to: pacs}, {from: '*', to: pacs}]`)[0]?.path,
    'routes[1].to',
  );
});

test('[CFG-4] refuses a route to a destination that is not declared', () => {
  assert.deepEqual(at('routes:\n  - from: "*"\n    to: nowhere'), ['routes[0].to@3:9']);
});

test('[CFG-4] refuses a pinned certificate on a destination without TLS', () => {
  const yaml = `destinations: [{ name: a, host: a, port: 1, called: A, certSha256: ${'ab'.repeat(32)} }]`;
  assert.equal(problemsOf(yaml)[0]?.path, 'destinations[0].certSha256');
});

for (const [name, value] of Object.entries({
  'a port of zero': 'destinations: [{ name: a, host: a, port: 0, called: A }]',
  'a fractional port': 'destinations: [{ name: a, host: a, port: 1.5, called: A }]',
  'an infinite port': 'destinations: [{ name: a, host: a, port: .inf, called: A }]',
  'a title with a backslash': "peers: [{ aeTitle: 'A\\B', from: 192.0.2.1 }]",
  'a title of spaces': "peers: [{ aeTitle: '   ', from: 192.0.2.1 }]",
  'an octal-looking address': 'peers: [{ aeTitle: A, from: 010.0.0.1 }]',
  'an address with a zone': "peers: [{ aeTitle: A, from: 'fe80::1%eth0' }]",
  'a prefix over 128': "peers: [{ aeTitle: A, from: '2001:db8::/129' }]",
  'an all-numeric host that is no address': 'destinations: [{ name: a, host: 1.2.3, port: 1, called: A }]',
  'a host with a line feed': 'destinations: [{ name: a, host: "a\\nb", port: 1, called: A }]',
  'a destination name with a slash': 'destinations: [{ name: ../a, host: a, port: 1, called: A }]',
  'a right asked twice': 'peers: [{ aeTitle: A, from: 192.0.2.1, allow: [echo, echo] }]',
  'no right at all': 'peers: [{ aeTitle: A, from: 192.0.2.1, allow: [] }]',
  'a SOP class that is no UID': 'peers: [{ aeTitle: A, from: 192.0.2.1, privateSopClasses: [1.02.3] }]',
  'a list where a text belongs': 'peers: [{ aeTitle: [A], from: 192.0.2.1 }]',
  'a text where a list belongs': 'peers: CT1',
  'a number where the file belongs': '42',
  'a list where the file belongs': '- peers',
  '__proto__ as a field': 'peers: [{ aeTitle: A, from: 192.0.2.1, __proto__: { allow: [print] } }]',
})) {
  test(`[CFG-5] refuses ${name}`, () => {
    const problems = problemsOf(value);
    assert(problems.length >= 1);
    for (const problem of problems)
      assert(problem.text.fr !== '' && problem.text.en !== '' && problem.line >= 1 && problem.column >= 1);
  });
}

test('[CFG-5] every range it takes is one the policy can read', () => {
  for (const from of ['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/64', '::/0', '::1', '::ffff:192.0.2.1']) {
    const [peer] = configOf(`peers: [{ aeTitle: A, from: '${from}' }]`).peers;
    assert.notEqual(parseCidr(peer?.from ?? ''), undefined, from);
  }
});

test('[CFG-6] an empty file is not taken for an empty configuration', () => {
  for (const empty of ['', '# nothing\n', 'null', '---\n']) assert.match(problemsOf(empty)[0]?.text.en ?? '', /empty/);
  assert.deepEqual(configOf('peers: []'), { peers: [], destinations: [], routes: [], relays: [], quirks: [] });
});

test('[CFG-7] tells syntax errors at their place, in both languages', () => {
  assert.equal(problemsOf('peers:\n  - aeTitle: A\n    aeTitle: B\n')[0]?.line, 3);
  assert.match(problemsOf('peers:\n\t- a')[0]?.text.fr ?? '', /Tabulation/);
  assert.match(problemsOf('peers: []\n---\npeers: []')[0]?.text.en ?? '', /several documents/);
  assert(problemsOf('peers: [').length >= 1);
  assert(problemsOf('peers: !!js/function "x"').length >= 1);
});

test('[CFG-8] bounds the size of the file', () => {
  assert.match(problemsOf(`# ${'x'.repeat(1_048_576)}\npeers: []`)[0]?.text.en ?? '', /1 MiB/);
});

test('[CFG-8] bounds what aliases expand to', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i += 1)
    bomb.push(
      `${'abcdefghij'[i]}: &${'abcdefghij'[i]} [${Array(10)
        .fill(`*${'abcdefghij'[i - 1]}`)
        .join(',')}]`,
    );
  assert.match(problemsOf(bomb.join('\n'))[0]?.text.en ?? '', /aliases/);
});

for (const [name, yaml] of Object.entries({
  brackets: `peers: ${'['.repeat(500_000)}`,
  braces: `peers: ${'{a: '.repeat(200_000)}`,
  dashes: `peers:\n ${'- '.repeat(500_000)}`,
  'question marks': '? '.repeat(500_000),
  indentation: Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  quotes: `peers: ${'"a" '.repeat(200_000)}`,
  'many keys': Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n'),
})) {
  test(`[CFG-8] stays quick and whole on a megabyte of ${name}`, () => {
    const begun = process.cpuUsage();
    assert(problemsOf(yaml).length <= 200);
    assert(process.cpuUsage(begun).user / 1000 < 5_000);
  });
}

test('[CFG-36] ClamAV is one setting: its address alone is needed, and is a path or a host with a port', () => {
  const of = (yaml: string) => configOf(`clamav: ${yaml}`).clamav;
  const defaults = { maxStreamBytes: 104_857_600, timeoutSeconds: 10 };
  assert.deepEqual(of('{ address: /run/clamav/clamd.ctl }'), { address: '/run/clamav/clamd.ctl', ...defaults });
  for (const address of ['127.0.0.1:3310', '[::1]:3310', 'av.example.org:3310'])
    assert.deepEqual(of(`{ address: '${address}' }`), { address, ...defaults });
  assert.equal(configOf('peers: []').clamav, undefined);
  const wrong = [
    '{}',
    '{ address: clamd }',
    "{ address: 'a:0' }",
    "{ address: '[x]:1' }",
    "{ address: '/a\\tb' }".replace("'/a\\tb'", '"/a\\tb"'),
    '{ address: /a, maxStreamBytes: 1 }',
    '{ address: /a, timeoutSeconds: 0 }',
    '{ address: /a, timeoutSeconds: 1.5 }',
    '{ address: /a, timeout: 3 }',
    '[]',
  ];
  for (const yaml of wrong) assert.equal(parseConfig(`clamav: ${yaml}`).ok, false, yaml);
});

test('[CONT-107] what cannot be a continuity set is refused', () => {
  for (const yaml of [
    '{ days: 0 }',
    '{ days: 1.5 }',
    '{ budgetBytes: 10 }',
    '{ priors: 3 }',
    '{ autonomyDays: 1000 }',
    '3',
  ])
    assert.equal(parseConfig(`continuity: ${yaml}`).ok, false, yaml);
});
