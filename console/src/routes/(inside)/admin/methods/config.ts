/** The configuration of a way to pay, as far as its form has it. Other fields are kept as they are. */
type Config = Record<string, unknown>;
export type Signing = 'md5' | 'rsa';

const text = (config: Config, name: string) => (typeof config[name] === 'string' ? config[name] : '');

export const gateway = (config: Config) => text(config, 'gateway') || text(config, 'url');
export const merchant = (config: Config) => text(config, 'pid');
export const signing = (config: Config): Signing =>
  /rsa/i.test(text(config, 'sign_type')) || text(config, 'version') === 'v2' ? 'rsa' : 'md5';

export interface Draft {
  gateway: string;
  pid: string;
  signing: Signing;
  /** Empty where the one that is kept stays. */
  key: string;
  private_key: string;
  platform_key: string;
}

export const draftOf = (config: Config): Draft => ({
  gateway: gateway(config),
  pid: merchant(config),
  signing: signing(config),
  key: '',
  private_key: '',
  platform_key: text(config, 'platform_key'),
});

/** What is sent: the known configuration with what was changed. A secret that was not typed goes back as it came, a mask for itself. */
export function configOf(known: Config, draft: Draft): Config {
  const config: Config = { ...known, gateway: draft.gateway.trim(), pid: draft.pid.trim() };
  delete config.url;
  const set = (name: 'key' | 'private_key' | 'platform_key') => {
    if (draft[name].trim()) config[name] = draft[name].trim();
  };
  if (draft.signing === 'rsa') {
    config.sign_type = 'RSA';
    set('private_key');
    set('platform_key');
  } else {
    delete config.sign_type;
    delete config.version;
    set('key');
  }
  return config;
}
