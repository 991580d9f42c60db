import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@leadglass/kit';
import type { AssociationHandler, Command } from './api.ts';
import { Association } from './association.ts';
import { COMMAND_FIELD } from './command.ts';
import { encodeCommand } from './command-codec.ts';
import { MessageReader } from './message-reader.ts';
import { cEchoRq, responseTo } from './messages.ts';
import { acceptanceOf, negotiate, requestOf } from './negotiation.ts';
import { statusClass } from './status.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION } from './uids.ts';

const LIMITS = { associatePduBytes: 65_536, maximumLength: 131_072, artimMs: 5_000 };
const WE = { implementationClassUid: '1.2.3.4', implementationVersionName: 'LEADGLASS_TEST' };

function requireTool(t: TestContext, tool: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/sbin'].filter((folder) => folder !== '');
  for (const folder of folders) {
    try {
      accessSync(`${folder}/${tool}`);
      return `${folder}/${tool}`;
    } catch {}
  }
  assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', `${tool} is not installed`);
  t.skip(`${tool} not installed`);
  return undefined;
}

function requireSharedFile(t: TestContext, path: string): string | undefined {
  const folder =
    process.env.LEADGLASS_SHARED_DATA ?? resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
  const file = `${folder}/${path}`;
  if (existsSync(file)) return file;
  assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', 'the shared test data is missing');
  t.skip('shared test data not there');
  return undefined;
}

/** A handler for tests over a real socket, in which what is not said fails. */
function handlerOver(socket: Socket, own: Partial<AssociationHandler>): AssociationHandler {
  const unexpected = (): never => assert.fail('not expected in this conversation');
  return {
    send: (bytes) => void socket.write(bytes),
    closeTransport: () => void socket.end(),
    associateRequested: unexpected,
    associateAccepted: unexpected,
    associateRejected: unexpected,
    data: unexpected,
    releaseRequested: unexpected,
    released: unexpected,
    aborted: (_abort, _by, why) => assert.fail(why.en),
    ...own,
  };
}

/** Accepts everything, answers every request with success; keeps the commands. */
function acceptOn(server: Server, commands: Command[], maximumLengths: number[]): void {
  server.on('connection', (socket) => {
    const answer = (contextId: number, command: Command): void =>
      association.sendData(contextId, true, true, encodeCommand(responseTo(command, 0)));
    let pending: Command | undefined;
    const messages = new MessageReader({
      contexts: { has: (id) => id % 2 === 1 },
      handler: {
        command: (contextId, command) => {
          commands.push(command);
          pending = command;
          if (!command.hasDataSet) answer(contextId, command);
        },
        dataSet: (contextId, _piece, isLast) => void (isLast && pending !== undefined && answer(contextId, pending)),
        fault: (fault) => assert.fail(fault.why.en),
      },
    });
    const handler = handlerOver(socket, {
      associateRequested: (request) => {
        maximumLengths.push(association.peerMaximumLength);
        association.accept(acceptanceOf(request, negotiate(request, { acceptsAbstractSyntax: () => true }), WE));
      },
      data: (...fragment) => messages.data(...fragment),
      releaseRequested: () => association.releaseResponse(),
    });
    const association: Association = new Association({ role: 'acceptor', handler, limits: LIMITS, clock: systemClock });
    association.transportConnected();
    socket.on('data', (chunk: Buffer) => association.receive(chunk));
    socket.on('close', () => association.transportClosed());
  });
}

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function run(tool: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

test('[DIMSE-37] DCMTK echoscu is answered, with one context and with 128', async (t) => {
  const echoscu = requireTool(t, 'echoscu');
  if (echoscu === undefined) return;
  const { server, port } = await listen();
  const commands: Command[] = [];
  const maximumLengths: number[] = [];
  acceptOn(server, commands, maximumLengths);
  for (const contexts of ['1', '128']) {
    const { code, output } = await run(echoscu, ['-v', '-ppc', contexts, '--repeat', '3', '127.0.0.1', String(port)]);
    assert.equal(code, 0, output);
  }
  server.close();
  assert.deepEqual(
    commands.map(({ commandField }) => commandField),
    Array(6).fill(COMMAND_FIELD.cEchoRq),
  );
  assert.deepEqual(maximumLengths, [16_384, 16_384]);
});

test('[DIMSE-37] DCMTK storescu stores a real file and is answered', async (t) => {
  const storescu = requireTool(t, 'storescu');
  if (storescu === undefined) return;
  const file = requireSharedFile(t, 'real/PantelisGeorgiadis__dcmjs-dimse/datasets_ele.dcm');
  if (file === undefined) return;
  const { server, port } = await listen();
  const commands: Command[] = [];
  acceptOn(server, commands, []);
  const { code, output } = await run(storescu, ['-v', '--repeat', '2', '127.0.0.1', String(port), file]);
  server.close();
  assert.equal(code, 0, output);
  assert.equal(output.match(/Received Store Response \(Success\)/g)?.length, commands.length);
  assert.ok(commands.length > 0 && commands.every(({ commandField }) => commandField === COMMAND_FIELD.cStoreRq));
});

test('[DIMSE-37] DCMTK storescp answers our echo and our release', async (t) => {
  const storescp = requireTool(t, 'storescp');
  if (storescp === undefined) return;
  const { server, port } = await listen();
  server.close();
  await once(server, 'close');
  const child = spawn(storescp, ['--ignore', String(port)], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const socket = await connectWhenReady(port);
  const steps = await echoOver(socket);
  assert.deepEqual(steps, ['accepted 0', 'success', 'released']);
});

async function connectWhenReady(port: number): Promise<Socket> {
  for (let attempts = 0; attempts < 2000; attempts += 1) {
    const socket = connect(port, '127.0.0.1');
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isConnected) return socket;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return assert.fail('the peer never listened');
}

async function echoOver(socket: Socket): Promise<string[]> {
  const steps: string[] = [];
  const messages = new MessageReader({
    contexts: new Set([1]),
    handler: {
      command: (_contextId, command) => {
        steps.push(statusClass(command.status, command.commandField));
        association.release();
      },
      dataSet: () => assert.fail('no data set in an echo'),
      fault: (fault) => assert.fail(fault.why.en),
    },
  });
  const handler = handlerOver(socket, {
    associateAccepted: (accepted) => {
      steps.push(`accepted ${accepted.contexts[0]?.result}`);
      association.sendData(1, true, true, encodeCommand(cEchoRq(1)));
    },
    data: (...fragment) => messages.data(...fragment),
    released: () => void steps.push('released'),
  });
  const association: Association = new Association({ role: 'requestor', handler, limits: LIMITS, clock: systemClock });
  const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
  association.request(requestOf({ called: 'STORESCP', calling: 'LEADGLASS', contexts, ...WE }));
  association.transportConnected();
  socket.on('data', (chunk: Buffer) => association.receive(chunk));
  await once(socket, 'close');
  association.transportClosed();
  return steps;
}
