import type { PillarAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { age } from './need-words.ts';
import type { PillarFacts } from './pillar-facts.ts';

type State = PillarAnswer['state'];

const DAY_MS = 86_400_000;
const LATE_MS = 15 * 60_000;
const CHECK_MS = 31 * DAY_MS;
const BEHIND_MS = 60_000;

/** Availability, integrity, confidentiality, traceability: what is counted, how it stands, and what it does not say. */
export function pillarsOf(facts: PillarFacts): PillarAnswer[] {
  return [availability(facts), integrity(facts), confidentiality(facts), traceability(facts)];
}

/** `98,2 %`; never 100 when something is missing. */
function share(part: number, whole: number): Text {
  const percent = part === whole ? 100 : Math.min(99.9, Math.floor((part / whole) * 1000) / 10);
  return text(`${String(percent).replace('.', ',')} %`, `${percent}%`);
}

/** A number in groups of three. */
function grouped(n: number): string {
  return String(n).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

const proof = (fr: string, en: string, page: string, command: string) => ({ text: text(fr, en), page, command });

function availability(f: PillarFacts): PillarAnswer {
  const late = f.waitingSinceMs === undefined ? 0 : f.now - f.waitingSinceMs;
  const due = f.delivered + f.failed + f.pending;
  const state: State = !f.isAccepting
    ? 'bad'
    : f.failed > 0 || late >= LATE_MS || f.intakesDied > 0
      ? 'attention'
      : 'good';
  const up = age(f.now - f.sinceMs);
  const waits = f.waitingSinceMs === undefined ? text('aucune', 'none') : age(late);
  return {
    pillar: 'availability',
    state,
    figure: due === 0 ? text(`en marche ${up.fr}`, `up ${up.en}`) : share(f.delivered, due),
    meaning: text(
      `Livraisons faites parmi celles dues : ${grouped(f.delivered)} sur ${grouped(due)} (abandonnées : ${grouped(f.failed)} ; plus ancienne attente : ${waits.fr}). En marche depuis ${up.fr} ; réceptions tombées depuis : ${f.intakesDied}. Ne dit rien des appareils ni du réseau autour.`,
      `Deliveries made of those due: ${grouped(f.delivered)} of ${grouped(due)} (given up: ${grouped(f.failed)}; oldest waiting: ${waits.en}). Up for ${up.en}; intakes died since: ${f.intakesDied}. Says nothing of the devices and the network around.`,
    ),
    evidence: [
      proof('Livraisons', 'Deliveries', '/now', './leadglass deliveries list'),
      proof(
        'Démarrages et arrêts',
        'Starts and stops',
        '/ledger?kinds=gateway,intake',
        './leadglass log --kind gateway --kind intake',
      ),
    ],
  };
}

function integrity(f: PillarFacts): PillarAnswer {
  const check = f.lastCheck;
  const evidence = [
    proof('Dernières vérifications', 'Last checks', '/ledger?kinds=vault', './leadglass vault check'),
    proof('Registre', 'Ledger', '/ledger', './leadglass ledger verify'),
  ];
  if (check === undefined) {
    return {
      ...{ pillar: 'integrity', state: f.hasLedger ? 'unknown' : 'bad', evidence },
      figure: text(`0 / ${grouped(f.objects)}`, `0 / ${grouped(f.objects)}`),
      meaning: text(
        'Les objets ont été hachés à leur arrivée et le seront à chaque lecture, mais le coffre entier n’a jamais été vérifié : lancez une vérification.',
        'Objects were hashed as they arrived and are at each reading, but the whole vault was never checked: run a check.',
      ),
    };
  }
  const since = age(f.now - check.atMs);
  const isOld = f.now - check.atMs > CHECK_MS;
  const sound = check.objects - check.faults;
  return {
    ...{
      pillar: 'integrity',
      state: check.faults > 0 || !f.hasLedger ? 'bad' : isOld ? 'attention' : 'good',
      evidence,
    },
    figure: text(`${grouped(sound)} / ${grouped(check.objects)}`, `${grouped(sound)} / ${grouped(check.objects)}`),
    meaning: text(
      `Objets ouverts, hachés et trouvés intacts à la dernière vérification du coffre, il y a ${since.fr} ; ${grouped(f.objects)} sont conservés aujourd’hui. Le registre ${f.hasLedger ? 'est ouvert et sa racine correspond' : 'ne peut pas être ouvert'}. Ne dit rien de ce que les images montraient avant d’arriver.`,
      `Objects opened, hashed and found whole at the last check of the vault, ${since.en} ago; ${grouped(f.objects)} are kept today. The ledger ${f.hasLedger ? 'is open and its root agrees' : 'cannot be opened'}. Says nothing of what the images showed before they arrived.`,
    ),
  };
}

function confidentiality(f: PillarFacts): PillarAnswer {
  const plain = f.associations - f.overTls;
  const meaning = text(
    `Associations venues en TLS parmi les ${f.associations} dernières admises. Ports ouverts sans TLS : ${f.plainListeners} ; jetons Web en cours : ${f.tokens}. Tout objet conservé est scellé sur le disque. Ne dit rien de qui regarde les écrans.`,
    `Associations that came over TLS of the last ${f.associations} admitted. Ports open without TLS: ${f.plainListeners}; web tokens: ${f.tokens}. Every object kept is sealed on disk. Says nothing of who looks at the screens.`,
  );
  const state: State = f.associations === 0 ? 'unknown' : plain === 0 && f.plainListeners === 0 ? 'good' : 'attention';
  return {
    ...{ pillar: 'confidentiality', state, meaning },
    figure: f.associations === 0 ? text('aucune association', 'no association') : share(f.overTls, f.associations),
    evidence: [
      proof('Associations', 'Associations', '/ledger?kinds=association', './leadglass log --kind association'),
      proof('Certificats', 'Certificates', '/settings', './leadglass cert list'),
      proof('Jetons Web', 'Web tokens', '/settings', './leadglass web token list'),
    ],
  };
}

function traceability(f: PillarFacts): PillarAnswer {
  const behind = f.ledgerWaiting > 0 && f.lastEntryAtMs !== undefined ? f.now - f.lastEntryAtMs : 0;
  const state: State = !f.hasLedger
    ? 'bad'
    : f.ledgerSize === 0
      ? 'unknown'
      : behind > BEHIND_MS
        ? 'attention'
        : 'good';
  const since = f.lastEntryAtMs === undefined ? text('jamais', 'never') : age(f.now - f.lastEntryAtMs);
  return {
    ...{ pillar: 'traceability', state, figure: text(grouped(f.ledgerSize), grouped(f.ledgerSize)) },
    meaning: text(
      `Entrées du registre, chacune prouvable ; ${grouped(f.ledgerWaiting)} attendent leur inscription. Dernier point de contrôle : il y a ${since.fr}. Aucun témoin extérieur ne le contresigne : gardez-en des copies ailleurs pour pouvoir prouver que rien n’a été récrit.`,
      `Entries of the ledger, each provable; ${grouped(f.ledgerWaiting)} wait to be written. Last checkpoint: ${since.en} ago. No outside witness cosigns it: keep copies elsewhere to be able to prove that nothing was rewritten.`,
    ),
    evidence: [
      proof('Registre', 'Ledger', '/ledger', './leadglass ledger show'),
      proof('Vérification', 'Verification', '/ledger', './leadglass ledger verify'),
    ],
  };
}
