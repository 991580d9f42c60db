import type { Text } from '@leadglass/kit';
import type { Archive, Mood } from './actors/archive.ts';
import { keepAsking } from './actors/asker.ts';
import type { Laboratory } from './actors/laboratory.ts';
import type { Caller } from './actors/link.ts';
import { Scanner } from './actors/scanner.ts';
import { attack, keepKnocking, knock, sendInfected } from './actors/troubles.ts';
import type { Budget } from './budget.ts';
import type { Control } from './control.ts';
import type { Factory } from './factory.ts';
import { addressOf, CALLED, type Device, type Identities, type Site } from './hospital.ts';
import type { DemoOptions } from './options.ts';
import { rest } from './pace.ts';
import type { Kind } from './studies/made.ts';
import { infectedSent, meansAre, partnerIs, studySent } from './words.ts';

/** What the scenario is played with. */
export interface Stage {
  readonly site: Site;
  readonly identities: Identities;
  readonly factory: Factory;
  readonly budget: Budget;
  readonly options: DemoOptions;
  readonly control: Control;
  readonly partner: Archive;
  readonly laboratory: Laboratory;
  readonly signal: AbortSignal;
  tell(words: Text): void;
}

interface Part {
  readonly title: Device;
  readonly kind: Kind;
  readonly firstNo: number;
  readonly everyMs: number;
  /** Which of its studies has a real scanner's matrix. */
  readonly fineNo?: number;
}

/** Devices that image. The quick ones first: a visitor looks at once. */
const PARTS: readonly Part[] = [
  { title: 'US1', kind: 'US', firstNo: 1, everyMs: 25_000 },
  { title: 'CT1', kind: 'CT', firstNo: 1, everyMs: 75_000, fineNo: 2 },
  { title: 'MR1', kind: 'MR', firstNo: 1, everyMs: 70_000 },
  { title: 'US2', kind: 'US', firstNo: 500, everyMs: 45_000 },
  { title: 'DX1', kind: 'DX', firstNo: 1, everyMs: 40_000 },
];

/** How the partner fares, again and again: it is away early, so that whoever has just come sees deliveries wait. */
const MOODS: readonly (readonly [mood: Mood, ms: number])[] = [
  ['well', 12_000],
  ['down', 45_000],
  ['well', 90_000],
  ['slow', 45_000],
  ['well', 60_000],
];
const CHECK_MS = 45_000;
const [KNOCK_MS, FORGETFUL_MS, ATTACK_MS, INFECTED_MS, MEASURE_MS, ASK_MS] = [
  13_000, 29_000, 17_000, 90_000, 10_000, 20_000,
] as const;

/** What somebody typed into MAMMO1. */
const MISSPELT = 'LEADGLAS';
const PRELUDE: Part = { title: 'US2', kind: 'US', firstNo: 490, everyMs: 0 };

/** What has happened before anybody looks: the newcomer was seen, the badly set have knocked. */
export async function prelude(stage: Stage): Promise<void> {
  const { signal } = stage;
  await Promise.all([
    scannerOf(stage, PRELUDE).once(),
    knock({ ...callerOf(stage, 'MAMMO1'), called: MISSPELT }, signal),
    knock(callerOf(stage, 'MR2'), signal),
  ]);
}

/** Plays until the signal; resolves when nobody acts any more. */
export async function live(stage: Stage): Promise<void> {
  await Promise.all([
    ...PARTS.map((part) => scannerOf(stage, part).live()),
    ...besides(stage),
    stage.laboratory.live(),
    moods(stage),
    measure(stage),
    check(stage),
  ]);
}

function callerOf({ site, identities }: Stage, device: Device): Caller {
  const common = { title: device, called: CALLED, address: addressOf(site, device) };
  if (device !== 'CT1' && device !== 'MR1') return { ...common, port: site.dimse };
  return { ...common, port: site.dimseTls, tls: identities.devices[device] };
}

function scannerOf(stage: Stage, { title, kind, firstNo, everyMs, fineNo = 0 }: Part): Scanner {
  const { factory, budget, options, signal, site } = stage;
  return new Scanner({
    ...{ kind, firstNo, fineNo, factory, budget, signal },
    ...{ caller: callerOf(stage, title), seed: options.seed, nowMs: site.nowMs, everyMs: everyMs / options.speed },
    begun: (order) => stage.laboratory.heard(order),
    told: (of, sent, isAgain) => {
      if (sent.stored + sent.refused > 0) stage.tell(studySent(title, of, sent, isAgain));
    },
  });
}

/** What goes on besides imaging: the worklist, and those who should not be there. */
function besides(stage: Stage): Promise<void>[] {
  const { site, budget, options, signal, tell } = stage;
  const { speed, seed } = options;
  // Every knock is an entry of the ledger.
  const may = () => budget.means !== 'nothing';
  const { title: _, ...intruder } = { ...callerOf(stage, 'MR2'), address: addressOf(site, 'attacker') };
  return [
    keepAsking(callerOf(stage, 'US1'), 'US', ASK_MS / speed, signal, may),
    keepAsking(callerOf(stage, 'DX1'), 'DX', (1.3 * ASK_MS) / speed, signal, may),
    keepKnocking({ ...callerOf(stage, 'MAMMO1'), called: MISSPELT }, KNOCK_MS / speed, signal, may),
    keepKnocking(callerOf(stage, 'MR2'), FORGETFUL_MS / speed, signal, may),
    attack(intruder, 'CT1', ATTACK_MS / speed, signal, may),
    sendInfected({
      ...{ caller: callerOf(stage, 'CDROM'), seed, nowMs: site.nowMs, budget, signal },
      everyMs: INFECTED_MS / speed,
      told: (sent) => tell(infectedSent(sent)),
    }),
  ];
}

async function moods({ partner, options, signal, tell }: Stage): Promise<void> {
  for (let at = 0; !signal.aborted; at = (at + 1) % MOODS.length) {
    const [mood, ms] = MOODS[at] ?? ['well', 60_000];
    if (mood !== partner.mood) {
      await partner.be(mood);
      tell(partnerIs(mood));
    }
    await rest(ms / options.speed, signal);
  }
}

/** Looks at the folder now and then: the devices send what it has room for. */
async function measure({ budget, signal, tell }: Stage): Promise<void> {
  let before = budget.means;
  do {
    budget.measure();
    if (budget.means !== before) tell(meansAre(budget.means));
    before = budget.means;
  } while (await rest(MEASURE_MS, signal));
}

/** Has the whole vault verified now and then: the figure for integrity is then one that was looked at. */
async function check({ control, budget, signal }: Stage): Promise<void> {
  while (await rest(CHECK_MS, signal))
    // A gateway that ends has other things to do.
    if (budget.means !== 'nothing') await control.drain('vault.check', {}).catch(() => {});
}
