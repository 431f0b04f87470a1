import { controlOf, type ControlId } from '@assent/threat-model';
import type { Policy } from '@assent/profiles';
import pg from 'pg';
import { patches, statementPatches } from './patches.js';

/** Values of the profile in place of the good ones, while a control is off. */
const policies: { readonly [K in ControlId]?: Partial<Policy> } = {
  'pushed-requests': { par: 'allowed' },
  'token-short': { accessTokenLifetime: 7200 },
};

/** Whether there is any way to take the control out here. */
export const isSwitchable = (control: ControlId): boolean =>
  controlOf(control).outside === undefined && (control in policies || control in statementPatches || patches.some((patch) => patch.control === control) || Object.keys(controlOf(control).rules ?? {}).length > 0);

/** The switches of this process: which controls are off at the moment. */
export class Switches {
  private off: readonly ControlId[] = [];
  private rules: ReadonlySet<string> = new Set();

  /** Makes them known to the loaded servers, and to the database driver. */
  install(): void {
    (globalThis as { assentSwitches?: Switches }).assentSwitches = this;
    const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
    const { query } = prototype;
    const rewrite = (asked: unknown) => this.statement(asked);
    prototype.query = function (this: unknown, ...[asked, ...more]: unknown[]) {
      return query.call(this, rewrite(asked), ...more);
    };
  }

  isOff(control: ControlId): boolean {
    return this.off.includes(control);
  }

  lets(thrown: unknown): boolean {
    return this.rules.has((thrown as { rule?: string } | undefined)?.rule ?? '');
  }

  /** Runs `body` without these controls. */
  async without<T>(controls: readonly ControlId[], policy: Policy, body: () => Promise<T>): Promise<T> {
    const good = { ...policy };
    this.off = controls;
    this.rules = new Set(controls.flatMap((control) => Object.keys(controlOf(control).rules ?? {})));
    for (const control of controls) Object.assign(policy, policies[control]);
    try {
      return await body();
    } finally {
      this.off = [];
      this.rules = new Set();
      Object.assign(policy, good);
    }
  }

  private statement(asked: unknown): unknown {
    const named = asked as { name?: string; text?: string } | undefined;
    const changes = this.off.flatMap((control) => statementPatches[control] ?? []);
    if (typeof named?.text !== 'string' || changes.length === 0) return asked;
    const text = changes.reduce((before, [find, put]) => before.replace(find, put), named.text);
    // A prepared statement of the same name would still be the good one.
    return text === named.text ? asked : { ...named, text, ...(named.name === undefined ? {} : { name: `${named.name}_${this.off.join('_')}`.slice(0, 63) }) };
  }
}
