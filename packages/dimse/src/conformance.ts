import type { StatementTable } from '@leadglass/kit';
import { MOST_COMMAND_BYTES } from './message-reader.ts';
import { DEFAULT_MAXIMUM_LENGTH, ITEM_TYPE, LEAST_MAXIMUM_LENGTH } from './pdu.ts';
import { EVENTS, STATES } from './state-table.ts';
import { STATUS_TABLE } from './status.ts';
import { DICOM_APPLICATION_CONTEXT } from './uids.ts';

const hex = (value: number, digits: number): string => `${value.toString(16).toUpperCase().padStart(digits, '0')}H`;

/** User information items (PS3.7 §D.3.3): what becomes of each in a request and in our answer. */
// biome-ignore format: a line an item
const ITEMS: readonly (readonly [type: number, name: string, asked: string, answered: string])[] = [
  [ITEM_TYPE.maximumLength, 'Maximum length', `kept to; 1 to ${LEAST_MAXIMUM_LENGTH - 1} bytes are refused`, 'always, and enforced'],
  [ITEM_TYPE.implementationClassUid, 'Implementation class UID', 'read', 'always'],
  [ITEM_TYPE.asynchronousOperationsWindow, 'Asynchronous operations window', 'read', 'where a relay has one to promise'],
  [ITEM_TYPE.roleSelection, 'SCP/SCU role selection', 'read', 'for classes with an accepted context, never more than proposed'],
  [ITEM_TYPE.implementationVersionName, 'Implementation version name', 'read', 'always'],
  [ITEM_TYPE.sopClassExtendedNegotiation, 'SOP class extended negotiation', 'read', 'where the service has an answer to it'],
  [ITEM_TYPE.sopClassCommonExtendedNegotiation, 'SOP class common extended negotiation', 'read', 'never (PS3.7 §D.3.3.6)'],
  [ITEM_TYPE.userIdentityRq, 'User identity', 'read, not used, never logged, never passed on', 'never'],
];

/** The upper layer: what is negotiated, its bounds, how a status of another is read. */
export const CONFORMANCE: readonly StatementTable[] = [
  {
    name: 'dimse.negotiation',
    head: ['Item', 'Type', 'in a request', 'in our answer'],
    rows: ITEMS.map(([type, name, asked, answered]) => [name, hex(type, 2), asked, answered]),
  },
  {
    name: 'dimse.limits',
    head: ['Upper layer', 'Value'],
    rows: [
      ['Application context', DICOM_APPLICATION_CONTEXT],
      ['Largest command set read', `${MOST_COMMAND_BYTES} bytes`],
      ['Maximum length taken for granted of a peer that names none', `${DEFAULT_MAXIMUM_LENGTH} bytes`],
      ['State machine', `PS3.8 Table 9-10, ${Object.keys(EVENTS).length} events × ${STATES.length} states`],
    ],
  },
  {
    name: 'dimse.statuses-read',
    head: ['Status of another', 'is', 'read as'],
    rows: STATUS_TABLE.map(({ from, to, class: is, meaning }) => [
      from === to ? hex(from, 4) : `${hex(from, 4)} to ${hex(to, 4)}`,
      is,
      meaning.en,
    ]),
  },
];
