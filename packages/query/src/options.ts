import { NO_OPTIONS, type QueryOptions } from './types.ts';

/** Bytes of the service class application information of a C-FIND SOP class (PS3.4 Table C.5-1). */
const BYTE = { relational: 0, dateTime: 1, fuzzy: 2, timezone: 3, emptyValue: 4, multipleValue: 5 } as const;

/**
 * What is granted of the options a requestor proposes for a query SOP class, and the bytes that say so: as many as were proposed, at most six.
 * Relational queries, combined date and time, empty value and multiple value matching are; fuzzy matching of names and adjustment to time
 * zones are not (PS3.4 §C.5.1.1.2).
 */
export function grantOptions(proposed: Uint8Array): { readonly options: QueryOptions; readonly answer: Uint8Array } {
  const isAsked = (at: number): boolean => proposed[at] === 1;
  const options: QueryOptions = {
    isRelational: isAsked(BYTE.relational),
    isDateTimeCombined: isAsked(BYTE.dateTime),
    isEmptyValueMatched: isAsked(BYTE.emptyValue),
    isMultipleValueMatched: isAsked(BYTE.multipleValue),
  };
  if (proposed.length === 0) return { options: NO_OPTIONS, answer: new Uint8Array(0) };
  const granted = [
    options.isRelational,
    options.isDateTimeCombined,
    false,
    false,
    options.isEmptyValueMatched,
    options.isMultipleValueMatched,
  ];
  return { options, answer: Uint8Array.from(granted.slice(0, proposed.length), (is) => (is ? 1 : 0)) };
}
