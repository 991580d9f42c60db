import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { encodePdu } from './pdu-encode.ts';
import { PASSAGE, PduReader } from './pdu-reader.ts';
import { ACCEPTANCE, bench, benchIn, LIMITS, PDUS, pData, pDataOf, REJECTION, REQUEST } from './testkit.ts';

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index);

describe('what comes in', () => {
  test('[DIMSE-3] a whole conversation gives the same events in one chunk, in pieces and one byte at a time', () => {
    const data = [
      pData(1, true, true, BYTES),
      pDataOf(pData(1, false, false, BYTES), pData(1, false, true, new Uint8Array(0))),
    ];
    const stream = concatBytes(...data, PDUS.releaseRq);
    const outcomes = [stream.byteLength, 100, 13, 6, 1].map((size) => {
      const { association, recorder } = benchIn('Sta6');
      for (let at = 0; at < stream.byteLength; at += size) association.receive(stream.subarray(at, at + size));
      const joined = concatBytes(...recorder.fragments.map(({ bytes }) => bytes));
      const lasts = recorder.fragments.filter(({ isLast }) => isLast).map(({ isCommand }) => isCommand);
      return { state: association.state, joined: Buffer.from(joined).toString('hex'), lasts, end: recorder.log.at(-1) };
    });
    for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
    assert.deepEqual(outcomes[0]?.lasts, [true, false]);
    assert.equal(outcomes[0]?.joined.length, 4000);
    assert.equal(outcomes[0]?.state, 'Sta8');
  });

  test('[DIMSE-4] a fragment cut by a chunk comes in pieces, last only in the final piece, as views of the chunk', () => {
    const pdu = pData(3, false, true, BYTES);
    const { association, recorder } = benchIn('Sta6');
    association.receive(pdu.subarray(0, 500));
    association.receive(pdu.subarray(500));
    assert.deepEqual(
      recorder.fragments.map(({ contextId, isCommand, isLast, bytes }) => [
        contextId,
        isCommand,
        isLast,
        bytes.byteLength,
      ]),
      [
        [3, false, false, 488],
        [3, false, true, 512],
      ],
    );
  });

  test('[DIMSE-4] a piece is a view into the chunk, not a copy', () => {
    const seen: Uint8Array[] = [];
    const reader = new PduReader({
      header: () => PASSAGE.stream,
      pdu: () => assert.fail('not collected'),
      fragment: (_id, _isCommand, _isLast, piece) => seen.push(piece),
      fault: () => assert.fail('no fault'),
    });
    const pdu = pData(1, false, true, BYTES);
    reader.push(pdu);
    assert.equal(seen[0]?.buffer, pdu.buffer);
  });

  test('[DIMSE-5] an association PDU over the limit is refused at its header, one at the limit is read', () => {
    const body = PDUS.associateRq.byteLength - 6;
    const small = bench('acceptor', { associatePduBytes: body - 1 });
    small.association.transportConnected();
    small.association.receive(PDUS.associateRq.subarray(0, 6));
    assert.deepEqual(small.recorder.log, ['send 7', 'aborted by provider']);
    const enough = bench('acceptor', { associatePduBytes: body });
    enough.association.transportConnected();
    enough.association.receive(PDUS.associateRq);
    assert.deepEqual(enough.recorder.request, { ...REQUEST });
  });

  test('[DIMSE-6] P-DATA-TF over our maximum length aborts at its header, one of exactly that length passes', () => {
    const { association, recorder } = benchIn('Sta6', 'acceptor', { maximumLength: 1006 });
    association.receive(pData(1, false, true, BYTES));
    assert.deepEqual(recorder.log, ['data']);
    association.receive(pData(1, false, true, concatBytes(BYTES, BYTES)).subarray(0, 6));
    assert.deepEqual(recorder.log, ['data', 'send 7', 'aborted by provider']);
  });

  test('[DIMSE-6] without a maximum length of ours, any P-DATA-TF passes', () => {
    const { association, recorder } = benchIn('Sta6', 'acceptor', { maximumLength: 0 });
    association.receive(pData(1, false, true, new Uint8Array(300_000)));
    assert.deepEqual(recorder.log, ['data']);
  });

  test('[DIMSE-7] a stranger is aborted at its first byte and told apart in both languages', () => {
    const sentences = ['GET / HTTP/1.0', 'SSH-2.0-x', '\x16\x03\x01', '\x0bMSH|'].map((hello) => {
      const { association, recorder } = benchIn('Sta2');
      association.receive(Buffer.from(hello, 'latin1'));
      return recorder.aborts[0]?.fr.match(/HTTP|SSH|TLS|HL7/)?.[0];
    });
    assert.deepEqual(sentences, ['HTTP', 'SSH', 'TLS', 'HL7']);
    const { association, recorder } = benchIn('Sta2');
    association.receive(Buffer.from('G'));
    assert.deepEqual(recorder.log, ['send 7', 'aborted by provider']);
  });

  test('[DIMSE-8] an unexpected PDU is skipped, never gathered, and what follows a fault is not read', () => {
    const { association, recorder } = benchIn('Sta13');
    association.receive(concatBytes(PDUS.associateRq, PDUS.data, PDUS.releaseRq, PDUS.garbage, PDUS.associateRq));
    assert.deepEqual(recorder.log, ['send 7', 'send 7']);
    assert.equal(association.state, 'Sta13');
    association.receive(PDUS.abort);
    assert.equal(association.state, 'Sta13', 'no framing after garbage: only the timer or the transport ends it');
  });

  test('[DIMSE-8] bytes behind an abort in the same chunk are dropped', () => {
    const { association, recorder } = benchIn('Sta6');
    association.receive(concatBytes(PDUS.abort, PDUS.garbage, PDUS.data));
    assert.deepEqual(recorder.log, ['close', 'aborted by peer']);
    assert.equal(association.state, 'Sta1');
  });
});

describe('how an association begins', () => {
  test('[DIMSE-13] the acceptor may answer inside the indication', () => {
    const { association, recorder } = bench('acceptor');
    recorder.onStep = (step) => void (step === 'requested' && association.accept(ACCEPTANCE));
    association.transportConnected();
    association.receive(concatBytes(PDUS.associateRq, PDUS.data));
    assert.deepEqual(recorder.log, ['requested', 'send 2', 'data']);
    assert.equal(association.state, 'Sta6');
  });

  test('[DIMSE-14] a request without protocol version 1 is rejected by the provider', () => {
    const { association, recorder } = benchIn('Sta2');
    association.receive(encodePdu({ type: 'A-ASSOCIATE-RQ', value: { ...REQUEST, protocolVersion: 2 } }));
    assert.deepEqual(
      recorder.sent[0],
      encodePdu({ type: 'A-ASSOCIATE-RJ', value: { result: 1, source: 2, reason: 2 } }),
    );
    assert.equal(association.state, 'Sta13');
  });

  test('[DIMSE-14] a request in another application context is rejected', () => {
    const { association, recorder } = benchIn('Sta2');
    association.receive(encodePdu({ type: 'A-ASSOCIATE-RQ', value: { ...REQUEST, applicationContext: '1.2.3' } }));
    assert.deepEqual(
      recorder.sent[0],
      encodePdu({ type: 'A-ASSOCIATE-RJ', value: { result: 1, source: 1, reason: 2 } }),
    );
    assert.deepEqual(recorder.log, ['send 3', 'aborted by provider']);
  });

  test('[DIMSE-15] what we announce is the limit we hold, whoever asks', () => {
    const { association, recorder } = benchIn('Sta3', 'acceptor', { maximumLength: 131_072 });
    association.accept({ ...ACCEPTANCE, user: { ...ACCEPTANCE.user, maximumLength: 5 } });
    const announced = { ...ACCEPTANCE, user: { ...ACCEPTANCE.user, maximumLength: 131_072 } };
    assert.deepEqual(recorder.sent[0], encodePdu({ type: 'A-ASSOCIATE-AC', value: announced }));
  });

  test('[DIMSE-16] ARTIM closes a connection that never asks, and one whose request never ends', () => {
    for (const beginning of [new Uint8Array(0), PDUS.associateRq.subarray(0, 50)]) {
      const { association, recorder, clock } = benchIn('Sta2');
      association.receive(beginning);
      clock.advance(LIMITS.artimMs - 1);
      assert.deepEqual(recorder.log, []);
      clock.advance(1);
      assert.deepEqual(recorder.log, ['close', 'aborted by provider']);
      association.transportClosed();
      assert.equal(association.state, 'Sta1');
    }
  });

  test('[DIMSE-16] ARTIM stops with the request, and closes a rejected peer that stays', () => {
    const { association, recorder, clock } = benchIn('Sta3');
    clock.advance(10 * LIMITS.artimMs);
    assert.deepEqual(recorder.log, []);
    association.reject(REJECTION);
    clock.advance(LIMITS.artimMs);
    assert.deepEqual(recorder.log, ['send 3', 'close']);
  });

  test('[DIMSE-13] a requestor may connect before or after it asks', () => {
    for (const steps of [
      ['request', 'transportConnected'],
      ['transportConnected', 'request'],
    ] as const) {
      const { association, recorder } = bench('requestor');
      for (const step of steps) step === 'request' ? association.request(REQUEST) : association.transportConnected();
      assert.deepEqual(recorder.log, ['send 1']);
      association.receive(PDUS.associateAc);
      assert.equal(association.state, 'Sta6');
      assert.equal(association.peerMaximumLength, ACCEPTANCE.user.maximumLength);
    }
  });
});

describe('what goes out', () => {
  test('[DIMSE-17] P-DATA-TF are no longer than the peer takes, whatever the piece', () => {
    const value = { ...REQUEST, user: { ...REQUEST.user, maximumLength: 1001 } };
    const { association, recorder } = bench('acceptor');
    association.transportConnected();
    association.receive(encodePdu({ type: 'A-ASSOCIATE-RQ', value }));
    association.accept(ACCEPTANCE);
    recorder.sent.length = 0;
    const body = Uint8Array.from({ length: 5001 }, (_, index) => index * 7);
    association.sendData(1, false, true, body);
    const peer = benchIn('Sta6', 'requestor', { maximumLength: 1001 });
    for (const chunk of recorder.sent) peer.association.receive(chunk);
    assert.deepEqual(peer.recorder.aborts, []);
    assert.deepEqual(concatBytes(...peer.recorder.fragments.map(({ bytes }) => bytes)), body);
    assert.deepEqual(
      peer.recorder.fragments.map(({ isLast }) => isLast),
      [false, false, false, false, false, true],
    );
    assert.ok(peer.recorder.fragments.slice(0, -1).every(({ bytes }) => bytes.byteLength % 2 === 0));
  });

  test('[DIMSE-17] a peer that takes eight bytes is served two at a time and the end comes', () => {
    const value = { ...REQUEST, user: { ...REQUEST.user, maximumLength: 8 } };
    const { association, recorder } = bench('acceptor');
    association.transportConnected();
    association.receive(encodePdu({ type: 'A-ASSOCIATE-RQ', value }));
    association.accept(ACCEPTANCE);
    recorder.sent.length = 0;
    association.sendData(1, true, true, BYTES.subarray(0, 101));
    assert.equal(recorder.sent.length, 51);
  });

  test('[DIMSE-18] a big fragment is handed on as the caller’s own view, a small one in one write', () => {
    const { association, recorder } = benchIn('Sta6', 'acceptor');
    const big = new Uint8Array(10_000);
    association.sendData(1, false, false, big);
    assert.equal(recorder.sent.length, 2);
    assert.equal(recorder.sent[1]?.buffer, big.buffer);
    association.sendData(1, true, true, BYTES);
    assert.equal(recorder.sent.length, 3);
  });

  test('[DIMSE-18] an empty end still says last, an empty piece says nothing', () => {
    const { association, recorder } = benchIn('Sta6');
    association.sendData(1, false, false, new Uint8Array(0));
    assert.equal(recorder.sent.length, 0);
    association.sendData(1, false, true, new Uint8Array(0));
    assert.deepEqual(recorder.sent[0], pData(1, false, true, new Uint8Array(0)));
  });
});

describe('how an association ends', () => {
  test('[DIMSE-19] release by the peer: indication, owed answers, response', () => {
    const { association, recorder, clock } = benchIn('Sta8');
    association.sendData(1, true, true, BYTES);
    association.releaseResponse();
    clock.advance(LIMITS.artimMs);
    assert.deepEqual(recorder.log, ['send 4', 'send 6', 'close']);
  });

  test('[DIMSE-19] release by us: data on the way still arrives', () => {
    const { association, recorder } = benchIn('Sta7');
    association.receive(concatBytes(PDUS.data, PDUS.releaseRp));
    assert.deepEqual(recorder.log, ['data', 'close', 'released']);
  });

  test('[DIMSE-19] release collision between two of us ends in both, answered at once or later', () => {
    for (const isAtOnce of [true, false]) {
      const acceptor = benchIn('Sta6', 'acceptor');
      const requestor = benchIn('Sta6', 'requestor');
      const sides = [acceptor, requestor];
      for (const { association, recorder } of sides) {
        recorder.onStep = (step) => void (isAtOnce && step === 'release requested' && association.releaseResponse());
        association.release();
      }
      for (let round = 0; round < 6; round += 1) {
        const [fromAcceptor, fromRequestor] = sides.map(({ recorder }) => concatBytes(...recorder.sent.splice(0)));
        acceptor.association.receive(fromRequestor as Uint8Array);
        requestor.association.receive(fromAcceptor as Uint8Array);
        if (!isAtOnce && round === 1) for (const { association } of sides) association.releaseResponse();
      }
      acceptor.association.transportClosed();
      assert.deepEqual(
        sides.map(({ association }) => association.state),
        ['Sta1', 'Sta1'],
      );
      assert.deepEqual(requestor.recorder.log, ['send 5', 'release requested', 'send 6', 'close', 'released']);
      assert.deepEqual(acceptor.recorder.log, ['send 5', 'release requested', 'released', 'send 6']);
    }
  });

  test('[DIMSE-19] a peer that aborts, or goes, in the middle of a collision ends it', () => {
    for (const state of ['Sta9', 'Sta10', 'Sta11', 'Sta12'] as const) {
      const aborted = benchIn(state);
      aborted.association.receive(PDUS.abort);
      assert.deepEqual(aborted.recorder.log, ['close', 'aborted by peer']);
      const gone = benchIn(state);
      gone.association.transportClosed();
      assert.deepEqual(gone.recorder.log, ['aborted by transport']);
    }
  });

  test('[DIMSE-9] an abort from inside data stops the rest of the chunk', () => {
    const { association, recorder } = benchIn('Sta6');
    recorder.onStep = (step) => void (step === 'data' && association.abort(2, 6));
    association.receive(concatBytes(pDataOf(PDUS.data, PDUS.data), PDUS.data));
    assert.deepEqual(recorder.log, ['data', 'send 7']);
    assert.deepEqual(recorder.sent[0], encodePdu({ type: 'A-ABORT', value: { source: 2, reason: 6 } }));
    association.abort();
    assert.equal(association.state, 'Sta13');
  });

  test('[DIMSE-9] every ending says why in both languages', () => {
    const { association, recorder } = benchIn('Sta6');
    association.transportClosed();
    assert.equal(recorder.aborts[0]?.fr, "La connexion a été coupée alors que l'association était dans l'état Sta6.");
    assert.equal(recorder.aborts[0]?.en, 'The connection was closed while the association was in Sta6.');
  });
});
