import { Section } from '../components/parts.js';
import { Mark, Name, Words } from '../components/words.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import type { Texts } from '../texts/index.js';

/** The company that asks, as the operator vetted it. */
export interface AskingClient {
  readonly name: string;
  readonly legalName?: string | undefined;
  readonly registerNumber?: string | undefined;
  /** Its own words: quoted, at most 300 characters. */
  readonly purpose?: string | undefined;
  /** Host of the redirect URI, where there is a way back. */
  readonly returnHost?: string | undefined;
}

/** Who asks: brand, legal name, register, and where the customer returns to. */
export function Who({ client, t }: { client: AskingClient; t: Texts }) {
  const tpp = isolate(client.name);
  return (
    <Section look="who" label={plain(client.name)}>
      <Mark of={client.name} />
      <div class="stack">
        <div>
          <h2>
            <Name of={client.name} />
          </h2>
          {client.legalName && (
            <p class="hint">
              <Words of={t.consent.tradesAs(isolate(client.legalName), tpp)} />
              {client.registerNumber && ' '}
              {client.registerNumber && <Words of={t.consent.registered(ltr(client.registerNumber))} />}
            </p>
          )}
        </div>
        {client.returnHost !== undefined && (
          <p class="hint return">
            <Words of={t.consent.returnsTo(ltr(client.returnHost, 255))} />
          </p>
        )}
      </div>
    </Section>
  );
}

/** Why, in the client's own words; nothing where it gave none. */
export function Why({ client, t }: { client: AskingClient; t: Texts }) {
  if (plain(client.purpose) === '') return null;
  return (
    <Section>
      <h2>{t.consent.why}</h2>
      <div class="says">
        <p class="hint">
          <Words of={t.consent.inTheirWords(isolate(client.name))} />
        </p>
        <p>
          <Name of={client.purpose} max={300} />
        </p>
      </div>
    </Section>
  );
}
