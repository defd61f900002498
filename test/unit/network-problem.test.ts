import { describe, expect, it } from 'vitest';
import { networkProblem } from '../../electron/main/adapters/network-problem';

const hint = (address: string) =>
  networkProblem(Object.assign(new Error('no'), { code: 'EINVAL' }), 'A TCP step', address).problem.hint;

describe('what the network says no with', () => {
  it('asks for the interface where a link-local address came without one', () => {
    expect(hint('fe80::1')).toContain('fe80::1%eth0');
    expect(hint('FEBF::1')).toContain('FEBF::1%eth0');
  });

  it.each(['fe80::1%eth0', 'fec0::1', '2001:db8::7', '192.0.2.7'])('does not for %s', (address) => {
    expect(hint(address)).toContain('the VPN');
  });
});
