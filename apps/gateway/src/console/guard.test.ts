import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, testConsole } from './console.testkit.ts';

test('[CONSOLE-8] every answer bears the headers that keep a browser on our side', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('auditor');
  const answers = [
    await console.ask('GET', '/'),
    await console.ask('GET', '/nothing.js'),
    await console.post('status', {}, cookie),
    await console.post('status', {}),
    await console.ask('GET', '/api/openapi.json', { cookie }),
    await console.ask('GET', '/authority.crt'),
    await console.ask('GET', '/', { headers: { host: 'elsewhere.test' } }),
  ];
  for (const { headers } of answers) {
    assert.match(String(headers['strict-transport-security']), /^max-age=\d{8}/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.match(String(headers['permissions-policy']), /camera=\(\), microphone=\(\), geolocation=\(\)/);
    assert.match(String(headers['content-security-policy']), /^default-src 'none';.*frame-ancestors 'none'/);
    assert.equal(headers.server ?? headers['x-powered-by'], undefined);
  }
  for (const answer of answers.slice(2, 5)) {
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.match(String(answer.headers['content-security-policy']), /sandbox$/);
  }
  const policy = String(answers[0]?.headers['content-security-policy']);
  assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
});

test('[CONSOLE-9] a POST that does not come from a page of ours is refused before anything of it is read', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('administrator');
  const good = { origin: console.origin, 'x-leadglass': '1', 'content-type': 'application/json' };
  const { origin, ...noOrigin } = good;
  const { 'x-leadglass': ours, ...noHeader } = good;
  assert.equal(ours, '1');
  const foreign: readonly Readonly<Record<string, string>>[] = [
    noOrigin,
    noHeader,
    { ...good, origin: 'https://evil.test' },
    { ...good, origin: 'null' },
    { ...good, origin: origin.replace('https', 'http') },
    // Another of our names, but not the one the browser has us under.
    { ...good, origin: origin.replace('localhost', 'console.test') },
    { ...good, 'x-leadglass': '0' },
    { ...good, 'sec-fetch-site': 'cross-site' },
    { ...good, 'sec-fetch-site': 'same-site' },
  ];
  for (const path of ['/api/status', '/api/auth/ping', '/api/setup.check', '/api/me'])
    for (const headers of foreign)
      assertRefused(await console.ask('POST', path, { cookie, headers, body: '{}' }), 403, 'console.foreign-origin');
  assert.equal((await console.ask('POST', '/api/status', { cookie, headers: good, body: '{}' })).status, 200);
  assert.equal((await console.ask('POST', '/api/auth/ping', { headers: good, body: '{}' })).status, 200);
});

test('[CONSOLE-10] a name that is not ours is not answered, whatever it resolves to', async (t) => {
  const console = await testConsole(t);
  const { port } = console.running;
  for (const host of [
    'evil.test',
    `evil.test:${port}`,
    `localhost.evil.test:${port}`,
    'localhost',
    `localhost:${port + 1}`,
    `127.0.0.2:${port}`,
  ])
    assertRefused(await console.ask('GET', '/', { headers: { host } }), 403, 'console.unknown-host');
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
    assert.equal((await console.ask('GET', '/', { headers: { host } })).status, 200, host);
});

test('[CONSOLE-11] another site can link to a page and can neither embed nor read anything', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('radiologist');
  const from = (site: string, mode: string, dest: string) => ({
    'sec-fetch-site': site,
    'sec-fetch-mode': mode,
    'sec-fetch-dest': dest,
  });
  const image = { cookie, headers: from('cross-site', 'no-cors', 'image') };
  for (const path of ['/dicomweb/studies', '/api/live', '/api/openapi.json', '/ohif/', '/'])
    assertRefused(await console.ask('GET', path, image), 403, 'console.foreign-origin');
  const frame = { headers: from('same-site', 'navigate', 'iframe') };
  assertRefused(await console.ask('GET', '/', frame), 403, 'console.foreign-origin');
  assert.equal((await console.ask('GET', '/', { headers: from('cross-site', 'navigate', 'document') })).status, 200);
  assert.equal((await console.ask('GET', '/', { headers: from('none', 'navigate', 'document') })).status, 200);
});

test('[CONSOLE-12] a body is JSON and has a bound; what it is not leaves nothing behind', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('administrator');
  const headers = { origin: console.origin, 'x-leadglass': '1' };
  const send = (path: string, body: string, type = 'application/json') =>
    console.ask('POST', `/api/${path}`, { cookie, body, headers: { ...headers, 'content-type': type } });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    assertRefused(await send('status', '{}', type), 400, 'console.bad-request');
  for (const body of ['{', '[]', '"x"', '{"__proto__":{"x":1}}', '{"more":1}'])
    assertRefused(await send('status', body), 400, 'console.bad-request');
  assertRefused(await send('peer.add', JSON.stringify({ x: 'x'.repeat(70_000) })), 413, 'console.too-long');
  const large = JSON.stringify({ source: `# ${'x'.repeat(1_000_000)}` });
  assert.equal((await send('config.plan', large)).status, 200);
  const fields = (await send('peer.add', '{"aeTitle":"x".repeat}')).json();
  assert.equal(fields.code, 'console.bad-request');
  const { problems } = (await console.post('journey.search', { words: '' }, cookie)).json();
  assert.deepEqual(
    (problems as { path: string }[]).map(({ path }) => path),
    ['words'],
  );
});

test('[CONSOLE-13] one address is answered so often a minute, and tries at what needs no session far less', async (t) => {
  const console = await testConsole(t);
  const statuses: number[] = [];
  for (let at = 0; at < 61; at += 1) statuses.push((await console.post('setup.check', { token: `${at}` })).status);
  assert.deepEqual(statuses, [...Array.from({ length: 60 }, () => 200), 429]);
  const refused = await console.post('setup.check', { token: 'x' });
  assertRefused(refused, 429, 'console.too-many');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  // Everything else goes on.
  assert.equal((await console.ask('GET', '/')).status, 200);
  assert.equal((await console.post('status', {}, console.sessions.signIn('auditor'))).status, 200);
});
