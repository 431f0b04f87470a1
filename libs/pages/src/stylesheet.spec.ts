import { stylesheet, stylesheetETag } from './stylesheet.js';

/** WCAG 2.2 relative luminance and contrast. */
const luminance = (hex: string): number => {
  const [r, g, b] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

const [light = '', dark = ''] = stylesheet.split('@media (prefers-color-scheme: dark)');
const colours = (css: string) => Object.fromEntries([...css.split('@media')[0]!.matchAll(/--([a-z-]+): #([0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex as string]));

describe.each([
  ['light', colours(light)],
  ['dark', colours(dark)],
])('%s colours', (_scheme, of) => {
  const text: readonly [string, string][] = [
    ...['ink', 'muted'].flatMap((ink) => ['page', 'surface', 'sunken'].map((ground): [string, string] => [ink, ground])),
    ['on-accent', 'accent'],
    ['on-deny', 'deny'],
    ['link', 'surface'],
    ['link', 'page'],
    ...['ok', 'warn', 'bad', 'info', 'off'].map((tone): [string, string] => [tone, `${tone}-bg`]),
    ['bad', 'surface'],
    ['ink', 'bad-bg'],
  ];
  it.each(text)('%s on %s can be read', (ink, ground) => {
    expect(contrast(of[ink]!, of[ground]!)).toBeGreaterThanOrEqual(4.5);
  });
  it.each([['control', 'surface'], ['focus', 'page'], ['focus', 'surface'], ['accent', 'surface']])('%s on %s can be seen', (line, ground) => {
    expect(contrast(of[line]!, of[ground]!)).toBeGreaterThanOrEqual(3);
  });
});

it('fetches nothing from elsewhere', () => expect(stylesheet).not.toMatch(/url\(|@import|https?:/));
it('has an entity tag', () => expect(stylesheetETag).toMatch(/^"[A-Za-z0-9_-]{22}"$/));
