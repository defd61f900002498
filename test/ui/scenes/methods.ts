/** The ways to knock: what is typed for each, and what a run of each says. */
import { SPA_DEFAULTS } from '../../../shared/profile/spa';
import { idOf, rotating } from './profiles';
import { grant, opened, run, staticSteps } from './runs';
import type { Snapshot } from '../../../shared/contract/views';
import type { Scene } from './scenes';

const few = [rotating(1)];
const pads = rotating(1, { name: 'pads', method: { kind: 'one-time', tcpFlags: ['syn'], left: 2 } });
const spa = rotating(1, {
  method: {
    kind: 'spa',
    ...SPA_DEFAULTS,
    allow: { kind: 'echo', url: 'https://ip.example.org/' },
    nat: { kind: 'nat', host: '192.168.10.3', port: 2222 },
  },
});

export function methodScenes(
  snapshot: (more: Partial<Snapshot>) => Snapshot,
): Readonly<Record<string, Scene>> {
  return {
    'editor-one-time': {
      snapshot: snapshot({ profiles: few }),
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'pads', into: 'Name' },
        { press: 'One-time list', role: 'radio' },
        { type: '# pads\n#111:tcp,9040:tcp\n9155:tcp,7020:udp\n8031:udp,9702:tcp;ttl=9', into: 'List' },
        { press: 'Options of a step', role: 'text' },
      ],
    },
    'editor-one-time-kept': {
      snapshot: snapshot({ profiles: [pads] }),
      steps: [
        { press: 'More actions', role: 'button' },
        { press: 'Edit', role: 'menuitem' },
      ],
    },
    'editor-spa-nat': {
      snapshot: snapshot({ profiles: [spa] }),
      steps: [
        { press: 'More actions', role: 'button' },
        { press: 'Edit', role: 'menuitem' },
        { type: '', into: 'Port there' },
        { press: 'Save', role: 'button' },
      ],
    },
    'one-time': {
      snapshot: snapshot({
        profiles: [pads],
        runs: [
          {
            ...opened(1),
            steps: staticSteps(3),
            attempt: 4,
            attempts: 6,
            notes: [
              'The next line of the list had no effect, so the one after it is tried: the server may have used that line already.',
              'Only 2 lines of the one-time list are left: make a new one soon.',
            ],
          },
        ],
        grants: [grant(1)],
      }),
    },
    'both-families': {
      snapshot: snapshot({
        profiles: [rotating(1, { family: 'both' })],
        runs: [
          run(1, {
            ...opened(1),
            id: idOf(1),
            addresses: [
              {
                address: '2001:db8:4711:0815:ffff:ffff:ffff:0007',
                verdict: 'no-effect',
                before: 'filtered',
                after: 'filtered',
              },
              { address: '203.0.113.7', verdict: 'opened', before: 'filtered', after: 'open' },
            ],
            message:
              'IPv6: Nothing changed after the knock: port 22 was filtered and still is. IPv4: Port 22 was filtered and is open now.',
          }),
        ],
        grants: [grant(1)],
      }),
    },
  };
}
