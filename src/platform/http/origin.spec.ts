import { householdOf, networkOf } from './origin.js';

describe('where a request comes from', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
    ['::ffff:203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48', '2001:db8:1:2'],
    ['2001:0DB8:0001::7', '2001:db8:1::/48', '2001:db8:1:0'],
    ['::1', '0:0:0::/48', '0:0:0:0'],
    ['fe80::', 'fe80:0:0::/48', 'fe80:0:0:0'],
  ])('%s is shown as %s and counts as %s', (address, network, household) => {
    expect([networkOf(address), householdOf(address)]).toEqual([network, household]);
  });
});
