import type { LoginStep } from './target.js';
import type { Incoming, Outgoing, Wire } from './wire.js';

/** A form as it stands on a page. */
export interface PageForm {
  readonly action: string;
  readonly fields: URLSearchParams;
}

/** Pages a sign-in may have. */
const mostPages = 10;

/** A browser that keeps cookies and fills forms by recipe. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly wire: Wire,
    private readonly login: readonly LoginStep[],
  ) {}

  /** An address, as a link of another site opens it. */
  open(url: string, step?: string): Promise<Incoming> {
    return this.visit({ method: 'GET', url, headers: [['accept', 'text/html'], ['sec-fetch-site', 'cross-site'], ['sec-fetch-mode', 'navigate']] }, step);
  }

  submit({ action, fields }: PageForm, step?: string, from: { readonly origin: string; readonly site: string } = { origin: new URL(action).origin, site: 'same-origin' }): Promise<Incoming> {
    const headers: [string, string][] = [['accept', 'text/html'], ['content-type', 'application/x-www-form-urlencoded'], ['origin', from.origin], ['sec-fetch-site', from.site], ['sec-fetch-mode', 'navigate']];
    return this.visit({ method: 'POST', url: action, headers, body: fields.toString() }, step);
  }

  /** Goes through sign-in and consent by the recipe, to the address the client is called back at. Throws when it cannot. */
  async approve(url: string, redirectUri: string): Promise<URL> {
    return (await this.answered(url, redirectUri)).callback;
  }

  /** The same, with the answer that sends the browser back. */
  async answered(url: string, redirectUri: string): Promise<{ readonly callback: URL; readonly answer: Incoming }> {
    let [answer, at] = [await this.open(url), url];
    for (let pages = 0; pages < mostPages; pages += 1) {
      const next = location(answer, at);
      if (next?.startsWith(redirectUri)) return { callback: new URL(next), answer };
      const posted = postedTo(answer, redirectUri);
      if (posted) return { callback: posted, answer };
      if (next !== undefined) [answer, at] = [await this.open(next), next];
      else {
        const form = this.filled(answer, at);
        if (!form) throw new Error(`the recipe knows no page with ${answer.status}: ${headingOf(answer)}`);
        [answer, at] = [await this.submit(form), form.action];
      }
    }
    throw new Error('the recipe goes round in circles');
  }

  /** Goes as far as the page of the recipe’s last step, and says what would be submitted there; `back`: sent back to the client without it. */
  async upToLast(url: string, redirectUri: string): Promise<PageForm | 'back' | undefined> {
    const last = this.login.at(-1);
    let [answer, at] = [await this.open(url), url];
    for (let pages = 0; pages < mostPages; pages += 1) {
      const next = location(answer, at);
      const form = next === undefined ? this.filled(answer, at) : undefined;
      if (last && answer.text.includes(` id="${last.button}"`)) return form;
      if (next?.startsWith(redirectUri)) return 'back';
      if (next !== undefined) [answer, at] = [await this.open(next), next];
      else if (form) [answer, at] = [await this.submit(form), form.action];
      else return undefined;
    }
    return undefined;
  }

  /** The page behind a sign-in: goes through redirects and the recipe’s pages until none of them fits. */
  async pass(url: string): Promise<{ readonly answer: Incoming; readonly at: string }> {
    let [answer, at] = [await this.open(url), url];
    for (let pages = 0; pages < mostPages; pages += 1) {
      const next = location(answer, at);
      const form = next === undefined ? this.filled(answer, at) : undefined;
      if (next !== undefined) [answer, at] = [await this.open(next), next];
      else if (form) [answer, at] = [await this.submit(form), form.action];
      else return { answer, at };
    }
    throw new Error('the recipe goes round in circles');
  }

  /** The form of the first step this page fits, filled in. */
  filled(answer: Incoming, at: string): PageForm | undefined {
    const step = this.login.find(({ button }) => answer.text.includes(` id="${button}"`));
    return step && fill(answer, at, step);
  }

  private async visit(message: Outgoing, step?: string): Promise<Incoming> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.wire.send({ ...message, headers: [...(message.headers ?? []), ...(cookie === '' ? [] : [['cookie', cookie] as const])] }, step);
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

export const headingOf = ({ text }: Pick<Incoming, 'text'>): string => (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? text.slice(0, 120)).replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim();

export const location = ({ status, headers }: Incoming, at: string): string | undefined => {
  const to = headers['location'];
  return status >= 300 && status < 400 && typeof to === 'string' ? new URL(to, at).href : undefined;
};

/** A response by form_post, as the address a query would have made of it. */
function postedTo({ text }: Incoming, redirectUri: string): URL | undefined {
  const form = [...text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([whole]) => whole).find((whole) => (attribute(whole, 'action') ?? '').startsWith(redirectUri));
  if (form === undefined) return undefined;
  const url = new URL(redirectUri);
  for (const tag of tags(form, 'input')) url.searchParams.append(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
  return url;
}

/** The form with this button, as it stands. */
export const formOf = (answer: Incoming, at: string, step: LoginStep): PageForm | undefined => (answer.text.includes(` id="${step.button}"`) ? fill(answer, at, step) : undefined);

function fill({ text }: Incoming, at: string, { button, fields = {}, choose }: LoginStep): PageForm {
  const form = [...text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([whole]) => whole).find((whole) => whole.includes(` id="${button}"`)) ?? text;
  const submit = tags(form, 'button').find((tag) => attribute(tag, 'id') === button) ?? '';
  const inputs = tags(form, 'input');
  const filled = new URLSearchParams();
  for (const tag of inputs) if (attribute(tag, 'type') === 'hidden') filled.append(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
  const name = attribute(submit, 'name');
  if (name !== undefined) filled.append(name, attribute(submit, 'value') ?? '');
  for (const [field, value] of Object.entries(fields)) filled.set(field, value);
  const choices = inputs.filter((tag) => choose !== undefined && attribute(tag, 'name') === choose && !/\sdisabled/.test(tag));
  const radio = choices.filter((tag) => attribute(tag, 'type') === 'radio').slice(0, 1);
  for (const tag of radio.length > 0 ? radio : choices) filled.append(choose ?? '', attribute(tag, 'value') ?? '');
  const opening = /<form[^>]*>/.exec(form)?.[0] ?? '';
  return { action: new URL(attribute(submit, 'formaction') ?? attribute(opening, 'action') ?? '', at).href, fields: filled };
}

const tags = (html: string, name: string): string[] => [...html.matchAll(new RegExp(`<${name}[^>]*>`, 'g'))].map(([tag]) => tag);

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
