import { expect, test } from 'vitest';
import { ownKinds, priceOf } from './price';

test('the configuration tells prices of kinds', () => {
  const set = {
    'anime.price': '1.50',
    'campus.price': '0',
    'tasks.kinds': '["translate price=2.00 deadline_s=60", "free"]',
  };
  expect(priceOf('anime', '', set)).toBe('1.50');
  expect(priceOf('study', '', set)).toBe('0');
  expect(priceOf('custom', 'translate', set)).toBe('2.00');
  expect(priceOf('custom', 'free', set)).toBe('0');
  expect(priceOf('custom', 'none', set)).toBeUndefined();
  expect(priceOf('metered', '', set)).toBeUndefined();
  expect(ownKinds(set)).toEqual(['translate', 'free']);
  expect(ownKinds({ 'tasks.kinds': '********' })).toEqual([]);
});
