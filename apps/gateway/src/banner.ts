import { type Language, type Secret, type Text, text } from '@leadglass/kit';

/** Where people see all of it. */
export interface ConsoleBanner {
  readonly link: string | undefined;
  /** While nobody has set it up: good once, until the next start. */
  readonly setUpLink: string | undefined;
  readonly isBuilt: boolean;
  readonly trouble: Text | undefined;
}

/** What the start prints for people, on standard output. */
export interface BannerFacts {
  readonly version: string;
  readonly listeners: readonly { readonly name: string; readonly address: string }[];
  readonly home: string;
  readonly metrics: string | undefined;
  /** Options accepted whose listener comes with later work. */
  readonly notYet: readonly string[];
  readonly peers: number;
  /** Why nothing is accepted, when that is so. */
  readonly trouble?: Text;
  /** Absent: no console. */
  readonly console?: ConsoleBanner;
}

const NAMES: Readonly<Record<string, Text>> = {
  dimse: text('DICOM en clair', 'DICOM in clear'),
  'dimse-tls': text('DICOM sur TLS', 'DICOM over TLS'),
  web: text('DICOMweb sur TLS', 'DICOMweb over TLS'),
  hl7: text('HL7 en clair', 'HL7 in clear'),
  'hl7-tls': text('HL7 sur TLS', 'HL7 over TLS'),
  'web-plain': text('DICOMweb en clair', 'DICOMweb in clear'),
};

/** What listens, and what whoever connects has to know: the AE title, or the path. */
function listenerWords(name: string, language: Language): string {
  const what = NAMES[name]?.[language] ?? name;
  if (name.startsWith('web')) return `${what}, ${text('chemin', 'path')[language]} /dicom-web`;
  return `${what}, ${text('titre', 'title')[language]} LEADGLASS`;
}

function consoleLines(console: ConsoleBanner | undefined, language: Language): string[] {
  if (console === undefined) return [];
  const say = (fr: string, en: string): string => text(fr, en)[language];
  const { link, setUpLink, isBuilt, trouble } = console;
  const lines = trouble === undefined ? [] : [`  ${trouble[language]}`];
  if (link !== undefined) lines.push(`  ${'console'.padEnd(12)} ${link}`);
  if (link !== undefined && !isBuilt)
    lines.push(say('  (pages à construire : npm run build:console)', '  (pages to be built: npm run build:console)'));
  if (setUpLink === undefined) return lines;
  return [
    ...lines,
    '',
    say(
      'Installation guidée, en cinq minutes, dans un navigateur (lien valable une fois, jusqu’au prochain démarrage) :',
      'Guided set-up, in five minutes, in a browser (the link is good once, until the next start):',
    ),
    `  ${setUpLink}`,
    say(
      'Le navigateur ne connaît pas encore l’autorité de ce site : elle est dans pki/ du dossier de données, ou à /authority.crt.',
      'The browser does not know this site’s authority yet: it is in pki/ of the data folder, or at /authority.crt.',
    ),
  ];
}

/** The few lines of a start. */
export function banner(facts: BannerFacts, language: Language): string {
  const say = (fr: string, en: string): string => text(fr, en)[language];
  const row = (label: string, value: string): string => `  ${label.padEnd(12)} ${value}`;
  const lines = [
    `Leadglass ${facts.version} · ${facts.trouble === undefined ? say('prêt', 'ready') : say('démarré, mais RIEN N’EST ACCEPTÉ', 'started, but NOTHING IS ACCEPTED')}`,
    ...(facts.trouble === undefined ? [] : [`  ${facts.trouble[language]}`]),
    ...facts.listeners.map(({ name, address }) =>
      row(say('écoute', 'listens'), `${address}  ${listenerWords(name, language)}`),
    ),
    row(say('données', 'data'), facts.home),
    ...(facts.metrics === undefined ? [] : [row(say('mesures', 'metrics'), `http://${facts.metrics}/metrics`)]),
    ...facts.notYet.map((option) =>
      row(
        option,
        say(
          'accepté ; rien n’y écoute encore dans cette version',
          'accepted; nothing listens there yet in this version',
        ),
      ),
    ),
    ...consoleLines(facts.console, language),
    '',
    facts.peers === 0 && facts.trouble === undefined
      ? say(
          'Personne n’est encore admis. Commande suivante, dans un autre terminal :',
          'Nobody is admitted yet. Next command, in another terminal:',
        )
      : say('Commande suivante, dans un autre terminal :', 'Next command, in another terminal:'),
    facts.peers === 0 && facts.trouble === undefined
      ? [
          '  ./leadglass peer add SCANNER1 --from 192.0.2.10/32 --allow echo,store',
          say(
            'ou apprenez d’abord qui parle, sur le réseau des appareils, puis policy propose :',
            'or first learn who speaks, on the devices’ network, then policy propose:',
          ),
          '  ./leadglass policy observe --from 192.0.2.0/24 --until 14d',
        ].join('\n')
      : '  ./leadglass status',
    '',
  ];
  return lines.join('\n');
}

/** The recovery key's one-time notice. Printed once in a home's life, before anything is sealed to the key. */
export function recoveryNotice(key: Secret<string>, language: Language): string {
  const rule = '─'.repeat(78);
  const say = (fr: string, en: string): string => text(fr, en)[language];
  return [
    rule,
    say(
      'CLÉ DE SECOURS : affichée une seule fois, conservée nulle part sur cette machine.',
      'RECOVERY KEY: shown once, kept nowhere on this machine.',
    ),
    '',
    `  ${key.reveal()}`,
    '',
    say(
      'Imprimez-la et mettez-la au coffre. Avec elle et l’outil libre « age », vos images\nse rouvrent même si cette machine et Leadglass ont disparu. Sans elle, non.',
      'Print it and put it in a safe. With it and the free tool “age” your images open\nagain even when this machine and Leadglass are gone. Without it they do not.',
    ),
    rule,
    '',
  ].join('\n');
}
