/** The installer taken apart: the same program and the same files as in the shell script, each as a file to look at. */
import { plainLine, type ArchiveEntry, type ExportFormat, type Materials } from '../export-format';
import { payloadFiles } from '../payload';
import type { ServerSetup } from '../server-setup';
import { ownDaemonProblem } from './own-daemon';
import { uploadCommand } from '../upload';
import { shInstaller } from './sh';

const FOLDER = 'sallyport-install';

export const tar: ExportFormat = {
  id: 'tar',
  title: 'Archive',
  about: 'For whoever wants to see or package each file: the shell script with its files beside it.',
  extension: '.tar.gz',
  wantsDaemons: true,
  secret: 'chosen',
  problem: ownDaemonProblem,
  write: (setup, materials) => ({ kind: 'archive', folder: FOLDER, entries: entries(setup, materials) }),
  nextSteps: (setup, file) => [
    uploadCommand(setup, file),
    `tar xzf ${file} && sudo sh ${FOLDER}/install.sh`,
    'Knock from a new connection, log in, and there: sudo sallyport-setup --confirm',
  ],
};

function entries(setup: ServerSetup, materials: Materials): readonly ArchiveEntry[] {
  const programs = new Map(materials.daemons.map(({ arch, program }) => [`daemon-${arch}`, program]));
  return [
    { path: 'README', mode: 0o600, content: `${readme(setup, materials).join('\n')}\n` },
    { path: 'install.sh', mode: 0o700, content: shInstaller(setup, materials, 'beside') },
    ...payloadFiles(setup, materials).map(({ name, text, mode }) => ({
      path: `files/${name}`,
      mode: mode === '0755' ? 0o700 : 0o600,
      content: programs.get(name) ?? text,
    })),
  ];
}

function readme(setup: ServerSetup, materials: Materials): readonly string[] {
  const { profile, options } = setup;
  return [
    `sallyportd for the profile "${plainLine(profile.name)}", by Sallyport ${materials.version}.`,
    options.secrets === 'include'
      ? 'THE FOLDER files HOLDS SECRETS: whoever reads it can knock. Remove it after the installation, here and there.'
      : 'There are no secrets in here: install.sh asks for them on the server’s terminal.',
    '',
    'Apply, with a second SSH session open:',
    '  sh install.sh --check          looks at everything, changes nothing',
    '  sudo sh install.sh             closes the door on trial, for 3 minutes',
    '  sudo sallyport-setup --confirm makes it last, after a knock has opened the door',
    'Undo:',
    '  sudo sallyport-setup --uninstall, or with --purge also config and secrets',
    '',
    'install.sh knows the SHA-256 of every file and refuses one that differs. What goes where:',
    ...payloadFiles(setup, materials).map(
      ({ name, path, owner, mode, when }) => `  files/${name} -> ${path} (${owner} ${mode}, ${when})`,
    ),
  ];
}
