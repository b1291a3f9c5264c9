/** Numbers, money and times as people read them. Money is decimal text from end to end: no float touches it. */
export type Amount = { amount: string; currency: string } | { uses: number };

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** `-1234567.5` as `-1,234,567.50`; what is no decimal stays as it is. */
export function decimal(text: string, places = 2): string {
  const parts = DECIMAL.exec(text);
  if (!parts) return text;
  const [, sign = '', whole = '0', fraction = ''] = parts;
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, ',');
  const shown = fraction.padEnd(places, '0');
  return `${sign === '-' ? '−' : sign}${grouped}${shown && `.${shown}`}`;
}

const SIGNS: Record<string, string> = { CNY: '¥' };

export function money(amount: string, currency = 'CNY'): string {
  const text = decimal(amount);
  const sign = SIGNS[currency] ?? `${currency} `;
  return /^[−+]/.test(text) ? `${text[0]}${sign}${text.slice(1)}` : `${sign}${text}`;
}

export function number(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value).replace('-', '−');
}

/** The whole time, with its zone. */
export function exact(time: string, locale: string): string {
  const form = { dateStyle: 'medium', timeStyle: 'long' } as const;
  return new Intl.DateTimeFormat(locale, form).format(new Date(time));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago, or how far ahead. What is less than a minute away is "now", so that nothing ticks. */
export function relative(time: string, now: number, locale: string): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const form = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const step = STEPS.find(([, span]) => Math.abs(seconds) >= span);
  return step ? form.format(Math.trunc(seconds / step[1]), step[0]) : form.format(0, 'second');
}

/** An id short enough for a table, `order_2de7…3f76`; what is short already stays as it is. */
export function shortId(id: string): string {
  const [kind = '', rest = ''] = id.split('_');
  return rest.length > 12 ? `${kind}_${rest.slice(0, 4)}…${rest.slice(-4)}` : id;
}
