/** What the configuration says of a kind's price, which administrators can read. */

/** As decimal text; nothing where the configuration does not say. */
export function priceOf(kind: string, name: string, configuration: Record<string, string>): string | undefined {
  if (kind === 'anime') return configuration['anime.price'];
  if (kind === 'study') return configuration['campus.price'];
  if (kind !== 'custom' || !name) return undefined;
  for (const line of linesOf(configuration['tasks.kinds'])) {
    const [first, ...options] = line.trim().split(/\s+/);
    if (first === name) return options.find((one) => one.startsWith('price='))?.slice('price='.length) ?? '0';
  }
  return undefined;
}

/** The names of the operator's own kinds. */
export const ownKinds = (configuration: Record<string, string>): string[] =>
  linesOf(configuration['tasks.kinds']).map((line) => line.trim().split(/\s+/)[0] ?? '');

function linesOf(text: string | undefined): string[] {
  try {
    const lines: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(lines) ? lines.filter((line): line is string => typeof line === 'string') : [];
  } catch {
    return [];
  }
}
