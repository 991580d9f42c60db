import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMAND_FIELD, type Command, commandOf } from '@leadglass/dimse';
import { callPeer, contextOf, type Message } from './dimse-peer.ts';
import { requirePeer } from './peers.ts';
import { type Place, relayingGateway, startPeer } from './relaying.ts';

const PRINT = '1.2.840.10008.5.1.1.9';
const [FILM_SESSION, FILM_BOX, PRINTER] = ['1.2.840.10008.5.1.1.1', '1.2.840.10008.5.1.1.2', '1.2.840.10008.5.1.1.16'];
const PRINTER_INSTANCE = '1.2.840.10008.5.1.1.17';
const [SESSION_UID, BOX_UID] = ['1.2.826.0.1.3680043.9.9999.50', '1.2.826.0.1.3680043.9.9999.51'];

/** A printer of DCMTK's: it takes films and writes them to a folder. */
function printerConfig(folder: string, port: number): string {
  for (const name of ['database', 'spool', 'lut', 'log']) mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, 'print.cfg');
  const lines = [
    ...['[[GENERAL]]', '[APPLICATION]', `LogDirectory = ${join(folder, 'log')}`, 'LogLevel = INFO'],
    ...['[PRINT]', `Directory = ${join(folder, 'spool')}`, 'DeletePrintJobs = false'],
    ...['[DATABASE]', `Directory = ${join(folder, 'database')}`, '[LUT]', `Directory = ${join(folder, 'lut')}`],
    ...['[[COMMUNICATION]]', '[PRINTER1]', 'Aetitle = PRINTER1', 'Description = Printer', 'Hostname = localhost'],
    ...[`Port = ${port}`, 'Type = LOCALPRINTER', 'DisplayFormat=1,1\\2,2', 'FilmSizeID = 8INX10IN\\14INX17IN'],
    ...['MediumType = PAPER\\BLUE FILM', 'MaxPDU = 32768', 'MagnificationType = REPLICATE\\NONE', 'MaxDensity = 320'],
    ...['MinDensity = 20', 'SupportsPresentationLUT = true', 'Supports12Bit = true', 'BorderDensity = BLACK\\WHITE'],
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function element(group: number, number: number, value: string): Buffer {
  const bytes = Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

const uid = (value: string): string => (value.length % 2 === 0 ? value : `${value}\0`);

/** (2010,0500) Referenced Film Session Sequence with one item. */
function filmSessionReference(): Buffer {
  const item = Buffer.concat([element(0x0008, 0x1150, uid(FILM_SESSION)), element(0x0008, 0x1155, uid(SESSION_UID))]);
  const head = Buffer.alloc(16);
  head.writeUInt16LE(0x2010, 0);
  head.writeUInt16LE(0x0500, 2);
  head.writeUInt32LE(item.length + 8, 4);
  head.writeUInt16LE(0xfffe, 8);
  head.writeUInt16LE(0xe000, 10);
  head.writeUInt32LE(item.length, 12);
  return Buffer.concat([head, item]);
}

/** A film session, a film box, a look at the printer, what it refuses, and the end: what each was answered. */
async function print(place: Place): Promise<readonly Message[]> {
  const peer = await callPeer(place, [contextOf(PRINT)]);
  const session = Buffer.concat([element(0x2000, 0x0010, '1'), element(0x2000, 0x0030, 'PAPER')]);
  const box = Buffer.concat([element(0x2010, 0x0010, 'STANDARD\\1,1'), filmSessionReference()]);
  const answers: Message[] = [];
  let messageId = 0;
  const ask = async (field: number, fields: Partial<Command>, body?: Buffer) => {
    messageId += 1;
    answers.push(await peer.ask(1, commandOf(field, { ...fields, messageId }), body));
  };
  const { nCreateRq, nGetRq, nDeleteRq } = COMMAND_FIELD;
  await ask(nCreateRq, { affectedSopClassUid: FILM_SESSION, affectedSopInstanceUid: SESSION_UID }, session);
  await ask(nGetRq, { requestedSopClassUid: PRINTER, requestedSopInstanceUid: PRINTER_INSTANCE });
  await ask(nCreateRq, { affectedSopClassUid: FILM_BOX, affectedSopInstanceUid: BOX_UID }, box);
  await ask(nGetRq, { requestedSopClassUid: FILM_BOX, requestedSopInstanceUid: '1.2.3.4' });
  await ask(nDeleteRq, { requestedSopClassUid: FILM_BOX, requestedSopInstanceUid: BOX_UID });
  await ask(nDeleteRq, { requestedSopClassUid: FILM_SESSION, requestedSopInstanceUid: SESSION_UID });
  await peer.release();
  return answers;
}

/** Where the printer makes up something anew each time: the UIDs of image boxes, at the end of its answer, and the time in a label. */
const IMAGE_BOXES = '\x10\x20\x10\x05';
const comparable = ({ command, dataSet }: Message) => ({
  command,
  bytes: dataSet
    ?.toString('latin1')
    .split(IMAGE_BOXES)[0]
    ?.replace(/created \d{8} \d{6}/, 'created'),
});

test('[PROVE-103] printing: DCMTK’s print service gives the same answers through the gateway, accepted and refused', async (t) => {
  if (requirePeer(t, 'dcmprscp') === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-print-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const printer = await startPeer('PRINTER1', (port) => [
    'dcmprscp',
    ['-c', printerConfig(folder, port), '-p', 'PRINTER1'],
  ]);
  t.after(() => printer.stop());
  // The printer labels films with the title that calls it.
  const upstream = { name: 'printer', port: printer.port, aet: 'PRINTER1', services: 'print' };
  const gateway = await relayingGateway([upstream], { calling: 'peer' });
  t.after(() => gateway.dispose());
  const straight = await print({ port: printer.port, called: 'PRINTER1' });
  const through = await print({ port: gateway.dimse, called: 'LEADGLASS' });
  assert.deepEqual(
    straight.map(({ command }) => command.status),
    [0, 0, 0, 0x0118, 0, 0],
  );
  assert.deepEqual(through.map(comparable), straight.map(comparable));
  assert.match(await gateway.cli('log'), /asked for a print operation; “printer” answered 0x0118/);
});
