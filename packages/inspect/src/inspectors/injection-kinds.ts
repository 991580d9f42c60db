import type { ControlTrouble } from '../content/controls.ts';
import type { Injection } from '../content/injections.ts';
import type { FindingKind } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('injection');

/** What a text can do to the program that shows, stores or exports it. */
export const INJECTION_KINDS = {
  markup: kind(
    'markup',
    'suspicious',
    'PS3.5 §6.2; CWE-79',
    'Un texte contient un programme de page web, qui s’exécuterait dans un logiciel de consultation.',
    'A text holds a web-page program, which would run in a viewer.',
  ),
  lookup: kind(
    'lookup',
    'malicious',
    'PS3.5 §6.2; CWE-917',
    'Un texte contient une formule de recherche (« ${ ») qui fait charger un programme par le serveur qui la journalise.',
    'A text holds a lookup expression (“${”) that makes a server which logs it load a program.',
  ),
  sql: kind(
    'sql',
    'suspicious',
    'PS3.5 §6.2; CWE-89',
    'Un texte contient un fragment de commande de base de données.',
    'A text holds a piece of a database command.',
  ),
  shell: kind(
    'shell',
    'suspicious',
    'PS3.5 §6.2; CWE-78',
    'Un texte contient une commande du système d’exploitation.',
    'A text holds a command of the operating system.',
  ),
  formula: kind(
    'formula',
    'suspicious',
    'PS3.5 §6.2; CWE-1236',
    'Un texte contient une formule qui s’exécuterait dans un tableur où la liste serait exportée.',
    'A text holds a formula that would run in a spreadsheet the list is exported to.',
  ),
  format: kind(
    'format',
    'suspicious',
    'PS3.5 §6.2; CWE-134',
    'Un texte contient des codes de mise en forme qui font lire ou écrire un logiciel en dehors de sa mémoire.',
    'A text holds format codes that make a program read or write outside its memory.',
  ),
  terminal: kind(
    'terminal',
    'suspicious',
    'PS3.5 §6.1.3; CWE-150',
    'Un texte contient des commandes d’écran cachées, qui effacent ou falsifient ce que voit un administrateur.',
    'A text holds hidden screen commands, which erase or falsify what an administrator sees.',
  ),
  header: kind(
    'header',
    'suspicious',
    'PS3.5 §6.2; CWE-93',
    'Une valeur d’une ligne en contient une deuxième, qui s’ajouterait à un message transmis (web, courrier ou HL7).',
    'A value of one line holds a second one, which would add itself to a message sent on (web, mail or HL7).',
  ),
  bidi: kind(
    'bidi',
    'suspicious',
    'PS3.5 §6.1.2.3; CWE-1007',
    'Un texte contient un caractère invisible qui l’affiche dans un autre ordre que le sien.',
    'A text holds an invisible character that shows it in another order than its own.',
  ),
  overlong: kind(
    'overlong',
    'suspicious',
    'PS3.5 §6.1.2.3; RFC 3629 §3; CWE-176',
    'Un texte cache un signe de chemin ou de page web dans un codage UTF-8 interdit, que certains logiciels décodent quand même.',
    'A text hides a sign of paths or web pages in a forbidden UTF-8 form, which some programs decode all the same.',
  ),
  'nul-inside': kind(
    'nul-inside',
    'malformed',
    'PS3.5 §6.1.3, §6.2',
    'Un identifiant ou un nom contient un octet nul : certains logiciels s’y arrêtent et d’autres non, et ne voient pas le même patient.',
    'An identifier or name holds a NUL: some programs stop there and others do not, and do not see the same patient.',
  ),
  'nul-behind': kind(
    'nul-behind',
    'information',
    'PS3.5 §6.1.3, §6.2',
    'Un texte continue après un octet nul ; c’est une particularité de certains appareils.',
    'A text goes on behind a NUL, a quirk of some devices.',
  ),
  'line-break': kind(
    'line-break',
    'suspicious',
    'PS3.5 §6.1.3, §6.2; CWE-117',
    'Un identifiant ou un nom contient un saut de ligne : il peut falsifier un journal ou un message.',
    'An identifier or name holds a line break: it can falsify a log or a message.',
  ),
  control: kind(
    'control',
    'suspicious',
    'PS3.5 §6.1.3, §6.2',
    'Un identifiant ou un nom contient des caractères invisibles.',
    'An identifier or name holds invisible characters.',
  ),
  'stray-control': kind(
    'stray-control',
    'information',
    'PS3.5 §6.1.3, §6.2',
    'Un texte contient des caractères invisibles ; c’est une particularité de certains appareils.',
    'A text holds invisible characters, a quirk of some devices.',
  ),
} as const satisfies Readonly<Record<Injection | ControlTrouble, FindingKind>>;
