import { Badge, CodeBlock, Disclosure, type Tone } from '@assent/pages';
import type { Pair, Verdict } from '../inspector/exchange.js';
import type { Numbered } from '../inspector/timeline.js';

const verdicts: Readonly<Record<Verdict, readonly [Tone, string]>> = {
  fine: ['off', 'Answered'],
  'refused-as-it-should': ['ok', 'Refused, as it must be'],
  'let-through': ['bad', 'Let through!'],
  unexpected: ['warn', 'Refused'],
};

/** Every exchange that is kept, newest first, with the numbers they had. */
export function Exchanges({ newestFirst }: { newestFirst: readonly Numbered[] }) {
  return (
    <section aria-label="Timeline">
      <ol class="time">
        {newestFirst.map(({ exchange, number }) => (
          <li id={`exchange-${number}`}>
            <One exchange={exchange} number={number} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function One({ exchange, number }: Numbered) {
  const [tone, word] = verdicts[exchange.verdict];
  return (
    <div class="exchange">
      <h2 class="h3">
        {number}. {exchange.step}
      </h2>
      <p>
        <code>{exchange.method}</code> <code class="url">{exchange.url}</code>
      </p>
      <p class="hint">
        <Badge tone={tone}>{word}</Badge> {exchange.told ? 'told by the bank' : exchange.ms === undefined ? 'in the browser' : `${exchange.status} in ${Math.round(exchange.ms)} ms`}
        {exchange.clause && ` · ${exchange.clause}`}
      </p>
      {exchange.why && <p>{exchange.why}</p>}
      <Parts exchange={exchange} number={number} />
    </div>
  );
}

function Parts({ exchange, number }: Numbered) {
  const headers = [...(exchange.certificate ? [['TLS', 'client certificate presented'] as const] : []), ...exchange.requestHeaders];
  const parts = [
    ['Request', blocks([[`Request headers of exchange ${number}`, lines(headers, ': ')], [`Parameters of exchange ${number}`, lines(exchange.parameters, '=')]])],
    ['Response', blocks([[`Response headers of exchange ${number}`, lines(exchange.responseHeaders, ': ')], [`Response body of exchange ${number}`, exchange.responseBody]])],
    ...exchange.jwts.map(({ where, header, claims }) => [`Decoded: ${where}`, blocks([[`${where} of exchange ${number}`, JSON.stringify({ header, claims }, undefined, 2)]])] as const),
    ...(exchange.signatures ?? []).map(({ of, base, outcome }) => [`Signature of the ${of}`, [<p>{outcome}</p>, ...blocks([[`What the signature of the ${of} of exchange ${number} covers`, base]])]] as const),
  ] as const;
  return (
    <div class="parts">
      {parts.map(([summary, shown]) => shown.length > 0 && <Disclosure summary={summary}>{shown}</Disclosure>)}
    </div>
  );
}

const blocks = (labelled: readonly (readonly [label: string, text: string])[]) => labelled.filter(([, text]) => text !== '').map(([label, text]) => <CodeBlock label={label} text={text} />);

const lines = (pairs: readonly Pair[], between: string): string => pairs.map(([name, value]) => `${name}${between}${value}`).join('\n');
