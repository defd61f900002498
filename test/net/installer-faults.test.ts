/** The installer where something else happens meanwhile: a clock that is set, numbers of processes that are others' now. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BuiltInstallerParts } from '../../electron/main/adapters/installer-parts';
import { installerTexts } from '../../electron/main/installer-texts';
import { madeInstaller } from '../fakes/made-installer';
import { toldIn } from './installer-world';

const parts = new BuiltInstallerParts(installerTexts, join(process.cwd(), 'build', 'helper'));
const INSTALL = 'sh installer.sh --yes --force-clock --trial-time 60';
const CONFIRM = 'sleep 1; sallyportd confirm --force >/dev/null; sallyport-setup --confirm >/dev/null';
/** The machine goes down: processes, /run and the ruleset are gone. */
const POWER_CUT = `kill -9 $(cat /run/sallyportd-loop.pid) $(cat /var/lib/sallyport-setup/timer); kill -9 $(pidof sallyportd)
sleep 1; rm -rf /run/*; nft flush ruleset`;
const BYSTANDER = 'setsid sleep 300 & bystander=$!; sleep 0.2';

let installer: string;
beforeAll(async () => {
  installer = await madeInstaller(parts);
});

const told = (script: string, files: Readonly<Record<string, string>> = {}) =>
  toldIn(script, { 'installer.sh': installer, ...files });

describe('a trial', () => {
  it('of an upgrade that nobody confirmed is undone, though the clock has been wrong before', async () => {
    const newer = await madeInstaller(parts, {
      version: '0.2.0',
      texts: { ...installerTexts, 'sallyportd.8': 'a new manual\n' },
    });
    const { of } = told(
      `${INSTALL} >/dev/null; ${CONFIRM}
touch -d '+1 day' /var/lib/sallyport/gate.json
snapshot | grep -v /var/lib/sallyport/ >/tmp/before
sh newer.sh --yes --force-clock --upgrade --trial-time 60 >/dev/null
part end; sallyport-setup --rollback-unless-confirmed
part undone; snapshot | grep -v /var/lib/sallyport/ | diff /tmp/before - && echo same`,
      { 'newer.sh': newer },
    );
    expect(of('end')).toBe('The trial was not confirmed: everything is as it was before.');
    expect(of('undone')).toBe('same');
  });

  it('that was confirmed stays, though the clock is set back meanwhile', () => {
    const { of } = told(`${INSTALL} >/dev/null; sleep 1; sallyportd confirm --force >/dev/null
touch -d '-1 day' /var/lib/sallyport/gate.json
part end; sallyport-setup --rollback-unless-confirmed; ls /var/lib/sallyport-setup`);
    expect(of('end')).toBe('The trial was confirmed: it stays.\nmade');
  });

  it('ends no program that has the number of its timer after a restart', () => {
    const { of } = told(`${INSTALL} >/dev/null
${POWER_CUT}
${BYSTANDER}; echo $bystander >/var/lib/sallyport-setup/timer
part boot; for script in /etc/rc2.d/S*sallyport*; do "$script" start; done
part bystander; kill -0 $bystander && echo lives; kill $bystander`);
    expect(of('boot')).toContain('everything is as it was before');
    expect(of('bystander')).toBe('lives');
  });
});

describe('the service of SysV', () => {
  it('takes no other program for itself', () => {
    const { of } = told(`${INSTALL} >/dev/null; ${CONFIRM}
${POWER_CUT.replace('$(cat /var/lib/sallyport-setup/timer)', '')}
${BYSTANDER}; echo $bystander >/run/sallyportd-loop.pid
part stop; /etc/init.d/sallyportd stop; kill -0 $bystander && echo lives
echo $bystander >/run/sallyportd-loop.pid
part start; /etc/init.d/sallyportd start; sallyportd status | grep ^gate; kill -0 $bystander && echo lives; kill $bystander`);
    expect(of('stop')).toBe('lives');
    expect(of('start')).toBe('gate: owned\nlives');
  });
});

describe('two at once', () => {
  it('are refused, and what an install has started does not keep the next one out', () => {
    const { of } = told(`snapshot >/tmp/before
mkdir -m 0700 /var/lib/sallyport-setup
flock /var/lib/sallyport-setup sleep 300 & holder=$!; sleep 0.5
part refused; ${INSTALL} 2>&1 >/dev/null; rmdir /var/lib/sallyport-setup; same
kill $holder $(ps -o pid= --ppid $holder); sleep 0.5
part wrong; ${INSTALL} --allow 10.0.0.0/33 >/dev/null 2>&1; same
part trial; ${INSTALL} | tail -n 2 | head -n 1; flock -n /var/lib/sallyport-setup echo free
part nobody; stat -c %U:%a /var/lib/sallyport-setup
part undone; sallyport-setup --rollback; same`);
    expect(of('refused')).toBe(
      'sallyport-setup: another sallyport-setup is at work here\nnext: wait until it has ended\nsame',
    );
    expect(of('wrong')).toBe('same');
    expect(of('trial')).toMatch(/^On trial: .*\nfree$/);
    expect(of('nobody')).toBe('root:700');
    expect(of('undone')).toBe('Everything is as it was before.\nsame');
  });
});

it('leaves a terminal as it was, when it is interrupted where it asks for a secret', async () => {
  const asking = await madeInstaller(parts, { options: { secrets: 'ask' } });
  const { of } = told(
    `part typed; { sleep 3; printf '\\003'; sleep 3; } | script -qec 'trap : INT; sh asking.sh --yes --force-clock; stty -a' /dev/null`,
    { 'asking.sh': asking },
  );
  expect(of('typed')).toContain('(it is not shown');
  expect(of('typed')).toMatch(/ echo /);
});
