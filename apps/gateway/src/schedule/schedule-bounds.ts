/** Entries of one message of an errand, and the longest of them, characters of JSON. */
export const ENTRIES_AT_ONCE = 16;
export const MOST_ENTRY_CHARACTERS = 128 * 1024;
/** Longest text of an acknowledgement that is kept, characters. */
export const MOST_ANSWER_CHARACTERS = 400;
/** Largest data set of a performed procedure step, bytes. */
export const MOST_STEP_BYTES = 256 * 1024;
/** The states a device may give a step (PS3.3 §C.4.14). */
export const PERFORMED_STATES = ['IN PROGRESS', 'COMPLETED', 'DISCONTINUED'] as const;
