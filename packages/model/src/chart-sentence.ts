import { type Text, text } from '@leadglass/kit';
import type { ChartEventFacts } from './chart-event.ts';
import { printable } from './printable.ts';
import { named, REASON_CHARS } from './sentence-words.ts';

type Sentences = { readonly [K in keyof ChartEventFacts]: (event: ChartEventFacts[K]) => Text };

/** A reason that a person typed; nothing where they typed none. */
function because(reason: string): Text {
  const shown = printable(reason.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
  return shown === '' ? text('', '') : text(` : ${shown}`, `: ${shown}`);
}

function parts(counts: readonly (readonly [n: number, fr: string, en: string])[]): Text {
  const told = counts.filter(([n]) => n > 0);
  return text(told.map(([n, fr]) => `, ${n} ${fr}`).join(''), told.map(([n, , en]) => `, ${n} ${en}`).join(''));
}

const OUTCOMES = {
  entered: text('il est compris', 'it is understood'),
  'not-understood': text('il n’est toujours pas compris', 'it is still not understood'),
  quarantined: text('il reste à l’écart', 'it stays set apart'),
} as const;

/** Sentences of feeds, their messages, and the charts of patients. */
export const CHART_SENTENCES: Sentences = {
  'feed.received': (e) => {
    const name = named(e.feed);
    const more = parts([
      [e.repeated, 'déjà reçus', 'received before'],
      [e.notUnderstood, 'non compris', 'not understood'],
      [e.quarantined, 'à l’écart (essais)', 'set apart (tests)'],
      [e.refused, 'refusés', 'refused'],
    ]);
    const n = text(e.messages < 2 ? 'message' : 'messages', e.messages === 1 ? 'message' : 'messages');
    return text(
      `Le flux ${name.fr} (${printable(e.remoteAddress)}) a envoyé ${e.messages} ${n.fr}${more.fr}.`,
      `The feed ${name.en} (${printable(e.remoteAddress)}) sent ${e.messages} ${n.en}${more.en}.`,
    );
  },
  'feed.silent': (e) => {
    const name = named(e.feed);
    return text(
      `Le flux ${name.fr}, qui envoie d’habitude, se tait : ce qui est affiché de lui peut être ancien.`,
      `The feed ${name.en}, which usually sends, has gone quiet: what is shown of it may be old.`,
    );
  },
  'feed.heard': (e) => {
    const name = named(e.feed);
    return text(`Le flux ${name.fr} envoie de nouveau.`, `The feed ${name.en} sends again.`);
  },
  'message.viewed': (e) => {
    const [who, of, why] = [named(e.by), named(e.feed), because(e.reason)];
    return text(
      `${who.fr} a lu le message nº ${e.message} du flux ${of.fr}${why.fr}.`,
      `${who.en} read message no. ${e.message} of the feed ${of.en}${why.en}.`,
    );
  },
  'message.retried': (e) => {
    const [who, of, now] = [named(e.by), named(e.feed), OUTCOMES[e.outcome]];
    return text(
      `${who.fr} a fait relire le message nº ${e.message} du flux ${of.fr} : ${now.fr}.`,
      `${who.en} had message no. ${e.message} of the feed ${of.en} read again: ${now.en}.`,
    );
  },
  'message.dismissed': (e) => {
    const [who, of, why] = [named(e.by), named(e.feed), because(e.reason)];
    return text(
      `${who.fr} a mis de côté le message nº ${e.message} du flux ${of.fr}${why.fr}.`,
      `${who.en} put message no. ${e.message} of the feed ${of.en} aside${why.en}.`,
    );
  },
  'chart.searched': (e) => {
    const who = named(e.by);
    const asked = e.keys.slice(0, 8).map((key) => printable(key));
    const keys = asked.length === 0 ? '' : ` (${asked.join(', ')})`;
    const n = text(e.found < 2 ? 'réponse' : 'réponses', e.found === 1 ? 'match' : 'matches');
    return text(
      `${who.fr} a cherché des patients${keys} : ${e.found} ${n.fr}.`,
      `${who.en} searched for patients${keys}: ${e.found} ${n.en}.`,
    );
  },
  'chart.opened': (e) => {
    const [who, why] = [named(e.by), because(e.reason)];
    const what =
      e.what === 'chart' ? text('le dossier', 'the chart') : text('un document du dossier', 'a document of the chart');
    return text(
      `${who.fr} a ouvert ${what.fr} nº ${e.chart}${why.fr}.`,
      `${who.en} opened ${what.en} no. ${e.chart}${why.en}.`,
    );
  },
  'chart.merged': (e) => {
    const [who, why] = [named(e.by), because(e.reason)];
    return text(
      `${who.fr} a réuni le dossier nº ${e.taken} au dossier nº ${e.into}${why.fr}. Pour revenir en arrière : ./leadglass chart unmerge ${e.no}`,
      `${who.en} joined chart no. ${e.taken} to chart no. ${e.into}${why.en}. To undo: ./leadglass chart unmerge ${e.no}`,
    );
  },
  'chart.unmerged': (e) => {
    const [who, why] = [named(e.by), because(e.reason)];
    return text(
      `${who.fr} a séparé de nouveau le dossier nº ${e.taken} du dossier nº ${e.into}${why.fr}.`,
      `${who.en} parted chart no. ${e.taken} from chart no. ${e.into} again${why.en}.`,
    );
  },
  'chart.forgotten': (e) => {
    const what = parts([
      [
        e.messages,
        `message${e.messages < 2 ? '' : 's'} tel${e.messages < 2 ? '' : 's'} que reçu${e.messages < 2 ? '' : 's'}`,
        `message${e.messages === 1 ? '' : 's'} as received`,
      ],
      [e.charts, `dossier${e.charts < 2 ? '' : 's'}`, `chart${e.charts === 1 ? '' : 's'}`],
      [e.documents, `document${e.documents < 2 ? '' : 's'}`, `document${e.documents === 1 ? '' : 's'}`],
    ]);
    return text(
      `Durée de conservation dépassée (messages ${e.messageDays} j, dossiers ${e.chartDays} j), oubliés pour de bon : ${what.fr.slice(2)}.`,
      `Retention over (messages ${e.messageDays} d, charts ${e.chartDays} d), forgotten for good: ${what.en.slice(2)}.`,
    );
  },
};
