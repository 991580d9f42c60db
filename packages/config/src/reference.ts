import { assert, type Text, text } from '@leadglass/kit';
import { z } from 'zod';
import { fieldDocs } from './checks.ts';
import { clamavInput } from './clamav-input.ts';
import { continuityInput } from './continuity-input.ts';
import { feedInput } from './feed-input.ts';
import { hl7DestinationInput } from './hl7-destination-input.ts';
import { destinationInput, MOST_ITEMS, peerInput, routeInput } from './input.ts';
import { quirkInput } from './quirk-input.ts';
import { relayInput } from './relay-input.ts';
import { retentionInput } from './retention-input.ts';
import { LARGEST_FILE_BYTES } from './yaml.ts';

interface Section {
  readonly list: string;
  readonly title: string;
  readonly about: Text;
  readonly shape: Readonly<Record<string, z.ZodType>>;
  /** One item alone, and not a list. */
  readonly isOne?: boolean;
}

const SECTIONS: readonly Section[] = [
  {
    list: 'peers',
    title: '`peers` — correspondants / peers',
    about: text('Qui peut nous parler.', 'Who may speak to us.'),
    shape: peerInput.shape,
  },
  {
    list: 'destinations',
    title: '`destinations`',
    about: text('Où les objets sont livrés.', 'Where objects are delivered to.'),
    shape: destinationInput.shape,
  },
  {
    list: 'routes',
    title: '`routes`',
    about: text('Ce qui arrive de `from` va à `to`.', 'What arrives from `from` goes to `to`.'),
    shape: routeInput.shape,
  },
  {
    list: 'relays',
    title: '`relays` — relais / relays',
    about: text(
      'Ce que `from` demande de ces services est demandé à `to` à sa place ; le premier relais qui convient décide. Sans relais, ce que le coffre sait répondre vient de lui.',
      'What `from` asks of these services is asked of `to` in its place; the first relay that fits decides. Without one, what the vault can answer is answered from it.',
    ),
    shape: relayInput.shape,
  },
  {
    list: 'quirks',
    title: '`quirks` — particularités d’appareils / quirks of devices',
    about: text(
      'Ce que le site accepte de ses appareils, en plus de ce que Leadglass connaît.',
      'What the site accepts of its devices, besides what Leadglass knows.',
    ),
    shape: quirkInput.shape,
  },
  {
    list: 'feeds',
    title: '`feeds` — flux HL7 / HL7 feeds',
    about: text(
      'Les laboratoires et systèmes d’information qui peuvent envoyer (HL7 v2 sur MLLP). Ce qu’ils disent fait le dossier de chaque patient pour les urgences.',
      'Laboratories and information systems that may send (HL7 v2 over MLLP). What they tell makes the chart of each patient for the emergency department.',
    ),
    shape: feedInput.shape,
  },
  {
    list: 'hl7Destinations',
    title: '`hl7Destinations` — destinataires HL7 / HL7 receivers',
    about: text(
      'Les systèmes d’information à qui est dit, en HL7 v2 sur MLLP, ce qui a été enregistré ici en leur absence : patients sous leur numéro temporaire, demandes, et qui ils sont une fois rapprochés.',
      'Information systems that are told, by HL7 v2 over MLLP, what was registered here while they were away: patients under their temporary number, orders, and who they are once reconciled.',
    ),
    shape: hl7DestinationInput.shape,
  },
  {
    list: 'clamav',
    title: '`clamav` — l’antivirus du site / the site’s antivirus',
    about: text(
      'Quand ce réglage est présent, chaque objet est aussi montré à clamd pendant sa réception. Ce que clamd ne peut pas regarder (arrêté, en retard, objet trop grand) est décidé par `whenUnfinished` du correspondant et de ses routes : `deliver` laisse passer, `hold` retient ; sans choix, une image passe et un document est retenu.',
      'When this setting is present every object is shown to clamd too while it arrives. What clamd cannot look at (down, late, object too large) is decided by `whenUnfinished` of the peer and its routes: `deliver` lets it pass, `hold` holds it; without a choice an image passes and a document is held.',
    ),
    shape: clamavInput.shape,
    isOne: true,
  },
  {
    list: 'continuity',
    title: '`continuity` — l’ensemble de continuité / the continuity set',
    about: text(
      'Ce qui est tenu prêt pour le jour où PACS, RIS, annuaire et réseau sont en panne : ce que tire un second boîtier (`leadglass continuity-node`) et ce qu’emporte `leadglass continuity export`. Rien n’est effacé du coffre pour autant. Sans ce réglage, les valeurs par défaut.',
      'What is kept ready for the day PACS, RIS, directory and network are down: what a second box pulls (`leadglass continuity-node`) and what `leadglass continuity export` takes along. Nothing leaves the vault because of it. Without this setting, the defaults.',
    ),
    shape: continuityInput.shape,
    isOne: true,
  },
  {
    list: 'retention',
    title: '`retention` — la conservation des messages et des dossiers / the retention of messages and charts',
    about: text(
      'Combien de temps est gardé ce qu’ont envoyé laboratoires et systèmes d’information. Oublié par petites parts, quand il n’y a rien d’autre à faire, avec ses chiffres au registre. Ni les images ni leurs comptes rendus DICOM n’en relèvent. Sans ce réglage, les valeurs par défaut.',
      'How long what laboratories and information systems sent is kept. Forgotten a little at a time, when there is nothing else to do, with its counts in the ledger. Neither images nor their DICOM reports are meant. Without this setting, the defaults.',
    ),
    shape: retentionInput.shape,
    isOne: true,
  },
];

/** The configuration file's reference in Markdown, both languages, made from the schemas themselves. */
export function configReference(): string {
  return [
    '<!-- Généré par tools/generate-config-reference.ts ; ne pas modifier à la main. / Generated; do not edit by hand. -->',
    '# Le fichier de configuration / The configuration file',
    '',
    `Un seul document YAML 1.2, de ${LARGEST_FILE_BYTES} octets au plus, avec sept listes d’au plus ${MOST_ITEMS} éléments et les réglages \`clamav\`, \`continuity\` et \`retention\`. Une liste absente est une liste vide ; un champ inconnu est une erreur ; toutes les erreurs sont données à la fois. \`leadglass config plan FICHIER\` montre ce qui changerait, \`leadglass config apply FICHIER\` l’applique, \`leadglass config show\` écrit la configuration en vigueur sous cette forme.`,
    '',
    `One YAML 1.2 document of at most ${LARGEST_FILE_BYTES} bytes, with seven lists of at most ${MOST_ITEMS} items and the settings \`clamav\`, \`continuity\` and \`retention\`. An absent list is an empty list; an unknown field is an error; all errors are told at once. \`leadglass config plan FILE\` shows what would change, \`leadglass config apply FILE\` applies it, \`leadglass config show\` writes the present configuration in this form.`,
    '',
    '```yaml',
    ...SECTIONS.flatMap(exampleOf),
    '```',
    '',
    ...SECTIONS.flatMap(sectionOf),
  ].join('\n');
}

/** A field of the configuration file. `fallback`: what it is when left out, as JSON. */
export interface FieldReference {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly fallback?: string;
  readonly example: string;
  readonly about: Text;
}

/** A list of the configuration file (`isOne`: an item alone), and its fields. */
export interface SectionReference {
  readonly list: string;
  readonly isOne: boolean;
  readonly about: Text;
  readonly fields: readonly FieldReference[];
}

/** The same reference as values: what every field means, from the schemas themselves. */
export function configMeanings(): readonly SectionReference[] {
  return SECTIONS.map(({ list, isOne = false, about, shape }) => ({
    ...{ list, isOne, about },
    fields: Object.entries(shape).map(([name, schema]) => ({
      name,
      isNeeded: !(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional),
      ...(schema instanceof z.ZodDefault ? { fallback: JSON.stringify(schema.def.defaultValue) } : {}),
      ...docOf(shape, name),
    })),
  }));
}

/** The example of the reference: every field once. */
export function exampleConfig(): string {
  return `${SECTIONS.flatMap(exampleOf).join('\n')}\n`;
}

function exampleOf({ list, shape, isOne = false }: Section): string[] {
  return [
    `${list}:`,
    ...Object.keys(shape).map(
      (name, at) => `  ${isOne ? '' : at === 0 ? '- ' : '  '}${name}: ${docOf(shape, name).example}`,
    ),
  ];
}

function sectionOf({ title, about, shape }: Section): string[] {
  const rows = Object.entries(shape).map(([name, schema]) => {
    const { about: sentence } = docOf(shape, name);
    return `| \`${name}\` | ${neededOf(schema)} | ${sentence.fr} | ${sentence.en} |`;
  });
  return [
    `## ${title}`,
    `${about.fr} / ${about.en}`,
    '',
    '| champ / field | obligatoire / required | français | English |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}

function docOf(shape: Readonly<Record<string, z.ZodType>>, name: string) {
  const doc = shape[name] === undefined ? undefined : fieldDocs.get(shape[name]);
  assert(doc !== undefined, `the field ${name} has no documentation`);
  return doc;
}

function neededOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodDefault) return `non / no (\`${JSON.stringify(schema.def.defaultValue)}\`)`;
  return schema instanceof z.ZodOptional ? 'non / no' : 'oui / yes';
}
