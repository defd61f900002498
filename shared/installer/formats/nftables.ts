/** A knock detector and its gate as one nftables table: no daemon, fixed sequences only (nft(8), dynamic sets). */
import type { ExportFormat } from '../export-format';
import type { ServerSetup } from '../server-setup';
import { uploadCommand } from '../upload';
import {
  firstLines,
  neighbours,
  type PortStep,
  SEEN_ON_THE_WIRE,
  staticDoor,
  type StaticDoor,
  staticDoorProblem,
} from './static-doors';

const TABLE = 'inet sallyport_knock';
/** Sources that a set remembers; a flood of spoofed ones fills it for the length of a window. */
const SET_SIZE = 65_536;

interface Family {
  readonly version: 4 | 6;
  readonly type: 'ipv4_addr' | 'ipv6_addr';
  readonly source: 'ip saddr' | 'ip6 saddr';
}

const FAMILIES: readonly Family[] = [
  { version: 4, type: 'ipv4_addr', source: 'ip saddr' },
  { version: 6, type: 'ipv6_addr', source: 'ip6 saddr' },
];

export const nftables: ExportFormat = {
  id: 'nftables',
  title: 'nftables rules',
  about: 'For a server where no daemon may run: one table that detects a fixed sequence and opens the port.',
  extension: '.nft',
  wantsDaemons: false,
  secret: 'in',
  problem: (setup) => staticDoorProblem(setup, 'nftables'),
  write: (setup, { version }) => ({ kind: 'text', text: `${rules(setup, version).join('\n')}\n` }),
  nextSteps: (setup, file) => [
    uploadCommand(setup, file),
    `sudo nft -c -f ${file} && sudo nft -f ${file}`,
    `To undo: sudo nft delete table ${TABLE}`,
    'Keep a second SSH session open until a knock has opened the port.',
  ],
};

function rules(setup: ServerSetup, version: string): readonly string[] {
  const door = staticDoor(setup);
  const families = FAMILIES.map((family) => ({ family, lines: detector(door, family) }));
  return [
    ...header(setup, door, version),
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    '',
    `table ${TABLE} {`,
    ...FAMILIES.flatMap((family) => sets(door, family)),
    '\tchain decide {',
    ...FAMILIES.flatMap(({ version: v, source }) => [
      `\t\t${source} @always${v} accept`,
      `\t\t${source} @ok${v} accept`,
    ]),
    '\t\tcounter drop',
    '\t}',
    '\tchain gate {',
    `\t\ttcp dport ${door.port} tcp flags & (fin | syn | rst | ack) == syn goto decide`,
    '\t}',
    ...families.flatMap(({ family, lines }) => [`\tchain steps${family.version} {`, ...lines, '\t}']),
    '\t# Packets to closed ports are seen here before another table drops them.',
    '\tchain knocks {',
    '\t\ttype filter hook prerouting priority -155; policy accept;',
    '\t\tiif lo accept',
    '\t\tfib daddr type != local accept',
    '\t\tmeta nfproto ipv4 jump steps4',
    '\t\tmeta nfproto ipv6 jump steps6',
    '\t}',
    '\t# Prerouting sees ports that a container publishes; input sees what a redirect leads to.',
    '\tchain pre {',
    '\t\ttype filter hook prerouting priority -150; policy accept;',
    '\t\tiif lo accept',
    '\t\tfib daddr type != { local, broadcast, anycast, multicast } accept',
    '\t\tjump gate',
    '\t}',
    '\tchain in {',
    '\t\ttype filter hook input priority -150; policy accept;',
    '\t\tiif lo accept',
    '\t\tjump gate',
    '\t}',
    '}',
  ];
}

function header(setup: ServerSetup, door: StaticDoor, version: string): readonly string[] {
  return [
    '#!/usr/sbin/nft -f',
    ...firstLines(setup, version),
    `# A knock opens the port for its sender for ${door.openFor} s; sessions that are up stay up. The table only ever drops new`,
    '# connections to that port; another firewall keeps its own say, and must let the port through.',
    '#',
    '# Apply:    nft -c -f THIS-FILE && nft -f THIS-FILE     (again changes it in one step)',
    '# At boot:  include it from /etc/nftables.conf, after any "flush ruleset" there',
    `# Undo:     nft delete table ${TABLE}`,
    '# Look:     nft list table inet sallyport_knock',
    '#',
    SEEN_ON_THE_WIRE,
    '',
  ];
}

function sets(door: StaticDoor, { version, type }: Family): readonly string[] {
  const allowed = version === 4 ? door.allow.ipv4 : door.allow.ipv6;
  const elements = allowed.length === 0 ? '' : ` elements = { ${allowed.join(', ')} };`;
  const dynamic = (name: string, seconds: number) =>
    `\tset ${name} { type ${type}; flags dynamic,timeout; timeout ${seconds}s; size ${SET_SIZE}; }`;
  return [
    `\tset always${version} { type ${type}; flags interval; auto-merge;${elements} }`,
    dynamic(`ok${version}`, door.openFor),
    ...stages('open', door.open, version).map((name) => dynamic(name, door.window)),
    ...stages('close', door.close ?? [], version).map((name) => dynamic(name, door.window)),
  ];
}

/** A set for each step but the last: who has come that far. */
function stages(action: 'open' | 'close', steps: readonly PortStep[], version: 4 | 6): string[] {
  return steps.slice(1).map((_, index) => `${action}${index + 1}_${version}`);
}

function detector(door: StaticDoor, { version, source }: Family): string[] {
  const key = `{ ${source} }`;
  const sequences = [
    { names: stages('open', door.open, version), steps: door.open, end: `update @ok${version} ${key}` },
    ...(door.close === null
      ? []
      : [
          {
            names: stages('close', door.close, version),
            steps: door.close,
            end: `delete @ok${version} ${key}`,
          },
        ]),
  ];
  const every = sequences.flatMap(({ names }) => names);
  const forget = (but?: string) =>
    every.filter((name) => name !== but).map((name) => `delete @${name} ${key}`);
  const rule = (...parts: readonly string[]) => `\t\t${parts.join(' ')}`;
  // The last step first, so that no packet counts for two.
  const onward = sequences.flatMap(({ names, steps, end }) =>
    steps
      .slice(1)
      .map((step, index) => {
        const next = names[index + 1] === undefined ? end : `update @${names[index + 1]} ${key}`;
        return rule(
          `${source} @${names[index]}`,
          packet(step, door),
          `delete @${names[index]} ${key}`,
          next,
          'return',
        );
      })
      .toReversed(),
  );
  const repeats = sequences.flatMap(({ names, steps }) =>
    names.map((name, index) =>
      rule(
        `${source} @${name}`,
        ...steps.slice(index, index + 1).map((step) => packet(step, door)),
        'return',
      ),
    ),
  );
  const first = sequences.flatMap(({ names: [name], steps: [step] }) =>
    name === undefined || step === undefined
      ? []
      : [rule(packet(step, door), ...forget(name), `update @${name} ${key}`, 'return')],
  );
  const strays = [
    ...sequences.flatMap(({ steps }) => steps.slice(1).map((step) => packet(step, door))),
    ...beside(door),
  ];
  return [
    ...onward,
    '\t\t# A packet sent twice changes nothing; the first step begins anew; what is out of order ends it.',
    ...repeats,
    ...first,
    ...[...new Set(strays)].map((match) => rule(match, ...forget())),
  ];
}

function packet({ kind, port }: PortStep, { flags }: StaticDoor): string {
  if (kind === 'udp') return `udp dport ${port}`;
  const wanted = flags.length === 1 ? flags[0] : `(${flags.join(' | ')})`;
  return `tcp dport ${port} tcp flags & (fin | syn | rst | psh | ack | urg) == ${wanted}`;
}

function beside(door: StaticDoor): string[] {
  const steps = [...door.open, ...(door.close ?? [])];
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = neighbours(steps, protocol, door.port);
    return ports.length === 0 ? [] : [`${protocol} dport { ${ports.join(', ')} }`];
  });
}
