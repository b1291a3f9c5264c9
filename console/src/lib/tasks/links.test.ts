import { expect, test } from 'vitest';
import { nameOf, ownLink, sortOf } from './links';

test('signed files are shown from the page’s own origin', () => {
  const here = 'http://127.0.0.1:8080';
  expect(ownLink('http://localhost:8000/media/1.a/films/x/film.mp4', here)).toBe(`${here}/media/1.a/films/x/film.mp4`);
  expect(ownLink('https://x.example/base/media/1.a/f/media/y.png', here)).toBe(`${here}/media/1.a/f/media/y.png`);
  expect(ownLink('https://bucket.example/y.png?sig=1', here)).toBe('https://bucket.example/y.png?sig=1');
  expect(ownLink('javascript:alert(1)//media/x', here)).toBe('javascript:alert(1)//media/x');
});

test('a file is what its name ends in', () => {
  expect(nameOf('https://x/media/1.a/%E7%8C%AB.png')).toBe('猫.png');
  expect(nameOf('https://x/media/1.a/%E7%8C')).toBe('%E7%8C');
  for (const [name, sort] of [
    ['a.PNG', 'picture'],
    ['a.mp4', 'video'],
    ['a.mp3', 'audio'],
    ['a.vtt', 'subtitles'],
    ['a.zip', 'file'],
    ['png', 'file'],
  ] as const) {
    expect(sortOf(`https://x/${name}`)).toBe(sort);
  }
});
