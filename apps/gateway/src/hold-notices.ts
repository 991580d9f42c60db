import { type Text, text } from '@leadglass/kit';
import type { Act, Delivery } from '@leadglass/model';
import { type DecisionRules, decisionRulesOf } from '@leadglass/policy';
import type { Hold, Records } from '@leadglass/records';

const MOST_DELIVERIES = 100;
const LISTED = 5;

type Reads = Pick<Records, 'listDeliveries' | 'peers' | 'routes'>;

/** How many people each decision about this hold takes now. */
export async function rulesOf(records: Reads, hold: Hold): Promise<DecisionRules> {
  return decisionRulesOf(hold.peer, await records.peers(), await records.routes(), [hold.decisions]);
}

/** Deliveries of the disarmed copy, when there is one. */
export async function copyDeliveries(records: Reads, hold: Hold): Promise<readonly Delivery[]> {
  return hold.copySha256 === '' ? [] : records.listDeliveries({ sha256: hold.copySha256 }, MOST_DELIVERIES);
}

/** What to know before deciding about a hold. */
export async function noticesBefore(records: Reads, hold: Hold): Promise<Text[]> {
  if (hold.state !== 'held') return [];
  const rules = await rulesOf(records, hold);
  const two = rules.release === 'two-persons' || rules.destroy === 'two-persons';
  return [...copyNotices(await copyDeliveries(records, hold)), FINAL, ...(two ? [twoPersons(rules)] : [])];
}

/** What to know once a decision was asked for or done. */
export async function noticesAfter(records: Reads, hold: Hold, act: Act, outcome: 'asked' | 'done'): Promise<Text[]> {
  if (act === 'destroy') return [];
  const notices = copyNotices(await copyDeliveries(records, hold));
  return outcome === 'asked' ? [...notices, FINAL] : notices;
}

/** The archive already has, or is about to get, an object of the same SOP Instance UID (decisions 0006 and 0007). */
function copyNotices(deliveries: readonly Delivery[]): Text[] {
  const namesOf = (state: Delivery['state']): string => {
    const names = deliveries.filter((each) => each.state === state).map(({ destination }) => destination);
    return names.length > LISTED ? `${names.slice(0, LISTED).join(', ')}…` : names.join(', ');
  };
  const [delivered, pending] = [namesOf('delivered'), namesOf('pending')];
  return [...(delivered === '' ? [] : [alreadyThere(delivered)]), ...(pending === '' ? [] : [onItsWay(pending)])];
}

const alreadyThere = (names: string): Text =>
  text(
    `La copie désarmée est déjà chez ${names}, sous le même SOP Instance UID que l’original. Selon son réglage, l’archive remplacera la copie par l’original, ou gardera la copie et jettera l’original tout en répondant que tout va bien : contrôlez sur place après la livraison, ou faites d’abord retirer la copie de l’archive.`,
    `The disarmed copy is already at ${names}, under the same SOP Instance UID as the original. Depending on its settings the archive will put the original in the copy’s place, or keep the copy and drop the original while answering that all is well: check there after the delivery, or have the copy removed from the archive first.`,
  );

const onItsWay = (names: string): Text =>
  text(
    `La copie désarmée n’est pas encore arrivée chez ${names} : elle et l’original, de même SOP Instance UID, y seront livrés tous les deux, la copie d’abord. Laquelle des deux reste dépend du réglage de l’archive.`,
    `The disarmed copy has not reached ${names} yet: it and the original, of the same SOP Instance UID, will both be delivered there, the copy first. Which of the two stays depends on the archive’s settings.`,
  );

const FINAL = text(
  'Une libération ne se reprend pas une fois l’objet livré ; une destruction ne se reprend jamais.',
  'A release cannot be taken back once the object is delivered; a destruction never can.',
);

function twoPersons({ release, destroy }: DecisionRules): Text {
  const both = release === 'two-persons' && destroy === 'two-persons';
  if (both) return text('Libérer et détruire se décident à deux.', 'Releasing and destroying take two persons.');
  return release === 'two-persons'
    ? text('Libérer se décide à deux.', 'Releasing takes two persons.')
    : text('Détruire se décide à deux.', 'Destroying takes two persons.');
}
