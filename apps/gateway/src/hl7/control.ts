import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { ConfigControl } from '../control-config.ts';
import type { Hl7Acts } from './hl7-host.ts';

type Names = 'list' | 'add' | 'remove' | 'test' | 'messages' | 'message' | 'tell' | 'retry' | 'skip';
type Acts = { [K in `hl7.${Names}`]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>> };

/** Acts of the control socket on information systems that are told by HL7. */
export function hl7Acts(hl7: Hl7Acts, config: ConfigControl): Acts {
  return {
    'hl7.list': () => hl7.list(),
    'hl7.add': (asked) =>
      config.addHl7Destination(asked, (isNew) =>
        isNew
          ? text(
              `destinataire HL7 ${asked.name} ajouté (${asked.host}:${asked.port})`,
              `HL7 receiver ${asked.name} added (${asked.host}:${asked.port})`,
            )
          : text(
              `destinataire HL7 ${asked.name} modifié (${asked.host}:${asked.port})`,
              `HL7 receiver ${asked.name} changed (${asked.host}:${asked.port})`,
            ),
      ),
    'hl7.remove': ({ name }) =>
      config.removeHl7Destination(name, text(`destinataire HL7 ${name} retiré`, `HL7 receiver ${name} removed`)),
    'hl7.test': (asked) => hl7.test(asked),
    'hl7.messages': (asked) => hl7.messages(asked),
    'hl7.message': (asked) => hl7.message(asked),
    'hl7.tell': (asked) => hl7.tell(asked),
    'hl7.retry': (asked) => hl7.retry(asked),
    'hl7.skip': (asked) => hl7.skip(asked),
  };
}
