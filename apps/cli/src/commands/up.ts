import { text } from '@leadglass/kit';
import type { Command, Given } from '../command.ts';
import { EXIT } from '../exits.ts';
import { hostPortOf } from './values.ts';

const LISTENERS = ['dimse', 'dimse-tls', 'web', 'web-plain', 'http', 'hl7', 'hl7-tls', 'metrics'] as const;

/** The addresses given, checked before anything is touched. Port 0 lets the system choose; what was chosen is printed. */
function listenersOf(given: Given): Readonly<Partial<Record<(typeof LISTENERS)[number], string>>> {
  const found = LISTENERS.map((name) => [name, given.value(name)] as const).filter(([, value]) => value !== undefined);
  for (const [, value] of found) hostPortOf(value ?? '', 0);
  return Object.fromEntries(found);
}

function consoleOf(given: Given): string | undefined {
  const value = given.value('console');
  if (value !== undefined && value !== 'off') hostPortOf(value, 0);
  return value;
}

const REPEAT_MS = 2000;

/**
 * The same request to stop reaches us several times (a terminal, npm and the launcher each pass it on): while the gateway
 * drains, repeats are nothing. A person who asks again later means it, and ends the process.
 */
function endureRepeats(): void {
  let firstAt: number | undefined;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > REPEAT_MS) process.exit(EXIT.failed);
    });
  }
}

const where = (fr: string, en: string) => ({ value: 'HOST:PORT', help: text(fr, en) });

const up: Command = {
  name: 'up',
  usage: '[--dimse HOST:PORT] [--dimse-tls HOST:PORT] …',
  summary: text('lance la passerelle', 'starts the gateway'),
  options: {
    dimse: where('DICOM', 'DICOM'),
    'dimse-tls': where('DICOM sur TLS', 'DICOM over TLS'),
    web: where('DICOMweb sur TLS', 'DICOMweb over TLS'),
    'web-plain': where('DICOMweb en clair, sur cette machine', 'DICOMweb in the clear, on this machine'),
    'web-plain-anywhere': {
      help: text('en clair ailleurs aussi : c’est voulu', 'in the clear elsewhere too: it is meant'),
    },
    console: {
      value: 'HOST:PORT',
      help: text('console (HTTPS) ; off : aucune', 'console (HTTPS); off: none'),
    },
    http: where('à venir', 'to come'),
    hl7: where('HL7 v2 sur MLLP', 'HL7 v2 over MLLP'),
    'hl7-tls': where('HL7 v2 sur MLLP et TLS', 'HL7 v2 over MLLP and TLS'),
    metrics: where('mesures Prometheus, /healthz, /readyz', 'Prometheus metrics, /healthz, /readyz'),
  },
  positionals: [0, 0],
  examples: ['up', 'up --dimse 0.0.0.0:11112 --dimse-tls 0.0.0.0:2762 --metrics 127.0.0.1:9464'],
  async run({ home, output }, given) {
    const { 'dimse-tls': dimseTls, 'web-plain': webPlain, 'hl7-tls': hl7Tls, ...listeners } = listenersOf(given);
    const console = consoleOf(given);
    const { runGateway } = await import('@leadglass/gateway');
    endureRepeats();
    await runGateway({
      home,
      language: output.language,
      ...listeners,
      ...(console === undefined ? {} : { console }),
      ...(dimseTls === undefined ? {} : { dimseTls }),
      ...(hl7Tls === undefined ? {} : { hl7Tls }),
      ...(webPlain === undefined ? {} : { webPlain, webPlainAnywhere: given.flag('web-plain-anywhere') }),
    });
    return EXIT.ok;
  },
};

const init: Command = {
  name: 'init',
  usage: '',
  summary: text(
    'prépare un dossier (clés, certificats) sans rien lancer',
    'prepares a home (keys, certificates), starting nothing',
  ),
  notes: text('Affiche la clé de secours, une seule fois.', 'Prints the recovery key, once.'),
  options: {},
  positionals: [0, 0],
  examples: ['init --home /srv/leadglass'],
  async run({ home, output }) {
    const { initHome } = await import('@leadglass/gateway');
    await initHome({ home, language: output.language });
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [up, init];
