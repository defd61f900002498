/**
 * What a start command does, as far as its text tells: whether it opens or closes, and which port. The command is read
 * and never run.
 */

export interface CommandGuess {
  readonly does: 'opens' | 'closes' | 'unknown';
  /** The first port that it names; null where none is seen. */
  readonly port: number | null;
}

const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  smtp: 25,
  http: 80,
  imap: 143,
  https: 443,
  imaps: 993,
  openvpn: 1194,
};

/** How iptables, nft, ufw and firewall-cmd name a port. */
const PORTS = [
  /--(?:dports?|destination-ports?)[ =]+([A-Za-z\d]+)/,
  /\bdport\s+\{?\s*([A-Za-z\d]+)/,
  /--(?:add|remove)-(?:port|service)[ =]+"?([A-Za-z\d]+)/,
  /\bport port="?(\d+)/,
  /\bport\s+([A-Za-z\d]+)/,
  /\b(?:allow|limit)\s+(?:in\s+)?([A-Za-z\d]+)/,
] as const;

export function guessCommand(command: string): CommandGuess {
  return { does: guessEffect(command), port: guessPort(command) };
}

function guessEffect(command: string): CommandGuess['does'] {
  const closes = /(?:^|\s)(?:-D|--delete|--remove-\S+)(?:[\s=]|$)|\bdelete\b/.test(command);
  const opens = /(?:^|\s)(?:-A|-I|--append|--insert|--add-\S+)(?:[\s=]|$)|\b(?:allow|add|insert)\b/.test(
    command,
  );
  if (closes) return 'closes';
  return opens ? 'opens' : 'unknown';
}

function guessPort(command: string): number | null {
  for (const pattern of PORTS) {
    const word = pattern.exec(command)?.[1]?.toLowerCase();
    if (word === undefined) continue;
    const port = Object.hasOwn(SERVICES, word) ? (SERVICES[word] ?? 0) : Number(word);
    if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  }
  return null;
}
