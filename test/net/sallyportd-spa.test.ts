/** SPA packets of ours against our own daemon, which takes IPv6 addresses in them too. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { reachable, startSallyportd, startSshd } from './peers';
import { CLIENT4, CLIENT6, createTopology, SERVER4, SERVER6, type Topology } from './topology';

const OPEN_FOR_S = 2;

describe('a door of sallyportd for single packets', () => {
  let net: Topology;
  let sallyport: CommandLine;
  let keys: readonly string[];

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    const etc = join(net.folder, 'sallyport');
    mkdirSync(join(etc, 'state'), { recursive: true, mode: 0o750 });
    writeFileSync(join(etc, 'key'), randomBytes(32).toString('base64'), { mode: 0o640 });
    writeFileSync(join(etc, 'hmac'), randomBytes(64).toString('base64'), { mode: 0o640 });
    const config = join(etc, 'sallyportd.toml');
    const text = `state_dir = "${join(etc, 'state')}"
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "${OPEN_FOR_S}s"
  [[door.key]]
  user = "bob"
  method = "spa"
  key_base64_file = "key"
  hmac_key_base64_file = "hmac"
  hmac_digest = "sha512"
  require_source_address = true
`;
    writeFileSync(config, text, { mode: 0o640 });
    await startSallyportd(net, config);
    const files = ['--spa-key-file', join(etc, 'key'), '--spa-hmac-file', join(etc, 'hmac')];
    keys = ['--port', '22', '--spa-hmac-digest', 'sha512', ...files];
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  it.each([
    [SERVER4, CLIENT4],
    [SERVER6, CLIENT6],
  ])('opens at %s for the address in the packet, %s, and closes by itself', async (server, client) => {
    const report = await sallyport.knock([server, ...keys, '--spa-allow', client]);
    expect(report).toMatchObject({ verdict: 'opened', before: 'filtered', address: server, exit: 0 });
    expect(reachable(net.client, server, 22)).toBe(true);
    await expect.poll(() => reachable(net.client, server, 22)).toBe(false);
  });

  it('stays shut for a packet with another address', async () => {
    const report = await sallyport.knock([SERVER4, ...keys, '--spa-allow', '10.91.0.77']);
    expect(report).toMatchObject({ verdict: 'no-effect', exit: 1 });
  });

  it('is not asked for an address of the other family', async () => {
    const report = await sallyport.knock([SERVER4, ...keys, '--spa-allow', CLIENT6]);
    expect(report).toMatchObject({ verdict: 'error', exit: 2, steps: [] });
    expect(report.message).toContain(`would let in ${CLIENT6}`);
  });
});
