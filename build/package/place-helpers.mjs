/**
 * Puts the programs of a package into its resources, in folders by system as in build/helper: the client's own for the
 * system that the package is for, and the daemons of every server that an installer can be exported for. A package that
 * lacks one of them could neither knock natively nor set up a server, so it is not made.
 */
import { copyFile, mkdir, chmod, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Arch } from 'electron-builder';

const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const PROCESSORS = { x64: 'amd64', arm64: 'arm64' };
const SERVERS = ['linux-amd64', 'linux-arm64', 'linux-arm'];

/** @param {import('electron-builder').AfterPackContext} context */
export default async function placeHelpers(context) {
  const { packager, electronPlatformName, arch, appOutDir } = context;
  const system = `${SYSTEMS[electronPlatformName]}-${PROCESSORS[Arch[arch]]}`;
  const helpers = join(packager.getResourcesDir(appOutDir), 'helpers');
  for (const file of programs(system)) {
    const built = join(packager.projectDir, 'build', 'helper', file);
    const there = await stat(built).catch(() => undefined);
    if (there === undefined || there.size === 0) {
      throw new Error(`build/helper/${file} is missing: run npm run build:helpers -- --all`);
    }
    const place = join(helpers, file);
    await mkdir(dirname(place), { recursive: true });
    await copyFile(built, place);
    await chmod(place, 0o755);
  }
}

/** @param {string} system the folder of build/helper */
function programs(system) {
  const suffix = system.startsWith('windows') ? '.exe' : '';
  const client = ['sallyport', 'sallyport-send'].map((name) => `${system}/${name}${suffix}`);
  return [...client, ...SERVERS.map((server) => `${server}/sallyportd`)];
}
