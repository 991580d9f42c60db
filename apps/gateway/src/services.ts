import { parseConfig, planConfig, renderConfig } from '@leadglass/config';
import type { RuleProblem } from '@leadglass/inspect';
import { type Clock, type Fault, isFault, type Logger, type Text, text } from '@leadglass/kit';
import { originOf, verifierKey } from '@leadglass/ledger';
import type { Records } from '@leadglass/records';
import type { ClamavState } from './clamav-watch.ts';
import { AWAY } from './console/owner-asks.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import type { Metric } from './exposition.ts';
import type { OpenedHome } from './home.ts';
import type { Keeper } from './keeper.ts';
import type { OperationsServices, PartState } from './operations.ts';
import { unreachable } from './overview/flow-map.ts';
import { plainObject } from './plain-objects.ts';
import { ANSWER_BOUNDS } from './tallies.ts';

/** The running gateway as the control socket sees it. */
export function controlServices(
  keeper: Keeper,
  home: OpenedHome,
  logger: Logger,
  version: string,
  clock: Clock,
): ControlServices {
  const { records, ledger, store } = keeper;
  const site = home.keys.site;
  const stored = async (sha256: Parameters<ControlServices['openObject']>[0]) => {
    const custody = await records.custody(sha256);
    if (custody === undefined) throw new Error('not in custody');
    return custody;
  };
  return {
    home: home.paths.root,
    version,
    startedAtMs: clock.now(),
    clock,
    logger,
    records,
    ledger,
    listeners: () => keeper.listeners,
    load: () => ({ associations: keeper.associations, intakes: keeper.intakes.readyCount }),
    clamav: () => keeper.clamav.state,
    troubles: () => troublesOf(keeper),
    configChanged: () => keeper.reloadRules(),
    catalogue: keeper.catalogue,
    schedule: keeper.schedule,
    reconcile: keeper.reconcile,
    hl7: keeper.schedule.hl7,
    continuitySet: keeper.continuitySet,
    drill: keeper.drill,
    siteRules: () => keeper.siteRules.state(),
    reloadSiteRules: () => keeper.siteRules.reload(),
    connect: keeper.connect,
    console: NO_CONSOLE,
    deliveriesDue: (destination) => {
      keeper.continuity.outages.look(destination);
      keeper.deliveries.retryNow(destination);
    },
    eventsAppended: () => keeper.sequencer.poke(),
    identity: keeper.identity.acts,
    certificatesEnding: () => keeper.identity.ending(),
    rules: () => keeper.rules,
    imports: keeper.imports,
    flushSightings: () => keeper.learning.recorder.flush(),
    identityPseudonym: (digest) => keeper.pseudonymOf(`identity:${digest}`),
    decoders: keeper.viewers,
    openObject: async function* (sha256, range) {
      yield* plainObject(store, site, await stored(sha256), range?.from, range?.to);
    },
    checkObject: async (sha256) => store.check(await stored(sha256), [site]),
    removeObject: (custody) => store.remove(custody, async () => (await records.custody(custody.sha256))?.place),
    renderConfig,
    readConfig,
    flows: keeper.flows,
    charts: keeper.charts,
    pulled: keeper.pulled,
    feeds: keeper.feeds,
    ledgerKey: verifierKey(originOf(home.keys.siteName), home.keys.ledgerSigning),
    destinationStates: () => keeper.deliveries.states(),
    gate: () => keeper.gate(),
    continuity: keeper.continuity,
  };
}

/** Where `--console off` says so. */
const NO_CONSOLE: ControlServices['console'] = {
  origins: () => [],
  asOwner: async () => {
    throw controlFault('control.conflict', AWAY);
  },
};

/** Reads YAML strictly: all problems at once, or the changes it would make to `current`. */
export const readConfig: ControlServices['readConfig'] = (source, current) => {
  const parsed = parseConfig(source);
  if (!parsed.ok) return { problems: [...parsed.problems], changes: [] };
  const { changes } = planConfig(current, parsed.config);
  const told = changes.map(({ action, name, text: sentence }) => ({ kind: action, what: name, text: sentence }));
  return { problems: [], changes: told, config: parsed.config };
};

function troublesOf(keeper: Keeper): { code: string; text: Text }[] {
  const blocked = keeper.gate();
  const undelivered = keeper.deliveries
    .states()
    .flatMap(({ destination, fault }) => (fault === undefined ? [] : [{ destination, fault }]));
  const [rules] = keeper.siteRules.problems;
  return [
    ...(rules === undefined ? [] : [{ code: 'rules.refused', text: refusedRules(rules) }]),
    ...(blocked === undefined ? [] : [{ code: blocked.code, text: blocked.text }]),
    ...clamavTrouble(keeper.clamav.state),
    ...keeper.identity.troubles(),
    ...observationTrouble(keeper),
    ...undelivered.map(({ destination, fault }) => ({ code: fault, text: unreachable(destination, fault) })),
  ];
}

/** That something is let pass beyond the rules is not forgotten: everybody who asks how things are is told. */
function observationTrouble(keeper: Keeper): { code: string; text: Text }[] {
  const { ranges, peers } = keeper.observed();
  if (ranges + peers === 0) return [];
  const sentence = text(
    `En observation : ${peers} correspondant(s) et ${ranges} plage(s) d’adresses passent au-delà des règles (leadglass policy show).`,
    `Under observation: ${peers} peer(s) and ${ranges} range(s) of addresses pass beyond the rules (leadglass policy show).`,
  );
  return [{ code: 'policy.observing', text: sentence }];
}

function refusedRules({ file, line, text: said }: RuleProblem): Text {
  const place = file === '' ? '' : `${file}:${line} : `;
  return text(
    `Les règles YARA déposées sont refusées, celles d’avant restent en vigueur. ${place}${said.fr} (leadglass rules check).`,
    `The YARA rules put there are refused, those from before stay in force. ${place}${said.en} (leadglass rules check).`,
  );
}

function clamavTrouble(state: ClamavState | undefined): { code: string; text: Text }[] {
  if (state === undefined || state.isUp) return [];
  const { fault } = state;
  const sentence = text(
    `ClamAV ne regarde pas les objets reçus${fault === undefined ? '' : ` : ${fault.text.fr}`} ; chaque flux décide de ce qui n’a pas été contrôlé (whenUnfinished).`,
    `ClamAV does not look at what arrives${fault === undefined ? '' : `: ${fault.text.en}`}; each flow decides about what was not checked (whenUnfinished).`,
  );
  return [{ code: fault?.code ?? 'clamav.down', text: sentence }];
}

function clamavMetrics(state: ClamavState | undefined): Metric[] {
  if (state === undefined) return [];
  const up: Metric = {
    name: 'leadglass_clamav_up',
    help: 'Whether ClamAV looks at arrivals (1) or not (0).',
    type: 'gauge',
    samples: [{ value: state.isUp ? 1 : 0 }],
  };
  const madeAtMs = state.health?.database?.madeAtMs;
  if (madeAtMs === undefined) return [up];
  const help = 'When ClamAV’s database was made, seconds since the epoch.';
  return [
    up,
    { name: 'leadglass_clamav_database_timestamp_seconds', help, type: 'gauge', samples: [{ value: madeAtMs / 1000 }] },
  ];
}

/** The running gateway as the metrics port sees it. */
export function operationsServices(keeper: Keeper, logger: Logger): OperationsServices {
  return { logger, parts: () => partsOf(keeper), metrics: () => metricsOf(keeper) };
}

const PARTS = ['records', 'ledger', 'vault', 'intake'] as const;

/** What readiness depends on. */
export interface Readiness {
  gate(): Fault | undefined;
  readonly records: Pick<Records, 'probe'>;
  readonly intakes: { readonly readyCount: number };
}

/** Every part, and whether it is up. Whatever shuts the gate is down under the part its code names, or as `gateway`: what accepts nothing is not ready. */
export async function partsOf(keeper: Readiness): Promise<PartState[]> {
  const faults = new Map<string, string>();
  const blocked = keeper.gate();
  if (blocked !== undefined) faults.set(partOf(blocked.code), blocked.code);
  const unwritable = await keeper.records.probe().then(
    () => undefined,
    (thrown) => (isFault(thrown) ? thrown.code : 'records.unwritable'),
  );
  if (unwritable !== undefined) faults.set('records', unwritable);
  if (keeper.intakes.readyCount === 0) faults.set('intake', 'intake.none');
  return [...new Set([...PARTS, ...faults.keys()])].map((part) => {
    const fault = faults.get(part);
    return fault === undefined ? { part, isUp: true } : { part, isUp: false, fault };
  });
}

function partOf(code: string): string {
  return PARTS.find((part) => code.startsWith(`${part}.`)) ?? 'gateway';
}

async function metricsOf(keeper: Keeper): Promise<Metric[]> {
  const { tallies } = keeper;
  const counts = await keeper.records.counts();
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({
    name,
    type,
    help,
    samples: [{ value }],
  });
  const deliveries = Object.entries(counts.deliveries).map(([state, value]) => ({ labels: { state }, value }));
  return [
    one('leadglass_arrivals_total', 'counter', 'Objects received since the start.', tallies.arrivals),
    one('leadglass_arrival_bytes_total', 'counter', 'Plain bytes received since the start.', tallies.arrivalBytes),
    one('leadglass_arrivals_held_total', 'counter', 'Objects held since the start.', tallies.held),
    one('leadglass_arrivals_refused_total', 'counter', 'Objects refused since the start.', tallies.refused),
    one(
      'leadglass_associations_admitted_total',
      'counter',
      'Associations admitted since the start.',
      tallies.associationsAdmitted,
    ),
    one(
      'leadglass_associations_rejected_total',
      'counter',
      'Associations rejected since the start.',
      tallies.associationsRejected,
    ),
    one('leadglass_associations', 'gauge', 'Associations open now.', keeper.associations),
    one(
      'leadglass_answers_failed_total',
      'counter',
      'C-STORE answers other than success since the start.',
      tallies.answersFailed,
    ),
    {
      name: 'leadglass_arrivals_unfinished_total',
      type: 'counter',
      help: 'Objects an inspector could not look at to the end, since the start.',
      samples: [...tallies.unfinishedBy].map(([inspector, value]) => ({ labels: { inspector }, value })),
    },
    ...clamavMetrics(keeper.clamav.state),
    {
      name: 'leadglass_answer_seconds',
      type: 'histogram',
      help: 'From the last byte of an object to its answer.',
      samples: [{ bounds: ANSWER_BOUNDS, counts: tallies.answerCounts, sum: tallies.answerSeconds }],
    },
    one('leadglass_custody_objects', 'gauge', 'Objects in custody.', counts.custody.objects),
    one('leadglass_custody_bytes', 'gauge', 'Plain bytes in custody.', counts.custody.bytes),
    one('leadglass_custody_not_laid_out', 'gauge', 'Objects still in a staging lane.', counts.custody.notLaidOut),
    { name: 'leadglass_deliveries', type: 'gauge', help: 'Deliveries by state.', samples: deliveries },
    one('leadglass_holds', 'gauge', 'Objects held.', counts.holds),
    one('leadglass_ledger_entries', 'gauge', 'Entries in the ledger.', keeper.ledger.size),
    one('leadglass_events_unsequenced', 'gauge', 'Events not yet in the ledger.', counts.events.unsequenced),
    one('leadglass_vault_free_bytes', 'gauge', 'Free space on the vault’s disk.', keeper.freeBytes),
  ];
}
