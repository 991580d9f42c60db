/** The states of PS3.8 §9.2.1, in order. */
export const STATES = [
  'Sta1',
  'Sta2',
  'Sta3',
  'Sta4',
  'Sta5',
  'Sta6',
  'Sta7',
  'Sta8',
  'Sta9',
  'Sta10',
  'Sta11',
  'Sta12',
  'Sta13',
] as const;
/** Sta1 idle · Sta2 awaiting A-ASSOCIATE-RQ · Sta3 awaiting the user's answer · Sta4 awaiting transport · Sta5 awaiting A-ASSOCIATE-AC or -RJ · Sta6 data transfer · Sta7 awaiting A-RELEASE-RP · Sta8 awaiting the user's release response · Sta9 to Sta12 release collision · Sta13 awaiting transport close. */
export type State = (typeof STATES)[number];

/** The events of PS3.8 Table 9-10, in order, with what each is. */
export const EVENTS = {
  Evt1: 'A-ASSOCIATE request (local user)',
  Evt2: 'Transport connect confirmation (local transport service)',
  Evt3: 'A-ASSOCIATE-AC PDU (received on transport connection)',
  Evt4: 'A-ASSOCIATE-RJ PDU (received on transport connection)',
  Evt5: 'Transport connection indication (local transport service)',
  Evt6: 'A-ASSOCIATE-RQ PDU (received on transport connection)',
  Evt7: 'A-ASSOCIATE response primitive (accept)',
  Evt8: 'A-ASSOCIATE response primitive (reject)',
  Evt9: 'P-DATA request primitive',
  Evt10: 'P-DATA-TF PDU (received on transport connection)',
  Evt11: 'A-RELEASE request primitive',
  Evt12: 'A-RELEASE-RQ PDU (received on transport connection)',
  Evt13: 'A-RELEASE-RP PDU (received on transport connection)',
  Evt14: 'A-RELEASE response primitive',
  Evt15: 'A-ABORT request primitive',
  Evt16: 'A-ABORT PDU (received on transport connection)',
  Evt17: 'Transport connection closed indication (local transport service)',
  Evt18: 'ARTIM timer expired',
  Evt19: 'Unrecognized or invalid PDU received',
} as const;
export type EventName = keyof typeof EVENTS;

/** The states an action may lead to, PS3.8 Tables 9-6 to 9-9. */
// biome-ignore format: a line a table
export const NEXT_STATES = {
  'AE-1': ['Sta4'], 'AE-2': ['Sta5'], 'AE-3': ['Sta6'], 'AE-4': ['Sta1'], 'AE-5': ['Sta2'], 'AE-6': ['Sta3', 'Sta13'], 'AE-7': ['Sta6'], 'AE-8': ['Sta13'],
  'DT-1': ['Sta6'], 'DT-2': ['Sta6'],
  'AR-1': ['Sta7'], 'AR-2': ['Sta8'], 'AR-3': ['Sta1'], 'AR-4': ['Sta13'], 'AR-5': ['Sta1'], 'AR-6': ['Sta7'], 'AR-7': ['Sta8'], 'AR-8': ['Sta9', 'Sta10'], 'AR-9': ['Sta11'], 'AR-10': ['Sta12'],
  'AA-1': ['Sta13'], 'AA-2': ['Sta1'], 'AA-3': ['Sta1'], 'AA-4': ['Sta1'], 'AA-5': ['Sta1'], 'AA-6': ['Sta13'], 'AA-7': ['Sta13'], 'AA-8': ['Sta13'],
} as const satisfies Record<string, readonly State[]>;
export type ActionName = keyof typeof NEXT_STATES;

type Row = readonly (ActionName | undefined)[];
const ___ = undefined;

/** PS3.8 Table 9-10: for every event, the action in each state Sta1 to Sta13. `___` is an empty cell: it cannot happen. */
// biome-ignore format: printed as PS3.8 Table 9-10 prints it
export const STATE_TABLE: Readonly<Record<EventName, Row>> = {
  //        Sta1    Sta2    Sta3    Sta4    Sta5    Sta6    Sta7    Sta8    Sta9    Sta10    Sta11   Sta12   Sta13
  Evt1:  ['AE-1',   ___,    ___,    ___,    ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt2:  [ ___,     ___,    ___,  'AE-2',   ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt3:  [ ___,   'AA-1', 'AA-8',   ___,  'AE-3', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6' ],
  Evt4:  [ ___,   'AA-1', 'AA-8',   ___,  'AE-4', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6' ],
  Evt5:  ['AE-5',   ___,    ___,    ___,    ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt6:  [ ___,   'AE-6', 'AA-8',   ___,  'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-7' ],
  Evt7:  [ ___,     ___,  'AE-7',   ___,    ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt8:  [ ___,     ___,  'AE-8',   ___,    ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt9:  [ ___,     ___,    ___,    ___,    ___,  'DT-1',   ___,  'AR-7',   ___,    ___,     ___,    ___,    ___  ],
  Evt10: [ ___,   'AA-1', 'AA-8',   ___,  'AA-8', 'DT-2', 'AR-6', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6' ],
  Evt11: [ ___,     ___,    ___,    ___,    ___,  'AR-1',   ___,    ___,    ___,    ___,     ___,    ___,    ___  ],
  Evt12: [ ___,   'AA-1', 'AA-8',   ___,  'AA-8', 'AR-2', 'AR-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6' ],
  Evt13: [ ___,   'AA-1', 'AA-8',   ___,  'AA-8', 'AA-8', 'AR-3', 'AA-8', 'AA-8', 'AR-10', 'AR-3', 'AA-8', 'AA-6' ],
  Evt14: [ ___,     ___,    ___,    ___,    ___,    ___,    ___,  'AR-4', 'AR-9',   ___,     ___,  'AR-4',   ___  ],
  Evt15: [ ___,     ___,  'AA-1', 'AA-2', 'AA-1', 'AA-1', 'AA-1', 'AA-1', 'AA-1', 'AA-1',  'AA-1', 'AA-1',   ___  ],
  Evt16: [ ___,   'AA-2', 'AA-3',   ___,  'AA-3', 'AA-3', 'AA-3', 'AA-3', 'AA-3', 'AA-3',  'AA-3', 'AA-3', 'AA-2' ],
  Evt17: [ ___,   'AA-5', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4',  'AA-4', 'AA-4', 'AR-5' ],
  Evt18: [ ___,   'AA-2',   ___,    ___,    ___,    ___,    ___,    ___,    ___,    ___,     ___,    ___,  'AA-2' ],
  Evt19: [ ___,   'AA-1', 'AA-8',   ___,  'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-7' ],
};

/** The action of a cell, or undefined where the table is empty. @param state 0 is Sta1. */
export function cellOf(event: EventName, state: number): ActionName | undefined {
  return STATE_TABLE[event][state];
}
