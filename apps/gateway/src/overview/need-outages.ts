import { type Text, text } from '@leadglass/kit';
import type { Continuity } from '../continuity/continuity.ts';
import type { UpstreamStanding } from '../continuity/outage-host.ts';
import { age, type Need } from './need-words.ts';

/** What outages and isolation ask of a person. */
export function outageNeeds(
  { outages, isolation, feeds }: Pick<Continuity, 'outages' | 'isolation' | 'feeds'>,
  now: number,
): readonly Need[] {
  const down = outages.standings().filter(({ name }) => outages.isDown(name));
  return [
    ...down.map((each) => downNeed(each, now)),
    ...feeds.silent().map((each) => silentNeed(each, now)),
    ...(isolation.isOn ? [isolatedNeed(isolation.sinceMs, now)] : []),
  ];
}

function downNeed({ name, state, sinceMs, outage }: UpstreamStanding, now: number): Need {
  const since = age(Math.max(0, now - sinceMs));
  const isDeclared = state === 'declared';
  return {
    ...{ id: `outage:${name}`, kind: 'outage', severity: state === 'returning' ? 'soon' : 'urgent', sinceMs },
    text: saidOf(name, state, outage?.by ?? '', since),
    advice: isDeclared ? DECLARED : DETECTED,
    ...(isDeclared
      ? { act: { operation: 'outage.end', request: { name }, text: text(`${name} est de retour`, `${name} is back`) } }
      : {}),
    ...{ page: '/now', command: isDeclared ? `./leadglass outage end ${name}` : './leadglass outage list' },
  };
}

function saidOf(name: string, state: UpstreamStanding['state'], by: string, since: Text): Text {
  if (state === 'declared')
    return text(
      `${name} est déclaré en panne depuis ${since.fr} (${by}) : Leadglass répond à sa place.`,
      `${name} is declared down for ${since.en} (${by}): Leadglass answers in its place.`,
    );
  if (state === 'returning')
    return text(
      `${name} répond de nouveau, après ${since.fr} ; on attend qu’il le fasse assez longtemps.`,
      `${name} answers again, after ${since.en}; it has to do so for long enough.`,
    );
  return text(
    `${name} ne répond plus depuis ${since.fr} : Leadglass répond à sa place et garde ce qui lui est dû.`,
    `${name} has not answered for ${since.en}: Leadglass answers in its place and keeps what it is owed.`,
  );
}

type Silent = ReturnType<Continuity['feeds']['silent']>[number];

function silentNeed({ feed: { name, kind }, sinceMs }: Silent, now: number): Need {
  const [since, who] = [age(Math.max(0, now - sinceMs)), FEEDS[kind]];
  return {
    ...{ id: `silent:${name}`, kind: 'outage', severity: kind === 'lab' ? 'urgent' : 'soon', sinceMs },
    text: text(
      `${who.fr} (flux ${name}) n’a rien envoyé depuis ${since.fr} : d’habitude, il envoie à cette heure.`,
      `${who.en} (feed ${name}) has sent nothing for ${since.en}: as a rule it sends at this hour.`,
    ),
    advice: text(
      'Appelez qui l’exploite : ce qui attend chez lui n’est pas dans les dossiers. S’il se tait à raison, donnez-lui des heures calmes (feed add … --quiet-hours).',
      'Call whoever runs it: what waits there is not in the charts. If it is quiet with reason, give it quiet hours (feed add … --quiet-hours).',
    ),
    ...{ page: '/now', command: './leadglass feed list' },
  };
}

const FEEDS: Readonly<Record<Silent['feed']['kind'], Text>> = {
  lab: text('Le laboratoire', 'The laboratory'),
  ris: text('Le système de radiologie', 'The radiology system'),
  adt: text('Le système des mouvements', 'The system of admissions'),
};

function isolatedNeed(sinceMs: number | undefined, now: number): Need {
  const since = age(Math.max(0, now - (sinceMs ?? now)));
  return {
    ...{ id: 'isolation', kind: 'isolation', severity: 'urgent', sinceMs: sinceMs ?? now },
    text: text(
      `Le site est isolé de l’extérieur depuis ${since.fr}.`,
      `The site is isolated from the outside for ${since.en}.`,
    ),
    advice: text(
      'Levez l’isolement quand le danger est passé : ce qui attend repart alors.',
      'End the isolation once the danger is over: what waits then goes on.',
    ),
    act: { operation: 'isolation.off', request: {}, text: text('Lever l’isolement', 'End the isolation') },
    ...{ page: '/now', command: './leadglass isolation off' },
  };
}

const DETECTED = text(
  'Rien n’est perdu : remettez-le en marche, et il reçoit dans l’ordre ce qu’il a manqué.',
  'Nothing is lost: get it going again, and it is sent what it missed, in order.',
);
const DECLARED = text(
  'Quand il est de retour, dites-le : il est alors interrogé, et reçoit dans l’ordre ce qu’il a manqué.',
  'Once it is back, say so: it is then asked, and sent what it missed, in order.',
);
