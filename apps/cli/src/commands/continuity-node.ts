import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, type Exit, usageFailure } from '../exits.ts';
import { sayStanding } from './box-standing.ts';
import { hostPortOf } from './values.ts';

const DEFAULT_MINUTES = 5;
const LOOPBACK = '127.0.0.1';

function gatewayOf(value: string): string {
  const [, host] = /^https:\/\/([^/]{1,255})\/?$/.exec(value) ?? [];
  if (host === undefined) throw usageFailure(text('--from : https://HÔTE:PORT.', '--from: https://HOST:PORT.'));
  hostPortOf(host, 443);
  return `https://${host}`;
}

/** Where the box serves: this machine alone, or the network it was carried to. */
function listenersOf(given: Given) {
  const host = given.value('serve') ?? LOOPBACK;
  const place = (name: string, port: number): string => {
    const value = given.value(name) ?? `${host}:${port}`;
    hostPortOf(value, 0);
    return value;
  };
  const isServing = given.value('serve') !== undefined;
  return {
    dimse: place('dimse', 11112),
    console: given.value('console') === 'off' ? 'off' : place('console', 8443),
    ...(isServing ? { dimseTls: place('dimse-tls', 2762), web: place('web', 8444) } : {}),
  };
}

const node: Command = {
  name: 'continuity-node',
  usage: '[status] [--from https://GATEWAY:PORT --code CODE] [--serve HOST] …',
  summary: text(
    'second boîtier : tire l’ensemble de continuité (images, biologie, comptes rendus, planning) et le sert seul',
    'a second box: pulls the continuity set (images, laboratory results, reports, schedule) and serves it alone',
  ),
  notes: text(
    'La première fois avec le code de « leadglass continuity node add NOM » sur la passerelle ; ensuite sans rien. Le boîtier a ses propres clés, n’ouvre aucun port au réseau principal, ne demande ni DNS, ni annuaire, ni heure, ni Internet, et se débranche à tout moment : ce qui est là est entier et reste servi. « continuity-node status » dit de quand date chaque chose. --serve HÔTE le fait servir sur le réseau de secours (DICOM, DICOMweb, console).',
    'The first time with the code of “leadglass continuity node add NAME” at the gateway; afterwards with nothing. The box has its own keys, opens no port to the main network, asks for no DNS, directory, time or Internet, and is unplugged at any moment: what is here is whole and goes on being served. “continuity-node status” says how old each thing is. --serve HOST makes it serve on the emergency network (DICOM, DICOMweb, console).',
  ),
  options: {
    from: { value: 'URL', help: text('la passerelle (--web) dont tirer', 'the gateway (--web) to pull from') },
    code: { value: 'CODE', help: text('code d’enrôlement, la première fois', 'enrolment code, the first time') },
    every: { value: 'MIN', help: text('minutes entre deux tirages (5)', 'minutes between pulls (5)') },
    'no-pull': { help: text('servir sans tirer', 'serve without pulling') },
    serve: { value: 'HOST', help: text('adresse du réseau de secours', 'address of the emergency network') },
    dimse: { value: 'HOST:PORT', help: text('DICOM (11112)', 'DICOM (11112)') },
    'dimse-tls': { value: 'HOST:PORT', help: text('DICOM sur TLS (2762)', 'DICOM over TLS (2762)') },
    web: { value: 'HOST:PORT', help: text('DICOMweb sur TLS (8444)', 'DICOMweb over TLS (8444)') },
    console: { value: 'HOST:PORT', help: text('console (8443) ; off : aucune', 'console (8443); off: none') },
  },
  positionals: [0, 1],
  examples: [
    'continuity-node --home /srv/box --from https://192.0.2.10:8444 --code lgn_….…',
    'continuity-node --home /srv/box',
    'continuity-node --home /srv/box --no-pull --serve 10.0.0.5',
    'continuity-node status --home /srv/box --json',
  ],
  async run(context, given) {
    const { home, output, client, signal } = context;
    if (given.at(0) === 'status') return status(context);
    if (given.at(0) !== '') throw usageFailure(text('Seul « status » suit.', 'Only “status” follows.'));
    const listeners = listenersOf(given);
    const minutes = given.number('every', 1, 1440) ?? DEFAULT_MINUTES;
    const { enrol, keepPulling } = await import('../continuity/node.ts');
    const { readNode } = await import('../continuity/node-file.ts');
    const code = given.value('code');
    if (code !== undefined) await enrol(home, gatewayOf(given.required('from')), code, signal);
    const known = readNode(home);
    if (known === undefined && !given.flag('no-pull')) throw NOT_ENROLLED;
    const { runGateway } = await import('@leadglass/gateway');
    const over = new AbortController();
    const running = runGateway({ home, language: output.language, ...listeners }).finally(() => over.abort());
    const pulling = given.flag('no-pull')
      ? Promise.resolve()
      : keepPulling({ home, client, everyMs: minutes * 60_000, signal: AbortSignal.any([signal, over.signal]) });
    await Promise.all([running, pulling]);
    return EXIT.ok;
  },
};

/** What the running box of this home has, and how old it is. Exit code 5 when some kind was never pulled whole. */
async function status({ client, output }: Context): Promise<Exit> {
  const { box } = await client.call('continuity.standing', {});
  output.json({ box });
  if (box === null) {
    output.line(text('Rien n’a encore été tiré ici.', 'Nothing has been pulled here yet.'), 'yellow');
    return EXIT.unsound;
  }
  sayStanding(output, box);
  return box.kinds.some(({ asOfMs }) => asOfMs === null) ? EXIT.unsound : EXIT.ok;
}

const NOT_ENROLLED = new CliFailure(
  EXIT.usage,
  text(
    'Ce boîtier n’est pas enrôlé : --from https://PASSERELLE:PORT --code CODE (« leadglass continuity node add NOM » sur la passerelle le donne).',
    'This box is not enrolled: --from https://GATEWAY:PORT --code CODE (“leadglass continuity node add NAME” at the gateway gives it).',
  ),
  'continuity.not-enrolled',
);

export const COMMANDS: readonly Command[] = [node];
