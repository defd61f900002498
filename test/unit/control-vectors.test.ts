import { describe, expect, it } from 'vitest';
import { proof, proves } from '../../electron/main/control/proof';
import { homeFolder, socketPath } from '../../electron/main/paths';
import proofs from '../vectors/control-proof.json';
import places from '../vectors/socket-path.json';

describe('the proof', () => {
  it.each(proofs)('is as in the vectors', ({ key, serverNonce, clientNonce, clientProof, serverProof }) => {
    const bytes = Buffer.from(key, 'hex');
    const nonces = { server: serverNonce, client: clientNonce };
    expect(proof('client', bytes, nonces)).toBe(clientProof);
    expect(proof('server', bytes, nonces)).toBe(serverProof);
    expect(proves(clientProof, 'client', bytes, nonces)).toBe(true);
    expect(proves(clientProof, 'server', bytes, nonces)).toBe(false);
    expect(proves(clientProof.slice(2), 'client', bytes, nonces)).toBe(false);
    expect(proves('', 'client', bytes, nonces)).toBe(false);
  });
});

describe('paths', () => {
  it.each(places)('put the socket of $home at $path', ({ home: at, xdgRuntimeDir, uid, path }) => {
    const env = xdgRuntimeDir === null ? {} : { XDG_RUNTIME_DIR: xdgRuntimeDir };
    expect(socketPath(at, { env, uid, platform: 'linux' })).toBe(path);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
  });

  it('follow SALLYPORT_HOME, then the system', () => {
    const at = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
      homeFolder({ env, platform, uid: 1 });
    expect(at({ SALLYPORT_HOME: '/x/../y' })).toBe('/y');
    expect(at({ XDG_CONFIG_HOME: '/cfg' })).toBe('/cfg/sallyport');
    expect(at({ XDG_CONFIG_HOME: 'relative', SALLYPORT_HOME: '' })).toMatch(/^\/.*\/\.config\/sallyport$/);
    expect(at({}, 'darwin')).toMatch(/Library\/Application Support\/Sallyport$/);
    expect(at({ APPDATA: '/roaming' }, 'win32')).toBe('/roaming/Sallyport');
  });
});
