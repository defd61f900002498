/** A knockd.conf for a server that runs knockd (knockd(1)): fixed sequences only. */
import type { ExportFormat } from '../export-format';
import type { ServerSetup } from '../server-setup';
import { uploadCommand } from '../upload';
import {
  firstLines,
  type PortStep,
  SEEN_ON_THE_WIRE,
  staticDoor,
  type StaticDoor,
  staticDoorProblem,
} from './static-doors';

const RULE = { ipv4: '/usr/sbin/iptables', ipv6: '/usr/sbin/ip6tables' } as const;

export const knockd: ExportFormat = {
  id: 'knockd',
  title: 'knockd.conf',
  about: 'For a server that runs knockd and should go on doing so.',
  extension: '.conf',
  wantsDaemons: false,
  secret: 'in',
  problem: (setup) => staticDoorProblem(setup, 'knockd'),
  write: (setup, { version }) => ({ kind: 'text', text: `${config(setup, version).join('\n')}\n` }),
  nextSteps: (setup, file) => [
    uploadCommand(setup, file),
    `sudo install -m 600 ${file} /etc/knockd.conf && sudo systemctl restart knockd`,
    `When a knock has been seen in its log, close the port: sudo iptables -A INPUT -p tcp --dport ${setup.profile.port} --syn -j DROP`,
    'Keep a second SSH session open until a knock has opened the port.',
  ],
};

function config(setup: ServerSetup, version: string): readonly string[] {
  const door = staticDoor(setup);
  const closing = door.close === null ? [] : section('close', door, door.close, commands(door, '-D'));
  return [
    ...header(setup, door, version),
    '[options]',
    '  UseSyslog',
    '  Interface = eth0',
    ...section('open', door, door.open, [
      ...commands(door, '-I'),
      `  cmd_timeout = ${door.openFor}`,
      ...commands(door, '-D').map((line) => line.replace('start_command', 'stop_command')),
    ]),
    ...closing,
  ];
}

function header(
  setup: ServerSetup,
  { port, openFor, allow }: StaticDoor,
  version: string,
): readonly string[] {
  const networks = [
    ...allow.ipv4.map((network) => `#   iptables -I INPUT -s ${network} -p tcp --dport ${port} -j ACCEPT`),
    ...allow.ipv6.map((network) => `#   ip6tables -I INPUT -s ${network} -p tcp --dport ${port} -j ACCEPT`),
  ];
  return [
    ...firstLines(setup, version),
    `# knockd opens the port for the sender for ${openFor} s. It does not close the port beforehand; do that with`,
    `#   iptables -A INPUT -p tcp --dport ${setup.profile.port} --syn -j DROP`,
    `#   ip6tables -A INPUT -p tcp --dport ${setup.profile.port} --syn -j DROP`,
    ...(networks.length === 0 ? [] : ['# and for those who need no knock', ...networks]),
    '# Undo: systemctl stop knockd, and the same two commands with -D.',
    '#',
    '# Interface is the one that "ip route get 192.0.2.1" shows after "dev".',
    SEEN_ON_THE_WIRE,
    '',
  ];
}

function section(
  name: string,
  { window, flags }: StaticDoor,
  steps: readonly PortStep[],
  lines: readonly string[],
): readonly string[] {
  return [
    '',
    `[${name}]`,
    `  sequence = ${steps.map(({ kind, port }) => `${port}:${kind}`).join(',')}`,
    `  seq_timeout = ${window}`,
    `  tcpflags = ${flags.join(',')}`,
    ...lines,
  ];
}

function commands({ port }: StaticDoor, verb: '-I' | '-D'): readonly string[] {
  const rule = `${verb} INPUT -s %IP% -p tcp --dport ${port} -j ACCEPT`;
  return [`  start_command = ${RULE.ipv4} ${rule}`, `  start_command_6 = ${RULE.ipv6} ${rule}`];
}
