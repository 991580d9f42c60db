import { setTimeout as delay } from 'node:timers/promises';
import { type Text, text } from '@leadglass/kit';
import { command, type Heard, PDU, pData, pdu } from '../pdu.ts';
import { type Raw, type RawOptions, trickle } from '../raw.ts';
import type { BugClass } from './classes.ts';

/** What an attack that is not one message works with. */
export interface Scene {
  /** A connection to the listener under test. */
  open(options?: RawOptions): Promise<Raw>;
  /** The same to the listener for TLS; undefined when there is none. */
  readonly openTls: (() => Promise<Raw>) | undefined;
  /** A C-ECHO of an honest peer, milliseconds. Rejects when it does not succeed. */
  honest(): Promise<number>;
  /** Whether the interface of commands is its owner's alone. */
  isControlPrivate(): boolean;
}

/** What came of it. */
export interface Watched {
  readonly isRight: boolean;
  readonly why: Text;
}

/** An attack by many connections or by none: the gateway goes on serving, or says no. */
export interface WatchAttack {
  readonly kind: 'watch';
  readonly class: BugClass;
  readonly name: Text;
  /** Undefined: does not apply to this gateway. */
  run(scene: Scene): Promise<Watched | undefined>;
}

const HONEST_WITHIN_MS = 10_000;
const CROWD = 100;
const LASTS_MS = 2_500;
const EVERY_MS = 250;
const UNREAD_MS = 8_000;
const C_ECHO_RQ = 0x0030;
const HEARD_WITHIN_MS = 10_000;

const served = (ms: number): Watched => {
  const shown = Math.round(ms);
  return {
    isRight: ms < HONEST_WITHIN_MS,
    why: text(
      `pendant ce temps, un C-ECHO honnête a reçu sa réponse en ${shown} ms`,
      `meanwhile an honest C-ECHO was answered in ${shown} ms`,
    ),
  };
};

function watch(
  bugClass: BugClass,
  fr: string,
  en: string,
  run: (scene: Scene) => Promise<Watched | undefined>,
): WatchAttack {
  return { kind: 'watch', class: bugClass, name: text(fr, en), run };
}

/** Holds connections that `open` makes while an honest peer calls; closes them whatever happens. */
async function meanwhile(scene: Scene, count: number, act: (raw: Raw) => Promise<unknown>): Promise<Watched> {
  const crowd = await Promise.all(Array.from({ length: count }, () => scene.open()));
  try {
    const acts = Promise.all(crowd.map(act));
    await delay(EVERY_MS);
    const ms = await scene.honest();
    await acts;
    return served(ms);
  } finally {
    for (const raw of crowd) raw.close();
  }
}

async function strangers(scene: Scene): Promise<Watched> {
  const isRejected = (heard: Heard) => heard === 'closed' || heard.type === PDU.associateRj;
  let admitted = 0;
  const watched = await meanwhile(scene, CROWD, async (raw) => {
    const heard = await raw.associate({ calling: `${raw.titles.calling}-WHO` });
    if (!isRejected(heard)) admitted += 1;
  });
  return admitted === 0
    ? watched
    : { isRight: false, why: text(`${admitted} ont été admis`, `${admitted} were let in`) };
}

/** Sends and never reads: answers pile up on the other side, within bounds or without. */
async function unread(scene: Scene): Promise<Watched> {
  const raw = await scene.open();
  try {
    await raw.associate();
    raw.socket.pause();
    const many = Buffer.concat(Array.from({ length: 200 }, () => pData(1, 3, command(C_ECHO_RQ))));
    const endMs = performance.now() + UNREAD_MS;
    while (!raw.socket.destroyed && performance.now() < endMs) {
      raw.send(many);
      await delay(5);
    }
    return served(await scene.honest());
  } finally {
    raw.close();
  }
}

/** A ClientHello of TLS 1.0 (RFC 2246 §7.4.1.2) with what was usual twenty years ago: RC4, 3DES and AES in CBC mode. */
const OLD_SUITES = '0005000a002f0035c013c014';
const OLD_HELLO = Buffer.from(
  `16030100370100003303 01${'5a'.repeat(32)}00000c${OLD_SUITES}0100`.replaceAll(' ', ''),
  'hex',
);
const SERVER_HELLO = 0x16;

async function oldTls(scene: Scene): Promise<Watched | undefined> {
  if (scene.openTls === undefined) return undefined;
  const raw = await scene.openTls();
  try {
    raw.send(OLD_HELLO);
    const first = await raw.firstByte(HEARD_WITHIN_MS);
    return first === SERVER_HELLO
      ? { isRight: false, why: text('TLS 1.0 a été accepté', 'TLS 1.0 was accepted') }
      : { isRight: true, why: text('TLS 1.0 refusé', 'TLS 1.0 refused') };
  } finally {
    raw.close();
  }
}

async function plainOnTls(scene: Scene): Promise<Watched | undefined> {
  if (scene.openTls === undefined) return undefined;
  const raw = await scene.openTls();
  try {
    raw.send(pdu(PDU.associateRq, raw.body()));
    const first = await raw.firstByte(HEARD_WITHIN_MS);
    return first === PDU.associateAc
      ? { isRight: false, why: text('association acceptée en clair', 'association accepted in the clear') }
      : { isRight: true, why: text('pas d’association en clair', 'no association in the clear') };
  } finally {
    raw.close();
  }
}

async function control(scene: Scene): Promise<Watched> {
  const isRight = scene.isControlPrivate();
  return {
    isRight,
    why: isRight
      ? text('réservée au compte de la passerelle', 'reserved to the gateway’s account')
      : text('ouverte à d’autres comptes de la machine', 'open to other accounts of the machine'),
  };
}

/** Every attack by presence. */
export const WATCH_ATTACKS: readonly WatchAttack[] = [
  watch('B3', `${CROWD} inconnus à la fois`, `${CROWD} strangers at once`, strangers),
  watch('B3', `${CROWD} connexions muettes`, `${CROWD} silent connections`, (scene) =>
    meanwhile(scene, CROWD, () => delay(LASTS_MS)),
  ),
  watch('B3', 'une demande octet par octet (slowloris)', 'a request byte by byte (slowloris)', (scene) =>
    meanwhile(scene, 10, (raw) =>
      Promise.race([trickle(raw, pdu(PDU.associateRq, raw.body()), EVERY_MS), delay(LASTS_MS)]),
    ),
  ),
  watch('B1', '64 Ko annoncés, rien d’envoyé', '64 kB announced, nothing sent', (scene) =>
    meanwhile(scene, CROWD, (raw) => {
      raw.send(pdu(PDU.associateRq, Buffer.alloc(10), 65_000));
      return delay(LASTS_MS);
    }),
  ),
  watch('B3', 'des demandes sans jamais lire les réponses', 'requests without ever reading the answers', unread),
  watch('B22', 'une ouverture en TLS 1.0', 'a TLS 1.0 hello', oldTls),
  watch('B22', 'du DICOM en clair sur le port TLS', 'plain DICOM on the TLS port', plainOnTls),
  watch(
    'B15',
    'l’interface de commande, vue d’un autre compte',
    'the control interface, seen from another account',
    control,
  ),
];

/** Why a class has no attack here: said, not left out. */
export interface NotApplicable {
  readonly class: BugClass;
  readonly why: Text;
}

export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    class: 'B18',
    why: text(
      'La passerelle n’installe aucun gestionnaire d’URL et ne se met pas à jour toute seule : rien à attaquer par le réseau.',
      'The gateway installs no URL handler and does not update itself: there is nothing to attack over the network.',
    ),
  },
  {
    class: 'B24',
    why: text(
      'Les composants tiers ne s’éprouvent pas par le réseau : voir dependencies.json et la surveillance des avis.',
      'Third-party components are not tried over the network: see dependencies.json and the watch over advisories.',
    ),
  },
];
