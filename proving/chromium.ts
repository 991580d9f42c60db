import type { TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

/**
 * What this Chromium is to leave out. A window of its own kind is made for every page, and with it the address bar's suggestions as pages in a
 * process of their own: a third of what starting a browser costs, for a bar that nobody sees. Of what Playwright leaves out, the rest: the
 * last such list on the command line is the only one that counts.
 */
const LEFT_OUT = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'PreloadTopChromeWebUI'],
  ...['AimEnabled', 'AvoidCorsURLLoaderRestartOnRedirect', 'AvoidUnnecessaryBeforeUnloadCheckSync'],
  ...[
    'DestroyProfileOnBrowserClose',
    'HttpsFirstBalancedModeAutoEnable',
    'HttpsUpgrades',
    'LensOverlay',
    'MediaRouter',
  ],
  ...['NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'PreconnectToSearch'],
  'ThirdPartyStoragePartitioning',
];
/** No name but our own address: a page that asks anybody else is told at once that there is nobody. */
const OURS_ALONE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';
/** WebGL by software, for the one page that draws with it. */
export const WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const LOOK_MS = 3_000;
/** Of one page: refusals and errors kept, the newest. */
const MOST_TROUBLES = 8;

/** A test, or whatever else closes a browser at its end (the screens of the documentation). */
export type Proof = Pick<TestContext, 'after'> & Partial<Pick<TestContext, 'error' | 'diagnostic'>>;

const troublesOf = new WeakMap<Page, string[]>();

/** Starts the browser of a proof. When the test fails, its output says where every page was. @param more flags of Chromium besides */
export async function startChromium(t: Proof, executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const args = ['--no-sandbox', OURS_ALONE, `--disable-features=${LEFT_OUT.join(',')}`, ...more];
  const browser = await chromium.launch({ executablePath, args });
  browser.on('context', (context) => context.on('page', (page) => troublesOf.set(page, listenTo(page))));
  tellIfFailed(t, browser);
  t.after(() => browser.close());
  return browser;
}

/** When this test fails, its output says where every page was. For a step of a test, whose pages go on with the next. */
export function tellIfFailed(t: Proof, browser: Browser): void {
  t.after(async () => {
    if (t.error === null || t.error === undefined) return;
    const told = await Promise.all(browser.contexts().flatMap((context) => context.pages().map(whereIs)));
    for (const [at, words] of told.entries()) t.diagnostic?.(`page ${at + 1} of ${told.length}: ${words}`);
  });
}

/** What a page complained of, and what it was refused: method, path and status, never a query or a body. */
function listenTo(page: Page): string[] {
  const troubles: string[] = [];
  const tell = (trouble: string): void => {
    troubles.push(trouble);
    if (troubles.length > MOST_TROUBLES) troubles.shift();
  };
  page.on('pageerror', (error) => tell(`error: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400)
      tell(`${answer.request().method()} ${new URL(answer.url()).pathname}: ${answer.status()}`);
  });
  page.on('requestfailed', (asked) =>
    tell(`${asked.method()} ${new URL(asked.url()).pathname}: ${asked.failure()?.errorText ?? 'failed'}`),
  );
  return troubles;
}

async function whereIs(page: Page): Promise<string> {
  const troubles = (troublesOf.get(page) ?? []).map((trouble) => `was told: ${trouble}`);
  return [page.url(), ...(await wordsOf(page)), ...troubles].join('\n    ');
}

/** What somebody who looks at the page reads first. */
const WORDS = `(() => {
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
  const said = (selector) => [...document.querySelectorAll(selector)].filter(isSeen)
    .map((one) => (one.getAttribute('aria-label') ?? one.innerText).replace(/\\s+/g, ' ').trim().slice(0, 160))
    .filter((words) => words !== '').slice(0, 20);
  const focus = document.activeElement;
  return {
    headings: said('h1, h2, h3'),
    dialogs: said('dialog[open], [role=dialog], [role=alertdialog]'),
    alerts: said('[role=alert], [role=status], [aria-invalid=true]'),
    buttons: said('button:not(:disabled)'),
    busy: said('button:disabled, [aria-busy=true]'),
    focus: focus === null ? [] : [focus.outerHTML.slice(0, 120)],
  };
})()`;

async function wordsOf(page: Page): Promise<string[]> {
  const looked = page.evaluate<Record<string, string[]>>(WORDS).catch((thrown: Error) => ({ none: [thrown.message] }));
  const tooLate = new Promise<Record<string, string[]>>((resolve) => {
    setTimeout(() => resolve({ none: [`it did not answer in ${LOOK_MS} ms`] }), LOOK_MS).unref();
  });
  const words = await Promise.race([looked, tooLate]);
  return Object.entries(words)
    .filter(([, each]) => each.length > 0)
    .map(([kind, each]) => `${kind}: ${each.join(' | ')}`);
}
