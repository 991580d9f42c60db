import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appAddress } from './app-address.ts';
import { SearchSchema } from './search.ts';
import { admitCommand, pacsCommands } from './set-up/commands.ts';

test('[CONSOLE-59] after signing in one goes back within this console alone', () => {
  assert.equal(SearchSchema.parse({ back: '/people' }).back, '/people');
  for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', 7]) {
    assert.equal(SearchSchema.parse({ back }).back, undefined, String(back));
  }
  assert.equal(SearchSchema.parse({ refused: '<b>' }).refused, undefined);
});

test('[CONSOLE-59] an authenticator app is told site and account, and not the address that nobody writes to', () => {
  const { address, secret } = appAddress(
    'otpauth://totp/x:y@people.invalid?secret=ABCDEFGH&digits=6',
    'a.martin',
    'Parc & Cie',
  );
  const url = new URL(address);
  assert.equal(secret, 'ABCDEFGH');
  assert.equal(decodeURIComponent(url.pathname), '/Leadglass Parc & Cie:a.martin');
  assert.equal(url.searchParams.get('secret'), 'ABCDEFGH');
  assert.equal(url.searchParams.get('issuer'), 'Leadglass Parc & Cie');
});

test('[CONSOLE-59] each step of the set-up tells the command that does the same', () => {
  const peer = {
    aeTitle: 'CT 1',
    from: '192.0.2.20/32',
    allow: ['echo', 'store'],
    certSha256: 'ab'.repeat(32),
  } as const;
  assert.equal(
    admitCommand({ ...peer, whenHeld: 'keep-sending', privateSopClasses: [] } as never),
    `leadglass peer add 'CT 1' --from 192.0.2.20/32 --allow echo,store --cert-sha256 ${'ab'.repeat(32)}`,
  );
  assert.equal(
    pacsCommands({ name: 'pacs', host: '192.0.2.9', port: 104, called: 'PACS', tls: true }),
    "leadglass destination add pacs --to 192.0.2.9:104 --called PACS --tls && leadglass route add --from '*' --to pacs",
  );
});
