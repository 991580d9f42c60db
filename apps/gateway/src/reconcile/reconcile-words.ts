// What people are told of temporary identities.
import { text } from '@leadglass/kit';

export const NOTHING_CAME = text(
  'Aucune image n’est venue sous ce numéro temporaire.',
  'No image has come under this temporary number.',
);
export const NO_CANDIDATE = text(
  'Cette proposition n’est plus là, ou a changé : regardez à nouveau (reconcile show).',
  'This candidate is gone, or has changed: look again (reconcile show).',
);
export const ACCEPTED_ALREADY = text(
  'L’identité est déjà acceptée : reprenez-la d’abord (reconcile undo).',
  'The identity is accepted already: take it back first (reconcile undo).',
);
export const RELEASED_ALREADY = text('Tout est déjà parti tel quel.', 'All of it has gone out as it was already.');
export const SOMEBODY_ELSE = text(
  'Un doute subsiste : une autre personne que la première doit le confirmer.',
  'There is doubt: another person than the first has to confirm it.',
);
export const NOTHING_ACCEPTED = text('Personne n’a dit qui c’est.', 'Nobody has said who it is.');
export const DELIVERED = text(
  'Une partie est déjà livrée sous cette identité : --correct la reprend quand même, et ce qui sera accepté ensuite est livré à nouveau.',
  'Some of it has been delivered under this identity: --correct takes it back all the same, and what is accepted next is delivered again.',
);
export const ONE_OF_TWO = text('Une proposition, ou une identité saisie.', 'One candidate, or an identity typed in.');
export const STILL_TEMPORARY = text('Ce numéro est encore temporaire.', 'This number is a temporary one still.');
export const TAKEN_BACK = text(
  'L’identité de cette copie a été reprise : elle ne part pas.',
  'The identity of this copy was taken back: it goes nowhere.',
);
