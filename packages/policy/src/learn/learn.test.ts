import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AeTitle, type Destination, type Peer, type Relay, SERVICES, type Sighting } from '@leadglass/model';
import { usesOf } from './last-matches.ts';
import { proposePeers } from './propose.ts';
import { narrowRanges } from './ranges.ts';
import { simulate } from './simulate.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const MOVE = '1.2.840.10008.5.1.4.1.2.2.2';
const PRIVATE = '1.3.12.2.1107.5.9.1';
const PRINT = 'ab'.repeat(32);
const US = 'LEADGLASS';

function seen(changes: Partial<Sighting> = {}): Sighting {
  return {
    ...{ peer: 'CT1', address: '192.0.2.7', certSha256: '', isSigned: false, listener: 'dimse', called: US },
    ...{ service: 'store', sopClassUid: CT, level: '', keys: '', moveTo: '' },
    ...{ outcome: 'observed', firstMs: 1, lastMs: 2, count: 3, bytes: 100, hours: 1, busiest: 0, mostResults: 0 },
    ...changes,
  };
}
const knock = (changes: Partial<Sighting> = {}) =>
  seen({ service: 'association', sopClassUid: '', bytes: 0, ...changes });

function peer(changes: Partial<Peer> = {}): Peer {
  return {
    ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.0/24', allow: ['echo', 'store'], whenHeld: 'tell' },
    ...{ privateSopClasses: [], ...changes },
  };
}
const destination = (called: string): Destination => ({
  ...{ name: called.toLowerCase(), host: 'h', port: 104, called: called as AeTitle, calling: 'L' as AeTitle },
  ...{ tls: false, commitment: false },
});
const RULES = { destinations: ['WS1', 'WS2'].map(destination), relays: [] };

test('[POLICY-200] few addresses stand by themselves, many as the narrowest range of their subnet', () => {
  assert.deepEqual(narrowRanges(['192.0.2.9', '192.0.2.7', '::ffff:192.0.2.7', 'nonsense']), [
    '192.0.2.7/32',
    '192.0.2.9/32',
  ]);
  const many = [8, 9, 10, 11, 13].map((end) => `192.0.2.${end}`);
  assert.deepEqual(narrowRanges([...many, '198.51.100.1', '2001:db8::5']), [
    '192.0.2.8/29',
    '198.51.100.1/32',
    '2001:db8::5/128',
  ]);
});

test('[POLICY-201] a title gets the rights it used, the private classes it sent, and the addresses it came from', () => {
  const [one, ...others] = proposePeers(
    [
      knock(),
      seen(),
      seen({ sopClassUid: PRIVATE }),
      seen({ service: 'echo', sopClassUid: '1.2.840.10008.1.1' }),
      seen({ service: 'proposed', sopClassUid: FIND, outcome: 'refused' }),
      seen({ peer: 'EVIL', outcome: 'refused' }),
    ],
    { peers: [] },
  );
  assert.equal(others.length, 0);
  assert.deepEqual(one?.peer, {
    ...{ aeTitle: 'CT1', from: '192.0.2.7/32', allow: ['echo', 'store'], whenHeld: 'keep-sending' },
    ...{ privateSopClasses: [PRIVATE], mode: 'observe' },
  });
  assert.deepEqual(one?.evidence, { count: 3, bytes: 0, firstMs: 1, lastMs: 2 });
});

test('[POLICY-202] what a peer chose stays, what it did not use goes, and one that was not seen stays unless it is dropped', () => {
  const known = peer({ allow: ['store', 'find'], strictness: 'strict', privateSopClasses: ['*'] });
  const MR1 = peer({ aeTitle: 'MR1' as AeTitle });
  const [ct1, mr1] = proposePeers([knock(), seen()], { peers: [known, MR1] });
  assert.deepEqual(ct1?.peer, { ...known, from: '192.0.2.7/32', allow: ['store'], privateSopClasses: [] });
  assert.deepEqual([ct1?.unused, mr1?.peer, mr1?.evidence], [['find'], MR1, undefined]);
  assert.equal(proposePeers([knock(), seen()], { peers: [known, MR1], dropUnseen: true }).length, 1);
});

test('[POLICY-203] a certificate is recorded where the title never came without one', () => {
  const tls = { listener: 'dimse-tls', certSha256: PRINT };
  const of = (...all: Sighting[]) => proposePeers(all, { peers: [] })[0];
  assert.equal(of(knock(tls), seen(tls))?.peer.certSha256, PRINT);
  const mixed = of(knock(tls), knock());
  assert.deepEqual([mixed?.peer.certSha256, mixed?.isMixed], [undefined, true]);
  const renewed = of(knock(tls), knock({ ...tls, certSha256: 'cd'.repeat(32), lastMs: 9 }));
  assert.deepEqual([renewed?.peer.certSha256, renewed?.otherCertificates], ['cd'.repeat(32), 1]);
});

test('[POLICY-204] limits are those that what was asked needs', () => {
  const find = {
    peer: 'WS1',
    service: 'find',
    sopClassUid: FIND,
    level: 'STUDY',
    busiest: 40,
    mostResults: 180,
  } as const;
  const limits = (...keys: string[]) =>
    proposePeers(
      keys.map((each) => seen({ ...find, keys: each })),
      { peers: [] },
    )[0]?.peer.queryLimits;
  const common = { mostResults: 500, perMinute: 120 };
  assert.deepEqual(limits('00100020:single'), common);
  assert.deepEqual(limits('00080020:range:7', '00080020:range:3660 00100020:single'), { ...common, mostDays: 7 });
  assert.deepEqual(limits('00100010:wildcard:leading'), { ...common, nameWildcards: 'any' });
  assert.deepEqual(limits('00080061:single'), { ...common, sweeps: true });
  assert.deepEqual(limits('00080020:range'), { ...common, sweeps: true });
  const moved = seen({ ...find, service: 'move', sopClassUid: MOVE, keys: '0020000d:single', moveTo: 'WS2' });
  assert.deepEqual(proposePeers([moved], { peers: [] })[0]?.peer.queryLimits, { ...common, moveTo: ['WS2'] });
});

test('[POLICY-205] a simulation tells what would be refused and what admitted, with its reason and its count', () => {
  const sightings = [
    knock({ outcome: 'passed' }),
    seen({ outcome: 'passed', count: 9 }),
    seen({ sopClassUid: PRIVATE, count: 4 }),
    knock({ peer: 'MR1', outcome: 'refused', count: 7 }),
    seen({ service: 'proposed', sopClassUid: FIND, outcome: 'refused' }),
    knock({ peer: '', outcome: 'refused' }),
  ];
  const rules = { ...RULES, peers: [peer(), peer({ aeTitle: 'MR1' as AeTitle })] };
  const { kinds, count, differences } = simulate(sightings, rules, US);
  assert.deepEqual([kinds, count], [4, 23]);
  assert.deepEqual(
    differences.map(({ now, seen: { peer: title, count: times } }) => [now, title, times]),
    [
      ['refused', 'CT1', 4],
      ['admitted', 'MR1', 7],
    ],
  );
  assert.match(differences[0]?.why.en ?? '', /no right to send the private SOP class 1\.3\.12/);
  assert.equal(differences[0]?.hint, `./leadglass policy allow CT1 --private-sop-class ${PRIVATE}`);
});

test('[POLICY-206] hours and rates that were sometimes kept are told as partly', () => {
  const find = seen({
    service: 'find',
    sopClassUid: FIND,
    keys: '00100020:single',
    hours: (1 << 8) | (1 << 22),
    busiest: 90,
  });
  const of = (queryLimits: Peer['queryLimits'] & object) =>
    simulate([find], { ...RULES, peers: [peer({ allow: ['find'], queryLimits })] }, US).differences[0];
  assert.deepEqual([of({ hours: '08:00-23:00' }), of({ perMinute: 90 })], [undefined, undefined]);
  assert.ok(of({ hours: '08:00-18:00' })?.isPartly);
  assert.match(of({ hours: '08:00-18:00' })?.why.en ?? '', /at 22 h too/);
  assert.ok(of({ perMinute: 89 })?.isPartly);
});

test('[POLICY-207] a rule that nothing matched is known as such; what observation let pass matched none', () => {
  const relays: Relay[] = [
    { from: 'CT1' as AeTitle, services: ['worklist'], to: 'ris' },
    { from: '*', services: ['find'], to: 'pacs' },
  ];
  const routes = [
    { from: 'CT1' as AeTitle, to: 'pacs' },
    { from: 'MR1' as AeTitle, to: 'pacs' },
  ];
  const peers = [peer(), peer({ aeTitle: 'MR1' as AeTitle })];
  const find = seen({ service: 'find', sopClassUid: FIND });
  const uses = usesOf([knock({ outcome: 'passed' }), knock({ peer: 'MR1' }), seen(), find], { peers, routes, relays });
  const counts = (list: readonly { readonly use: { readonly count: number } | undefined }[]) =>
    list.map(({ use }) => use?.count);
  assert.deepEqual(
    [counts(uses.peers), counts(uses.routes), counts(uses.relays)],
    [
      [3, undefined],
      [3, undefined],
      [undefined, 3],
    ],
  );
});

// A small generator of its own, so that a failure can be run again.
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const CLASSES = { echo: ['1.2.840.10008.1.1'], store: [CT, PRIVATE], find: [FIND], move: [MOVE] } as const;
const SHAPES = [
  '',
  '00100020:single',
  '00100010:wildcard:leading',
  '00080020:range:31',
  '00080020:range',
  '00080061:single 00100010:wildcard',
];

function someTraffic(next: (below: number) => number): Sighting[] {
  const any = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  return Array.from({ length: 1 + next(30) }, () => {
    const at = { peer: any(['CT1', 'MR1', 'WS1']), address: `192.0.${next(3)}.${1 + next(9)}` };
    const service = any(['echo', 'store', 'find', 'move'] as const);
    const isAsking = service === 'find' || service === 'move';
    const asked = {
      keys: any(SHAPES),
      busiest: 1 + next(500),
      mostResults: next(5000),
      moveTo: service === 'move' ? any(['WS1', 'WS2']) : '',
    };
    return [knock(at), seen({ ...at, service, sopClassUid: any(CLASSES[service]), ...(isAsking ? asked : {}) })];
  }).flat();
}

test('[POLICY-208] whatever was seen, what is proposed would have refused none of it, and grants no right that was not used', () => {
  const next = generator(5);
  for (let i = 0; i < 500; i += 1) {
    const traffic = someTraffic(next);
    const proposal = proposePeers(traffic, { peers: i % 2 === 0 ? [] : [peer({ allow: SERVICES })] });
    const peers = proposal.map((each) => each.peer);
    assert.deepEqual(simulate(traffic, { ...RULES, peers }, US).differences, [], `traffic ${i}`);
    for (const { peer: one, services, evidence } of proposal)
      if (evidence !== undefined)
        assert.deepEqual(
          one.allow,
          services.map(([service]) => service),
        );
  }
});
