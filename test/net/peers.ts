/** The real programs that a server runs, each in the test's server namespace: sshd, knockd, sallyportd, tcpdump. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER4, type Host, type Running, type Topology } from './topology';

export const HELPERS = join(import.meta.dirname, '../../build/helper/linux-amd64');
/** The user that ssh sessions belong to; exists in the server namespace only. */
export const SSH_USER = 'ops';

/**
 * A real sshd on port 22 with a user of its own: `ip netns exec` lays /etc/netns/<name>/ over /etc, so the account never
 * exists on this machine. The client's root gets a key that opens it, and the server's root.
 *
 * @param more lines of its config.
 */
export async function startSshd(
  { server, folder, home }: Topology,
  more: readonly string[] = [],
): Promise<Running> {
  const etc = `/etc/netns/${server.netns}`;
  const account = `${SSH_USER}:x:65500:65500::${folder}/ops:/bin/sh\n`;
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'passwd'), readFileSync('/etc/passwd', 'utf8') + account);
  writeFileSync(
    join(etc, 'shadow'),
    `${readFileSync('/etc/shadow', 'utf8')}${SSH_USER}:*:19000:0:99999:7:::\n`,
    {
      mode: 0o640,
    },
  );
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'ops'), { recursive: true });
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const ssh = join(home, '.ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  const hostKey = join(folder, 'host_key');
  const userKey = join(ssh, `id_${server.netns}`);
  for (const key of [hostKey, userKey])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${userKey}.pub`));
  writeFileSync(join(ssh, 'config'), `IdentityFile ${userKey}\nStrictHostKeyChecking yes\nBatchMode yes\n`);
  const [kind, key] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  writeFileSync(
    join(ssh, 'known_hosts'),
    `web1.test ${kind} ${key}\nweb6.test ${kind} ${key}\n10.91.0.2 ${kind} ${key}\n`,
  );
  const config = join(folder, 'sshd_config');
  const lines = [
    'Port 22',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PasswordAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'PidFile none',
    'MaxStartups 100',
    // A connection whose end got lost would keep a child, and with it the end of sshd, for two minutes.
    'LoginGraceTime 8',
    'Subsystem sftp internal-sftp',
    ...more,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const sshd = server.start(['/usr/sbin/sshd', '-D', '-e', '-f', config]);
  await sshd.seen(/Server listening on :: port 22/);
  return sshd;
}

/** The real knockd on the server's link. */
export async function startKnockd({ server, serverLink, folder }: Topology, doors: string): Promise<Running> {
  const config = join(folder, 'knockd.conf');
  writeFileSync(config, `[options]\n  LogFile = ${join(folder, 'knockd.log')}\n${doors}`);
  const knockd = server.start(['knockd', '-v', '-i', serverLink, '-c', config]);
  await knockd.seen(/listening on/);
  return knockd;
}

/** The real fwknopd on the server's link. @param stanza of access.conf. */
export async function startFwknopd(
  { server, serverLink, folder }: Topology,
  stanza: string,
): Promise<Running> {
  const etc = join(folder, 'fwknop');
  mkdirSync(etc, { recursive: true, mode: 0o700 });
  const [config, access] = [join(etc, 'fwknopd.conf'), join(etc, 'access.conf')];
  const enabled = ['DIGEST_PERSISTENCE', 'IPT_FORWARDING', 'IPT_LOCAL_NAT'].map(
    (name) => `ENABLE_${name} Y;`,
  );
  const lines = [`PCAP_INTF ${serverLink};`, `FWKNOP_RUN_DIR ${etc};`, ...enabled];
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(access, stanza, { mode: 0o600 });
  const daemon = server.start(['fwknopd', '-f', '-v', '-v', '-v', '-c', config, '-a', access]);
  await daemon.seen(/Starting fwknopd main event loop|Sniffing interface/i);
  return daemon;
}

export interface Door {
  readonly secretFile: string;
  readonly config: string;
}

/** A config with one rotating door in front of sshd; `more` is put after it. */
export function writeRotatingDoor(folder: string, secret: string, openFor: string, more = ''): Door {
  const etc = join(folder, 'sallyport');
  mkdirSync(join(etc, 'state'), { recursive: true });
  chmodSync(etc, 0o750);
  const secretFile = join(etc, 'alice-ssh.key');
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o640 });
  const config = join(etc, 'sallyportd.toml');
  const text = `state_dir = "${join(etc, 'state')}"

[gate]
mode = "nftables"

[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "${openFor}"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "alice-ssh.key"
${more}`;
  writeFileSync(config, text, { mode: 0o640 });
  return { secretFile, config };
}

export async function startSallyportd({ server }: Topology, config: string): Promise<Running> {
  const daemon = server.start([join(HELPERS, 'sallyportd'), 'run', '--config', config]);
  await daemon.seen(/ready|started|serving/i);
  return daemon;
}

export interface Packet {
  /** Seconds. */
  readonly at: number;
  readonly text: string;
}

export interface Capture {
  /** Resolves when what tcpdump writes of the packets so far matches. */
  seen(pattern: RegExp): Promise<void>;
  /** Ends it, and answers what came in until now. */
  stop(): Promise<Packet[]>;
}

/** A UDP port that no step has: what goes there tells the end of a capture. */
const MARK = 65097;

/** tcpdump on the server's link, for what really crossed the wire. */
export async function capture({ server, serverLink }: Topology, filter: string): Promise<Capture> {
  const argv = [
    'tcpdump',
    '-i',
    serverLink,
    '-nn',
    '-tt',
    '-l',
    '-v',
    '--immediate-mode',
    '-Q',
    'in',
    `(${filter}) or (udp dst port ${MARK})`,
  ];
  const tcpdump = server.start(argv);
  await tcpdump.seen(/listening on/);
  const marked = new RegExp(`\\.${MARK}: UDP`);
  return {
    seen: (pattern) => tcpdump.seen(pattern),
    stop: async () => {
      await sendMark();
      await tcpdump.seen(marked);
      await tcpdump.stop('SIGINT');
      return packetsOf(tcpdump.output()).filter(({ text }) => !marked.test(text));
    },
  };
}

function sendMark(): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) =>
    socket.send(new Uint8Array(1), MARK, SERVER4, (error) => {
      socket.close();
      if (error === null) resolve();
      else reject(error);
    }),
  );
}

/** tcpdump -v writes IPv4 packets over two lines, the second one indented. */
function packetsOf(output: string): Packet[] {
  const joined = output.replace(/\n[ \t]+/g, ' ');
  return [...joined.matchAll(/^(\d+\.\d+) (.*)$/gm)].map(([, at, text]) => ({
    at: Number(at),
    text: text ?? '',
  }));
}

/** Whether a fresh TCP connection from the client is taken within `ms`. */
export function reachable(client: Host, address: string, port: number, ms = 700): boolean {
  const seconds = String(Math.max(1, Math.ceil(ms / 1000)));
  return client.run(['nc', '-z', '-w', seconds, address, String(port)]).status === 0;
}
