import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { TestDirectory } from '../apps/gateway/src/console/sign-in/directory.testkit.ts';
import { type ConsoleHouse, consoleHouse, type Person, totp, virtualAuthenticator } from './console-browser.ts';
import { newStudy, phantom } from './phantom.ts';
import { callGateway, storeOne } from './sending.ts';

/** Longer than a person, or a proof, needs to press the next button. */
const LATE_MS = 3_000;
/** For a page to be drawn with what it has just been told. */
const DRAWN_MS = 1_000;
const PASSWORD = 'cheval correct pile agrafe';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where pictures of the pages go, for whoever looks at them; none without. */
const SCREENS = process.env.LEADGLASS_SCREENS;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

const devtools = new WeakMap<Page, CDPSession>();

/** One for each page, and kept: when any ends, Chromium takes the page's virtual authenticators away. */
async function devtoolsOf(page: Page): Promise<CDPSession> {
  const kept = devtools.get(page) ?? (await page.context().newCDPSession(page));
  devtools.set(page, kept);
  return kept;
}

/** A page as it is now: nothing serious by axe (WCAG 2.2 AA), and its picture where that is wanted. */
async function looksRight(page: Page, name: string): Promise<void> {
  // Into the page's own world through the devtools: the policy of the page lets no script in, which is as it should be.
  const session = await devtoolsOf(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const expression = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then((found) =>
    JSON.stringify(found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
      .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) }))))`;
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true });
  const violations = JSON.parse(String(result.value)) as Violation[];
  assert.deepEqual(violations, [], name);
  if (SCREENS === undefined) return;
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function walkToWay(page: Page, house: ConsoleHouse): Promise<void> {
  await page.goto(house.setUpLink);
  await page.getByLabel('Nom du site').fill('Imagerie du Parc');
  await looksRight(page, 'set-up-site');
  await button(page, 'Suivant').click();
  await page.getByLabel('Votre nom').fill('Alice Martin');
  await page.getByLabel('Compte').fill('a.martin');
  await looksRight(page, 'set-up-administrator');
  await button(page, 'Créer l’administrateur').click();
  await button(page, 'Créer la clé d’accès').waitFor();
}

async function confirmRecovery(page: Page, house: ConsoleHouse): Promise<void> {
  const printed = /AGE-SECRET-KEY-\S+/.exec(house.gateway.stdout)?.[0] ?? assert.fail('no key was printed');
  assert.equal(await page.getByTestId('recovery-key').textContent(), printed);
  await page.getByLabel('Ses huit derniers caractères').fill('QQQQQQQQ');
  await button(page, 'Je l’ai notée').click();
  await page.getByText('Ce ne sont pas les huit derniers caractères').waitFor();
  await page.getByLabel('Ses huit derniers caractères').fill(printed.slice(-8));
  await button(page, 'Je l’ai notée').click();
}

async function admitDevice(page: Page, house: ConsoleHouse): Promise<void> {
  await page.getByText('En attente d’un appareil').waitFor();
  await looksRight(page, 'set-up-device');
  await callGateway(house.gateway.dimse, 'CT1').then(
    (association) => association.release(),
    () => undefined,
  );
  await page.getByText(/CT1 a frappé/).waitFor();
  await page.getByText('leadglass peer add').waitFor();
  await looksRight(page, 'set-up-knock');
  await button(page, 'Admettre cet appareil').click();
  await page.getByText(/CT1 est admis/).waitFor();
  const association = await callGateway(house.gateway.dimse, 'CT1');
  await storeOne(association, phantom({ study: newStudy(), series: 1, slice: 1, description: 'set-up' }));
  await association.release();
  await page.getByText(/CT1 est entré/).waitFor();
}

/** The whole set-up, with a passkey on a virtual device. */
async function setUp(house: ConsoleHouse): Promise<Person> {
  const person = await house.person('fr');
  const { page } = person;
  await virtualAuthenticator(page);
  await walkToWay(page, house);
  await looksRight(page, 'set-up-way');
  await button(page, 'Créer la clé d’accès').click();
  await page.getByTestId('recovery-key').waitFor();
  await confirmRecovery(page, house);
  await page.getByLabel('Adresse').fill('127.0.0.1');
  await page.getByLabel('Port').fill('11199');
  await page.getByLabel('Titre AE du PACS').fill('PACS');
  await button(page, 'Essayer la connexion').click();
  await page.getByText(/Rien n'écoute à 127\.0\.0\.1:11199/).waitFor();
  await looksRight(page, 'set-up-pacs');
  await button(page, 'Ajouter le PACS').click();
  await button(page, 'Suivant').click();
  await admitDevice(page, house);
  await button(page, 'Suivant').click();
  await looksRight(page, 'set-up-done');
  await button(page, 'Ouvrir la console').click();
  await page.waitForURL(`${house.origin}/`);
  return person;
}

async function leave(page: Page, account: string | RegExp, out: string): Promise<void> {
  await button(page, account).click();
  await page.getByRole('menuitem', { name: out }).click();
  await page.waitForURL(/\/sign-in/);
}

test('[CONSOLE-59] the set-up in a real browser, then in by passkey; whoever is idle is locked out and goes on where they were', async (t) => {
  const house = await consoleHouse(t);
  if (house === undefined) return;
  const { page, complaints } = await setUp(house);
  await leave(page, /Alice Martin/, 'Se déconnecter');
  await looksRight(page, 'sign-in');
  await button(page, 'Continuer avec une clé d’accès').click();
  await page.waitForURL(`${house.origin}/`);
  await page.clock.install();
  await page.goto(`${house.origin}/people`);
  await page.getByText('Il n’y a qu’un administrateur').waitFor();
  await looksRight(page, 'people');
  await page.clock.fastForward(14 * 60_000);
  assert.equal(await page.getByText('Session verrouillée').count(), 0);
  await page.clock.fastForward(2 * 60_000);
  await page.getByText('Session verrouillée').waitFor();
  assert.equal(await page.getByText('a.martin').count(), 0, 'nothing of the page is left behind the lock');
  await looksRight(page, 'locked');
  assert.equal(await statusInPage(page, '/api/people.list'), 403);
  await button(page, 'Continuer avec une clé d’accès').click();
  await page.getByText('Il n’y a qu’un administrateur').waitFor();
  assert.equal(new URL(page.url()).pathname, '/people');
  await page.goto(`${house.origin}/account`);
  await page.getByText('celle-ci').waitFor();
  await looksRight(page, 'account');
  assert.deepEqual(complaints, []);
  const told = await house.gateway.cli('log', '--kind', 'person');
  for (const words of ['a.martin']) assert.ok(told.includes(words), told);
});

function statusInPage(page: Page, path: string): Promise<number> {
  return page.evaluate(async (path) => {
    const headers = { 'content-type': 'application/json', 'x-leadglass': '1' };
    return (await fetch(path, { method: 'POST', headers, body: '{}' })).status;
  }, path);
}

/** Enrols a password and codes on the page that offers it, in English; the secret of the app. */
async function enrolTotp(page: Page): Promise<string> {
  await page.getByLabel('Password and one-time code').check();
  await page.locator('input[type=password]').fill(PASSWORD);
  await button(page, 'Continue').click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  const secret = ((await page.locator('code').first().textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Code shown').fill(totp(secret, Date.now() - 30_000));
  await button(page, 'Confirm').click();
  return secret;
}

async function enterByPassword(page: Page, account: string, password: string): Promise<void> {
  await button(page, 'Password and code').click();
  await page.getByLabel('Account').fill(account);
  await page.locator('input[type=password]').fill(password);
  await button(page, 'Next').click();
}

async function addPerson(page: Page, name: string, account: string, role: RegExp): Promise<string> {
  await button(page, 'Ajouter une personne').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nom affiché').fill(name);
  await dialog.getByLabel('Compte').fill(account);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByLabel('Langue').selectOption('en');
  await looksRight(page, 'people-add');
  await dialog.getByRole('button', { name: 'Ajouter une personne' }).click();
  const link = (await page.getByText(/\/invitation#/).textContent()) ?? '';
  await looksRight(page, 'people-link');
  await button(page, 'C’est fait').click();
  return link;
}

async function emergencyCodes(page: Page, name: string): Promise<string[]> {
  await button(page, `Actions pour ${name}`).click();
  await page.getByRole('menuitem', { name: /Codes d’urgence/ }).click();
  await button(page, 'Faire dix codes').click();
  await page.getByText('Barrez-le').waitFor();
  await looksRight(page, 'people-codes');
  const codes = await page.getByRole('dialog').getByRole('listitem').allTextContents();
  await button(page, 'C’est fait').click();
  return codes;
}

/** An administrator in French, quickly: what the set-up looks like is another test's. */
async function quickly(house: ConsoleHouse): Promise<Person> {
  const person = await house.person('fr');
  await virtualAuthenticator(person.page);
  await walkToWay(person.page, house);
  await button(person.page, 'Créer la clé d’accès').click();
  for (let step = 0; step < 3; step += 1) await button(person.page, 'Plus tard').click();
  await button(person.page, 'Ouvrir la console').click();
  await person.page.waitForURL(`${house.origin}/`);
  return person;
}

test('[CONSOLE-225] a passkey made the moment the step is there carries the set-up on, however late the gateway says who is signed in', async (t) => {
  const house = await consoleHouse(t);
  if (house === undefined) return;
  const { page } = await house.person('fr');
  await virtualAuthenticator(page);
  const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let times = 0;
  // The first is asked by the page as it opens; the one after the administrator was made comes while the passkey is on its way.
  await page.route('**/api/me', async (route) => {
    times += 1;
    if (times > 1) await Promise.race([asked.promise, delay(LATE_MS)]);
    await route.fulfill({ response: await route.fetch() });
    if (times > 1) told.resolve();
  });
  await page.route('**/passkey/generate-register-options', async (route) => {
    asked.resolve();
    await told.promise;
    await delay(DRAWN_MS);
    await route.continue();
  });
  await walkToWay(page, house);
  await button(page, 'Créer la clé d’accès').click();
  await page.getByTestId('recovery-key').waitFor();
  assert.ok(times > 1, 'it was asked anew who is signed in');
});

test('[CONSOLE-59] an invitation, password and code, emergency code, throttling, in English', async (t) => {
  const house = await consoleHouse(t);
  if (house === undefined) return;
  const { page: alice } = await quickly(house);
  await alice.goto(`${house.origin}/people`);
  const link = await addPerson(alice, 'Bob Hill', 'b.hill', /radiologue/);
  const { page: bob, complaints } = await house.person('en');
  await bob.goto(link);
  await looksRight(bob, 'invitation');
  await button(bob, 'Begin').click();
  const secret = await enrolTotp(bob);
  await bob.waitForURL(`${house.origin}/`);
  await leave(bob, /Bob Hill/, 'Sign out');
  await enterByPassword(bob, 'b.hill', PASSWORD);
  await bob.getByLabel('Six-digit code').fill(totp(secret, Date.now()));
  await button(bob, 'Sign in').click();
  await bob.waitForURL(`${house.origin}/`);
  assert.equal(await statusInPage(bob, '/api/people.list'), 403);
  const codes = await emergencyCodes(alice, 'Bob Hill');
  assert.equal(codes.length, 10);
  const { page: other } = await house.person('en');
  await guessUntilRefused(other, house);
  await button(other, 'Emergency code').click();
  await other.getByLabel('Account').last().fill('b.hill');
  await other.getByLabel('Code from the envelope').fill(codes[0] ?? '');
  await button(other, 'Sign in').last().click();
  await other.waitForURL(`${house.origin}/`);
  assert.deepEqual(complaints, []);
});

/** Waits double: however slow this machine is, one guess comes too early before long. */
async function guessUntilRefused(page: Page, house: ConsoleHouse): Promise<void> {
  await page.goto(`${house.origin}/sign-in`);
  await button(page, 'Password and code').click();
  await page.getByLabel('Account').fill('b.hill');
  await page.locator('input[type=password]').fill('a wrong password');
  const statuses: number[] = [];
  while (statuses.length < 12 && !statuses.includes(429)) {
    const answer = page.waitForResponse(/sign-in\/username/);
    await button(page, 'Next').click();
    statuses.push((await answer).status());
  }
  assert.deepEqual([statuses.slice(0, 5), statuses.at(-1)], [[401, 401, 401, 401, 401], 429]);
  await page.getByText(/Too many tries: wait \d+ seconds/).waitFor();
  await looksRight(page, 'sign-in-throttled');
}

test('[CONSOLE-59] in by a directory, and refused with the reason without a role', async (t: TestContext) => {
  let directory: TestDirectory | undefined;
  const known = [
    { account: 'dr.leroy', name: 'Dr Leroy', groups: ['radiologues'] },
    { account: 'visiteur', name: 'V', groups: [] },
  ];
  t.after(() => directory?.close());
  const house = await consoleHouse(t, async (home, port) => {
    directory = await TestDirectory.open(known, [`https://localhost:${port}/api/auth/callback/directory`]);
    mkdirSync(join(home, 'people'), { mode: 0o700 });
    directory.write(join(home, 'people'));
  });
  if (house === undefined) return;
  await quickly(house);
  const { page } = await house.person('fr');
  await page.goto(`${house.origin}/sign-in`);
  await throughDirectory(page, 'visiteur');
  await page.getByText('ne vous donne aucun rôle ici').waitFor();
  await looksRight(page, 'sign-in-directory');
  const { page: again } = await house.person('fr');
  await again.goto(`${house.origin}/sign-in`);
  await throughDirectory(again, 'dr.leroy');
  await again.waitForURL(`${house.origin}/`);
  await button(again, /Dr Leroy/).waitFor();
});

/** The directory's own pages: its name, any password, and consent. */
async function throughDirectory(page: Page, account: string): Promise<void> {
  await button(page, /Annuaire du CHU/).click();
  await page.locator('input[name=login]').fill(account);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
  await page.locator('button[type=submit]').click();
}
