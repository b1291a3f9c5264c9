/** What a reader likes, kept in this browser alone. */
export type Language = 'zh' | 'en';
export type Theme = 'system' | 'light' | 'dark';

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`gongfang.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string) {
  try {
    localStorage.setItem(`gongfang.${name}`, value);
  } catch {
    // It is good until the page is closed.
  }
}

function usualLanguage(): Language {
  const known = kept('language');
  if (known === 'zh' || known === 'en') return known;
  return typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

function usualTheme(): Theme {
  const known = kept('theme');
  return known === 'light' || known === 'dark' ? known : 'system';
}

class Prefs {
  #language = $state<Language>(usualLanguage());
  #theme = $state<Theme>(usualTheme());

  get language() {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
    keep('language', language);
  }

  get theme() {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    keep('theme', theme);
  }

  /** The language as the platform names it. */
  get locale() {
    return this.#language === 'zh' ? 'zh-CN' : 'en';
  }

  /** Writes both where CSS and screen readers look. */
  apply() {
    const root = document.documentElement;
    root.lang = this.locale;
    if (this.#theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.#theme;
  }
}

export const prefs = new Prefs();
