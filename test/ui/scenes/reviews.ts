/** Imports as main would offer them for review. */
import { LONG } from './profiles';
import type { ImportReview, ReviewEntry } from '../../../shared/exchange/review';

const CONFIG = '/home/ada/.ssh/config';

function entry(key: number, more: Partial<ReviewEntry> = {}): ReviewEntry {
  return {
    key,
    name: `web${key}`,
    clash: null,
    host: `web${key}.example.org`,
    port: 22,
    user: 'ops',
    group: null,
    method: 'rotating',
    summary: 'a new rotating secret, to be put on the server',
    missing: ['knock'],
    notes: [],
    at: { file: CONFIG, line: 4 * key },
    ...more,
  };
}

export function sshReview(more: Partial<ImportReview> = {}): ImportReview {
  return {
    id: 'review-1',
    kind: 'ssh',
    source: CONFIG,
    guessed: false,
    locked: false,
    entries: [
      entry(0, { name: 'web1 2', clash: 'web1', host: 'web1.example.org' }),
      entry(1, { name: 'inner', host: '10.0.0.9', port: 2222, user: null, notes: [JUMP, KEY] }),
      entry(2, { name: 'backup' }),
    ],
    skipped: [
      { what: 'Host *', why: PATTERN, at: { file: CONFIG, line: 1 } },
      {
        what: 'Match exec "test -e /run/vpn"',
        why: 'Whether it applies is known to ssh only, when it runs; nothing of this section was taken.',
        at: { file: '/home/ada/.ssh/conf.d/work.conf', line: 12 },
      },
    ],
    notes: [],
    ...more,
  };
}

const JUMP =
  'ssh reaches it through "gate.example.org". A jump host does its own knock: give it a profile too. This profile knocks straight from here.';
const KEY =
  'IdentityFile ~/.ssh/id_inner is for "inner" only. ssh inner keeps it; for Connect, add 10.0.0.9 to the Host line.';
const PATTERN =
  'It is a pattern and no single server; its settings were taken for the names that it matches.';

export const knockdReview: ImportReview = {
  ...sshReview(),
  id: 'review-2',
  kind: 'knockd',
  source: '/home/ada/Downloads/knockd.conf',
  entries: [
    entry(0, {
      name: 'SSH',
      host: null,
      user: null,
      method: 'static',
      summary: '3 fixed steps, and a sequence that closes',
      missing: ['host'],
      notes: [
        'The server runs: /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT',
        'The server does not close this door by itself; the time shown is a guess.',
      ],
    }),
  ],
  skipped: [],
};

export const sealedReview: ImportReview = {
  ...sshReview(),
  id: 'review-3',
  kind: 'json',
  source: '/home/ada/Downloads/sallyport-profiles.json',
  locked: true,
  entries: Array.from({ length: 12 }, (_, at) =>
    entry(at, {
      name: `edge-${at}`,
      host: `edge-${at}.example.org`,
      summary: 'rotating, 5 steps, 30 s',
      missing: ['secret'],
      at: { file: null, line: null },
    }),
  ),
  skipped: [],
};

export const emptyReview: ImportReview = { ...sshReview(), id: 'review-4', entries: [] };

export const longReview: ImportReview = sshReview({
  id: 'review-5',
  source: `/home/ada/${LONG}/${LONG}/config`,
  entries: [
    entry(0, {
      name: `${LONG.slice(0, 60)} 2`,
      clash: LONG.slice(0, 60),
      host: `${LONG}.${LONG}.example.org`,
      notes: [`ssh reaches it through "${LONG}.${LONG}".`],
    }),
    entry(1, { name: '東京のサーバー', missing: ['secret'], summary: 'a single packet to UDP port 62201' }),
  ],
});

/** Forty hosts, of which every third needs a word, and forty parts that were left out. */
export function fullReview(): ImportReview {
  return sshReview({
    id: 'review-6',
    entries: Array.from({ length: 40 }, (_, at) =>
      entry(at, {
        ...(at % 3 === 0 && { notes: [JUMP, KEY] }),
        ...(at === 4 && { clash: 'web4', name: 'web4 2' }),
      }),
    ),
    skipped: Array.from({ length: 40 }, (_, at) => ({
      what: `Host *.lab${at}.example.org`,
      why: PATTERN,
      at: { file: CONFIG, line: 200 + at },
    })),
  });
}
