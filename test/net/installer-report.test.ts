/** What the installer says of other firewalls, and where it could not ask, on copies of this machine. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BuiltInstallerParts } from '../../electron/main/adapters/installer-parts';
import { installerTexts } from '../../electron/main/installer-texts';
import { madeInstaller } from '../fakes/made-installer';
import { toldIn } from './installer-world';

const parts = new BuiltInstallerParts(installerTexts, join(process.cwd(), 'build', 'helper'));
let installer: string;
let asking: string;
beforeAll(async () => {
  installer = await madeInstaller(parts);
  asking = await madeInstaller(parts, { options: { secrets: 'ask' } });
});

describe('other firewalls', () => {
  /** Programs that answer as the real ones do. */
  const SHIMS = `mkdir shim; PATH=/tmp/shim:$PATH
shim() { printf '#!/bin/sh\n%s\n' "$2" >"shim/$1"; chmod 755 "shim/$1"; }
report() { sh installer.sh --check --force-clock 2>/dev/null; }
`;
  it.each([
    [
      'ufw that blocks',
      `mkdir -p /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf; shim ufw 'echo "Status: active"; echo "80/tcp  ALLOW  Anywhere"'`,
      'ufw          active and does not let 22 in: ufw allow 22/tcp',
    ],
    [
      'ufw that lets in',
      `mkdir -p /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf; shim ufw 'echo "Status: active"; echo "22/tcp                     ALLOW       Anywhere"'`,
      'ufw          active, lets 22 in',
    ],
    [
      'firewalld that blocks',
      `shim firewall-cmd 'case $* in --state) ;; *) exit 1 ;; esac'`,
      'firewalld    active and does not let 22 in: firewall-cmd --permanent --add-port=22/tcp && firewall-cmd --reload',
    ],
    [
      'firewalld with the service ssh',
      `shim firewall-cmd 'case $* in --state | *--query-service=ssh) ;; *) exit 1 ;; esac'`,
      'firewalld    active, lets 22 in',
    ],
    [
      'iptables that drops',
      'iptables-nft -P INPUT DROP; iptables-nft -A INPUT -p tcp --dport 443 -j ACCEPT',
      'iptables     has rules and does not seem to let 22 in: iptables -I INPUT -p tcp --dport 22 -j ACCEPT',
    ],
    [
      'iptables that lets in',
      'iptables-nft -P INPUT DROP; iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT',
      'iptables     has rules, 22 seems let in',
    ],
    ['another table', 'nft add table inet own', 'tables       inet own'],
    ['knockd', 'cp /bin/sleep /tmp/knockd; /tmp/knockd 60 &', 'knockd       runs here too'],
  ])('%s: is told, with the command that helps', (_, prepare, words) => {
    const { of } = toldIn(
      `${SHIMS}${prepare}
part report; report`,
      { 'installer.sh': installer },
    );
    expect(of('report')).toContain(words);
  });
});

describe.each(['dash', 'bash', 'busybox ash'])('where there is no terminal, under %s', (shell) => {
  it.each([
    ['installs', 'installer.sh --force-clock', 'whether to go on', 'use --yes'],
    ['removes', 'installer.sh --uninstall', 'whether to go on', 'use --yes'],
    [
      'needs secrets',
      'asking.sh --force-clock --yes',
      'for the secrets',
      'run it in one, or export with the secrets included',
    ],
  ])('says so when it %s, and what to do', (_, argv, about, next) => {
    const { of } = toldIn(
      `touch /usr/local/sbin/sallyportd; chmod 755 /usr/local/sbin/sallyportd
setsid -w ${shell} ${argv} >out 2>said; status=$?
part status; echo $status
part said; cat said`,
      { 'installer.sh': installer, 'asking.sh': asking },
    );
    expect(of('status')).toBe('2');
    expect(of('said')).toBe(`sallyport-setup: there is no terminal to ask ${about}\nnext: ${next}`);
  });
});
