/** The installer with the real daemon, on copies of this machine: install, refuse, fail half-way, upgrade, uninstall. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BuiltInstallerParts } from '../../electron/main/adapters/installer-parts';
import { installerTexts } from '../../electron/main/installer-texts';
import { madeInstaller } from '../fakes/made-installer';
import { SECRET } from '../fakes/sample-profiles';
import { toldIn } from './installer-world';

const parts = new BuiltInstallerParts(installerTexts, join(process.cwd(), 'build', 'helper'));
const INSTALL = 'sh installer.sh --yes --force-clock --trial-time 30';

let installer: string;
/** The same, written on another day. */
let later: string;
beforeAll(async () => {
  installer = await madeInstaller(parts);
  later = await madeInstaller(parts, { now: Date.UTC(2026, 10, 23, 8) });
});

const told = (script: string, files: Readonly<Record<string, string>> = {}, size?: string) =>
  toldIn(script, { 'installer.sh': installer, ...files }, size);

describe('an install', () => {
  it('is tried, confirmed, not done twice, and leaves nothing when it is removed', () => {
    const { of, stdout, stderr } = told(
      `snapshot >/tmp/before
${INSTALL} >/tmp/said || echo failed
part trial; nft list table inet sallyport | grep -c 'flags owner'; ls /etc/rc2.d | grep -o 'sally.*'
part refused; sallyport-setup --confirm 2>&1
part again; ${INSTALL} 2>&1 | tail -n 2
part confirmed; sallyportd confirm --force; sallyport-setup --confirm; ls /etc/rc2.d | grep -o 'sally.*'; ls /var/lib/sallyport-setup
part user; ps -eo user:12=,args= | grep '[s]bin/sallyportd run'
snapshot >/tmp/installed
part second; ${INSTALL.replace('installer', 'later')} --mark 0a1b; snapshot | diff /tmp/installed - && echo same
part sessions; cat /tmp/said
part removed; sallyport-setup --uninstall --purge --yes; same; ps ax | grep '[s]allyport'`,
      { 'later.sh': later },
    );
    expect(of('trial')).toBe('1\nsallyport-rollback');
    expect(of('refused')).toContain('no knock has opened a door since the trial began');
    expect(of('again')).toContain('a trial is under way');
    expect(of('confirmed')).toMatch(/^the gate outlives.*\nConfirmed: 22\/tcp.*\nsallyportd\nmade$/);
    expect(of('user')).toMatch(/^sallyport +\/usr\/local\/sbin\/sallyportd run/);
    expect(of('second')).toMatch(/nothing to change\.\nsallyport-unchanged 0a1b\nsame$/);
    expect(of('sessions')).toContain('On trial: 22/tcp is closed');
    expect(of('removed')).toBe('Removed: nothing of Sallyport is left.\nsame');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it.each([
    ['bash', 'bash'],
    ['busybox, with its own programs', 'busybox ash'],
  ])('goes the same way under %s', (_, shell) => {
    const { of } = told(`snapshot >/tmp/before
mkdir applets; busybox --install -s /tmp/applets
case '${shell}' in busybox*) PATH=/tmp/applets:$PATH ;; esac
part trial; ${shell} ${INSTALL.slice(3)} 2>&1 | tail -n 2 | head -n 1; sallyportd status | grep ^gate
part confirmed; sallyportd confirm --force; ${shell} /usr/local/sbin/sallyport-setup --confirm 2>&1
part second; ${shell} ${INSTALL.slice(3)} 2>&1 | tail -n 1
part removed; ${shell} /usr/local/sbin/sallyport-setup --uninstall --purge --yes 2>&1
PATH=${'${PATH#/tmp/applets:}'}; same`);
    expect(of('trial')).toMatch(/^On trial: 22\/tcp is closed.*\ngate: owned$/);
    expect(of('confirmed')).toContain('Confirmed: 22/tcp stays closed until a knock');
    expect(of('second')).toContain('nothing to change');
    expect(of('removed')).toBe('Removed: nothing of Sallyport is left.\nsame');
  });

  it('that is not confirmed in time is undone, whatever became of the session', () => {
    const { of } = told(`snapshot >/tmp/before
setsid sh -c '${INSTALL} >/dev/null; kill -HUP 0'
part trial; nft list tables; sleep 31
for second in $(seq 40); do { same; ps ax | grep '[s]allyport'; } >/tmp/undone; [ "$(cat /tmp/undone)" = same ] && break; sleep 1; done
part undone; cat /tmp/undone`);
    expect(of('trial')).toBe('table inet sallyport');
    expect(of('undone')).toBe('same');
  });

  it('whose server restarts during the trial is undone at boot', () => {
    const { of } = told(`snapshot >/tmp/before
${INSTALL} >/dev/null
# The machine goes down and comes up: processes, /run and the ruleset are gone, the links of rc2.d are run.
kill -9 $(cat /run/sallyportd-loop.pid) $(cat /var/lib/sallyport-setup/timer); kill -9 $(pidof sallyportd); sleep 1
rm -rf /run/*; nft flush ruleset
part boot; for script in /etc/rc2.d/S*sallyport*; do "$script" start; done
part undone; same`);
    expect(of('boot')).toContain('everything is as it was before');
    expect(of('undone')).toBe('same');
  });

  it('that the daemon itself was told to keep stays, at the end of the trial and after a restart', () => {
    const { of } = told(`${INSTALL} >/dev/null; sleep 1; sallyportd confirm --force >/dev/null
kill -9 $(cat /run/sallyportd-loop.pid) $(cat /var/lib/sallyport-setup/timer); kill -9 $(pidof sallyportd); sleep 1
rm -rf /run/*; nft flush ruleset
part boot; for script in /etc/rc2.d/S*sallyport*; do "$script" start; done
part kept; ls /etc/rc2.d | grep -o 'sally.*'; nft list tables; sallyportd status | grep gate; ls /var/lib/sallyport-setup`);
    expect(of('boot')).toContain('The trial was confirmed: it stays.');
    expect(of('kept')).toBe('sallyportd\ntable inet sallyport\ngate: owned\nmade');
  });

  it('keeps the config on an upgrade, and puts the old daemon back when that is not confirmed', async () => {
    const newer = await madeInstaller(parts, {
      version: '0.2.0',
      texts: { ...installerTexts, 'sallyportd.8': 'a new manual\n' },
    });
    const { of } = told(
      `${INSTALL} >/dev/null; sallyportd confirm --force >/dev/null; sallyport-setup --confirm >/dev/null
echo '# mine' >>/etc/sallyport/sallyportd.toml
snapshot | grep -v /var/lib/sallyport/ >/tmp/before
part differs; sh newer.sh --yes --force-clock 2>&1 | tail -n 2
part upgraded; sh newer.sh --yes --force-clock --upgrade | tail -n 2 | head -n 1; tail -n 1 /etc/sallyport/sallyportd.toml; cat /usr/local/share/man/man8/sallyportd.8
part back; sallyport-setup --rollback; snapshot | grep -v /var/lib/sallyport/ | diff /tmp/before - && echo same; sallyportd status | head -n 2`,
      { 'newer.sh': newer },
    );
    expect(of('differs')).toContain('is there already and differs\nnext: keep it with --upgrade');
    expect(of('upgraded')).toMatch(/^On trial: .*\n# mine\na new manual$/);
    expect(of('back')).toMatch(/^Everything is as it was before\.\nsame\nsallyportd .*\ngate: owned$/);
  });

  it('lets the networks of --allow in', () => {
    const { of } = told(`${INSTALL} --allow 198.51.100.0/24 --allow 2001:db8::7 >/dev/null
part config; grep always_allow /etc/sallyport/sallyportd.toml; nft list set inet sallyport always4 | grep elements`);
    expect(of('config')).toContain('always_allow = ["198.51.100.0/24", "2001:db8::7"]');
    expect(of('config')).toContain('elements = { 198.51.100.0/24 }');
  });

  it('asks for secrets that were left out, or makes them, and shows none of what was typed', async () => {
    const asking = await madeInstaller(parts, { options: { secrets: 'ask' } });
    expect(asking).not.toContain(SECRET);
    const { of, stdout } = told(
      `# Types nothing before the question is there, and its terminal has had time to show no more of what is typed.
hidden() { for try in $(seq 300); do grep -q 'it is not shown' screen 2>/dev/null && break; sleep 0.2; done; sleep 3; }
part typed; { hidden; echo ${SECRET.toLowerCase()}; sleep 5; } | script -qfec 'sh asking.sh --yes --force-clock' screen
part file; grep -ci '^${SECRET}$' /etc/sallyport/ops-ssh.key; stat -c '%a %U:%G' /etc/sallyport/ops-ssh.key
sallyport-setup --rollback >/dev/null
rm screen
part made; { hidden; echo; sleep 5; } | script -qfec 'sh asking.sh --yes --force-clock' screen
part check; sallyportd check; cat /etc/sallyport/ops-ssh.key`,
      { 'asking.sh': asking },
    );
    expect(of('file')).toBe('1\n640 root:sallyport');
    // The terminal echoes until it is told not to; here the line comes after that.
    expect(of('typed').toLowerCase()).not.toContain(SECRET.toLowerCase());
    const [, secret = 'none'] = /Made here[^\n]*\n\s*([A-Z2-7]{52})/.exec(of('made')) ?? [];
    expect(of('check')).toContain(`is good: 1 door, 1 key\n${secret}`);
    expect(stdout).not.toContain('@KEY@');
  });
});

it('carries daemons for two processors, or for three, that run, and stays under 6 MB', async () => {
  expect(Buffer.byteLength(installer)).toBeLessThan(6_000_000);
  const three = await madeInstaller(parts, { options: { arches: ['amd64', 'arm64', 'armv7'] } });
  const { of } = told(
    `sh three.sh --extract out >/dev/null 2>&1
each() { for daemon in out/daemon-amd64 'qemu-aarch64-static out/daemon-arm64' 'qemu-arm-static out/daemon-armv7'; do $daemon "$@"; done | uniq -c; }
part version; each version
part check; each check --config out/sallyportd.toml
part derive; each derive --secret-file out/ops-ssh.key --time 1790000000`,
    { 'three.sh': three },
  );
  expect(of('version')).toMatch(/^3 sallyportd \d/);
  expect(of('check')).toMatch(/^3 .* is good: 1 door, 1 key/);
  expect(of('derive')).toMatch(/^3 \d+:/);
});

describe('an install that cannot be', () => {
  it.each([
    ['not root', `setpriv --reuid=65534 --regid=65534 --clear-groups`, '', 'this needs root'],
    [
      'unknown processor',
      'PATH=/tmp/shim:$PATH',
      'mkdir shim; printf \'#!/bin/sh\\n[ "$1" != -m ] || { echo s390x; exit; }\\n/usr/bin/uname "$@"\\n\' >shim/uname; chmod 755 shim/uname',
      'no daemon for this processor inside: unknown (s390x)',
    ],
    [
      'an old kernel',
      'PATH=/tmp/shim:$PATH',
      'mkdir shim; printf \'#!/bin/sh\\n[ "$1" != -r ] || { echo 4.19.0-27-amd64; exit; }\\n/usr/bin/uname "$@"\\n\' >shim/uname; chmod 755 shim/uname',
      'needs Linux 4.20 or newer',
    ],
    [
      'no nftables',
      '',
      'mv /usr/sbin/nft /usr/sbin/nft.away',
      'nftables is not installed\nnext: install it: apt-get install nftables',
    ],
    ['cut short', '', 'head -c -5000 installer.sh >cut; mv cut installer.sh', 'is not complete'],
    [
      'damaged on the way',
      '',
      "sed -i '/^#:file daemon-arm64/,/^#:end/ s/^H4sI/H4sJ/' installer.sh",
      'this file is damaged',
    ],
    [
      'with a file that is not what it lists',
      '',
      `sed -i 's/^|open_for = .*/|open_for = "9s"/' installer.sh
sed -i '$d' installer.sh; echo "#:sha256 $(sha256sum <installer.sh | cut -c1-64)" >>installer.sh`,
      'sallyportd.toml is damaged: its SHA-256 is not',
    ],
    ['no services', '', 'mv /etc/rc2.d /etc/rc2.away', 'neither systemd nor OpenRC'],
    [
      'no user can be made',
      '',
      "mv /usr/sbin/useradd /usr/sbin/useradd.away; printf '#!/bin/sh\\nexit 1\\n' >/usr/sbin/useradd; chmod 755 /usr/sbin/useradd",
      'make_user failed',
    ],
  ])('%s: says so and changes nothing', (_, prefix, prepare, words) => {
    const { of } = told(`chmod 755 /tmp; chmod 644 installer.sh; ${prepare}
hidden() { [ ! -e /usr/sbin/nft.away ] || mv /usr/sbin/nft.away /usr/sbin/nft; }
export PATH; real() { if [ -e /usr/sbin/nft.away ]; then cp /usr/sbin/nft.away /tmp/nft; fi; }; real
nft() { if [ -x /tmp/nft ]; then /tmp/nft "$@"; else command nft "$@"; fi; }
snapshot >/tmp/before
part said; ( ${prefix} ${INSTALL} 2>&1 >/dev/null; echo "exit $?" )
part unchanged; same`);
    expect(of('said')).toContain(words);
    expect(of('said')).toMatch(/exit [12]$/);
    expect(of('unchanged')).toBe('same');
  });

  it('refuses while the clock is not known to be right', () => {
    const { of } =
      told(`mkdir shim; printf '#!/bin/sh\\necho no\\n' >shim/timedatectl; chmod 755 shim/timedatectl
snapshot >/tmp/before; PATH=/tmp/shim:$PATH
part said; sh installer.sh --yes 2>&1 >/dev/null
part unchanged; same`);
    expect(of('said')).toContain('the clock is not synchronized (no), and these knocks depend on the time');
    expect(of('unchanged')).toBe('same');
  });

  it('puts everything back when the disk is full, at any moment', () => {
    // Each time a little more room: the file that no longer fits is another one.
    const { of, stderr } = told(
      `snapshot >/tmp/before
for left in 0 8 40 80 2000 5300 5400 5460; do
  part "$left"
  dd if=/dev/zero of=/var/filler bs=1k count=$(($(df -k --output=avail / | tail -n 1) - left)) 2>/dev/null
  if ${INSTALL} >/dev/null 2>/tmp/said; then echo installed; fi
  rm /var/filler; same
  sed 's/^/said: /' /tmp/said | head -n 3
done`,
      {},
      '24m',
    );
    for (const left of [0, 8, 40, 80, 2000, 5300]) {
      expect({ left, told: of(String(left)) }).toEqual({
        left,
        told: expect.stringMatching(/^same\nsaid: /),
      });
      expect(of(String(left))).toMatch(/No space left|cannot be made|nothing was installed/);
    }
    expect(stderr).toBe('');
  });
});
