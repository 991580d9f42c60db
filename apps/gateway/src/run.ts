import { fstatSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Fault, jsonLogger, type Language, type Logger, systemClock, text } from '@leadglass/kit';
import { banner, recoveryNotice } from './banner.ts';
import { ConsoleHost } from './console/host.ts';
import { namesOfConsole } from './console/names.ts';
import { type ControlServer, startControl } from './control.ts';
import type { ControlServices } from './control-services.ts';
import { isDemo, isFirstStart, type OpenedHome, openHome } from './home.ts';
import { Keeper } from './keeper.ts';
import { type Address, parseHostPort } from './listeners.ts';
import { type OperationsServer, startOperations } from './operations.ts';
import { controlServices, operationsServices } from './services.ts';

/** What `leadglass up` was given. Addresses as `HOST:PORT`. */
export interface GatewayArguments {
  readonly home: string;
  readonly language: Language;
  readonly dimse?: string;
  readonly dimseTls?: string;
  readonly http?: string;
  /** HL7 v2 over MLLP, in the clear and over TLS. */
  readonly hl7?: string;
  readonly hl7Tls?: string;
  readonly metrics?: string;
  readonly web?: string;
  readonly webPlain?: string;
  /** The clear is meant, beyond this machine too. */
  readonly webPlainAnywhere?: boolean;
  /** The console; `off`: none. Default: this machine alone, on the first free port from 8443 on. */
  readonly console?: string;
}

const DEFAULT_DIMSE = '0.0.0.0:11112';
const DEFAULT_DIMSE_TLS = '0.0.0.0:2762';

/** The program's version, from its package. */
export function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}

/** Makes a home (keys, certificates, folders) and prints the recovery key, without starting anything. Says so when there is one already. */
export async function initHome({ home, language }: Pick<GatewayArguments, 'home' | 'language'>): Promise<void> {
  refuseJournal(home);
  let isNew = false;
  const opened = await openHome(home, systemClock, (key) => {
    isNew = true;
    process.stdout.write(recoveryNotice(key, language));
  });
  const done = isNew
    ? text(`Dossier de données prêt : ${opened.paths.root}`, `Data folder ready: ${opened.paths.root}`)
    : text(
        `Dossier de données déjà en place : ${opened.paths.root}`,
        `Data folder already in place: ${opened.paths.root}`,
      );
  process.stdout.write(`${done[language]}\n`);
}

/** Runs the gateway until it is told to stop (SIGTERM, SIGINT). Rejects with the Fault that prevents the start. */
export async function runGateway(options: GatewayArguments): Promise<void> {
  // As for the intakes (intake-code.ts): what runs for every arrival is compiled when first called.
  for (const flag of ['--always-sparkplug', '--no-lazy-feedback-allocation']) setFlagsFromString(flag);
  const log = jsonLogger((line) => process.stderr.write(line), systemClock);
  // From the first moment on: whoever says stop while this starts means it.
  const told = toldToStop();
  const addresses = addressesOf(options);
  refuseJournal(options.home);
  const home = await openHome(options.home, systemClock, (key) => {
    process.stdout.write(recoveryNotice(key, options.language));
  });
  const version = versionOf();
  const { dimse, dimseTls, web, webPlain, hl7, hl7Tls } = addresses;
  const keeper = await Keeper.open({
    home,
    clock: systemClock,
    log,
    version,
    dimse,
    dimseTls,
    web,
    webPlain,
    hl7,
    hl7Tls,
  });
  const console = consoleHost(keeper, home, log, version, options);
  const running = await start(keeper, home, log, version, addresses.metrics, console);
  const metrics = running.operations?.address;
  const { listeners, rules } = keeper;
  const trouble = keeper.gate();
  const notYet = options.http === undefined ? [] : ['--http'];
  process.stdout.write(
    banner(
      {
        ...{ version, listeners, home: home.paths.root, metrics, notYet, peers: rules.peers.length },
        ...(console === undefined ? {} : { console: console.banner }),
        ...(trouble === undefined ? {} : { trouble: trouble.text }),
      },
      options.language,
    ),
  );
  log.info('gateway.ready', { version, listeners: listeners.map(({ name, address }) => `${name} ${address}`) });
  // Held by a timer: the rooms' own timers do not keep a process alive, and stopping waits for some of them.
  const alive = setInterval(() => {}, 60_000);
  const signal = await told;
  log.info('gateway.stopping', { signal });
  await console?.stop();
  await running.control.close();
  await running.operations?.close();
  await keeper.stop(signal);
  log.info('gateway.stopped');
  clearInterval(alive);
}

/**
 * A new home shows its recovery key, once: never where the system's journal keeps it for everybody who reads logs. systemd names the
 * journal's socket in JOURNAL_STREAM as `device:inode`; a terminal opened from a service inherits the variable and not the socket.
 */
function refuseJournal(home: string): void {
  const { JOURNAL_STREAM: journal } = process.env;
  if (journal === undefined || !isFirstStart(home)) return;
  const { dev, ino } = fstatSync(1, { bigint: true });
  if (journal !== `${dev}:${ino}`) return;
  const sentence = text(
    'Ce dossier est neuf : sa clé de secours s’afficherait dans le journal du système. Préparez-le d’abord à la main, dans un terminal, avec « leadglass init » (même utilisateur, même LEADGLASS_HOME), puis relancez le service.',
    'This home is new: its recovery key would be shown in the system’s journal. Prepare it by hand first, in a terminal, with “leadglass init” (same user, same LEADGLASS_HOME), then start the service again.',
  );
  throw new Fault('gateway.key-to-journal', 'permanent', sentence);
}

interface Running {
  readonly control: ControlServer;
  readonly operations: OperationsServer | undefined;
}

// The control socket first: it is also what says that another gateway already runs on this home.
async function start(
  keeper: Keeper,
  home: OpenedHome,
  log: Logger,
  version: string,
  metrics: Address | undefined,
  console: ConsoleHost | undefined,
): Promise<Running> {
  const control = await startControl(withConsole(controlServices(keeper, home, log, version, systemClock), console));
  try {
    await keeper.start();
    const operations =
      metrics === undefined
        ? undefined
        : await startOperations(operationsServices(keeper, log), metrics.host, metrics.port);
    // Last, and whatever becomes of it: images come in meanwhile.
    if (console !== undefined) await keeper.listenForPeople();
    await console?.start();
    return { control, operations };
  } catch (thrown) {
    await console?.stop();
    await control.close();
    await keeper.stop('start failed');
    throw thrown;
  }
}

/** The console's process, not started; undefined where `--console off` says so. */
function consoleHost(
  keeper: Keeper,
  home: OpenedHome,
  log: Logger,
  version: string,
  options: GatewayArguments,
): ConsoleHost | undefined {
  if (options.console === 'off') return undefined;
  const host = new ConsoleHost({
    ...{ home: home.paths.root, version, log, siteName: home.keys.siteName, viewers: keeper.people },
    address: addressOf('--console', options.console),
    tls: () => {
      const { console: own, tls } = keeper.certificates;
      return { certPem: own.cert, keyPem: own.key, caPem: tls.caPem };
    },
    names: () => namesOfConsole(keeper.certificates.console.cert),
    isDemo: isDemo(home.paths.root),
    recoveryKey: home.recoveryKey,
  });
  keeper.onCertificates(() => host.useTls());
  return host;
}

/** What the status tells of the console besides: where it listens, or why it does not. */
function withConsole(services: ControlServices, console: ConsoleHost | undefined): ControlServices {
  if (console === undefined) return services;
  return {
    ...services,
    console,
    listeners: () => [...services.listeners(), ...console.listeners],
    troubles: () => [...services.troubles(), ...console.troubles],
  };
}

function addressesOf(options: GatewayArguments): {
  dimse: Address | undefined;
  dimseTls: Address | undefined;
  metrics: Address | undefined;
  web: Address | undefined;
  webPlain: Address | undefined;
  hl7: Address | undefined;
  hl7Tls: Address | undefined;
} {
  addressOf('--http', options.http);
  const isAnyGiven = options.dimse !== undefined || options.dimseTls !== undefined;
  return {
    dimse: addressOf('--dimse', options.dimse ?? (isAnyGiven ? undefined : DEFAULT_DIMSE)),
    dimseTls: addressOf('--dimse-tls', options.dimseTls ?? (isAnyGiven ? undefined : DEFAULT_DIMSE_TLS)),
    metrics: addressOf('--metrics', options.metrics),
    web: addressOf('--web', options.web),
    webPlain: plainAddressOf(options),
    hl7: addressOf('--hl7', options.hl7),
    hl7Tls: addressOf('--hl7-tls', options.hl7Tls),
  };
}

/** Images and tokens go in the clear: beyond this machine only for whoever says that it is meant. */
function plainAddressOf({ webPlain, webPlainAnywhere }: GatewayArguments): Address | undefined {
  const address = addressOf('--web-plain', webPlain);
  if (address === undefined || webPlainAnywhere === true || isLoopback(address.host)) return address;
  const sentence = text(
    '--web-plain parle en clair : seulement sur cette machine (127.0.0.1). Prenez --web (TLS), ou ajoutez --web-plain-anywhere si c’est voulu.',
    '--web-plain speaks in the clear: on this machine alone (127.0.0.1). Take --web (TLS), or add --web-plain-anywhere when that is meant.',
  );
  throw new Fault('gateway.web-in-the-clear', 'permanent', sentence);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function addressOf(option: string, value: string | undefined): Address | undefined {
  if (value === undefined) return undefined;
  const address = parseHostPort(value);
  if (address !== undefined) return address;
  const sentence = text(
    `${option} attend HOTE:PORT, par exemple 127.0.0.1:11112.`,
    `${option} takes HOST:PORT, for example 127.0.0.1:11112.`,
  );
  throw new Fault('gateway.bad-address', 'permanent', sentence);
}

function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
}
