import { describe, expect, it } from '@jest/globals';
import { isCallable, mayCall } from './address.rule.js';

describe('addresses that may be called', () => {
  it.each(['157.240.1.1', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '2a03:2880::1'])(
    'takes %s over https',
    (address) => {
      expect(mayCall(address, 'https:', false)).toBe(true);
      expect(mayCall(address, 'http:', true)).toBe(false);
    },
  );

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::1',
    'nowhere',
    '',
  ])('refuses %s, whatever is allowed', (address) => {
    for (const toLoopback of [false, true]) {
      expect(mayCall(address, 'https:', toLoopback)).toBe(false);
      expect(mayCall(address, 'http:', toLoopback)).toBe(false);
    }
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('takes %s only where that is allowed', (address) => {
    for (const protocol of ['http:', 'https:']) {
      expect(mayCall(address, protocol, false)).toBe(false);
      expect(mayCall(address, protocol, true)).toBe(true);
    }
  });

  it.each([
    ['https://graph.facebook.com', true, true],
    ['http://graph.facebook.com', false, false],
    ['http://localhost:3000', false, true],
    ['http://127.0.0.1:3000/graph', false, true],
    ['https://127.0.0.1', false, true],
    ['https://2130706433', false, true],
    ['https://0x7f.1', false, true],
    ['https://[::1]:8443', false, true],
    ['https://[::ffff:7f00:1]', false, false],
    ['https://10.1.2.3', false, false],
    ['https://169.254.169.254/latest', false, false],
    ['https://user:secret@graph.facebook.com', false, false],
    ['ftp://graph.facebook.com', false, false],
    ['file:///etc/passwd', false, false],
    ['graph.facebook.com', false, false],
  ])('judges the URL %s: %s, and where this machine is allowed: %s', (url, usually, toLoopback) => {
    expect(isCallable(url, false)).toBe(usually);
    expect(isCallable(url, true)).toBe(toLoopback);
  });
});
