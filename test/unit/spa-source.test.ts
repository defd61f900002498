import { describe, expect, it } from 'vitest';
import { sourceToName } from '../../shared/spa/source';

const from = (address: string, onLink = false) => ({ address, name: 'eth0', onLink });
const ANY = '0.0.0.0';

describe('the address that an SPA packet names by itself', () => {
  it.each([
    ['behind NAT', from('192.168.1.5'), '203.0.113.7', [ANY, ANY, ANY]],
    [
      'an address of its own in the world',
      from('198.51.100.5'),
      '203.0.113.7',
      ['198.51.100.5', ANY, '198.51.100.5'],
    ],
    ['a neighbour', from('10.9.0.2', true), '10.9.0.1', ['10.9.0.2', ANY, '10.9.0.2']],
    ['elsewhere in a private network', from('10.9.0.2'), '10.200.0.1', [ANY, '10.9.0.2', ANY]],
    ['a virtual machine behind its host', from('172.17.0.2'), '192.168.1.9', [ANY, '172.17.0.2', ANY]],
    ['IPv6', from('2001:db8::5'), '2001:db8:1::7', ['2001:db8::5', ANY, '2001:db8::5']],
    ['IPv6 of a private network', from('fd09::2'), '2001:db8:1::7', [ANY, ANY, ANY]],
    ['itself', from('127.0.0.1', true), '127.0.0.1', [ANY, ANY, ANY]],
    ['a link-local address', from('fe80::1%eth0', true), 'fe80::2%eth0', [ANY, ANY, ANY]],
    ['an unknown way', null, '203.0.113.7', [ANY, ANY, ANY]],
  ])('%s', (_name, end, server, wanted) => {
    expect([1, 2, 3].map((attempt) => sourceToName(end, server, attempt))).toEqual(wanted);
  });
});
