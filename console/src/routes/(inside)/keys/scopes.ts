/** The scopes of keys: an area, and whether it may be read or also written (docs/api.md, Keys). */

export const AREAS = ['tasks', 'wallet', 'orders', 'account', 'uploads', 'webhooks', 'codes'] as const;
/** What administrators' keys alone make use of. */
export const ADMIN_AREAS = ['users', 'models', 'settings'] as const;
/** Areas that are read only. */
export const READ_ONLY: readonly string[] = ['account'];

export type Grants = Record<string, '' | 'read' | 'write'>;

/** What is sent: `tasks:write` and so on, and workers' kinds at the end. */
export function scopesOf(grants: Grants, workers: string): string[] {
  const areas = Object.entries(grants).filter(([, may]) => may !== '');
  const kinds = workers.split(/[\s,，、]+/).filter(Boolean);
  return [...areas.map(([area, may]) => `${area}:${may}`), ...kinds.map((kind) => `worker:${kind}`)];
}

/** Texts of one a line, or with commas between. */
export const linesOf = (text: string): string[] => text.split(/[\s,，、]+/).filter(Boolean);
