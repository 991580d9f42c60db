import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import {
  type AssociateRj,
  type AssociateRq,
  type Command,
  cEchoRsp,
  cStoreRsp,
  nEventReportRq,
  responseTo,
} from '@leadglass/dimse';
import { type Fault, isFault, ManualClock, systemClock } from '@leadglass/kit';
import { createAuthority, fingerprintSha256, issueClientCertificate, issueServerCertificate } from './authority.ts';
import { DEFAULT_SCP_LIMITS, ScpConnection, type ScpLimits } from './scp.ts';
import { openAssociation } from './scu.ts';
import type { ScuOptions } from './scu-api.ts';
import { DEFAULT_SCU_TIMEOUTS } from './scu-link.ts';
import { listenerTlsOptions } from './tls-profile.ts';

const VERIFICATION = '1.2.840.10008.1.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG = '1.2.840.10008.1.2.4.50';
const COMMITMENT = '1.2.840.10008.1.20.1';

/** How the acceptor of a test behaves. */
interface Behaviour {
  readonly reject?: AssociateRj;
  readonly maximumLength?: number;
  readonly refuse?: (abstractSyntax: string, transferSyntax: string) => boolean;
  /** Called for each complete message; the default answers success. */
  readonly answer?: (
    connection: ScpConnection,
    contextId: number,
    command: Command,
    dataSet: Buffer,
    socket: Socket,
  ) => void;
}

function answerWell(connection: ScpConnection, contextId: number, command: Command): void {
  if (command.commandField === 0x0030) connection.respond(contextId, cEchoRsp(command));
  if (command.commandField === 0x0001) connection.respond(contextId, cStoreRsp(command, 0));
  if (command.commandField === 0x0130) connection.respond(contextId, responseTo(command, 0));
}

function serve(socket: Socket, behaviour: Behaviour): void {
  const limits: ScpLimits = { ...DEFAULT_SCP_LIMITS, maximumLength: behaviour.maximumLength ?? 16_384 };
  let parts: Buffer[] = [];
  let current: { readonly contextId: number; readonly command: Command } | undefined;
  const complete = () => {
    const message = current;
    const dataSet = Buffer.concat(parts);
    current = undefined;
    parts = [];
    if (message) (behaviour.answer ?? answerWell)(connection, message.contextId, message.command, dataSet, socket);
  };
  const connection = new ScpConnection(
    socket,
    {
      associateRequested: (request) => {
        if (behaviour.reject) return connection.reject(behaviour.reject);
        connection.accept(acceptanceFor(request, limits, behaviour));
      },
      command: (contextId, command) => {
        current = { contextId, command };
        if (!command.hasDataSet) complete();
      },
      dataSet: (_contextId, view, isLast) => {
        parts.push(Buffer.from(view));
        if (isLast) complete();
      },
      ended: () => {},
    },
    limits,
    systemClock,
  );
  socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
}

function acceptanceFor(request: AssociateRq, limits: ScpLimits, behaviour: Behaviour) {
  const contexts = request.contexts.map(({ id, abstractSyntax, transferSyntaxes: [transferSyntax = ''] }) => ({
    id,
    result: behaviour.refuse?.(abstractSyntax, transferSyntax) ? (4 as const) : (0 as const),
    transferSyntax,
  }));
  const { protocolVersion, called, calling, applicationContext } = request;
  const user = {
    ...request.user,
    maximumLength: limits.maximumLength,
    roleSelections: [],
    extendedNegotiations: [],
    commonExtendedNegotiations: [],
  };
  return { protocolVersion, called, calling, applicationContext, contexts, user };
}

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const acceptor = (t: TestContext, behaviour: Behaviour = {}): Promise<number> =>
  listening(
    t,
    createServer((socket) => serve(socket, behaviour)),
  );

function options(port: number, more: Partial<ScuOptions> = {}): ScuOptions {
  const contexts = [
    { abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] },
    { abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
    { abstractSyntax: CT, transferSyntaxes: [JPEG] },
    { abstractSyntax: COMMITMENT, transferSyntaxes: ['1.2.840.10008.1.2'] },
  ];
  return {
    host: '127.0.0.1',
    port,
    called: 'ANYONE',
    calling: 'LEADGLASS',
    contexts,
    maximumLength: 65_536,
    timeouts: DEFAULT_SCU_TIMEOUTS,
    clock: systemClock,
    ...more,
  };
}

const object = (dataSet: Uint8Array, n = 1) => ({
  sopClassUid: CT,
  sopInstanceUid: `1.2.3.${n}`,
  transferSyntax: EXPLICIT,
  dataSet: [dataSet],
  length: dataSet.byteLength,
});

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(isFault(thrown), `a Fault, not ${String(thrown)}`);
  return thrown;
}

test('[WIRE-26] echo, store and release over one association; the peer reads the very bytes', async (t) => {
  const seen: Buffer[] = [];
  const port = await acceptor(t, {
    answer: (connection, contextId, command, dataSet) => {
      if (command.hasDataSet) seen.push(dataSet);
      answerWell(connection, contextId, command);
    },
  });
  const association = await openAssociation(options(port));
  assert.deepEqual((await association.echo()).status, 0);
  const data = Buffer.alloc(300_001).map((_, i) => i * 31);
  const progress: number[] = [];
  assert.deepEqual(await association.store({ ...object(data), onProgress: (bytes) => progress.push(bytes) }), {
    status: 0,
    comment: '',
  });
  const { length: _, ...ofUnknownLength } = object(data);
  assert.deepEqual(await association.store({ ...ofUnknownLength, dataSet: [data.subarray(0, 7), data.subarray(7)] }), {
    status: 0,
    comment: '',
  });
  await association.release();
  assert.equal(association.isOpen, false);
  assert.deepEqual(
    seen.map((bytes) => bytes.equals(data)),
    [true, true],
  );
  assert.deepEqual(progress, [data.length]);
});

test('[WIRE-27] a context that is not accepted is a permanent fault and nothing is sent', async (t) => {
  const port = await acceptor(t, { refuse: (_, transferSyntax) => transferSyntax === JPEG });
  const association = await openAssociation(options(port));
  assert.deepEqual(
    association.contexts.map((context) => context.result),
    [0, 0, 4, 0],
  );
  const fault = await faultOf(association.store({ ...object(Buffer.alloc(10)), transferSyntax: JPEG }));
  assert.deepEqual([fault.code, fault.retry], ['wire.context-not-accepted', 'permanent']);
  assert.equal((await association.store(object(Buffer.alloc(10)))).status, 0);
  await association.release();
});

test('[WIRE-28] a rejection tells its class and, in both languages, what to do', async (t) => {
  const port = await acceptor(t, { reject: { result: 1, source: 1, reason: 7 } });
  const known = await faultOf(openAssociation(options(port)));
  assert.deepEqual([known.code, known.retry], ['wire.rejected', 'permanent']);
  assert.match(known.text.en, /called AE title ANYONE is not known over there/);
  assert.match(known.text.fr, /le titre AE appelé ANYONE n'y est pas connu/);
  const busy = await acceptor(t, { reject: { result: 2, source: 3, reason: 1 } });
  assert.equal((await faultOf(openAssociation(options(busy)))).retry, 'transient');
});

test('[WIRE-28] nobody listening, and a name without address, are told apart', async (t) => {
  const server = createServer();
  const port = await listening(t, server);
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await faultOf(openAssociation(options(port)))).code, 'wire.refused-connection');
  assert.equal((await faultOf(openAssociation(options(port, { host: 'nobody.invalid' })))).code, 'wire.unknown-host');
});

test('[WIRE-29] a peer that never answers costs the association wait and no more', async (t) => {
  const clock = new ManualClock();
  const server = createServer((socket) => socket.once('data', () => setImmediate(() => clock.advance(30_000))));
  const port = await listening(t, server);
  const fault = await faultOf(openAssociation(options(port, { clock })));
  assert.deepEqual([fault.code, fault.retry], ['wire.timeout', 'transient']);
});

test('[WIRE-29] a response that does not come is ambiguous: the object may be there', async (t) => {
  const clock = new ManualClock();
  const port = await acceptor(t, { answer: () => setImmediate(() => clock.advance(120_000)) });
  const association = await openAssociation(options(port, { clock }));
  const fault = await faultOf(association.store(object(Buffer.alloc(100))));
  assert.deepEqual([fault.code, fault.retry], ['wire.timeout', 'ambiguous']);
  assert.equal(association.isOpen, false);
});

test('[WIRE-29] a peer that stops reading in the middle is a transient fault: it cannot have the object', async (t) => {
  const clock = new ManualClock();
  const sockets: Socket[] = [];
  const port = await listening(
    t,
    createServer((socket) => {
      sockets.push(socket);
      serve(socket, {});
    }),
  );
  const association = await openAssociation(options(port, { clock }));
  sockets[0]?.removeAllListeners('data').pause();
  let taken = 0;
  function* endless() {
    for (;;) {
      taken += 1;
      yield new Uint8Array(1_000_000);
    }
  }
  // Once nothing has been taken for many turns of the loop, the kernel's buffers are full: time passes.
  let [before, quietTurns] = [0, 0];
  const look = (): void => {
    quietTurns = taken === before ? quietTurns + 1 : 0;
    before = taken;
    if (quietTurns < 1000) setImmediate(look);
    else clock.advance(60_000);
  };
  look();
  const { length: _, ...rest } = object(Buffer.alloc(0));
  const fault = await faultOf(association.store({ ...rest, dataSet: endless() }));
  assert.deepEqual([fault.code, fault.retry], ['wire.timeout', 'transient']);
});

test('[WIRE-29] our own side may give up at any time', async (t) => {
  const port = await acceptor(t, { answer: () => {} });
  const association = await openAssociation(options(port));
  const giveUp = new AbortController();
  const storing = faultOf(
    association.store({ ...object(Buffer.alloc(100)), signal: giveUp.signal, onProgress: () => giveUp.abort() }),
  );
  assert.equal((await storing).code, 'wire.cancelled');
  assert.equal((await faultOf(openAssociation(options(port, { signal: AbortSignal.abort() })))).code, 'wire.cancelled');
});

test('[WIRE-32] a connection cut while a store waits for its answer is ambiguous', async (t) => {
  const port = await acceptor(t, { answer: (_connection, _contextId, _command, _dataSet, socket) => socket.destroy() });
  const association = await openAssociation(options(port));
  const fault = await faultOf(association.store(object(Buffer.alloc(100))));
  assert.deepEqual([fault.code, fault.retry], ['wire.aborted', 'ambiguous']);
});

test('[WIRE-32] an answer to something else ends the association', async (t) => {
  const port = await acceptor(t, {
    answer: (connection, contextId, command) =>
      connection.respond(contextId, { ...cStoreRsp(command, 0), messageIdBeingRespondedTo: 77 }),
  });
  const association = await openAssociation(options(port));
  assert.equal((await faultOf(association.store(object(Buffer.alloc(100))))).code, 'wire.garbled');
});

test('[WIRE-32] a server that speaks something else is a fault, not a crash', async (t) => {
  for (const words of [
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    Buffer.from('0200ffffffff', 'hex'),
    Buffer.alloc(5000, 0xff),
    Buffer.from('040000000006000000020103', 'hex'),
  ]) {
    const port = await listening(
      t,
      createServer((socket) => socket.once('data', () => socket.write(words))),
    );
    assert.equal((await faultOf(openAssociation(options(port)))).code, 'wire.aborted');
  }
});

test('[WIRE-33] a data set that cannot be read costs no association; one that breaks off costs it', async (t) => {
  const port = await acceptor(t);
  const association = await openAssociation(options(port));
  const broken = new Error('the disk is gone');
  async function* breaking(before: number) {
    for (let i = 0; i < before; i += 1) yield new Uint8Array(100);
    throw broken;
  }
  await assert.rejects(association.store({ ...object(Buffer.alloc(1000)), dataSet: breaking(0) }), broken);
  assert.equal(association.isOpen, true);
  await assert.rejects(association.store({ ...object(Buffer.alloc(1000)), dataSet: breaking(2) }), broken);
  assert.equal(association.isOpen, false);
});

test('[WIRE-25] a data set shorter or longer than announced is never completed', async (t) => {
  let answered = 0;
  const port = await acceptor(t, { answer: () => (answered += 1) });
  for (const length of [99, 101]) {
    const association = await openAssociation(options(port));
    assert.equal(
      (await faultOf(association.store({ ...object(Buffer.alloc(100)), length }))).code,
      'wire.wrong-length',
    );
    assert.equal(association.isOpen, false);
  }
  assert.equal(answered, 0);
});

test('[WIRE-34] an answer that comes in two writes lets the announced next object begin', async (t) => {
  const order: string[] = [];
  const server = createServer((socket) => {
    // The answer's first bytes go alone, as DCMTK writes them, and the rest only once something acknowledges them.
    const write = socket.write.bind(socket);
    const split = (bytes: Uint8Array): boolean => {
      if (bytes[0] !== 4) return write(bytes);
      write(bytes.subarray(0, 12));
      socket.once('data', () => order.push('more came'));
      socket.once('data', () => write(bytes.subarray(12)));
      return true;
    };
    socket.write = split as unknown as typeof socket.write;
    serve(socket, {
      answer: (connection, contextId, command) => {
        order.push(command.affectedSopInstanceUid);
        if (command.affectedSopInstanceUid === '1.2.3.2') socket.write = write as typeof socket.write;
        answerWell(connection, contextId, command);
      },
    });
  });
  const association = await openAssociation(options(await listening(t, server)));
  const next = { sopClassUid: CT, sopInstanceUid: '1.2.3.2', transferSyntax: EXPLICIT };
  assert.equal((await association.store({ ...object(Buffer.alloc(100), 1), next })).status, 0);
  assert.equal(association.hasBegunNext, true);
  assert.equal((await association.store(object(Buffer.alloc(100), 2))).status, 0);
  assert.deepEqual(order, ['1.2.3.1', 'more came', '1.2.3.2']);
  await association.release();
});

test('[WIRE-35] an event report on our association is handed over and answered', async (t) => {
  let answeredWith: number | undefined;
  const port = await acceptor(t, {
    answer: (connection, contextId, command) => {
      if (command.commandField === 0x8100) answeredWith = command.status;
      if (command.commandField !== 0x0130) return;
      connection.respond(contextId, responseTo(command, 0));
      connection.respond(
        contextId,
        nEventReportRq({
          messageId: 9,
          affectedSopClassUid: COMMITMENT,
          affectedSopInstanceUid: '1.2.840.10008.1.20.1.1',
          eventTypeId: 1,
          hasDataSet: false,
        }),
      );
    },
  });
  const association = await openAssociation(options(port));
  const report = new Promise<number>((resolve) => {
    association.onEventReport = ({ eventTypeId }) => {
      resolve(eventTypeId);
      return 0;
    };
  });
  const { status } = await association.action({
    sopClassUid: COMMITMENT,
    sopInstanceUid: '1.2.840.10008.1.20.1.1',
    actionTypeId: 1,
    dataSet: Buffer.alloc(10),
  });
  assert.deepEqual([status, await report], [0, 1]);
  await association.release();
  assert.equal(answeredWith, 0);
});

test('[WIRE-36] over TLS: signed by the site and named, pinned, or refused with a sentence', async (t) => {
  const authority = await createAuthority({ siteName: 'test', clock: systemClock });
  const stranger = await createAuthority({ siteName: 'other', clock: systemClock });
  const pacs = await issueServerCertificate(authority, {
    names: ['pacs'],
    addresses: ['127.0.0.1'],
    days: 9,
    clock: systemClock,
  });
  const elsewhere = await issueServerCertificate(authority, {
    names: ['elsewhere'],
    addresses: ['192.0.2.1'],
    days: 9,
    clock: systemClock,
  });
  const us = await issueClientCertificate(authority, { commonName: 'LEADGLASS', days: 9, clock: systemClock });
  const identity = { cert: us.certPem, key: us.keyPem.reveal() };
  const listen = (made: typeof pacs) =>
    listening(
      t,
      createTlsServer(
        listenerTlsOptions({ identity: { cert: made.certPem, key: made.keyPem.reveal() }, ca: [authority.certPem] }),
        (socket) => serve(socket, {}),
      ),
    );
  const [port, wrongPort] = [await listen(pacs), await listen(elsewhere)];
  const ca = [authority.certPem];
  const good = await openAssociation(options(port, { tls: { ca, identity } }));
  assert.equal((await good.store(object(Buffer.alloc(1_000_000, 3)))).status, 0);
  await good.release();
  const pin = fingerprintSha256(elsewhere.certPem) ?? '';
  const pinned = await openAssociation(options(wrongPort, { tls: { ca: [], identity, certSha256: pin } }));
  await pinned.release();
  const codeOf = async (to: number, more: Partial<ScuOptions>) =>
    (await faultOf(openAssociation(options(to, more)))).code;
  assert.equal(await codeOf(wrongPort, { tls: { ca, identity } }), 'wire.tls-name');
  assert.equal(await codeOf(port, { tls: { ca: [stranger.certPem], identity } }), 'wire.tls-untrusted');
  assert.equal(await codeOf(port, { tls: { ca, identity, certSha256: pin } }), 'wire.tls-pin');
  assert.equal(await codeOf(port, { tls: { ca } }), 'wire.tls');
  assert.equal(await codeOf(await acceptor(t), { tls: { ca, identity } }), 'wire.tls');
});

test('[WIRE-147] an association is called from the address that is told', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const from: (string | undefined)[] = [];
  const server = createServer((socket) => {
    from.push(socket.remoteAddress);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const opening = openAssociation({
    ...{ host: '127.0.0.1', port, called: 'THERE', calling: 'HERE', localAddress: '127.0.0.9' },
    ...{ contexts: [{ abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }] },
    ...{ maximumLength: 16_384, timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock },
  });
  await assert.rejects(opening);
  assert.deepEqual(from, ['127.0.0.9']);
});

test('[CONT-178] a C-FIND tells how it ended and how many matches came before that', async (t) => {
  const find = '1.2.840.10008.5.1.4.1.2.2.1';
  const statuses = [0xff00, 0xff01, 0xa700];
  const port = await acceptor(t, {
    answer: (connection, contextId, command) => {
      for (const status of statuses) connection.respond(contextId, responseTo(command, status));
    },
  });
  const contexts = [{ abstractSyntax: find, transferSyntaxes: [EXPLICIT] }];
  const association = await openAssociation(options(port, { contexts }));
  const asked = { sopClassUid: find, priority: 0, identifier: new Uint8Array(8) };
  const { status, matches } = await association.find(asked);
  assert.deepEqual([status, matches], [0xa700, 2]);
  assert.equal((await association.find(asked)).matches, 2);
  await association.release();
});
