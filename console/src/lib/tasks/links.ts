/** Links to files of results. */

/**
 * The same file from this page's own origin, where signed files are served beside the console: a page may show nothing of another. Any
 * other link stays as it is.
 */
export function ownLink(url: string, origin: string): string {
  const at = /^https?:\/\/[^/]+(?:\/[^?#]*?)?(\/media\/[^?#]+)/.exec(url);
  return at ? origin + at[1] : url;
}

/** The name of a file, as its link ends in it. */
export function nameOf(url: string): string {
  const last = url.split(/[?#]/)[0]!.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || url;
  } catch {
    return last;
  }
}

export type Sort = 'picture' | 'video' | 'audio' | 'subtitles' | 'file';

const SORTS: readonly [RegExp, Sort][] = [
  [/\.(png|jpe?g|gif|webp|avif|svg)$/i, 'picture'],
  [/\.(mp4|webm|mov|m4v)$/i, 'video'],
  [/\.(mp3|wav|ogg|m4a|flac)$/i, 'audio'],
  [/\.(vtt|srt)$/i, 'subtitles'],
];

/** What a file is to a page, by its name. */
export const sortOf = (url: string): Sort => SORTS.find(([ends]) => ends.test(nameOf(url)))?.[1] ?? 'file';
