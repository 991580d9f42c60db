import { text } from '@leadglass/kit';
import type { Need } from './need-words.ts';

/** Temporary identities that wait for a person; none when nobody does. @param sinceMs when the first object came under any of them. */
export function identityNeeds(count: number, sinceMs: number): readonly Need[] {
  if (count === 0) return [];
  return [
    {
      ...{ id: 'identities', kind: 'delivery', severity: 'soon', sinceMs },
      text: text(
        `${count} ${count < 2 ? 'identité temporaire attend' : 'identités temporaires attendent'} que l’on dise qui c’est : leurs images ne sont pas au PACS.`,
        `${count} temporary ${count === 1 ? 'identity waits' : 'identities wait'} for somebody to say who it is: their images are not in the PACS.`,
      ),
      advice: text(
        'Comparez chacune avec qui lui ressemble, et acceptez la bonne personne ; passé le délai choisi, les images partent telles quelles.',
        'Compare each with whom it resembles, and accept the right person; after the time that was chosen the images go out as they are.',
      ),
      ...{ page: '/reconcile', command: './leadglass reconcile list' },
    },
  ];
}
