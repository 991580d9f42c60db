import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { tellIfFailed } from './chromium.ts';
import { type ConsoleSite, startConsole } from './console-evidence.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['/', '/peers', '/peers/CT1', '/learning', '/settings', '/settings#edit', '/settings#history'];
const MORE_PAGES = [
  '/settings#tls',
  '/settings#rules',
  '/settings#gateway',
  '/settings#destinations',
  '/settings#tokens',
  '/drills',
  '/nowhere',
];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1400, height: 900 };
const LOOKS = [
  ['light', DESK],
  ['dark', DESK],
  ['dark', PHONE],
] as const;
/** First load of a page, compressed. */
const MOST_FIRST_BYTES = 300_000;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/** What axe finds serious or critical on the page as it stands. */
async function seriousOn(page: Page): Promise<readonly Violation[]> {
  const found = await page.evaluate(`(() => {
    if (window.axe === undefined) { ${AXE} }
    return window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 200)) })));
  })()`);
  return (found as readonly Violation[]).filter(({ impact }) => impact === 'serious' || impact === 'critical');
}

/** Goes to a page and waits until it shows what it asked for. */
async function open(site: ConsoleSite, path: string): Promise<void> {
  await site.page.goto(site.origin + path);
  await site.page.locator('h1').waitFor();
  await site.page.getByRole('status').filter({ hasText: 'Loading…' }).first().waitFor({ state: 'hidden' });
}

/** Echoes as a device does. @returns whether it was let in */
function echoes(echoscu: string, site: ConsoleSite, title: string): boolean {
  const args = ['-aet', title, '-aec', 'LEADGLASS', '127.0.0.1', String(site.gateway.dimse)];
  return spawnSync(echoscu, args, { timeout: 20_000 }).status === 0;
}

function assertClean({ errors, elsewhere }: ConsoleSite): void {
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(errors, []);
}

interface Given {
  readonly site: ConsoleSite;
  readonly echoscu: string;
}

async function admits(all: Given): Promise<void> {
  const { site, echoscu } = all;
  const { page } = site;
  await open(site, '/peers');
  await page.getByText('Nobody knocked').waitFor();
  assert.equal(echoes(echoscu, site, 'SCANNER9'), false);
  await page.getByRole('button', { name: 'Let SCANNER9 in' }).click();
  await page.getByText('SCANNER9 is let in.').waitFor();
  assert.equal(echoes(echoscu, site, 'SCANNER9'), true);
  await page.getByRole('link', { name: 'SCANNER9' }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('It is undone.').waitFor();
  assert.equal(echoes(echoscu, site, 'SCANNER9'), false);
  assertClean(site);
}

async function showsFlows(all: Given): Promise<void> {
  const { page, gateway } = all.site;
  await gateway.cli('peer', 'add', 'CT1', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  await open(all.site, '/');
  const association = await callGateway(gateway.dimse, 'CT1');
  for (let at = 0; at < 5; at += 1) assert.equal(await storeOne(association, makeObject('ct')), 0);
  await association.release();
  const map = page.getByRole('group', { name: 'Flows' });
  await map.getByRole('link', { name: /CT1\s+5\s+objects/ }).waitFor();
  await page.getByText('Table', { exact: true }).click();
  const row = page.getByRole('row', { name: /CT1/ }).first();
  assert.match((await row.textContent()) ?? '', /CT1[\s\S]*Gateway[\s\S]*5/);
  await row.getByRole('link', { name: 'CT1' }).click();
  await page.getByRole('heading', { level: 1, name: 'CT1' }).waitFor();
  assertClean(all.site);
}

async function plansSettings(all: Given): Promise<void> {
  const { page, gateway } = all.site;
  await gateway.cli('peer', 'add', 'CT1', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  await open(all.site, '/settings#edit');
  const editor = page.getByRole('textbox', { name: 'Settings file (YAML)' });
  const before = await editor.inputValue();
  await editor.fill(`${before}\nroutess: []\n`);
  await page.getByRole('button', { name: /^Line \d+$/ }).click();
  assert.equal(await page.evaluate(`document.activeElement.tagName`), 'TEXTAREA');
  await editor.fill(before.replace('CT1', 'CT7'));
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByText(/Settings applied/).waitFor();
  assert.match(await gateway.cli('peer', 'list'), /CT7/);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('It is undone.').waitFor();
  assert.match(await gateway.cli('peer', 'list'), /CT1/);
  await open(all.site, '/settings#history');
  assert((await page.getByText('What changed').count()) >= 2);
  assertClean(all.site);
}

/** One dialog is chosen from and the next called at once: the first one's closing, told later, does not end the second. */
async function staysOpen(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('peers');
  const open = await page.evaluate(`(async () => {
    const press = (key) =>
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('Enter');
    await Promise.resolve();
    press('?');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return document.querySelectorAll('dialog[open]').length;
  })()`);
  assert.equal(open, 1, 'the help stays open');
  await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function byKeyboard(all: Given): Promise<void> {
  const { page } = all.site;
  await open(all.site, '/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('sett');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { level: 1, name: 'Peers' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await staysOpen(page);
  await page.reload();
  await page.locator('h1').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(`document.activeElement.textContent`), 'Skip to the content');
  await page.getByTitle('Passer en français').click();
  await page.getByRole('heading', { level: 1, name: 'Correspondants' }).waitFor();
  assert.equal(await page.evaluate(`document.documentElement.lang`), 'fr');
  await page.getByTitle('Switch to English').click();
  await page.getByRole('heading', { level: 1, name: 'Peers' }).waitFor();
  assertClean(all.site);
}

async function isAccessible(all: Given): Promise<void> {
  const { page, gateway } = all.site;
  await gateway.cli('peer', 'add', 'CT1', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  echoes(all.echoscu, all.site, 'SCANNER9');
  const found: string[] = [];
  for (const [colorScheme, size] of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    for (const path of [...PAGES, ...MORE_PAGES]) {
      await open(all.site, path);
      for (const each of await seriousOn(page))
        found.push(`${path} ${colorScheme} ${size.width} ${JSON.stringify(each)}`);
      const isWide = await page.evaluate(`document.documentElement.scrollWidth > window.innerWidth`);
      if (isWide) found.push(`${path} ${size.width}: wider than the window`);
    }
  }
  assert.deepEqual(found, []);
  assertClean(all.site);
  const fresh = await all.site.context.newPage();
  await fresh.goto(`${all.site.origin}/`);
  await fresh.locator('h1').waitFor();
  const bytes = await fresh.evaluate(
    `performance.getEntriesByType('resource').filter(({ name }) => /\\.(js|css|svg)$/.test(name)).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
  );
  assert(typeof bytes === 'number' && bytes > 50_000 && bytes < MOST_FIRST_BYTES, `first load ${bytes}`);
}

async function growsStale(all: Given): Promise<void> {
  await all.site.page.setViewportSize(DESK);
  await open(all.site, '/');
  await all.site.page.getByText('Live', { exact: true }).waitFor();
  await all.site.gateway.kill('SIGTERM');
  await all.site.page.getByText(/No news since/).waitFor();
  await all.site.gateway.restart();
  await all.site.page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
  assert.deepEqual(all.site.elsewhere, []);
}

/** In this order: each leaves what the next one finds, and the last one stops the gateway. */
const STEPS: readonly (readonly [string, (all: Given) => Promise<void>])[] = [
  ['[CONSOLE-74] a device that knocked is let in with one button, and out again with undo', admits],
  [
    '[CONSOLE-75] the map shows a device that sends, by itself; its table says the same; a click leads to it',
    showsFlows,
  ],
  ['[CONSOLE-76] settings are planned while they are written, applied, and taken back', plansSettings],
  ['[CONSOLE-77] the keyboard reaches every page: palette, letters, help, skip link', byKeyboard],
  [
    '[CONSOLE-79] axe finds nothing serious on any page, dark and light, wide and narrow; nothing is refused by the policy; the first load is small',
    isAccessible,
  ],
  ['[CONSOLE-78] when the gateway is gone the pages say since when what they show is old', growsStale],
];

test('[CONSOLE-74] the shell of the console in a real browser', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  const echoscu = requirePeer(t, 'echoscu');
  if (chromium === undefined || echoscu === undefined) return;
  const site = await startConsole(t, chromium);
  const browser = site.context.browser() ?? assert.fail('no browser');
  for (const [name, step] of STEPS) {
    await t.test(name, (sub) => {
      tellIfFailed(sub, browser);
      return step({ site, echoscu });
    });
  }
});
