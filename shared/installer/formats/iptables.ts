/** A knock detector and its gate as iptables rules with `-m recent` (iptables-extensions(8)): no daemon, fixed sequences only. */
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

const GATE = 'SALLYPORT';
/** iptables takes 28 characters for a chain and 15 ports in one multiport match. */
const MULTIPORT = 15;

export const iptables: ExportFormat = {
  id: 'iptables',
  title: 'iptables rules',
  about:
    'For an old server without nftables and without a daemon: a script of iptables rules with -m recent.',
  extension: '.sh',
  wantsDaemons: false,
  secret: 'in',
  problem: (setup) => staticDoorProblem(setup, 'iptables'),
  write: (setup, { version }) => ({ kind: 'text', text: `${script(setup, version).join('\n')}\n` }),
  nextSteps: (setup, file) => [
    uploadCommand(setup, file),
    `sudo sh ${file} apply`,
    `To undo: sudo sh ${file} undo`,
    'Keep a second SSH session open until a knock has opened the port.',
  ],
};

function script(setup: ServerSetup, version: string): readonly string[] {
  const door = staticDoor(setup);
  return [
    ...header(setup, door, version),
    ...undo(door),
    '',
    'apply_to() {',
    '\tundo_in "$1"',
    ...chains(door).map((chain) => `\t"$1" -w -N ${chain}`),
    ...stageRules(door).map((rule) => `\t"$1" -w -A ${rule}`),
    ...gateRules(door).map((rule) => `\t"$1" -w -A ${GATE} ${rule}`),
    ...allowRules(door),
    '\t# Last, so that nothing is dropped before every rule is there.',
    `\t"$1" -w -I INPUT ! -i lo -j ${GATE}`,
    '}',
    '',
    ...commands(),
  ];
}

function header(setup: ServerSetup, door: StaticDoor, version: string): readonly string[] {
  return [
    '#!/bin/sh',
    ...firstLines(setup, version),
    `# A knock opens the port for its sender for ${door.openFor} s; sessions that are up stay up. Only new connections to that port`,
    '# are ever dropped; the rules after these keep their own say, and must let the port through.',
    '#',
    '# Apply: sh THIS-FILE apply     Undo: sh THIS-FILE undo     Look: iptables -nvL SALLYPORT',
    '# The rules are gone after a reboot; run this from your boot scripts, or keep them with netfilter-persistent.',
    '# The kernel remembers 100 addresses a list unless the module xt_recent is loaded with ip_list_tot=N; whoever spoofs',
    '# more first steps than that pushes a knock out that is under way. A port that a container publishes does not pass here.',
    SEEN_ON_THE_WIRE,
    'set -eu',
    '',
  ];
}

function commands(): readonly string[] {
  return [
    'each() {',
    '\t"$1" iptables',
    '\tif ip6tables -w -S INPUT >/dev/null 2>&1; then',
    '\t\t"$1" ip6tables',
    '\telse',
    '\t\techo "$0: ip6tables does not work here: IPv6 is left as it is" >&2',
    '\tfi',
    '}',
    '',
    'case "${1-}" in',
    'apply | undo)',
    '\tif [ "$(id -u)" != 0 ]; then echo "$0: only root may change the firewall: sudo sh $0 $1" >&2; exit 1; fi',
    '\tif ! command -v iptables >/dev/null 2>&1; then echo "$0: iptables is missing: apt-get install iptables" >&2; exit 1; fi',
    '\t;;',
    '*)',
    '\techo "usage: sh $0 apply | undo" >&2',
    '\texit 2',
    '\t;;',
    'esac',
    'if [ "$1" = undo ]; then',
    '\teach undo_in',
    'else',
    '\t# Half of the rules would be worse than none.',
    '\ttrap \'echo "$0: a rule was refused; everything is taken back" >&2; each undo_in\' EXIT',
    '\teach apply_to',
    '\ttrap - EXIT',
    'fi',
  ];
}

function undo(door: StaticDoor): readonly string[] {
  const names = chains(door);
  return [
    'undo_in() {',
    `\twhile "$1" -w -D INPUT ! -i lo -j ${GATE} 2>/dev/null; do :; done`,
    ...names.map((chain) => `\t"$1" -w -F ${chain} 2>/dev/null || true`),
    ...names.map((chain) => `\t"$1" -w -X ${chain} 2>/dev/null || true`),
    '}',
  ];
}

type Action = 'open' | 'close';

function sequences(
  door: StaticDoor,
): readonly { readonly action: Action; readonly steps: readonly PortStep[] }[] {
  const open = { action: 'open', steps: door.open } as const;
  return door.close === null ? [open] : [open, { action: 'close', steps: door.close }];
}

const stageName = (action: Action, step: number) => `sallyport_${action}_${step}`;
const stageChain = (action: Action, step: number) => `${GATE}_${action.toUpperCase()}_${step}`;
const OK = 'sallyport_ok';
const RESET = `${GATE}_RESET`;

function chains(door: StaticDoor): string[] {
  const steps = sequences(door).flatMap(({ action, steps: all }) =>
    all.map((_, i) => stageChain(action, i + 1)),
  );
  return [GATE, RESET, ...steps];
}

/** What happens to a sender who has done a step: out of the list before, into the next. */
function stageRules(door: StaticDoor): string[] {
  const stages = sequences(door).flatMap(({ action, steps }) =>
    steps.flatMap((_, index) => {
      const chain = stageChain(action, index + 1);
      const last = index === steps.length - 1;
      const end = action === 'open' ? `--name ${OK} --set` : `--name ${OK} --remove`;
      return [
        index === 0
          ? `${chain} -j ${RESET}`
          : `${chain} -m recent --name ${stageName(action, index)} --remove`,
        `${chain} -m recent ${last ? end : `--name ${stageName(action, index + 1)} --set`}`,
      ];
    }),
  );
  const resets = sequences(door).flatMap(({ action, steps }) =>
    steps.slice(1).map((_, index) => `${RESET} -m recent --name ${stageName(action, index + 1)} --remove`),
  );
  return [...stages, ...resets];
}

function gateRules(door: StaticDoor): string[] {
  const came = (action: Action, step: number) =>
    `-m recent --name ${stageName(action, step)} --rcheck --seconds ${door.window}`;
  // The last step first, so that no packet counts for two.
  const onward = sequences(door).flatMap(({ action, steps }) =>
    steps
      .slice(1)
      .map(
        (step, index) =>
          `${packet(step, door)} ${came(action, index + 1)} -g ${stageChain(action, index + 2)}`,
      )
      .toReversed(),
  );
  // A packet sent twice changes nothing; the first step begins anew; what is out of order ends it.
  const repeats = sequences(door).flatMap(({ action, steps }) =>
    steps.slice(0, -1).map((step, index) => `${packet(step, door)} ${came(action, index + 1)} -j RETURN`),
  );
  const first = sequences(door).flatMap(({ action, steps }) =>
    steps.slice(0, 1).map((step) => `${packet(step, door)} -g ${stageChain(action, 1)}`),
  );
  const strays = sequences(door).flatMap(({ steps }) =>
    steps.slice(1).map((step) => `${packet(step, door)} -j ${RESET}`),
  );
  const syn = `-p tcp --dport ${door.port} --tcp-flags FIN,SYN,RST,ACK SYN`;
  return [
    ...onward,
    ...repeats,
    ...first,
    ...new Set(strays),
    ...resetRules(door),
    `${syn} -m recent --name ${OK} --rcheck --seconds ${door.openFor} -j RETURN`,
    `${syn} -j DROP`,
  ];
}

function resetRules(door: StaticDoor): string[] {
  const steps = sequences(door).flatMap(({ steps: all }) => all);
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = neighbours(steps, protocol, door.port);
    const lots = Array.from({ length: Math.ceil(ports.length / MULTIPORT) }, (_, lot) =>
      ports.slice(lot * MULTIPORT, (lot + 1) * MULTIPORT),
    );
    return lots.map((lot) => `-p ${protocol} -m multiport --dports ${lot.join(',')} -j ${RESET}`);
  });
}

function allowRules({ allow }: StaticDoor): string[] {
  const lines = (networks: readonly string[]) =>
    networks.map((network) => `\t\t"$1" -w -I ${GATE} -s ${network} -j RETURN`);
  if (allow.ipv4.length + allow.ipv6.length === 0) return [];
  return [
    '\tcase "$1" in',
    '\tiptables)',
    ...orNothing(lines(allow.ipv4)),
    '\t\t;;',
    '\tip6tables)',
    ...orNothing(lines(allow.ipv6)),
    '\t\t;;',
    '\tesac',
  ];
}

function orNothing(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['\t\t:'] : lines;
}

function packet({ kind, port }: PortStep, { flags }: StaticDoor): string {
  if (kind === 'udp') return `-p udp --dport ${port}`;
  return `-p tcp --dport ${port} --tcp-flags FIN,SYN,RST,PSH,ACK,URG ${flags.join(',').toUpperCase()}`;
}
