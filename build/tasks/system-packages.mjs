/**
 * Debian's packages behind npm start, npm test and npm run demo. Whether one is needed is decided by looking for the
 * program or file it brings, so that one from elsewhere serves as well.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CHROMIUM = {
  name: 'chromium',
  programs: ['chromium'],
  // Where electron/stand-in looks as well.
  instead: ['/usr/bin/chromium-browser', '/usr/bin/google-chrome', process.env.SALLYPORT_CHROMIUM],
};
const LIBSECRET = { name: 'libsecret-1-0', library: 'libsecret-1.so.0' };
const NAMESPACES = [
  { name: 'iproute2', programs: ['ip'] },
  { name: 'util-linux', programs: ['unshare', 'setpriv'] },
];

/** What each purpose needs; `window` is npm start where Electron's own binary cannot be had. */
export const PACKAGES = {
  start: [LIBSECRET],
  window: [LIBSECRET, CHROMIUM],
  demo: NAMESPACES,
  test: [
    CHROMIUM,
    LIBSECRET,
    ...NAMESPACES,
    { name: 'knockd', programs: ['knockd', 'knock'] },
    { name: 'fwknop-server', programs: ['fwknopd'] },
    { name: 'fwknop-client', programs: ['fwknop'] },
    { name: 'iptables', programs: ['iptables'] },
    { name: 'nftables', programs: ['nft'] },
    { name: 'tcpdump', programs: ['tcpdump'] },
    { name: 'openssh-server', programs: ['sshd'] },
    { name: 'openssh-client', programs: ['ssh', 'ssh-keygen'] },
    { name: 'gnome-keyring', programs: ['gnome-keyring-daemon'] },
    { name: 'dbus', programs: ['dbus-run-session', 'dbus-daemon', 'dbus-send'] },
    { name: 'libsecret-tools', programs: ['secret-tool'] },
    { name: 'iputils-ping', programs: ['ping'] },
    { name: 'procps', programs: ['ps', 'pgrep', 'sysctl'] },
    { name: 'mandoc', programs: ['mandoc'] },
    { name: 'systemd', programs: ['systemd-analyze'] },
    { name: 'netcat-openbsd', programs: ['nc'] },
    { name: 'fonts-dejavu-core', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
    { name: 'git', programs: ['git'] },
    // The race detector is in C, so is what it needs of the system.
    { name: 'gcc', programs: ['gcc'] },
    { name: 'libc6-dev', file: '/usr/include/stdlib.h' },
    { name: 'rsync', programs: ['rsync'] },
    { name: 'bash-completion', file: '/usr/share/bash-completion/bash_completion' },
    { name: 'zsh', programs: ['zsh'] },
    { name: 'fish', programs: ['fish'] },
    { name: 'libcap2-bin', programs: ['setcap'] },
    { name: 'debootstrap', programs: ['debootstrap'] },
    { name: 'systemd-container', programs: ['systemd-nspawn'] },
    { name: 'busybox', programs: ['busybox'] },
    { name: 'dash', programs: ['dash'] },
    { name: 'shellcheck', programs: ['shellcheck'] },
    { name: 'qemu-user-static', programs: ['qemu-aarch64-static'] },
    { name: 'sudo', programs: ['sudo'] },
    { name: 'ansible-core', programs: ['ansible-playbook'] },
  ],
};

/** Runs as root. Debian starts a service when it installs one, unless policy-rc.d forbids it: a test machine must not
 * get an ssh or knock server it did not have. An existing policy is left alone. */
const INSTALL = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$@"`;

/** Administrators' programs are not on an ordinary user's PATH, and Go's own installer changes no PATH. */
export function completePath() {
  const path = (process.env.PATH ?? '').split(delimiter);
  if (process.platform !== 'linux') return;
  const usual = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'];
  process.env.PATH = [...path, ...usual.filter((folder) => !path.includes(folder))].join(delimiter);
}

export function hasProgram(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The names of the packages of PACKAGES[purpose] that are missing here. */
export function missingPackages(purpose) {
  if (process.platform !== 'linux') return [];
  return PACKAGES[purpose].filter((wanted) => !isThere(wanted)).map(({ name }) => name);
}

function isThere({ programs = [], instead = [], library, file }) {
  if (library !== undefined) return hasLibrary(library);
  if (file !== undefined) return existsSync(file);
  return programs.every(hasProgram) || instead.some((path) => path !== undefined && existsSync(path));
}

function hasLibrary(name) {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  return (stdout ?? '').includes(`${name} `);
}

/**
 * Installs what a purpose needs and lacks.
 * @throws Error with the command to run, where this process may not.
 */
export function installMissing(purpose) {
  const missing = missingPackages(purpose);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (!hasProgram('apt-get')) {
    throw new Error(`These are needed, by Debian's names: ${list}\nInstall your system's packages for them.`);
  }
  const root = process.getuid() === 0 ? [] : ['sudo', '-n'];
  if (root.length > 0 && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      `These packages are needed: ${list}\nInstall them, then try again:\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${list}`,
    );
  }
  console.log(`Installing ${list}; no service is started by it.`);
  const [command, ...argv] = [...root, 'sh', '-c', INSTALL, 'install', ...missing];
  const { status } = spawnSync(command, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
  const still = missingPackages(purpose);
  if (status !== 0 || still.length > 0) {
    throw new Error(
      `apt-get could not install ${(still.length > 0 ? still : missing).join(' ')}; it says why above.`,
    );
  }
}
