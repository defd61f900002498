/** What an imported ssh_config becomes, against what the real ssh makes of the same file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeDocuments } from '../../electron/main/adapters/documents';
import { followIncludes } from '../../electron/main/services/ssh-config-files';
import { toProblem } from '../../shared/contract/result';
import { readSshConfig } from '../../shared/sshconfig/ssh-import';

const folder = mkdtempSync(join(tmpdir(), `sallyport-ssh-import-${process.pid}-`));
const config = join(folder, 'config');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What ssh would connect to, and nothing else of its long answer. */
function askSsh(name: string): { readonly host: string; readonly port: number; readonly user: string } {
  const text = execFileSync('ssh', ['-G', '-T', '-F', config, name], { encoding: 'utf8' });
  const of = (key: string): string => new RegExp(`^${key} (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { host: of('hostname'), port: Number(of('port')), user: of('user') };
}

async function imported() {
  const { items } = await followIncludes(await nodeDocuments.read(config), config, nodeDocuments);
  return readSshConfig(items);
}

const name = fc.constantFrom('web1', 'web2', 'db', 'db.lan', 'a-b', 'x_1');
const pattern = fc.oneof(name, fc.constantFrom('*', 'web*', '*.lan', 'd?', '!web2', '!db'));
const setting = fc.oneof(
  fc.constantFrom('HostName %h.example.org', 'HostName=10.0.0.1', 'hostname "h.test"', 'HOSTNAME h%%h'),
  fc.constantFrom('Port 2222', 'port=23', '  Port  "24" # comment'),
  fc.constantFrom('User ada', 'User = "ops"', "User 'root' # x"),
  fc.constantFrom('# Host no', '', 'Compression yes'),
);
const header = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(pattern, { minLength: 1, maxLength: 3 }).map((all) => `Host ${all.join(' ')}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('Match all', 'Host "db" web1') },
);
const section = fc.tuple(header, fc.array(setting, { maxLength: 4 })).map(([head, body]) => [head, ...body]);
const file = fc
  .tuple(fc.array(setting, { maxLength: 2 }), fc.array(section, { maxLength: 5 }))
  .map(([top, sections]) => [...top, ...sections.flat()]);

describe('an imported ssh_config', () => {
  it('names the host, port and user that ssh -G does', { timeout: 120_000, retry: 0 }, async () => {
    mkdirSync(join(folder, 'more'));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(file, file, file, fc.nat(8), async (main, first, second, place) => {
        writeFileSync(join(folder, 'more', '1.conf'), `${first.join('\n')}\n`);
        writeFileSync(join(folder, 'more', '2.conf'), `${second.join('\n')}\n`);
        const lines = [...main];
        lines.splice(Math.min(place, lines.length), 0, `Include ${folder}/more/*.conf`);
        writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
        const { entries } = await imported();
        for (const { draft } of entries) {
          const { host, port, user } = draft;
          expect({ host, port, user: user ?? userInfo().username }).toEqual(askSsh(draft.name));
          compared += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(150);
  });
});

describe('a file to import', () => {
  it('is regular, small, there, and text', async () => {
    const words = (path: string) =>
      nodeDocuments.read(path).catch((error: unknown) => toProblem(error).message);
    expect(await words(join(folder, 'nowhere'))).toMatch(/^There is no file /);
    expect(await words(folder)).toMatch(/ is not a file\.$/);
    expect(await words('/dev/zero')).toMatch(/ is not a file\.$/);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await words(join(folder, 'pipe'))).toMatch(/ is not a file\.$/);
    writeFileSync(join(folder, 'large'), 'x'.repeat(4 * 1024 * 1024 + 1));
    expect(await words(join(folder, 'large'))).toMatch(/4194304 bytes is the most\.$/);
    writeFileSync(join(folder, 'latin'), Buffer.from([0x48, 0xe9]));
    expect(await words(join(folder, 'latin'))).toMatch(/is not text in UTF-8\.$/);
  });
});
