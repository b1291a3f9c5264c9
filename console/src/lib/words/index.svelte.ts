/** What pages say. `t('home.running', { n: 3 })`; English texts may have two forms, divided by `|`: one, many. */
import { prefs, type Language } from '../prefs.svelte';
import { en } from './en';
import { zh } from './zh';

export type Key = keyof typeof zh;
export type Values = Record<string, string | number>;

const all: Record<Language, Record<Key, string>> = { zh, en };

export function say(language: Language, key: Key, values: Values = {}): string {
  const text = all[language][key] ?? key;
  const forms = text.split('|');
  const many = forms.length > 1 && Number(values.n) !== 1;
  return (many ? forms[1]! : forms[0]!).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const t = (key: Key, values?: Values): string => say(prefs.language, key, values);

/** A word of the API as people read it; one that is not known yet stays as it is. */
export function word(group: string, value: string): string {
  const key = `${group}.${value}`;
  return key in zh ? t(key as Key) : value;
}
