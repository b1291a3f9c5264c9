/** The pages that stand in the navigation and in Ctrl-K; a new page is one line here. */
import Banknote from '@lucide/svelte/icons/banknote';
import BookOpen from '@lucide/svelte/icons/book-open';
import Boxes from '@lucide/svelte/icons/boxes';
import ClipboardCheck from '@lucide/svelte/icons/clipboard-check';
import CreditCard from '@lucide/svelte/icons/credit-card';
import Gauge from '@lucide/svelte/icons/gauge';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Receipt from '@lucide/svelte/icons/receipt';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Stamp from '@lucide/svelte/icons/stamp';
import Ticket from '@lucide/svelte/icons/ticket';
import Users from '@lucide/svelte/icons/users';
import Wallet from '@lucide/svelte/icons/wallet';
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
  /** What administrators find it under; what has none is everybody's own. */
  group?: Group;
  /** It stands in the bar at the bottom of a phone, which has room for four. */
  bar?: boolean;
}

export type Group = 'nav.running' | 'nav.money' | 'nav.people';

export const PAGES: readonly PageLink[] = [
  { href: '/admin', label: 'nav.overview', icon: Gauge, admin: true, group: 'nav.running', bar: true },
  { href: '/admin/queues', label: 'nav.queues', icon: Layers, admin: true, group: 'nav.running' },
  { href: '/admin/system', label: 'nav.system', icon: HeartPulse, admin: true, group: 'nav.running' },
  { href: '/admin/settings', label: 'nav.server', icon: SlidersHorizontal, admin: true, group: 'nav.running' },
  { href: '/setup', label: 'nav.setup', icon: ListChecks, admin: true, group: 'nav.running' },
  { href: '/admin/orders', label: 'nav.all_orders', icon: Receipt, admin: true, group: 'nav.money', bar: true },
  { href: '/admin/methods', label: 'nav.methods', icon: CreditCard, admin: true, group: 'nav.money' },
  { href: '/admin/codes', label: 'nav.codes', icon: Ticket, admin: true, group: 'nav.money' },
  { href: '/admin/ledger', label: 'nav.ledger', icon: ScrollText, admin: true, group: 'nav.money' },
  { href: '/admin/users', label: 'nav.users', icon: Users, admin: true, group: 'nav.people', bar: true },
  { href: '/admin/approvals', label: 'nav.approvals', icon: Stamp, admin: true, group: 'nav.people', bar: true },
  { href: '/admin/models', label: 'nav.models', icon: Boxes, admin: true, group: 'nav.people' },
  { href: '/admin/messages', label: 'nav.messages', icon: MessageSquare, admin: true, group: 'nav.people' },
  { href: '/admin/audit', label: 'nav.audit', icon: ClipboardCheck, admin: true, group: 'nav.people' },
  { href: '/', label: 'nav.home', icon: House },
  { href: '/tasks', label: 'nav.tasks', icon: Layers },
  { href: '/wallet', label: 'nav.wallet', icon: Wallet },
  { href: '/orders', label: 'nav.orders', icon: Banknote },
  { href: '/courses', label: 'nav.courses', icon: GraduationCap },
  { href: '/keys', label: 'nav.keys', icon: KeyRound },
  { href: '/webhooks', label: 'nav.webhooks', icon: Webhook },
  { href: '/settings', label: 'nav.settings', icon: Settings },
  { href: '/gongfang/v1/docs', label: 'nav.reference', icon: BookOpen, outside: true },
];

export const pagesFor = (admin: boolean) => PAGES.filter((page) => admin || !page.admin);

const BAR = 4;

/** What stands in the bar of a phone: what is named for it, then the first of the rest. */
export function barFor(admin: boolean): readonly PageLink[] {
  const pages = pagesFor(admin).filter((page) => !page.outside);
  return [...pages.filter((page) => page.bar), ...pages.filter((page) => !page.bar)].slice(0, BAR);
}

/** The navigation as it is read: groups with their headings, and what is one's own at the end. */
export function groupsFor(admin: boolean): { label: Key | undefined; pages: PageLink[] }[] {
  const pages = pagesFor(admin);
  const groups = [...new Set(pages.map((page) => page.group))].map((group) => ({
    label: group ?? (admin ? ('nav.own' as const) : undefined),
    pages: pages.filter((page) => page.group === group),
  }));
  return groups;
}

/** Where an id leads, by its prefix; a new kind of page is one line here. */
export const IDS: Readonly<Record<string, (id: string, admin: boolean) => string | undefined>> = {
  task: (id) => `/tasks/${id}`,
  webhook: (id) => `/webhooks/${id}`,
  acct: (id, admin) => (admin ? `/admin/users/${id}` : undefined),
  order: (id, admin) => (admin ? `/admin/orders/${id}` : `/orders/${id}`),
  batch: (id, admin) => (admin ? `/admin/codes/${id}` : undefined),
  model: (id, admin) => (admin ? `/admin/models/${id}` : undefined),
};

/** The page of an id such as `task_12`, where there is one. */
export function pageOf(text: string, admin: boolean): string | undefined {
  const parts = /^([a-z]+)_([A-Za-z0-9]+)$/.exec(text.trim());
  return parts ? IDS[parts[1]!]?.(text.trim(), admin) : undefined;
}
