/** What went wrong, as people read it. */
import { t } from '../words/index.svelte';
import { Problem } from './sdk';

export interface Trouble {
  title: string;
  detail: string | undefined;
  /** By the field's name: the last part of its pointer. */
  fields: Record<string, string>;
  requestId: string | undefined;
  code: string;
}

export function trouble(error: unknown): Trouble {
  if (!(error instanceof Problem)) {
    const code = error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'offline';
    return { title: t(`error.${code}`), detail: t(`error.${code}_do`), fields: {}, requestId: undefined, code };
  }
  const fields = Object.fromEntries(error.errors.map((one) => [one.pointer.split('/').at(-1) ?? '', one.detail]));
  const wait = error.retryAfter ? t('error.wait', { n: Math.ceil(error.retryAfter) }) : undefined;
  return {
    title: error.title || t('error.refused'),
    detail: [error.detail, wait].filter(Boolean).join(' ') || undefined,
    fields,
    requestId: error.requestId,
    code: error.code,
  };
}

export const isProblem = (error: unknown, ...codes: (string | number)[]): error is Problem =>
  error instanceof Problem && (codes.includes(error.code) || codes.includes(error.status));
