import { expect, test } from 'vitest';
import { configOf, draftOf } from './config';

const KNOWN = {
  gateway: 'https://pay.example.com',
  url: 'https://pay.example.com',
  pid: '7',
  key: 'xxx…abcd',
  note: 1,
};

test('what was not typed stays: secrets, and fields that the form does not have', () => {
  const draft = draftOf(KNOWN);
  expect(draft.key).toBe('');
  expect(configOf(KNOWN, draft)).toEqual({ gateway: 'https://pay.example.com', pid: '7', key: 'xxx…abcd', note: 1 });
  expect(configOf(KNOWN, { ...draft, key: ' new ' })).toMatchObject({ key: 'new' });
});

test('two ways to sign', () => {
  const draft = {
    ...draftOf({}),
    gateway: 'https://a',
    pid: '1',
    signing: 'rsa' as const,
    private_key: 'p',
    platform_key: 'q',
  };
  const config = configOf({}, draft);
  expect(config).toEqual({ gateway: 'https://a', pid: '1', sign_type: 'RSA', private_key: 'p', platform_key: 'q' });
  expect(draftOf(config).signing).toBe('rsa');
  expect(configOf(config, { ...draft, signing: 'md5', key: 'k' })).not.toHaveProperty('sign_type');
});
