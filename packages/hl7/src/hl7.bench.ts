import { generate } from './dialects.testkit.ts';
import { randomBundle } from './fhir/fhir.testkit.ts';
import { parseFhir, readFhir } from './fhir/fhir.ts';
import { frame, MllpFramer } from './mllp.ts';
import { SeededRandom } from './random.testkit.ts';
import { readV2 } from './reader.ts';

// Messages a second of processor time: framing and reading a typical ORU of ten results (ASCII, UTF-8, 8859/1), an ADT, and a mix of dialects.
// `node hl7.bench.ts [--beside FOLDER]`: FOLDER is where node-hl7-client is installed, whose parser then reads the same.

const SECONDS = 2;

const obx = (index: number, name: string) =>
  `OBX|${index}|NM|2823-3^${name}^LN^K^Potassium^L||4,1|mmol/L^mmol/L^UCUM|3,5 - 5,1|N|||F|||20260102030405|LABO^Laboratoire central|80000001^Dupond^Paul|ELECTRODE`;

/** Twelve segments, 1.7 kB. */
function oru(name: string, charset: string): string {
  return [
    `MSH|^~\\&|SGL|CHU|LEADGLASS|GW|20260102030405||ORU^R01^ORU_R01|M1|P|2.5||||||${charset}`,
    `PID|1||100234^^^CHU&1.2.250.1.999&ISO^PI~279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS||${name}^ANNE^^^MME^^L||19790301|F|||^^^^^^BDL^^75056||||||D123|||||||||||||VALI`,
    'PV1|1|E|URG^B12^3^SAU||||80000002^Durand^Zoe|||||||||||V998877',
    'ORC|RE|C123|L456',
    'OBR|1|C123^DPI|L456^SGL|IONO^Ionogramme sanguin^L|||20260102030405|||||||20260102040000||80000002^Durand^Zoe||||||20260102050000||LAB|F',
    ...Array.from({ length: 10 }, (_, index) => obx(index + 1, index === 0 ? name : 'Potassium')),
    'NTE|1||Resultat telephone',
    '',
  ].join('\r');
}

const ADT = `${oru('MARTIN', '').split('\r').slice(0, 3).join('\r').replace('ORU^R01^ORU_R01', 'ADT^A08')}\r`;
const CASES: Readonly<Record<string, readonly Uint8Array[]>> = {
  'ORU, ASCII': [Buffer.from(oru('MARTIN', ''))],
  'ORU, UTF-8': [Buffer.from(oru('Lefèvre', 'UNICODE UTF-8'))],
  'ORU, 8859/1 not declared': [Buffer.from(oru('Lefèvre', ''), 'latin1')],
  'ADT, ASCII': [Buffer.from(ADT)],
  'dialects, results': Array.from({ length: 200 }, (_, index) => generate(index + 1, 'result').bytes),
};

/** Runs `round`, which handles `count` messages of `bytes` together, for a while. */
function measure(name: string, count: number, bytes: number, round: () => void): void {
  for (let warm = performance.now() + 500; performance.now() < warm; ) round();
  const begin = process.cpuUsage();
  let rounds = 0;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; rounds += 1) round();
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1e6;
  const perSecond = (rounds * count) / seconds;
  console.log(`${name}: ${perSecond.toFixed(0)} messages/s, ${((perSecond * bytes) / count / 1e6).toFixed(0)} MB/s`);
}

const bundles = Array.from({ length: 100 }, (_, index) =>
  JSON.stringify(randomBundle(new SeededRandom(index + 1)).value),
);
measure(
  'FHIR bundles, parsed and read',
  bundles.length,
  bundles.reduce((sum, json) => sum + json.length, 0),
  () => {
    for (const json of bundles) readFhir(parseFhir(json));
  },
);

interface Node extends Iterable<Node> {
  get(n: number): Node;
  toString(): string;
}

const beside = process.argv.indexOf('--beside');
const folder = process.argv[beside + 1] ?? '';
const other = beside < 0 ? undefined : await import(`${folder}/node_modules/node-hl7-client/lib/esm/index.mjs`);

for (const [name, messages] of Object.entries(CASES)) {
  const bytes = messages.reduce((sum, message) => sum + message.byteLength, 0);
  const stream = Buffer.concat(messages.map(frame));
  const framer = new MllpFramer();
  measure(`${name}, read`, messages.length, bytes, () => {
    for (const message of messages) readV2(message, { fallbackCharset: '8859/1' });
  });
  measure(`${name}, framed and read`, messages.length, bytes, () => {
    for (const event of framer.push(stream))
      if (event.kind === 'message') readV2(event.bytes, { fallbackCharset: '8859/1' });
  });
  if (other === undefined || messages.length > 1) continue;
  const texts = messages.map((message) => Buffer.from(message).toString('utf8'));
  measure(`${name}, node-hl7-client, cut into segments`, messages.length, bytes, () => {
    for (const text of texts) new other.Message({ text });
  });
  if (!name.startsWith('ORU')) continue;
  measure(`${name}, node-hl7-client, the fields of its OBX that a reading has`, messages.length, bytes, () => {
    for (const text of texts) for (const obx of new other.Message({ text }).get('OBX')) readObx(obx);
  });
}

/** Texts of an OBX as another parser has it; components of the codes apart. */
function readObx(obx: Node): number {
  let length = 0;
  for (const n of [2, 4, 5, 7, 8, 11, 14]) length += obx.get(n).toString().length;
  for (const n of [3, 6, 15, 16, 17]) for (const component of obx.get(n)) length += component.toString().length;
  return length;
}
