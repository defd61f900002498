/** Rules for profiles with hostile names, read by the real nft. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nameProblem } from '../../shared/profile/profile';
import { hostileText } from '../fakes/hostile-text';
import { madeExport } from '../fakes/made-export';
import { staticProfile, STATIC_SECRET } from '../fakes/sample-profiles';

const names = fc.oneof(
  hostileText(64).filter((name) => nameProblem(name) === null),
  fc.constantFrom('a\\', '"\n}\nflush ruleset', '; flush ruleset', '$x', '@', 'include "/etc/passwd"', '{'),
);

let place: string;
let file: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), `sallyport-export-names-${process.pid}-`));
  file = join(place, 'rules.nft');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('mean the same to nft whatever the profile is called', { retry: 0 }, () => {
  const meant = (name: string) => {
    const made = madeExport('nftables', staticProfile({ name }), STATIC_SECRET);
    if (made.kind !== 'text') throw new Error('no text');
    // A network namespace of its own for each.
    const script = 'nft -c -f - <"$1" && nft -f - <"$1" && nft -s list ruleset';
    writeFileSync(file, made.text);
    const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', script, 'sh', file], {
      encoding: 'utf8',
    });
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
    return stdout;
  };
  const usual = meant('web1');
  expect(usual).toContain('tcp dport 22');
  for (const name of fc.sample(names, 60)) expect(meant(name)).toBe(usual);
});
