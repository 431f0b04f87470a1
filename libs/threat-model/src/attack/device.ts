import type { Browser, PageForm } from './browser.js';
import type { TargetDevice } from './target.js';
import type { Incoming } from './wire.js';

/** A page, and the address it stands at. */
export interface ShownPage {
  readonly answer: Incoming;
  readonly at: string;
}

/** The device on which a customer decides on requests of the back channel. */
export class Device {
  constructor(
    private readonly browser: Browser,
    private readonly target: TargetDevice,
  ) {}

  /** The page that asks for the sign-in, which nobody passes without one. */
  async front(step?: string): Promise<ShownPage> {
    return { answer: await this.browser.open(this.target.url, step), at: this.target.url };
  }

  /** Pages of the requests that wait. */
  async waiting(): Promise<readonly ShownPage[]> {
    const list = await this.browser.pass(this.target.url);
    const links = [...list.answer.text.matchAll(/<a[^>]*\shref="([^"]*)"/g)].map(([, href = '']) => new URL(href.replaceAll('&amp;', '&'), list.at).href).filter((href) => href.includes(this.target.link));
    const pages: ShownPage[] = [];
    for (const at of new Set(links)) pages.push({ answer: await this.browser.open(at), at });
    return pages;
  }

  /** The page of the request that shows this message. Throws when none does. */
  async showing(message: string): Promise<ShownPage> {
    const found = (await this.waiting()).find(({ answer }) => answer.text.includes(message));
    if (!found) throw new Error('the customer’s device shows no such request');
    return found;
  }

  /** The customer’s yes to the request that shows this message. */
  async approve(message: string, step?: string): Promise<Incoming> {
    return this.yes(await this.showing(message), step);
  }

  yes({ answer, at }: ShownPage, step?: string): Promise<Incoming> {
    return this.browser.submit(this.form(answer, at), step);
  }

  /** Answers whatever waits, so that nothing of an attack is left. */
  async clear(): Promise<number> {
    const pages = await this.waiting();
    for (const page of pages) if (this.browser.filled(page.answer, page.at)) await this.yes(page);
    return pages.length;
  }

  private form(answer: Incoming, at: string): PageForm {
    const form = this.browser.filled(answer, at);
    if (!form) throw new Error(`the recipe does not fit the page of a request (${answer.status})`);
    return form;
  }
}
