import type { NeedAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Destination, Peer } from '@leadglass/model';
import { shellWord } from '@leadglass/policy';
import type { Hold, HoldRequest, Stranger } from '@leadglass/records';

/** A need before it has its place among the others. */
export type Need = Omit<NeedAnswer, 'rank'>;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A request of the first of two people that ends within this is urgent. */
const LAST_HOURS_MS = 12 * HOUR_MS;

/** `5 min`, `3 h`, `2 j`. */
export function age(ms: number): Text {
  if (ms < HOUR_MS)
    return text(`${Math.max(1, Math.round(ms / MINUTE_MS))} min`, `${Math.max(1, Math.round(ms / MINUTE_MS))} min`);
  if (ms < 2 * DAY_MS) return text(`${Math.round(ms / HOUR_MS)} h`, `${Math.round(ms / HOUR_MS)} h`);
  return text(`${Math.round(ms / DAY_MS)} jours`, `${Math.round(ms / DAY_MS)} days`);
}

/** What a peer wrote, bounded, in a sentence: who reads it sees a title and nothing more. */
const quoted = (value: string): string => value.replaceAll(/\p{C}/gu, '').slice(0, 64);

const HELD_AS: Readonly<Record<string, Text>> = {
  malicious: text('dangereux', 'dangerous'),
  malformed: text('mal formé', 'malformed'),
  suspicious: text('douteux', 'doubtful'),
};

/** One object that is held. */
export function holdNeed({ sha256, heldAtMs, peer, verdict, copy }: Hold): Need {
  const as = HELD_AS[verdict] ?? text(verdict, verdict);
  const on = copy === 'made' ? COPY_WENT : NOTHING_WENT;
  return {
    ...{ id: `hold:${sha256}`, kind: 'hold', sinceMs: heldAtMs },
    severity: verdict === 'malicious' ? 'urgent' : 'soon',
    text: text(
      `Un objet de ${quoted(peer)} est retenu (${as.fr}) ; ${on.fr}.`,
      `An object from ${quoted(peer)} is held (${as.en}); ${on.en}.`,
    ),
    advice: text(
      'Regardez ce qui a été trouvé, puis libérez-le ou détruisez-le, en disant pourquoi.',
      'Look at what was found, then release or destroy it, and say why.',
    ),
    page: `/holds/${sha256}`,
    command: `./leadglass hold show ${sha256.slice(0, 12)}`,
  };
}

const COPY_WENT = text('sa copie désarmée est partie à sa place', 'its disarmed copy went on in its place');
const NOTHING_WENT = text('rien n’est livré en attendant', 'nothing is delivered meanwhile');

/** Those that are not listed one by one. */
export function moreHoldsNeed(more: number, sinceMs: number): Need {
  return {
    ...{ id: 'hold:more', kind: 'hold', severity: 'soon', sinceMs },
    text: text(`${more} autres objets sont retenus.`, `${more} other objects are held.`),
    advice: text(
      'S’ils viennent tous du même appareil, cherchez la cause chez lui avant de décider un à un.',
      'If they all come from one device, look for the cause there before deciding one by one.',
    ),
    ...{ page: '/holds', command: './leadglass hold list' },
  };
}

/** The first of two people has decided. */
export function requestNeed({ sha256, act, operator, askedAtMs, untilMs }: HoldRequest, now: number): Need {
  const left = age(untilMs - now);
  const [fr, en] = act === 'release' ? ['la libération', 'the release'] : ['la destruction', 'the destruction'];
  return {
    ...{ id: `request:${sha256}`, kind: 'request', sinceMs: askedAtMs },
    severity: untilMs - now < LAST_HOURS_MS ? 'urgent' : 'soon',
    text: text(
      `${quoted(operator)} demande ${fr} d’un objet retenu : une deuxième personne a encore ${left.fr} pour l’approuver.`,
      `${quoted(operator)} asks for ${en} of a held object: a second person has ${left.en} left to approve.`,
    ),
    advice: text(
      'Un autre opérateur inscrit regarde l’objet et approuve, ou retire la demande.',
      'Another registered operator looks at the object and approves, or withdraws the request.',
    ),
    page: `/holds/${sha256}`,
    command: `./leadglass hold show ${sha256.slice(0, 12)}`,
  };
}

/** Somebody who could be let in. `peer`: what would let it in. */
export function strangerNeed(
  { aeTitle, address, firstAtMs, lastAtMs, times }: Stranger,
  peer: Peer,
  now: number,
): Need {
  const options = `--from ${peer.from} --allow ${peer.allow.join(',')}${peer.certSha256 === undefined ? '' : ` --cert-sha256 ${peer.certSha256}`}`;
  const title = quoted(aeTitle);
  return {
    ...{ id: `stranger:${address}:${aeTitle}`, kind: 'stranger', sinceMs: firstAtMs },
    severity: now - lastAtMs < HOUR_MS ? 'soon' : 'sometime',
    text: text(
      `« ${title} » (${quoted(address)}) a frappé ${times} fois et n’est pas admis.`,
      `“${title}” (${quoted(address)}) knocked ${times === 1 ? 'once' : `${times} times`} and is not admitted.`,
    ),
    advice: text(
      'Si vous connaissez cet appareil, admettez-le ; sinon laissez-le dehors et cherchez d’où il vient.',
      'If you know this device, admit it; if not, leave it outside and find out where it comes from.',
    ),
    act: {
      operation: 'peer.add',
      request: { ...peer },
      text: text(`Admettre ${title} depuis ${peer.from}`, `Admit ${title} from ${peer.from}`),
    },
    page: '/peers',
    command: aeTitle.startsWith('-')
      ? `./leadglass peer add ${options} -- ${shellWord(aeTitle)}`
      : `./leadglass peer add ${shellWord(aeTitle)} ${options}`,
  };
}

/** An address from which several titles were tried: no one of them is let in from here. */
export function proberNeed(
  address: string,
  titles: number,
  strangers: readonly Pick<Stranger, 'address' | 'firstAtMs'>[],
): Need {
  const shown = quoted(address);
  const firsts = strangers.filter((each) => each.address === address).map(({ firstAtMs }) => firstAtMs);
  return {
    ...{ id: `prober:${address}`, kind: 'stranger', severity: 'soon', sinceMs: Math.min(...firsts) },
    text: text(
      `Depuis ${shown}, ${titles} titres différents ont été essayés ; aucun n’est admis.`,
      `From ${shown}, ${titles} different titles were tried; none is admitted.`,
    ),
    advice: text(
      'Quelqu’un essaie les portes, ou plusieurs appareils partagent cette adresse : trouvez la machine avant d’admettre quoi que ce soit.',
      'Somebody tries the doors, or several devices share this address: find the machine before admitting anything.',
    ),
    ...{ page: '/peers', command: './leadglass strangers' },
  };
}

/** Deliveries that were given up. */
export function failedNeed({ name }: Destination, failed: number, sinceMs: number): Need {
  return {
    ...{ id: `failed:${name}`, kind: 'delivery', severity: 'urgent', sinceMs },
    text: text(
      `${failed} livraison${failed < 2 ? '' : 's'} vers ${name} abandonnée${failed < 2 ? '' : 's'} : ${name} a refusé ce qu’on lui envoyait.`,
      `${failed} ${failed === 1 ? 'delivery' : 'deliveries'} to ${name} given up: ${name} refused what it was sent.`,
    ),
    advice: text(
      `Les objets restent conservés ici. Mettez ${name} en ordre, puis relancez.`,
      `The objects are kept here. Put ${name} right, then try again.`,
    ),
    act: {
      operation: 'deliveries.retry',
      request: { destination: name },
      text: text(`Relancer vers ${name}`, `Try ${name} again`),
    },
    page: '/now',
    command: `./leadglass deliveries retry ${name}`,
  };
}

/** Deliveries that wait for too long. `why`: what is known of the reason. */
export function lateNeed(
  { name, host, port, called, calling }: Destination,
  late: { readonly waiting: number; readonly sinceMs: number; readonly why: Text | undefined },
  now: number,
): Need {
  const since = age(now - late.sinceMs);
  const more = late.why === undefined ? text('', '') : text(` ${late.why.fr}`, ` ${late.why.en}`);
  return {
    ...{ id: `late:${name}`, kind: 'delivery', sinceMs: late.sinceMs },
    severity: now - late.sinceMs > HOUR_MS ? 'urgent' : 'soon',
    text: text(
      `${late.waiting} livraison${late.waiting < 2 ? '' : 's'} vers ${name} en attente, la plus ancienne depuis ${since.fr}.${more.fr}`,
      `${late.waiting} ${late.waiting === 1 ? 'delivery waits' : 'deliveries wait'} for ${name}, the oldest for ${since.en}.${more.en}`,
    ),
    advice: text(
      `Vérifiez que ${name} fonctionne et répond à ${host}:${port}. Rien n’est perdu : tout part dès qu’il répond.`,
      `Check that ${name} runs and answers at ${host}:${port}. Nothing is lost: all goes as soon as it answers.`,
    ),
    page: '/now',
    command: `./leadglass echo --to ${host}:${port} --called ${shellWord(called)} --calling ${shellWord(calling)}`,
  };
}
