import { describe, expect, it } from '@jest/globals';
import { readToken } from './password-token.js';

describe('the token of a link', () => {
  it.each(['invitation', 'reset'])('is found for %s', (kind) => {
    expect(readToken(`#${kind}=a-B_9`)).toEqual({ kind, token: 'a-B_9' });
  });

  it.each(['', '#', '#reset=', '#other=abc', '#reset=a b', '#reset=a&x=1'])('is not found in %j', (hash) => {
    expect(readToken(hash)).toBeNull();
  });
});
