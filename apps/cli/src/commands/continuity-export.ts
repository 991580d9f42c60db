import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { text } from '@leadglass/kit';
import { newPassword, PASSWORD } from '../cert/password.ts';
import type { Command } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { sizeWords } from '../words.ts';

/** An export is tried offline by whoever finds it. */
const SHORTEST_PASSWORD = 14;

const exportCommand: Command = {
  name: 'continuity export',
  usage: 'DIR [--password-file FILE|-] [--most-gb N]',
  summary: text(
    'emporte l’ensemble de continuité, chiffré : un navigateur et un mot de passe l’ouvrent',
    'takes the continuity set along, encrypted: a browser and a password open it',
  ),
  notes: text(
    'DIR (une clé USB) reçoit index.html, à ouvrir dans n’importe quel navigateur récent sans réseau ni installation, et des morceaux chiffrés (Argon2id, AES-256-GCM). Biologie, comptes rendus et documents par patient, planning des jours gardés, images pour un coup d’œil, fichiers DICOM d’origine. Le mot de passe, d’au moins 14 caractères ou tiré au hasard, n’est gardé nulle part. DIR n’apparaît qu’une fois complet.',
    'DIR (a USB stick) gets index.html, to be opened in any recent browser without network or installing, and encrypted pieces (Argon2id, AES-256-GCM). Laboratory results, reports and documents of each patient, the schedule of the days that are kept, pictures for a look, the original DICOM files. The password, of at least 14 characters or made at random, is kept nowhere. DIR appears once it is complete.',
  ),
  options: {
    ...PASSWORD,
    'most-gb': { value: 'N', help: text('taille au plus, en Go d’images', 'largest size, in GB of images') },
  },
  positionals: [1, 1],
  examples: ['continuity export /media/usb/urgences', 'continuity export /media/usb/er --password-file - --most-gb 50'],
  async run(context, given) {
    const { client, output, signal } = context;
    const asked = given.at(0);
    const folder = isAbsolute(asked) ? asked : resolve(asked);
    const most = given.number('most-gb', 1, 100_000);
    if (existsSync(folder))
      throw new CliFailure(EXIT.failed, text(`${asked} existe déjà.`, `${asked} exists already.`), 'cli.exists');
    await client.call('status', {});
    const { password, isMade } = await newPassword(context, given);
    if (password.reveal().length < SHORTEST_PASSWORD) throw TOO_SHORT;
    const { ExportSealer } = await import('../continuity/export/sealing.ts');
    const { ExportWriter } = await import('../continuity/export/writer.ts');
    const { exportSet } = await import('../continuity/export/exporting.ts');
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    const writer = new ExportWriter(partial, await ExportSealer.of(password));
    try {
      const done = await exportSet({
        ...{ client, writer, signal, budgetBytes: most === undefined ? undefined : most * 1e9, nowMs: Date.now() },
        progress: (studies, of, objects) =>
          output.redraw(`${studies} / ${of}  ${objects}  ${sizeWords(writer.written, output.language)}`),
      });
      output.redraw('');
      await rename(partial, folder);
      output.json({ ...done, bytes: writer.written, ...(isMade ? { password: password.reveal() } : {}) });
      const size = sizeWords(writer.written, output.language);
      output.line(
        text(
          `${done.studies} études, ${done.objects} objets (${done.pictures} images à voir), ${done.charts} dossiers (${done.documents} documents), ${done.days} jours de planning, ${size}. Ouvrez index.html.`,
          `${done.studies} studies, ${done.objects} objects (${done.pictures} pictures to look at), ${done.charts} charts (${done.documents} documents), ${done.days} days of schedules, ${size}. Open index.html.`,
        ),
        'green',
      );
      if (done.leftOut > 0)
        output.line(text(`${done.leftOut} études n’ont pas tenu.`, `${done.leftOut} studies found no room.`), 'yellow');
      if (isMade) {
        output.line(password.reveal());
        output.line(text('Mot de passe, affiché cette seule fois.', 'The password, shown this once only.'), 'yellow');
      }
      return EXIT.ok;
    } catch (thrown) {
      await rm(partial, { recursive: true, force: true });
      throw thrown;
    }
  },
};

const TOO_SHORT = usageFailure(
  text(
    'Ce mot de passe est trop court : 14 caractères au moins (qui trouve la clé l’essaie autant qu’il veut), ou laissez-le tirer au hasard.',
    'This password is too short: at least 14 characters (whoever finds the stick tries as often as they like), or let one be made at random.',
  ),
);

export const COMMANDS: readonly Command[] = [exportCommand];
