import { Message, send, type Answer, type Route } from './message.js';

/** A form of one of our pages, as a browser would fill and send it. */
export class PageForm {
  constructor(
    readonly action: URL,
    readonly fields: URLSearchParams,
  ) {}
}

/** Whom the customer signs in as, and what is shared: account ids, or every account that can be chosen. */
export interface Approval {
  readonly login: string;
  readonly password: string;
  readonly accounts?: readonly string[];
  /** The account payments are made from; the one the page has chosen, or its first, unless told. */
  readonly payFrom?: string;
}

/** Pages one request may need: its data, and each payment. */
const mostPages = 8;

export interface VisitorOptions {
  readonly ca: string;
  /** To one of several processes behind one address. */
  readonly route?: Route;
  readonly language?: string;
}

/**
 * A customer's browser without a browser: keeps cookies, sends what a browser would send with them, fills forms by the
 * ids of their buttons. It follows no redirect by itself.
 */
export class Visitor {
  /** By name: every server of a test lives on one host, and cookies ignore ports. */
  readonly cookies = new Map<string, string>();
  /** Everything that came back, in order. */
  readonly answers: Answer[] = [];
  /** Where the next requests go. */
  route: Route;

  constructor(private readonly options: VisitorOptions) {
    this.route = options.route ?? new Map();
  }

  /** Opens an address, as from a link of another site. */
  open(url: URL | string, change: (message: Message) => void = () => undefined): Promise<Answer> {
    return this.visit(new Message({ method: 'GET', url, headers: [['accept', 'text/html'], ['sec-fetch-site', 'cross-site'], ['sec-fetch-mode', 'navigate']] }), change);
  }

  /** Submits a form from the page it stands on. */
  submit(form: PageForm, change: (message: Message) => void = () => undefined): Promise<Answer> {
    const headers: [string, string][] = [['accept', 'text/html'], ['content-type', 'application/x-www-form-urlencoded'], ['origin', form.action.origin], ['sec-fetch-site', 'same-origin'], ['sec-fetch-mode', 'navigate']];
    return this.visit(new Message({ method: 'POST', url: form.action, headers, body: form.fields.toString() }), change);
  }

  /**
   * Signs in (where asked to) and allows on every page that asks: data, a change, payments. Resolves with the address
   * the client is called back at. Throws when a page other than sign-in and these turns up.
   */
  async approve(url: URL | string, approval: Approval): Promise<URL> {
    const { answer: first, url: at } = await this.signIn(url, approval);
    let answer = first;
    for (let pages = 0; pages < mostPages && answer.status === 200; pages += 1) {
      answer = await this.submit(this.consentForm(answer, at, approval.accounts, approval.payFrom));
    }
    return this.callback(answer, at);
  }

  /** As far as the consent page (or whatever comes in its place). */
  async signIn(url: URL | string, approval: Pick<Approval, 'login' | 'password'>): Promise<{ readonly answer: Answer; readonly url: URL }> {
    const first = await this.open(url);
    if (!first.text.includes('id="login-submit"')) return { answer: first, url: new URL(url) };
    const form = readForm(first, new URL(url), 'login-submit');
    form.fields.set('login', approval.login);
    form.fields.set('password', approval.password);
    return this.follow(await this.submit(form), form.action);
  }

  /** Refuses on the page that is shown. */
  async cancel(answer: Answer, at: URL): Promise<URL> {
    return this.callback(await this.submit(readForm(answer, at, 'cancel')), at);
  }

  /**
   * The form of a consent or payment page, filled in: with the accounts ticked (all that are offered, unless told), or
   * with the one account to pay from.
   */
  consentForm(answer: Answer, at: URL, accounts?: readonly string[], payFrom?: string): PageForm {
    const form = readForm(answer, at, 'consent-allow');
    const radios = choices(answer, 'radio');
    const preset = radios.find((tag) => /\schecked/.test(tag)) ?? radios[0];
    const chosen = preset === undefined ? (accounts ?? offeredAccounts(answer)) : [payFrom ?? attribute(preset, 'value') ?? ''];
    for (const id of chosen) form.fields.append('account', id);
    return form;
  }

  /** Follows redirects within the server, to the next page or to the way out of it. */
  async follow(answer: Answer, from: URL): Promise<{ readonly answer: Answer; readonly url: URL }> {
    let [current, url] = [answer, from];
    for (let hops = 0; hops < 5 && current.status >= 300 && current.status < 400; hops += 1) {
      const next = new URL(current.headers.get('location') ?? '', url);
      if (next.origin !== from.origin) break;
      url = next;
      current = await this.open(url, (message) => void message.setHeader('sec-fetch-site', 'same-origin'));
    }
    return { answer: current, url };
  }

  private callback(answer: Answer, at: URL): URL {
    const location = answer.headers.get('location');
    if (answer.status !== 303 || location === null) throw new Error(`no way back to the client, but ${answer.status}: ${headingOf(answer)}`);
    return new URL(location, at);
  }

  private async visit(message: Message, change: (message: Message) => void): Promise<Answer> {
    if (this.options.language !== undefined) message.setHeader('accept-language', this.options.language);
    if (this.cookies.size > 0) message.setHeader('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    change(message);
    const answer = await send(message, { ca: this.options.ca, route: this.route });
    this.answers.push(answer);
    for (const line of answer.cookies) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** What the page says first. */
export const headingOf = ({ text }: Pick<Answer, 'text'>): string => (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? text.slice(0, 300)).replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim();

/** Ids of the accounts a consent page lets choose. */
export const offeredAccounts = (page: Pick<Answer, 'text'>): string[] => choices(page, 'checkbox').map((tag) => attribute(tag, 'value') ?? '');

/** The accounts of a page that can be chosen, as their inputs stand there. */
const choices = ({ text }: Pick<Answer, 'text'>, type: 'checkbox' | 'radio'): string[] =>
  inputs(text).filter((tag) => attribute(tag, 'name') === 'account' && attribute(tag, 'type') === type && !/\sdisabled/.test(tag)); // prettier-ignore

/** The form a button belongs to, with its hidden fields and the button's own name. Throws when the page has no such button. */
export function readForm(answer: Pick<Answer, 'text'>, at: URL, button: string): PageForm {
  const forms = [...answer.text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([whole]) => whole);
  const text = forms.find((form) => form.includes(` id="${button}"`)) ?? answer.text;
  const submit = [...text.matchAll(/<button[^>]*>/g)].map(([tag]) => tag).find((tag) => attribute(tag, 'id') === button);
  const form = /<form[^>]*>/.exec(text)?.[0];
  if (submit === undefined || form === undefined) throw new Error(`the page has no ${button}: ${headingOf(answer)}`);
  const fields = new URLSearchParams();
  for (const tag of inputs(text)) if (attribute(tag, 'type') === 'hidden') fields.append(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
  const name = attribute(submit, 'name');
  if (name !== undefined) fields.append(name, attribute(submit, 'value') ?? '');
  return new PageForm(new URL(attribute(submit, 'formaction') ?? attribute(form, 'action') ?? '', at), fields);
}

const inputs = (html: string): string[] => [...html.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
