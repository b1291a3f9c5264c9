/** Who is signed in. */
import { QueryClient, QueryCache } from '@tanstack/svelte-query';
import { api, Problem, type Schemas } from './api';
import { requests } from './api/requests.svelte';
import { silence } from './live';

export type Me = Schemas['Me'];

/** What is known of the server. Old answers are shown while new ones are asked for, so nothing flickers. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof Problem && error.status === 401) session.lost();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
});

class Session {
  /** `undefined` until it is known, `null` where nobody is. */
  me = $state.raw<Me | null | undefined>(undefined);

  get admin() {
    return this.me?.role === 'admin' || this.me?.role === 'super_admin';
  }

  /** Asks who is signed in; a fault that is no refusal is the caller's to show. */
  async read(): Promise<Me | null> {
    try {
      this.me = await api.get('/me');
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      this.me = null;
    }
    return this.me;
  }

  async signOut() {
    await api.delete('/sessions/current');
    this.lost();
  }

  /** Nothing of one account is shown to the next. */
  lost() {
    this.me = null;
    silence();
    queries.clear();
    requests.forget();
  }
}

export const session = new Session();

/** Where to go after signing in: a path of these pages and nothing else. */
export function wayBack(params: Pick<URLSearchParams, 'get'>, usual = '/'): string {
  const to = params.get('to') ?? usual;
  return /^\/(?![/\\])/.test(to) && !to.startsWith('/login') ? to : usual;
}
