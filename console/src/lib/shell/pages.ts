/** The pages that stand in the navigation and in Ctrl-K; a new page is one line here. */
import BookOpen from '@lucide/svelte/icons/book-open';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Settings from '@lucide/svelte/icons/settings';
import Webhook from '@lucide/svelte/icons/webhook';
import type { Component } from 'svelte';
import type { Key } from '../words/index.svelte';

export interface PageLink {
  href: string;
  label: Key;
  icon: Component<{ size?: number }>;
  /** For administrators alone. */
  admin?: boolean;
  /** Not one of these pages: the browser loads it. */
  outside?: boolean;
}

export const PAGES: readonly PageLink[] = [
  { href: '/', label: 'nav.home', icon: House },
  { href: '/tasks', label: 'nav.tasks', icon: Layers },
  { href: '/courses', label: 'nav.courses', icon: GraduationCap },
  { href: '/keys', label: 'nav.keys', icon: KeyRound },
  { href: '/webhooks', label: 'nav.webhooks', icon: Webhook },
  { href: '/setup', label: 'nav.setup', icon: ListChecks, admin: true },
  { href: '/settings', label: 'nav.settings', icon: Settings },
  { href: '/gongfang/v1/docs', label: 'nav.reference', icon: BookOpen, outside: true },
];

export const pagesFor = (admin: boolean) => PAGES.filter((page) => admin || !page.admin);

/** Where an id leads, by its prefix; a new kind of page is one line here. */
export const IDS: Readonly<Record<string, (id: string) => string>> = {
  task: (id) => `/tasks/${id}`,
  webhook: (id) => `/webhooks/${id}`,
};

/** The page of an id such as `task_12`, where there is one. */
export function pageOf(text: string): string | undefined {
  const parts = /^([a-z]+)_([A-Za-z0-9]+)$/.exec(text.trim());
  return parts ? IDS[parts[1]!]?.(text.trim()) : undefined;
}
