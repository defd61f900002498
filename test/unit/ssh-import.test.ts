import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../fakes/hostile-text';
import { followIncludes } from '../../electron/main/services/ssh-config-files';
import { readConfigLine } from '../../shared/sshconfig/config-line';
import { globMatches, hostMatches } from '../../shared/sshconfig/pattern';
import { readSshItems } from '../../shared/sshconfig/items';
import { readSshConfig } from '../../shared/sshconfig/ssh-import';
import { MemoryDocuments } from '../fakes/memory-documents';

const read = (text: string) => readSshConfig(readSshItems(text, '/home/ada/.ssh/config'));
const servers = (text: string) =>
  read(text).entries.map(({ draft: { name, host, port, user } }) => ({ name, host, port, user }));
const whys = (text: string) => read(text).skipped.map(({ what, why, at }) => `${at.line} ${what}: ${why}`);

describe('a line', () => {
  it.each([
    ['Host web1', 'host', ['web1']],
    ['  HostName=10.0.0.1  ', 'hostname', ['10.0.0.1']],
    ['port = 2222', 'port', ['2222']],
    ['Host "a b" c # d', 'host', ['a b', 'c']],
    ["Host 'a\"b' c\\ d", 'host', ['a"b', 'c d']],
    ['Host web#1', 'host', ['web#1']],
    ['User', 'user', []],
  ])('%s', (text, keyword, args) => {
    expect(readConfigLine(text)).toEqual({ kind: 'directive', keyword, args });
  });

  it('is blank, or bad with a reason', () => {
    expect(readConfigLine('  # Host a')).toEqual({ kind: 'blank' });
    expect(readConfigLine('Host "a')).toEqual({ kind: 'bad', why: 'a quote is not closed' });
    expect(readConfigLine('= a')).toMatchObject({ kind: 'bad' });
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(hostileText(), (text) => void readConfigLine(text)));
  });
});

describe('patterns', () => {
  it.each([
    ['web1', ['web1'], true],
    ['web1', ['web?'], true],
    ['web1.example.org', ['*.example.org'], true],
    ['example.org', ['*.example.org'], false],
    ['web1', ['*', '!web*'], false],
    ['db1', ['*', '!web*'], true],
    ['db1', ['!web*'], false],
  ])('%s and %j: %s', (name, patterns, expected) => {
    expect(hostMatches(name, patterns)).toBe(expected);
  });

  it.each([
    ['a.conf', '*.conf', true],
    ['.a.conf', '*.conf', false],
    ['b1', '[a-c][0-9]', true],
    ['d1', '[!a-c]1', true],
    ['a1', '[!a-c]1', false],
    ['[', '[', true],
  ])('file %s and %s: %s', (name, pattern, expected) => {
    expect(globMatches(name, pattern)).toBe(expected);
  });

  it('answers soon, whatever the pattern', () => {
    expect(hostMatches('a'.repeat(250), [`${'*a'.repeat(125)}b`])).toBe(false);
  });
});

describe('an ssh_config', () => {
  it('gives a server for each plain name, with what patterns say of it, the first value first', () => {
    const text = `
User everyone
Host web1 web2
  HostName %h.example.org
  Port 2222
Host db
  User ada
  HostName 10.0.0.7
Host web*
  Port 22
  User late
Match all
  Port 23`;
    expect(servers(text)).toEqual([
      { name: 'web1', host: 'web1.example.org', port: 2222, user: 'everyone' },
      { name: 'web2', host: 'web2.example.org', port: 2222, user: 'everyone' },
      { name: 'db', host: '10.0.0.7', port: 23, user: 'everyone' },
    ]);
  });

  it('says where it left something out, and why', () => {
    const text = `Host *.lan !bad.lan
Match exec "touch /tmp/x"
  HostName 1.1.1.1
Host a
  HostName -oProxyCommand=x
Host b
  Port 70000
Host "c`;
    expect(servers(text)).toEqual([]);
    expect(whys(text)).toEqual([
      expect.stringMatching(/^2 Match exec touch \/tmp\/x: Whether it applies/),
      expect.stringMatching(/^8 a line: .*quote/),
      expect.stringMatching(/^1 Host \*\.lan: It is a pattern/),
      expect.stringMatching(/^1 Host !bad\.lan: It says which names/),
      expect.stringMatching(/^4 Host a: "-oProxyCommand=x" is no host\. A host cannot begin with a dash/),
      expect.stringMatching(/^6 Host b: "70000" is no port/),
    ]);
  });

  it('notes a jump host, a key of its own, and a user that ssh would take amiss', () => {
    const text = `Host inner
  HostName 10.0.0.9
  ProxyJump gate.example.org
  IdentityFile ~/.ssh/id_inner
  User -oX`;
    const [entry] = read(text).entries;
    expect(entry?.missing).toEqual(['knock']);
    expect(entry?.draft.user).toBeNull();
    expect(entry?.notes).toEqual([
      expect.stringContaining('The user "-oX" was left out'),
      expect.stringContaining('through "gate.example.org". A jump host does its own knock'),
      expect.stringContaining('IdentityFile ~/.ssh/id_inner is for "inner" only'),
    ]);
    expect(read('Host a\n ProxyJump none\n IdentityFile x').entries[0]?.notes).toEqual([]);
  });

  it('never throws, and never makes a profile that cannot be saved', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'Host',
        'HostName',
        'Port',
        'User',
        'Match',
        'Include',
        '*',
        '!a',
        '"',
        '%h',
        '-o',
        '=',
        '\n',
      ),
      hostileText(8),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        for (const { draft } of read(words.join(' ')).entries) {
          expect(draft.host).not.toMatch(/^-|\s/);
          expect(draft.name).not.toMatch(/^-|^\s|[\p{Cc}]/u);
        }
      }),
    );
  });
});

describe('Include', () => {
  const follow = async (files: Readonly<Record<string, string>>) => {
    const documents = new MemoryDocuments();
    for (const [path, text] of Object.entries(files)) documents.texts.set(`/home/ada/.ssh/${path}`, text);
    const config = '/home/ada/.ssh/config';
    const { items, skipped } = await followIncludes(files['config'] ?? '', config, documents);
    return { ...readSshConfig(items), followed: skipped };
  };

  it('is followed by patterns in order, relative to ~/.ssh, inside the section that it stands in', async () => {
    const { entries, skipped } = await follow({
      config: 'Include conf.d/*.conf\nHost web*\n  Include ~/.ssh/web\nHost last\n',
      'conf.d/b.conf': 'Host b\n',
      'conf.d/a.conf': 'Host a\n  User first',
      web: 'User ops\nHost db web9\n',
    });
    expect(entries.map(({ draft }) => draft.name)).toEqual(['a', 'b', 'web9', 'last']);
    expect(entries.map(({ at }) => `${at.file}:${at.line}`)).toContain('/home/ada/.ssh/conf.d/a.conf:1');
    // Inside "Host web*" a section about db is never reached.
    expect(skipped.map(({ what, why }) => `${what} ${why}`)).toContainEqual(
      expect.stringMatching(/^Host db .*never reads it/),
    );
    // A section of an included file ends with it.
    expect(entries.find(({ draft }) => draft.name === 'b')?.draft.user).toBeNull();
    expect(entries.find(({ draft }) => draft.name === 'web9')?.draft.user).toBe('ops');
  });

  it('stops at a circle, at what is not there, and at sixteen deep', async () => {
    const circle = await follow({ config: 'Include a', a: 'Include config\nInclude nowhere\nHost x' });
    expect(circle.entries).toHaveLength(1);
    expect(circle.followed.map(({ why, at }) => `${at.file}:${at.line} ${why}`)).toEqual([
      '/home/ada/.ssh/a:1 It includes itself.',
      '/home/ada/.ssh/a:2 There is no file /home/ada/.ssh/nowhere.',
    ]);
    const deep = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, `Include f${at + 1}`]));
    const { followed } = await follow({ ...deep, config: 'Include f0' });
    expect(followed).toEqual([expect.objectContaining({ why: 'Includes are followed 16 deep.' })]);
  });

  it('reaches no other computer and no device, by no detour', async () => {
    const refused = [
      '//server/share/x',
      String.raw`\\\\server\\share\\x`,
      String.raw`\\\\.\\pipe\\x`,
      String.raw`/\\server/x`,
      '/dev/stdin',
      '/proc/self/environ',
      '/sys/x',
      '/tmp/../dev/fd/0',
      '/PROC/self/environ',
      '~/../../proc/self/environ',
      '/pro?/self/*',
      '/p*/../proc/self/environ',
    ];
    const documents = new MemoryDocuments();
    const matches = documents.matches.bind(documents);
    documents.matches = async (pattern) =>
      pattern.startsWith('/p') ? ['/proc/self/environ'] : matches(pattern);
    const opened: string[] = [];
    documents.read = async (path) => (opened.push(path), 'Host secret');
    for (const name of refused) {
      const { skipped } = await followIncludes(`Include ${name}`, '/home/ada/foreign', documents);
      expect([name, skipped]).toEqual([
        name,
        [expect.objectContaining({ why: expect.stringMatching(/^Names (of|in) .* not followed\.$/) })],
      ]);
    }
    expect(opened).toEqual([]);
  });

  it('is not followed from text without a file, and says so', async () => {
    const documents = new MemoryDocuments();
    documents.texts.set('/home/ada/.ssh/more', 'Host more');
    const { items, skipped } = await followIncludes('Include more\nHost a', null, documents);
    expect(readSshConfig(items).entries.map(({ draft }) => draft.name)).toEqual(['a']);
    expect(skipped).toMatchObject([
      { what: 'Include more', why: expect.stringContaining('Import the file itself'), at: { line: 1 } },
    ]);
  });
});
