/**
 * Builds the Go helpers into build/helper/<goos>-<goarch>/. By default for this machine, and the daemon for the Linux
 * servers an installer will be written for; `--all` builds every target that is released.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const CLIENT = ['sallyport', 'sallyport-send'];
const EVERYWHERE = [
  { goos: 'linux', goarch: 'amd64', programs: [...CLIENT, 'sallyportd'] },
  { goos: 'linux', goarch: 'arm64', programs: [...CLIENT, 'sallyportd'] },
  { goos: 'linux', goarch: 'arm', programs: ['sallyportd'] },
  { goos: 'darwin', goarch: 'amd64', programs: CLIENT },
  { goos: 'darwin', goarch: 'arm64', programs: CLIENT },
  { goos: 'windows', goarch: 'amd64', programs: CLIENT },
];

function here() {
  const goos = process.platform === 'win32' ? 'windows' : process.platform;
  const goarch = process.arch === 'x64' ? 'amd64' : process.arch;
  const programs = goos === 'linux' ? [...CLIENT, 'sallyportd'] : CLIENT;
  return { goos, goarch, programs };
}

/**
 * Packages of the daemon that read its config and talk to its commands, never to a packet. Without inlining in them the
 * daemon is 4 % smaller when packed, and an installer carries two over slow lines.
 */
const SMALL = ['net', 'encoding/json', 'fmt', 'reflect', 'github.com/pelletier/go-toml/v2/...'];

function build({ goos, goarch, programs }) {
  for (const program of programs) {
    const suffix = goos === 'windows' ? '.exe' : '';
    const output = join(root, 'build', 'helper', `${goos}-${goarch}`, `${program}${suffix}`);
    const argv = [
      'build',
      '-trimpath',
      '-ldflags',
      `-s -w -X main.version=${version}`,
      ...(program === 'sallyportd' ? SMALL.map((name) => `-gcflags=${name}=-l`) : []),
      '-o',
      output,
      `./cmd/${program}`,
    ];
    const { status, error } = spawnSync('go', argv, {
      cwd: join(root, 'helper'),
      stdio: 'inherit',
      env: { ...process.env, CGO_ENABLED: '0', GOOS: goos, GOARCH: goarch, GOARM: '7' },
    });
    if (error !== undefined) {
      console.error(`Go is needed to build ${program}: https://go.dev/dl (${error.message})`);
      process.exit(1);
    }
    if (status !== 0) process.exit(status ?? 1);
    console.log(`built ${goos}-${goarch}/${program}${suffix}`);
  }
}

/** What an exported installer carries, whatever machine it is exported on. */
const SERVERS = ['amd64', 'arm64'].map((goarch) => ({ goos: 'linux', goarch, programs: ['sallyportd'] }));

function ours() {
  const mine = here();
  const isMine = ({ goos, goarch }) => goos === mine.goos && goarch === mine.goarch;
  return [mine, ...SERVERS.filter((server) => !isMine(server))];
}

const targets = process.argv.includes('--all') ? EVERYWHERE : ours();
for (const target of targets) build(target);
