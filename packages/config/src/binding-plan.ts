import { type Text, text } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';

type Binding = Pick<Peer, 'mode' | 'queryLimits'>;

/** What opens when a peer is bound less than before. */
export function dangersOfBinding(before: Binding | undefined, after: Binding): readonly Text[] {
  const dangers: Text[] = [];
  if (after.mode === 'observe' && before?.mode !== 'observe')
    dangers.push(
      text(
        'Il pourra tout demander et tout envoyer tant qu’il est observé ; l’inspection reste en vigueur.',
        'It may ask and send anything while it is observed; inspection stays in force.',
      ),
    );
  const opened =
    after.queryLimits?.moveTo?.filter((title) => before?.queryLimits?.moveTo?.includes(title) !== true) ?? [];
  if (opened.length > 0)
    dangers.push(
      text(
        `Il pourra faire envoyer des images vers : ${opened.join(', ')}.`,
        `It will be able to have images sent to: ${opened.join(', ')}.`,
      ),
    );
  if (after.queryLimits?.sweeps === true && before?.queryLimits?.sweeps !== true)
    dangers.push(
      text('Il pourra demander la liste de toute l’archive.', 'It may ask for a list of the whole archive.'),
    );
  return dangers;
}

/** Names every peer of two configurations: by its title, and by title and range where a title has several ranges in either. */
export function peerNames(...lists: readonly (readonly Peer[])[]): (peer: Peer) => string {
  const several = new Set<string>();
  for (const peers of lists) {
    const seen = new Set<string>();
    for (const { aeTitle } of peers) {
      if (seen.has(aeTitle)) several.add(aeTitle);
      seen.add(aeTitle);
    }
  }
  return ({ aeTitle, from }) => (several.has(aeTitle) ? `${aeTitle} (${from})` : aeTitle);
}
