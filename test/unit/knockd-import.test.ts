import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../fakes/hostile-text';
import { recognise } from '../../shared/exchange/recognise';
import { checkedEntries } from '../../shared/exchange/review';
import { knockdSequence, leadingNumber } from '../../shared/knockd/knockd-lines';
import { readKnockdConf } from '../../shared/knockd/knockd-import';
import { guessCommand } from '../../shared/knockd/protected-port';

const FILE = '/etc/knockd.conf';
const read = (text: string) => checkedEntries(readKnockdConf(text, FILE));
const skips = (text: string) => read(text).skipped.map(({ what, why, at }) => `${at.line} ${what}: ${why}`);

/** As the package's own example has it. */
const PAIR = `[options]
  UseSyslog
[openSSH]
  sequence    = 7000,8000,9000
  seq_timeout = 5
  command     = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
  tcpflags    = syn
[closeSSH]
  sequence    = 9000,8000,7000
  seq_timeout = 5
  command     = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
  tcpflags    = syn
[openHTTPS]
  Sequence      = 12345:udp, 54321:TCP ,32768
  Start_Command = ip6tables -I INPUT -s %IP% -p tcp --dport https -j ACCEPT
  Cmd_Timeout   = 90
  Stop_Command  = ip6tables -D INPUT -s %IP% -p tcp --dport https -j ACCEPT
`;

describe('a knockd.conf', () => {
  it('becomes a profile for each door, with the section that closes it', () => {
    const { entries, skipped } = read(PAIR);
    expect(skipped).toEqual([]);
    expect(entries.map(({ draft, missing, at }) => ({ ...draft, missing, line: at.line }))).toMatchObject([
      {
        name: 'SSH',
        host: '',
        port: 22,
        openFor: 30,
        gapMs: 150,
        missing: ['host'],
        line: 3,
        method: {
          kind: 'static',
          tcpFlags: ['syn'],
          sequence: { kind: 'typed', value: '7000:tcp,8000:tcp,9000:tcp' },
          closeSequence: { kind: 'typed', value: '9000:tcp,8000:tcp,7000:tcp' },
        },
      },
      {
        name: 'openHTTPS',
        port: 443,
        openFor: 90,
        method: {
          sequence: { value: '12345:udp,54321:tcp,32768:tcp' },
          closeSequence: { kind: 'none' },
        },
      },
    ]);
    expect(entries[0]?.notes.join(' ')).toContain('The server runs: /sbin/iptables -A INPUT');
    expect(entries[0]?.notes.join(' ')).toContain('does not close this door by itself');
  });

  it('is told from the other files', () => expect(recognise(PAIR)).toBe('knockd'));

  it('gives its reasons, with the lines', () => {
    const text = `stray
[one]
  One_Time_Sequences = /etc/pads
[two]
  sequence = ssh,8000
[three]
  tcpflags = syn
[four]
  sequence = 1:icmp
[five]
  bogus = 1
  sequence
  sequence = 22,23,24
  command = iptables -A INPUT --dport 22
[six]
  sequence = 1,2,3
  tcpflags = syn, ack
[closeX]
  sequence = 3,2,1
  command = iptables -D INPUT --dport 99`;
    expect(skips(text)).toEqual([
      expect.stringMatching(/^1 a line: It stands before the first section/),
      expect.stringMatching(/^11 a line: knockd has no such directive/),
      expect.stringMatching(/^12 a line: It has no value/),
      expect.stringMatching(/^4 \[two\]: Step 1 has no port/),
      expect.stringMatching(/^6 \[three\]: It has no sequence/),
      expect.stringMatching(/^8 \[four\]: Step 1 is neither tcp nor udp/),
      expect.stringMatching(/^15 \[six\]: " ack" is no TCP flag/),
      expect.stringMatching(/^18 \[closeX\]: It closes a door that no other section opens/),
      expect.stringMatching(/^10 five: Step 1: 22 is the port behind the door/),
    ]);
  });

  it('takes a door with one-time sequences without its list, which is on the server', () => {
    const [entry] = read('[pads]\nOne_Time_Sequences = /etc/pads\ncommand = ufw allow 2222/tcp').entries;
    expect(entry).toMatchObject({
      missing: ['host', 'secret'],
      draft: { name: 'pads', port: 2222, method: { kind: 'one-time', list: { kind: 'keep' } } },
    });
    expect(entry?.notes[0]).toContain('in /etc/pads on the server');
  });

  it('takes the one-time sequences of a copy of the list, when there is an unused one in it', () => {
    const conf = '[pads]\none_time_sequences = /etc/pads\ncommand = ufw allow 2222/tcp';
    const withList = (list: string) =>
      checkedEntries(readKnockdConf(conf, FILE, new Map([['/etc/pads', list]]))).entries[0];
    const value = '#000,8000,9000\n7001,8001,9001\n';
    expect(withList(value)).toMatchObject({
      missing: ['host'],
      draft: { method: { kind: 'one-time', list: { kind: 'typed', value } } },
      notes: expect.arrayContaining([expect.stringContaining('copy of /etc/pads beside this file')]),
    });
    for (const bad of ['', '#000,8000,9000\n', 'root:x:0:0\n']) {
      expect(withList(bad)).toMatchObject({
        missing: ['host', 'secret'],
        draft: { method: { list: { kind: 'keep' } } },
      });
    }
  });

  it('fits the gap into the time that the server waits, and takes a target as the host', () => {
    const steps = Array.from({ length: 20 }, (_, at) => 2000 + at * 7).join();
    const [entry] = read(
      `[x]\nsequence=${steps}\ntimeout=2\ntarget=192.0.2.9\ntcpflags=SYN,!ack,fin`,
    ).entries;
    expect(entry?.draft).toMatchObject({
      gapMs: 52,
      host: '192.0.2.9',
      method: { tcpFlags: ['fin', 'syn'] },
    });
    expect(entry?.missing).toEqual([]);
  });

  it('never throws, and what comes out can be saved', () => {
    const line = fc.oneof(
      fc.constantFrom(
        ...PAIR.split('\n'),
        '[',
        ']',
        '[]',
        'sequence = 99999999999999999999',
        'cmd_timeout = -5',
      ),
      hostileText(30),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        for (const { draft } of read(lines.join('\n')).entries) expect(draft.gapMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('what C reads', () => {
  it.each([
    ['8000 # web', 8000],
    [' +7', 7],
    ['x', 0],
    ['-3', -3],
    ['', 0],
  ])('of %j is %d', (text, number) => expect(leadingNumber(text)).toBe(number));

  it('of a sequence', () => {
    expect(knockdSequence('7000, 8000:UDP ,9000 # x')).toEqual({ steps: '7000:tcp,8000:udp,9000:tcp' });
    expect(knockdSequence('70000')).toHaveProperty('why');
    expect(knockdSequence('')).toHaveProperty('why');
  });
});

describe('a start command', () => {
  it.each([
    ['/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT', 'opens', 22],
    ['iptables -D INPUT -p tcp -m multiport --dports 8443,443 -j ACCEPT', 'closes', 8443],
    ['nft add element inet filter ok { %IP% }', 'opens', null],
    ['nft add rule inet f input ip saddr %IP% tcp dport { 2222 } accept', 'opens', 2222],
    ['ufw insert 1 allow from %IP% to any port 22 proto tcp', 'opens', 22],
    ['ufw delete allow from %IP% to any port ssh', 'closes', 22],
    ['ufw allow 2200/tcp', 'opens', 2200],
    ['firewall-cmd --add-rich-rule=\'rule port port="22" protocol="tcp" accept\'', 'opens', 22],
    ['firewall-cmd --remove-service=ssh', 'closes', 22],
    ['/usr/local/bin/wake %IP%', 'unknown', null],
    ['', 'unknown', null],
  ])('%s', (command, does, port) => expect(guessCommand(command)).toEqual({ does, port }));
});
