/** What the configuration says of a launch, in sentences. */
import { t } from '$lib/words/index.svelte';

type Configuration = Record<string, string>;

interface State {
  well: boolean;
  text: string;
}

/** A value of the configuration, whether it is written with quotation marks or not. */
const value = (set: Configuration, name: string) => (set[name] ?? '').replace(/^"(.*)"$/, '$1');

/** Whether the public address is one that gateways and letters can use. */
export function address(set: Configuration, here: string): State & { url: string } {
  const url = value(set, 'public_url') || here;
  const parsed = URL.parse(url);
  if (!parsed || /^(localhost|127\.|\[::1\])/.test(parsed.hostname))
    return { url, well: false, text: t('check.address_local') };
  if (parsed.protocol !== 'https:') return { url, well: false, text: t('check.address_plain') };
  const same = parsed.origin === here;
  return { url, well: true, text: same ? t('check.address_same') : t('check.address_other', { here }) };
}

/** Whether letters or text messages really go out. */
export function carrier(set: Configuration, channel: 'mail' | 'sms'): State {
  const how = value(set, `${channel}.sender`);
  if (how === 'outbox') return { well: false, text: t('check.outbox') };
  if (how === '' || how === 'none') return { well: false, text: t(`check.${channel}_unset`) };
  return { well: true, text: t('check.mail_set', { how }) };
}
