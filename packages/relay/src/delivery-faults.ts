import { Fault, type Retry, type Text, text } from '@leadglass/kit';
import { statusName } from './delivery-status.ts';

/** `relay.context-refused`, permanent: the destination does not take this kind of object. Never transcoded to please it. */
export function contextRefused(destination: string, sopClassUid: string, transferSyntaxUid: string): Fault {
  const sentence = text(
    `${destination} n'accepte pas la classe SOP ${sopClassUid} en syntaxe de transfert ${transferSyntaxUid} ; l'objet part tel qu'il a été reçu ou pas du tout : faites accepter cette syntaxe par la destination, puis relancez la livraison`,
    `${destination} does not accept SOP class ${sopClassUid} in transfer syntax ${transferSyntaxUid}; the object goes as it was received or not at all: have the destination accept that syntax, then retry the delivery`,
  );
  return new Fault('relay.context-refused', 'permanent', sentence, {
    facts: { destination, sopClassUid, transferSyntaxUid },
  });
}

const ADVICE: Readonly<Record<Retry, Text>> = {
  transient: text('nouvel essai plus tard', 'it is tried again later'),
  ambiguous: text('nouvel essai plus tard', 'it is tried again later'),
  permanent: text(
    'elle ne le prendra pas tel quel ; son journal dit pourquoi, puis relancez la livraison',
    'it will not take it as it is; its log says why, then retry the delivery',
  ),
};

/** `relay.store-refused`: the destination answered with a failure status. */
export function storeRefused(destination: string, status: number, retry: Retry): Fault {
  const name = statusName(status);
  const sentence = text(
    `${destination} a refusé l'objet avec le statut ${name} : ${ADVICE[retry].fr}`,
    `${destination} refused the object with status ${name}: ${ADVICE[retry].en}`,
  );
  return new Fault('relay.store-refused', retry, sentence, { facts: { destination, status } });
}

/** `relay.delivery-broke`, transient: something thrown that is no Fault, so that no object is ever given up for it. */
export function deliveryBroke(destination: string): readonly [string, Retry, Text] {
  const sentence = text(
    `l'envoi à ${destination} s'est interrompu sur une erreur imprévue, notée au journal technique`,
    `the sending to ${destination} broke off on an unforeseen error, noted in the technical log`,
  );
  return ['relay.delivery-broke', 'transient', sentence];
}
