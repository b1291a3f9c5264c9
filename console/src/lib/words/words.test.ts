import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './en';
import { say, type Key } from './index.svelte';
import { zh } from './zh';

const names = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const keys = Object.keys(zh) as Key[];

test('both languages say everything, about the same things', () => {
  expect(Object.keys(en)).toEqual(keys);
  for (const key of keys) {
    expect(zh[key].trim(), key).not.toBe('');
    expect(en[key].trim(), key).not.toBe('');
    for (const form of en[key].split('|')) expect(names(form), key).toEqual(names(zh[key]));
  }
});

test('Chinese is Chinese, with its own punctuation', () => {
  const LATIN = ['language.switch'];
  for (const key of keys.filter((key) => !LATIN.includes(key))) {
    expect(zh[key], key).toMatch(/[\u4e00-\u9fff]|\{\w+\}/);
    expect(zh[key], key).not.toMatch(/[\u4e00-\u9fff][,;:?!()]|\.\.\./);
  }
  for (const key of keys.filter((key) => !LATIN.includes(key))) expect(en[key], key).not.toMatch(/[\u4e00-\u9fff]/);
});

test('every word is used', () => {
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
    );
  const sources = files('src')
    .filter((file) => /\.(svelte|ts)$/.test(file) && !file.includes('/words/') && !file.includes('/generated/'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  // Groups whose last part comes from the API or from a choice.
  const groups = [...sources.matchAll(/word\('(\w+)'|t\(`(\w+)\./g)].map((found) => found[1] ?? found[2]);
  const unused = keys.filter((key) => !sources.includes(`'${key}'`) && !groups.includes(key.split('.')[0]!));
  expect(unused).toEqual([]);
});

test('English counts', () => {
  expect(say('en', 'money.uses', { n: 1 })).toBe('1 use');
  expect(say('en', 'money.uses', { n: 0 })).toBe('0 uses');
  expect(say('zh', 'money.uses', { n: 3 })).toBe('3 次');
});
