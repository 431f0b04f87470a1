/** The consent page's form as a browser would send it when the customer ticks everything and allows. */
export interface ConsentForm {
  readonly action: string;
  readonly fields: URLSearchParams;
}

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>');
};

/** Reads our own page; throws when the page is another one (signed out, an error). */
export function readForm(html: string, button: string, box?: string): ConsentForm {
  const submit = [...html.matchAll(/<button[^>]*>/g)].map(([tag]) => tag).find((tag) => attribute(tag, 'id') === button);
  const form = /<form[^>]*>/.exec(html)?.[0];
  if (!submit || !form) throw new Error(`the page has no ${button}: ${/<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? 'no heading'}`);
  const fields = new URLSearchParams();
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const offered = attribute(tag, 'type') === 'hidden' || (name !== undefined && name === box && !/\sdisabled/.test(tag));
    if (name !== undefined && offered) fields.append(name, attribute(tag, 'value') ?? '');
  }
  const name = attribute(submit, 'name');
  if (name !== undefined) fields.append(name, attribute(submit, 'value') ?? '');
  return { action: attribute(submit, 'formaction') ?? attribute(form, 'action') ?? '', fields };
}
