import { locales, SafeUrl } from '@assent/pages';
import { renderHoldingPage } from './holding-page.js';

describe.each(['dashboard', 'staff'] as const)('the page of the %s', (site) => {
  it.each(locales)('says in %s what is not here yet, and links to what works', (locale) => {
    const html = renderHoldingPage({ site, frame: { locale, brand: '<b>Harbour' }, demo: SafeUrl.of('https://localhost:9447') });
    expect(html).toContain('href="https://localhost:9447"');
    expect(html).toContain(`lang="${locale}"`);
    expect(html).not.toContain('<b>');
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });

  it('links to nothing where no demo runs', () => {
    expect(renderHoldingPage({ site, frame: { locale: 'en', brand: 'Harbour' }, demo: undefined })).not.toContain('id="demo"');
  });
});
