import type { AnswerInputOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { shellWord } from '@leadglass/policy';
import { age, type Need } from './need-words.ts';

const DAY_MS = 86_400_000;
/** A rule that matched nothing for so long, while traffic was recorded, is one to think about. */
const UNUSED_MS = 60 * DAY_MS;
const MOST_RULES = 10;

type Shown = AnswerInputOf<'policy.show'>;
type Ending = { readonly name: string; readonly sha256: string; readonly days: number; readonly notAfterMs: number };

/** Certificates that end: the sooner, the more urgent. */
export function certificateNeed({ name, sha256, days, notAfterMs }: Ending, now: number): Need {
  return {
    ...{ id: `certificate:${sha256}`, kind: 'certificate', sinceMs: Math.min(now, notAfterMs - 90 * DAY_MS) },
    severity: days <= 7 ? 'urgent' : days <= 30 ? 'soon' : 'sometime',
    text:
      days < 0
        ? text(`Le certificat « ${name} » n’est plus valable.`, `The certificate “${name}” has ended.`)
        : text(
            `Le certificat « ${name} » expire dans ${days} jours.`,
            `The certificate “${name}” expires in ${days} days.`,
          ),
    advice: text(
      'Faites-en un nouveau et installez-le sur l’appareil avant cette date : après, ses connexions TLS sont refusées.',
      'Make a new one and install it on the device before that day: afterwards its TLS connections are refused.',
    ),
    ...{ page: '/settings', command: `./leadglass cert renew ${shellWord(name)}` },
  };
}

/** What the rules themselves ask of a person: observation that has ended or goes on, rules that serve nobody. */
export function ruleNeeds({ observation, peers, routes, relays, sinceMs, observed }: Shown, now: number): Need[] {
  const ended = observation.ranges
    .filter(({ isOver }) => isOver)
    .map((range) => endedNeed(range.from, range.untilMs, now));
  const site = observation.siteUntilMs;
  const siteEnded = site !== null && site <= now ? [endedNeed('site', site, now)] : [];
  return [...ended, ...siteEnded, ...proposalNeed(observed, now), ...unused({ peers, routes, relays, sinceMs }, now)];
}

function endedNeed(from: string, untilMs: number, now: number): Need {
  const [since, all] = [age(now - untilMs), from === 'site'];
  const what = all ? text('du site', 'of the site') : text(`de ${from}`, `of ${from}`);
  return {
    ...{ id: `observed:${from}`, kind: 'proposal', severity: 'soon', sinceMs: untilMs },
    text: text(
      `L’observation ${what.fr} est finie depuis ${since.fr} : ce qu’elle laissait passer est refusé.`,
      `Observation ${what.en} ended ${since.en} ago: what it let pass is refused.`,
    ),
    advice: text(
      'Regardez les règles proposées d’après ce qui a été vu, et appliquez celles qui conviennent.',
      'Look at the rules proposed from what was seen, and apply those that fit.',
    ),
    ...{ page: '/peers', command: './leadglass policy propose -o proposed.yaml' },
  };
}

/** Something passes only because it is observed: rules can be proposed for it. */
function proposalNeed(observed: Shown['observed'], now: number): Need[] {
  const titles = new Set(observed.map(({ peer }) => peer));
  if (titles.size === 0) return [];
  const [n, sinceMs] = [titles.size, Math.min(now, ...observed.map(({ firstMs }) => firstMs))];
  return [
    {
      ...{ id: 'proposal', kind: 'proposal', severity: 'sometime', sinceMs },
      text: text(
        `${n} appareil${n < 2 ? '' : 's'} ${n < 2 ? 'passe' : 'passent'} au-delà des règles parce qu’on ${n < 2 ? 'l’observe' : 'les observe'}.`,
        `${n} ${n === 1 ? 'device passes' : 'devices pass'} beyond the rules because of observation.`,
      ),
      advice: text(
        'Faites proposer les règles qui couvrent ce qui a été vu, lisez-les, appliquez-les, puis finissez l’observation.',
        'Have rules proposed that fit what was seen, read them, apply them, then end the observation.',
      ),
      ...{ page: '/peers', command: './leadglass policy propose -o proposed.yaml' },
    },
  ];
}

interface Rule {
  readonly id: string;
  readonly words: Text;
  readonly command: string;
  readonly lastMs: number | undefined;
}

function unused(
  { peers, routes, relays, sinceMs }: Pick<Shown, 'peers' | 'routes' | 'relays' | 'sinceMs'>,
  now: number,
) {
  if (sinceMs === null || now - sinceMs < UNUSED_MS) return [];
  const rules: Rule[] = [
    ...peers.map(({ rule: { aeTitle, from }, use }) => ({
      id: `peer:${aeTitle}:${from}`,
      words: text(`Le correspondant ${aeTitle} (${from})`, `Peer ${aeTitle} (${from})`),
      command: `./leadglass peer remove ${shellWord(aeTitle)} --from ${from}`,
      lastMs: use?.lastMs,
    })),
    ...[...routes, ...relays].map(({ rule: { from, to }, use }, at) => ({
      id: `${at < routes.length ? 'route' : 'relay'}:${from}:${to}`,
      words: text(`Le passage de ${from} vers ${to}`, `The way from ${from} to ${to}`),
      command: './leadglass policy show',
      lastMs: use?.lastMs,
    })),
  ];
  const idle = rules.filter(({ lastMs }) => lastMs === undefined || now - lastMs >= UNUSED_MS);
  return idle.slice(0, MOST_RULES).map((rule) => unusedNeed(rule, sinceMs));
}

function unusedNeed({ id, words, command, lastMs }: Rule, recordedMs: number): Need {
  return {
    ...{ id: `unused:${id}`, kind: 'unused-rule', severity: 'sometime', sinceMs: lastMs ?? recordedMs },
    text: text(`${words.fr} n’a servi à personne depuis 60 jours.`, `${words.en} has served nobody for 60 days.`),
    advice: text(
      'Un droit que personne n’utilise ne peut qu’être volé : retirez-le, ou gardez-le en sachant pourquoi.',
      'A right that nobody uses can only be stolen: take it away, or keep it knowing why.',
    ),
    ...{ page: '/peers', command },
  };
}
