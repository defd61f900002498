/**
 * A throw-away copy of this machine to install on: the root file system under an overlay in memory, with mount, process
 * and network namespaces of its own. Whatever a script does in it is gone with it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As root in new namespaces; the place with the overlay's folders is $1. */
const ENTER = `set -e
mount -t tmpfs -o size=$2 none "$1/over"
mkdir "$1/over/upper" "$1/over/work" "$1/over/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/over/root"
root=$1/over/root
mount -t proc proc "$root/proc"
mount -t tmpfs none "$root/run"
mount -t tmpfs none "$root/tmp"
mount --rbind /dev "$root/dev"
cp "$1"/files/* "$root/tmp/"
ip link set lo up
exec chroot "$root" sh -c 'cd /tmp && exec sh ./script'`;

/** Everything an install may touch, as a text to compare: files with mode, owner and hash, and the ruleset. */
const SNAPSHOT = `snapshot() {
  for part in /etc /usr/local /var/lib/sallyport*; do
    find "$part" -xdev \\( -path /etc/netns -o -name '*-' \\) -prune -o -printf '%p %m %u %g %y %l\\n' 2>/dev/null
  done | sort
  find /etc /usr/local/sbin /usr/local/share /var/lib/sallyport* -xdev \\( -path /etc/netns -o -name '*-' \\) -prune -o -type f -exec sha256sum {} + 2>/dev/null | sort -k2
  nft list ruleset
}
`;

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a shell script there, in /tmp, beside `files`.
 * @param size how much room the copy has for what is written to it, in mount's notation
 */
function inWorld(files: Readonly<Record<string, string | Uint8Array>>, script: string, size = '256m'): Told {
  const place = mkdtempSync(join(tmpdir(), `sallyport-installer-world-${process.pid}-`));
  try {
    mkdirSync(join(place, 'files'));
    mkdirSync(join(place, 'over'));
    for (const [name, content] of Object.entries({ ...files, script })) {
      writeFileSync(join(place, 'files', name), content);
      chmodSync(join(place, 'files', name), 0o600);
    }
    const unshare = ['--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, 'sh'];
    const { status, stdout, stderr } = spawnSync('unshare', [...unshare, place, size], {
      encoding: 'utf8',
      input: '',
      timeout: 115_000,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, stdout, stderr };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Marks of a script's output, by name: `part NAME` begins one. `same` compares with the snapshot in /tmp/before. */
const PARTS = `part() { echo "%% $1"; }
same() { snapshot >/tmp/after; diff /tmp/before /tmp/after && echo same; }
`;

/** Like inWorld, with `snapshot`, `part` and `same` for the script, and its parts by name. */
export function toldIn(script: string, files: Readonly<Record<string, string>>, size?: string) {
  const { stdout, stderr } = inWorld(files, SNAPSHOT + PARTS + script, size);
  const marks = new Map(
    stdout.split('%% ').map((text): [string, string] => {
      const [name = '', ...lines] = text.split('\n');
      return [name, lines.join('\n').trim()];
    }),
  );
  return { of: (name: string) => marks.get(name) ?? `nothing was told of ${name}`, stdout, stderr };
}
