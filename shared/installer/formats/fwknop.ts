/** access.conf and fwknopd.conf for a server that runs fwknopd (fwknopd(8)), and the client's file: SPA profiles only. */
import { plainLine, type ExportFormat } from '../export-format';
import type { ServerSetup } from '../server-setup';
import { uploadCommand } from '../upload';
import { fwknopRcStanza } from '../../fwknoprc/fwknop-export';
import type { Profile } from '../../profile/profile';
import { askedPorts } from '../../profile/spa';
import { formatAccessPorts, type AccessPort } from '../../spa/access-ports';

export const fwknop: ExportFormat = {
  id: 'fwknop',
  title: 'fwknop configuration',
  about:
    'For a server that runs fwknopd: its two configuration files, and a .fwknoprc for the fwknop client.',
  extension: '.tar.gz',
  wantsDaemons: false,
  secret: 'in',
  problem: ({ profile: { method }, secret }) => {
    if (method.kind !== 'spa') {
      return 'fwknop takes its own packets only. Choose the shell script, or give the profile the method SPA.';
    }
    const { allow } = method.settings;
    if (allow.kind === 'fixed' && allow.address.includes(':')) {
      return 'fwknopd lets IPv4 addresses in only. Choose the shell script, or another address to let in.';
    }
    return secret === null
      ? 'fwknopd has nobody to ask for the keys. Include the secret, or choose the shell script.'
      : null;
  },
  write: (setup, { version }) => ({
    kind: 'archive',
    folder: 'sallyport-fwknop',
    entries: [
      { path: 'README', mode: 0o600, content: text(readme(setup, version)) },
      { path: 'access.conf', mode: 0o600, content: text(access(setup)) },
      { path: 'fwknopd.conf', mode: 0o600, content: text(daemon(setup)) },
      { path: 'fwknoprc', mode: 0o600, content: text(client(setup)) },
    ],
  }),
  nextSteps: (setup, file) => [
    uploadCommand(setup, file),
    `tar xzf ${file} --exclude=sallyport-fwknop/fwknoprc`,
    'sudo install -m 600 sallyport-fwknop/access.conf sallyport-fwknop/fwknopd.conf /etc/fwknop/',
    'sudo systemctl restart fwknop-server',
    ...asked(setup.profile).map(
      (port) =>
        `When a knock has been seen in its log, close ${port.port}/${port.protocol}: sudo iptables -A INPUT ${shut(port)}`,
    ),
    'Keep a second SSH session open until a knock has opened the port.',
  ],
};

function asked({ port, method }: Profile): readonly AccessPort[] {
  if (method.kind !== 'spa') throw new Error('not a profile of method SPA');
  return askedPorts(port, method.settings);
}

function shut({ protocol, port }: AccessPort): string {
  return `-p ${protocol} --dport ${port} ${protocol === 'tcp' ? '--syn ' : ''}-j DROP`;
}

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

function access({ profile, secret, doors, options }: ServerSetup): readonly string[] {
  if (secret?.kind !== 'spa' || profile.method.kind !== 'spa') throw new Error('not a profile of method SPA');
  const { hmacDigest, allow } = profile.method.settings;
  const door = doors[0];
  return [
    '# fwknopd(8) explains every line. KEEP THIS FILE SECRET: whoever reads it can knock.',
    'SOURCE                  ANY',
    `OPEN_PORTS              ${formatAccessPorts(asked(profile))}`,
    `KEY_BASE64              ${secret.key.trim()}`,
    `HMAC_KEY_BASE64         ${secret.hmacKey.trim()}`,
    `HMAC_DIGEST_TYPE        ${hmacDigest.toUpperCase()}`,
    '# A packet that leaves its address to the server says 0.0.0.0; who changes it on its way chooses who gets in.',
    `REQUIRE_SOURCE_ADDRESS  ${allow.kind === 'source' ? 'N' : 'Y'}`,
    `FW_ACCESS_TIMEOUT       ${door?.openFor ?? profile.openFor}`,
    `MAX_FW_TIMEOUT          ${door?.maxOpenFor ?? profile.openFor}`,
    ...options.allow.map((network) => `# needs no knock, see README: ${network}`),
  ];
}

function daemon({ profile: { method } }: ServerSetup): readonly string[] {
  if (method.kind !== 'spa') throw new Error('not a profile of method SPA');
  const { serverPort, nat } = method.settings;
  return [
    '# The interface is the one that "ip route get 192.0.2.1" shows after "dev".',
    'PCAP_INTF               eth0;',
    `PCAP_FILTER             udp port ${serverPort};`,
    ...(nat === null
      ? []
      : [`${nat.kind === 'nat' ? 'ENABLE_IPT_FORWARDING' : 'ENABLE_IPT_LOCAL_NAT'}    Y;`]),
  ];
}

function client({ profile, secret }: ServerSetup): readonly string[] {
  if (secret?.kind !== 'spa' || profile.method.kind !== 'spa') throw new Error('not a profile of method SPA');
  return fwknopRcStanza(profile, profile.method.settings, secret);
}

function readme({ profile, options }: ServerSetup, version: string): readonly string[] {
  const { name } = profile;
  const ports = asked(profile);
  const tool = (network: string) => (network.includes(':') ? 'ip6tables' : 'iptables');
  return [
    `fwknopd in front of ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(', ')} for the profile "${plainLine(name)}", by Sallyport ${version}.`,
    '',
    'Apply, as root, with a second SSH session open:',
    '  install -m 600 access.conf fwknopd.conf /etc/fwknop/     (set PCAP_INTF first)',
    '  systemctl restart fwknop-server                          (START_DAEMON="yes" in /etc/default/fwknop-server)',
    ...ports.map(
      (port) => `  iptables -A INPUT ${shut(port)}     (fwknopd does not close the port beforehand)`,
    ),
    ...options.allow.flatMap((network) =>
      ports.map(
        ({ protocol, port }) =>
          `  ${tool(network)} -I INPUT -s ${network} -p ${protocol} --dport ${port} -j ACCEPT`,
      ),
    ),
    '',
    'Undo:',
    '  systemctl stop fwknop-server',
    ...ports.map((port) => `  iptables -D INPUT ${shut(port)}`),
    '',
    'fwknopd lets IPv4 in; for IPv6 keep the port closed with ip6tables.',
    'fwknoprc is not for the server: with it, fwknop(8) on another computer knocks at this door too.',
    'access.conf and fwknoprc hold the keys: keep this folder to yourself and remove it when you are done.',
  ];
}
