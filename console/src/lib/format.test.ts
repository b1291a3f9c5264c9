import { expect, test } from 'vitest';
import { decimal, exact, money, relative } from './format';

test('money is its text, grouped, and never a float', () => {
  for (const [text, shown] of [
    ['0', '¥0.00'],
    ['12.5', '¥12.50'],
    ['-0.05', '−¥0.05'],
    ['1234567.5', '¥1,234,567.50'],
    ['-12345678901234567890.125', '−¥12,345,678,901,234,567,890.125'],
    ['999', '¥999.00'],
    ['1000', '¥1,000.00'],
  ] as const) {
    expect(money(text)).toBe(shown);
  }
  expect(money('1.5', 'USD')).toBe('USD 1.50');
  expect(decimal('what')).toBe('what');
  expect(decimal('1e5')).toBe('1e5');
});

test('times are as far away as they are', () => {
  const now = Date.parse('2026-11-29T12:00:00Z');
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  for (const [seconds, zh, en] of [
    [-5, '现在', 'now'],
    [59, '现在', 'now'],
    [-120, '2分钟前', '2 minutes ago'],
    [-7300, '2小时前', '2 hours ago'],
    [-90_000, '昨天', 'yesterday'],
    [90_000, '明天', 'tomorrow'],
    [-400 * 86_400, '去年', 'last year'],
  ] as const) {
    expect(relative(at(seconds), now, 'zh-CN').replace(/\s/g, '')).toBe(zh);
    expect(relative(at(seconds), now, 'en')).toBe(en);
  }
  expect(exact('2026-11-29T03:04:05.000006Z', 'en')).toContain('2026');
});
