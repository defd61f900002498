import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNamePart } from '../../shared/installer/export-format';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { anyProfile } from '../fakes/any-profile';
import { hostileText } from '../fakes/hostile-text';
import { recognise } from '../../shared/exchange/recognise';
import { checkedEntries } from '../../shared/exchange/review';
import { fwknopRcStanza } from '../../shared/fwknoprc/fwknop-export';
import { readFwknopRc } from '../../shared/fwknoprc/fwknop-import';

const read = (text: string) => checkedEntries(readFwknopRc(text, '/home/ada/.fwknoprc'));
const KEYS = 'KEY_BASE64 a2V5\nHMAC_KEY_BASE64 aG1hYw==\n';

describe('a .fwknoprc', () => {
  it('gives a profile for each stanza, over the defaults', () => {
    const text = `[default]
HMAC_DIGEST_TYPE    SHA512
USE_HMAC            Y

[web1]
FW_TIMEOUT          40
ALLOW_IP            10.0.0.5
ACCESS              tcp/2222,udp/53
SPA_SERVER          web1.example.org
SPA_SERVER_PORT:    62202
SPOOF_USER          bob
${KEYS}
[web2]   ; a note
ALLOW_IP source
ACCESS tcp/22
SPA_SERVER 192.0.2.7 # here
KEY  a;b
HMAC_KEY zzz#tail
`;
    expect(recognise(text)).toBe('fwknoprc');
    const { entries, skipped } = read(text);
    expect(skipped).toEqual([]);
    expect(entries.map(({ draft }) => draft)).toMatchObject([
      {
        name: 'web1',
        host: 'web1.example.org',
        port: 2222,
        openFor: 40,
        method: {
          kind: 'spa',
          key: { value: 'a2V5' },
          hmacKey: { value: 'aG1hYw==' },
          settings: {
            serverPort: 62202,
            hmacDigest: 'sha512',
            allow: { kind: 'fixed', address: '10.0.0.5' },
            timeout: 40,
            morePorts: 'udp/53',
            username: 'bob',
          },
        },
      },
      // The bytes of a passphrase are the key.
      {
        name: 'web2',
        host: '192.0.2.7',
        openFor: 30,
        method: {
          key: { value: 'YQ==' },
          hmacKey: { value: 'enp6' },
          settings: { allow: { kind: 'source' } },
        },
      },
    ]);
    expect(entries[0]?.notes).toEqual([]);
  });

  it.each([
    ['SPA_SERVER_PROTO tcp', 'sends its packet by tcp'],
    ['USE_GPG Y', 'GPG'],
    ['ENCRYPTION_MODE legacy', 'mode is legacy'],
    ['HMAC_DIGEST_TYPE SHA3_256', 'digest is sha3_256'],
    ['KEY_FILE /x', 'files of their own'],
    ['NAT_RAND_PORT Y', 'NAT'],
    ['NAT_ACCESS :', 'NAT_ACCESS is :'],
    ['ACCESS udp/53', 'TCP ports only'],
    ['ALLOW_IP 10.0.0', 'written like 203.0.113.7'],
    ['SPA_SERVER -oProxyCommand=x', 'dash'],
    ['KEY_BASE64 *', 'KEY_BASE64'],
    ['FW_TIMEOUT 999999', 'day'],
  ])('skips a stanza with %s', (line, why) => {
    const { entries, skipped } = read(`[a]\nSPA_SERVER h\nACCESS tcp/22\n${KEYS}${line}\n`);
    expect(entries).toEqual([]);
    expect(skipped).toEqual([
      {
        what: expect.stringContaining('a'),
        why: expect.stringContaining(why),
        at: { file: expect.any(String), line: 1 },
      },
    ]);
  });

  it.each([
    ['udp/53,TCP/2222,tcp/22', 2222, 'udp/53,tcp/22', []],
    ['tcp/22,tcp/22,udp/53', 22, 'udp/53', []],
    ['tcp/22,', 22, '', []],
    ['tcp/22,sctp/5,udp/0,udp/53', 22, 'udp/53', ['Left out of its ACCESS: sctp/5, udp/0.']],
    [
      `tcp/22,${Array.from({ length: 17 }, (_, index) => `udp/${index + 1}`).join(',')}`,
      22,
      Array.from({ length: 15 }, (_, index) => `udp/${index + 1}`).join(','),
      ['Left out of its ACCESS: udp/16, udp/17.'],
    ],
    ['tcp/22,udp/53\nNAT_LOCAL Y', 22, '', ['With NAT the packet asks for one port; left out: udp/53.']],
  ])('asks for all ports of %s, and proves the first over TCP', (access, port, morePorts, notes) => {
    const { entries, skipped } = read(`[a]\nSPA_SERVER h\nACCESS ${access}\n${KEYS}`);
    expect(skipped).toEqual([]);
    expect(entries[0]).toMatchObject({ draft: { port, method: { settings: { morePorts } } }, notes });
  });

  // What fwknop's own client puts into its packet for each.
  it.each([
    ['NAT_ACCESS 192.168.1.5', 22, { kind: 'nat', host: '192.168.1.5', port: 22 }],
    ['NAT_ACCESS 192.168.1.5,80', 22, { kind: 'nat', host: '192.168.1.5', port: 80 }],
    ['NAT_ACCESS inner.lan:80\nNAT_PORT 40000', 40000, { kind: 'nat', host: 'inner.lan', port: 80 }],
    ['NAT_ACCESS 192.168.1.5\nNAT_PORT 40000', 40000, { kind: 'nat', host: '192.168.1.5', port: 22 }],
    ['NAT_LOCAL Y', 22, { kind: 'local-nat', port: 22 }],
    ['NAT_LOCAL Y\nNAT_PORT 40000', 40000, { kind: 'local-nat', port: 22 }],
    ['NAT_LOCAL N', 22, null],
  ])('carries %s', (lines, port, nat) => {
    const [entry] = read(`[a]\nSPA_SERVER h\nACCESS tcp/22\n${KEYS}${lines}\n`).entries;
    expect(entry?.draft).toMatchObject({ port, method: { settings: { nat } } });
  });

  it('says what is missing: a server, a port, an HMAC; and takes one without keys, to enter later', () => {
    const why = (text: string) => read(text).skipped[0]?.why;
    expect(why(`[a]\n${KEYS}`)).toContain('no SPA_SERVER');
    expect(why(`[a]\nSPA_SERVER h\n${KEYS}`)).toContain('no ACCESS');
    expect(why('[a]\nSPA_SERVER h\nACCESS tcp/22\nKEY x')).toContain('no HMAC key');
    const [entry] = read('[a]\nSPA_SERVER h\nACCESS tcp/22\nRESOLVE_IP_HTTPS Y').entries;
    expect(entry?.missing).toEqual(['secret']);
    expect(entry?.notes.join()).toContain('asks a web service');
    expect(read('[default]\nKEY x')).toEqual({ entries: [], skipped: [], notes: [] });
  });

  it('that was exported reads back as the profile it was', () => {
    fc.assert(
      fc.property(anyProfile(), ({ profile, secret }) => {
        const { method, host, port } = profile;
        fc.pre(method.kind === 'spa' && secret.kind === 'spa');
        if (method.kind !== 'spa' || secret.kind !== 'spa') return;
        const [entry] = read(fwknopRcStanza(profile, method.settings, secret).join('\n')).entries;
        const { username } = method.settings;
        expect(entry?.draft).toMatchObject({ name: fileNamePart(profile.name), host, port });
        expect(entry?.draft.method).toEqual({
          kind: 'spa',
          key: { kind: 'typed', value: secret.key },
          hmacKey: { kind: 'typed', value: secret.hmacKey },
          settings: {
            ...method.settings,
            username: /[;#]/.test(username) ? SPA_DEFAULTS.username : username,
          },
        });
      }),
    );
  });

  it('never throws', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '[a]',
        '[default]',
        'SPA_SERVER h',
        'ACCESS tcp/22',
        ...KEYS.split('\n'),
        'KEY',
        '[__proto__]',
      ),
      hostileText(20),
    );
    fc.assert(fc.property(fc.array(line, { maxLength: 12 }), (lines) => void read(lines.join('\n'))));
  });
});
