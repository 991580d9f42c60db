import { setMaxListeners } from 'node:events';
import type { Text } from '@leadglass/kit';
import { Archive } from './actors/archive.ts';
import { Laboratory } from './actors/laboratory.ts';
import { Budget } from './budget.ts';
import { Control } from './control.ts';
import { Factory } from './factory.ts';
import { Gateway } from './gateway.ts';
import { type DemoHome, openDemoHome, removeDemoHome } from './home.ts';
import { certify, configure, type Identities, PACS, PARTNER, type Site } from './hospital.ts';
import type { DemoOptions } from './options.ts';
import { canBind, freePort } from './ports.ts';
import { live, prelude, type Stage } from './scenario.ts';
import { prepareVisitor } from './visitor.ts';
import { ENDING, ended, GATEWAY_GONE, invitation, PREPARING } from './words.ts';
import { worklist } from './worklist.ts';

/** Ports that are asked for first, so that they are the same from one demonstration to the next. */
const WANTED = { dimse: 11_112, dimseTls: 2_762, hl7: 2_575, console: 8_443, pacs: 0, partner: 0 } as const;

async function siteOf(nowMs: number): Promise<Site> {
  const ports = { dimse: 0, dimseTls: 0, hl7: 0, console: 0, pacs: 0, partner: 0 };
  for (const name of Object.keys(WANTED) as (keyof typeof WANTED)[]) ports[name] = await freePort(WANTED[name]);
  return { ...ports, hasAddresses: (await canBind('127.0.0.11')) && (await canBind('127.0.0.66')), nowMs };
}

/** Everything that runs for a demonstration, to be ended in the order opposite to its beginning. */
class Running {
  readonly #ends: (() => Promise<void> | void)[] = [];

  onEnd(end: () => Promise<void> | void): void {
    this.#ends.unshift(end);
  }

  /** Ends all of it, whatever becomes of one; throws what went wrong first. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends) await Promise.resolve(end()).catch((thrown: unknown) => failures.push(thrown));
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs a demonstration until its time is over, `stop` aborts or the gateway ends. Whatever happens, nothing of it is left. */
export async function runDemo(options: DemoOptions, stop: AbortSignal): Promise<void> {
  const say = (words: Text) => process.stdout.write(`${words[options.language]}\n`);
  say(PREPARING);
  const home = openDemoHome(options.home);
  const isKept = options.isKept || (options.home !== undefined && !home.isNew);
  const running = new Running();
  running.onEnd(() => {
    if (!isKept) removeDemoHome(home);
    say(ended(home.path, isKept));
  });
  try {
    await play(options, home, running, stop, say);
  } finally {
    say(ENDING);
    await running.end();
  }
}

async function play(
  options: DemoOptions,
  home: DemoHome,
  running: Running,
  stop: AbortSignal,
  say: (words: Text) => void,
): Promise<void> {
  const site = await siteOf(Date.now());
  const gateway = await Gateway.start(options.program, home.path, site, options.language);
  running.onEnd(() => gateway.stop());
  // A second request to end is meant.
  process.once('exit', () => gateway.kill());
  const control = new Control(home.path);
  const identities = await certify(control);
  const archives = await openArchives(site, identities, home, options.seed, running);
  await configure(control, site);
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const factory = new Factory();
  const tell = (words: Text) => {
    if (!options.isQuiet) say(words);
  };
  const stage = {
    site,
    control,
    identities,
    factory,
    budget: new Budget(home.path),
    options,
    tell,
    signal: over.signal,
    laboratory: new Laboratory(site.hl7, over.signal),
    ...archives,
  };
  const failed = new AbortController();
  const lives = prepared(stage, gateway, home).catch((thrown: unknown) => failed.abort(thrown));
  running.onEnd(async () => {
    over.abort();
    // Before those who wait for what it makes.
    await factory.close();
    await lives;
  });
  await theEnd(gateway, options, AbortSignal.any([stop, failed.signal]), say);
  if (failed.signal.aborted) throw failed.signal.reason;
}

/** What was before, the invitation, and then the life of the hospital. */
async function prepared(stage: Stage, gateway: Gateway, { path }: DemoHome): Promise<void> {
  const { options, site } = stage;
  await prelude({ ...stage, tell: () => {} });
  if (stage.signal.aborted) return;
  const link = linkOf(gateway.said);
  const isPrepared = link !== undefined && !options.isSetUpLeft;
  const visitor = isPrepared ? await prepareVisitor(link, path, options.language) : undefined;
  process.stdout.write(invitation({ site, home: path, link, visitor }, options.language));
  await live(stage);
}

async function openArchives(site: Site, identities: Identities, home: DemoHome, seed: number, running: Running) {
  const list = () => worklist(seed, site.nowMs);
  const pacs = new Archive({ title: PACS, port: site.pacs, folder: home.archive, worklist: list });
  const tls = { identity: identities.partner, authorityPem: identities.authorityPem };
  const partner = new Archive({ title: PARTNER, port: site.partner, tls });
  for (const archive of [pacs, partner]) {
    await archive.listen();
    running.onEnd(() => archive.close());
  }
  return { pacs, partner };
}

/** The one-time link that the gateway printed for the first administrator; undefined where there is one already. */
function linkOf(said: string): string | undefined {
  return /https:\/\/\S+\/set-up#\S+/.exec(said)?.[0];
}

function theEnd(
  gateway: Gateway,
  { lastsMs }: DemoOptions,
  stop: AbortSignal,
  say: (words: Text) => void,
): Promise<void> {
  return new Promise((resolve) => {
    // Held by a timer: the actors' own do not keep the process alive.
    const alive = setInterval(() => {}, 60_000);
    let isOver = false;
    const end = () => {
      isOver = true;
      clearInterval(alive);
      clearTimeout(timer);
      resolve();
    };
    const timer = lastsMs === undefined ? undefined : setTimeout(end, lastsMs);
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
    void gateway.ended().then(() => {
      if (!isOver && !stop.aborted) say(GATEWAY_GONE);
      end();
    });
  });
}
